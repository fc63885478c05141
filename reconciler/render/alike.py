"""Campaigns that change alike, because one place or every file says the same: told once, with their names."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Protocol

from reconciler.model.document import Position
from reconciler.model.fields import Role
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.steps import Action
from reconciler.render import review
from reconciler.render.attempts import one_person
from reconciler.render.printable import clean
from reconciler.render.review import Group
from reconciler.render.words import before_after, steps, value

_MOST_WITH_FILES: Final = 20


def groups(campaigns: Iterable[CampaignPlan]) -> list[Group]:
    """The campaigns in the order of review, those together for which the same places, or their own files, say the same.

    What is not quite alike is told by itself; so are changes of people's numbers, which are only counted.
    """
    found: dict[Hashable, list[CampaignPlan]] = {}
    for one in review.ordered(campaigns):
        is_alone = review.is_quiet(one) or has_numbers(one)
        found.setdefault(one.file if is_alone else said(one), []).append(one)
    return list(found.values())


def has_numbers(one: CampaignPlan) -> bool:
    """Whether people's numbers change, which are only counted: what looks alike may not be."""
    return any(change.field.is_sensitive for change in one.changes)


def said(one: CampaignPlan) -> Hashable:
    """All that is told of a campaign other than what it is called."""
    is_week_told = one.status is not None or any(change.field.calendar for change in one.changes)
    return (
        one.action,
        one.live_status,
        tuple((change.field.name, _shared(one, change.position), *before_after(change)) for change in _of_kind(one)),
        one.status and (one.status.before, one.status.after, _where(one, one.status.position)),
        tuple((str(told), _shared(one, told.position)) for told in one.besides),
        tuple((*_seen(u), _shared(one, u.position)) for u in one.unverified),
        tuple((kept.field.name, kept.count) for kept in one.kept),
        tuple((withheld.field.name, withheld.reason) for withheld in one.withheld),
        (one.notices, one.errors, tuple(one.legal), one_person(one), steps(one)),
        (repr(one.schedules), review.who_calls(one)) if is_week_told else (),
    )


def _seen(one: UnverifiedField) -> tuple[Hashable, ...]:
    """What is told of a field that nobody can check."""
    return one.field.name, one.reason, one.send, value(one.field, one.value)


def _of_kind(one: CampaignPlan) -> Iterable[Change]:
    """The changes but for the name of a creation, which is what it is called."""
    is_created = one.action is Action.CREATE
    return (change for change in one.changes if not (is_created and change.field.role is Role.NAME))


def _where(one: CampaignPlan, position: Position) -> Position | None:
    """Where a change of status is said: what starts or ends in a file of its own is told by itself."""
    return position if review.status_leads(one) else _shared(one, position)


def _shared(one: CampaignPlan, position: Position) -> Position | None:
    """Where a shared file says it; in campaigns' own files the line may be any."""
    return position if position.file != one.file else None


class Named(Protocol):
    """A campaign in a plan or a report."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def file(self) -> str:
        """Its file."""


def others(group: Sequence[Named]) -> str:
    """`the same in 2 other campaigns: Solar NYC (campaigns/nyc.yaml), …`; empty where there are none.

    Of many only the names: a reader looks for one, and a comment has room for so much.
    """
    rest = group[1:]
    if not rest:
        return ""
    has_files = len(rest) <= _MOST_WITH_FILES
    named = ", ".join(clean(one.name) + (f" ({clean(one.file)})" if has_files and one.file else "") for one in rest)
    return f"the same in {count(len(rest), 'other campaign')}: {named}"
