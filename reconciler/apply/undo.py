"""The way back of an apply, campaign by campaign: what its report says was there before, as far as it may come back.

Put back is what is still as that apply left it, whatever the files say now. What moved since is somebody's: it is
left, and told. What protects people is never taken from them unasked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.apply.outcome import Outcome, Result
from reconciler.hours.spans import earliest, latest
from reconciler.model.campaign import Desired, Live, Status, may_become
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_window, live_canonical, same
from reconciler.model.document import Document, Mark, Value
from reconciler.model.fields import Compare, Field, Fields
from reconciler.model.known_form import is_known_form
from reconciler.model.sensitive import HashKey, SensitiveCount, SensitiveSet
from reconciler.model.words import count
from reconciler.model.written import to_api
from reconciler.plan.diff import Change
from reconciler.plan.protection import REMOVE
from reconciler.plan.values import as_text, salt


@dataclass(frozen=True, slots=True)
class UndoContext:
    """What is allowed: taking protection from people again, and cancelling what was created.

    `base_url` and `key` are what hashes of people's data are made with.
    """

    base_url: str
    key: HashKey | None = None
    allow_dnc_removals: bool = False
    cancel_created: bool = False


@dataclass(frozen=True, slots=True)
class WayBack:
    """One campaign as it was before, as far as it is put back; `left` is what is not, and why, `notices` the rest."""

    desired: Desired
    left: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def is_done(outcome: Outcome) -> bool:
    """Whether an apply did anything to a campaign that could be put back."""
    return bool(outcome.id and (outcome.changes or outcome.status or outcome.unverified or outcome.is_created))


def asked_for(outcome: Outcome) -> Desired:
    """What has to be read of the live campaign: every field that was changed, and the status."""
    values = {} if outcome.is_created else {c.field.name: None for c in outcome.changes}
    return Desired(_document(outcome, values), outcome.id, Status.PAUSED, values)


def way_back(fields: Fields, outcome: Outcome, live: Live, context: UndoContext) -> WayBack:
    """What is put back of a campaign whose live state is known."""
    way = _Way(fields, outcome, live, context)
    status = way.created_status() if outcome.is_created else way.status()
    if not outcome.is_created:
        for change in outcome.changes:
            way.field(change)
        if outcome.unverified:
            names = ", ".join(one.field.name for one in outcome.unverified)
            way.left.append(f"{names}: sent by that run, and no answer showed what was there before")
    if live.is_finished and (status or way.values or way.left):
        way.left[:] = [f"the campaign is {live.status}, which is final: nothing of it can be put back"]
        status, way.values = None, {}
    if outcome.failure and outcome.result in (Result.FAILED, Result.LEFT_PAUSED):
        way.notices.append(f"that run ended here with: {outcome.failure.message}")
    desired = Desired(_document(outcome, way.values), outcome.id, status, way.values)
    return WayBack(desired, tuple(way.left), tuple(way.notices))


@dataclass(slots=True)
class _Way:
    """The way back of one campaign while it is worked out."""

    fields: Fields
    outcome: Outcome
    live: Live
    context: UndoContext
    values: dict[str, Value] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    # The status

    def created_status(self) -> Status | None:
        """A campaign that was created calls nobody any more; a draft does not call."""
        status = self.live.status
        if self.context.cancel_created and may_become(status, Status.CANCELLED):
            return Status.CANCELLED
        if status == Status.ACTIVE:
            return Status.PAUSED
        self.notices.append(f"it was created, and is {status}, which calls nobody: it is left so")
        return None

    def status(self) -> Status | None:
        """The status that it had before, if there is a way there from the one that the apply left."""
        change, now = self.outcome.status, self.live.status
        if change is None or now == change.before:
            return None
        if now != change.after:
            self.left.append(
                f"status was {change.after} after that run, and is {now} now: it changed since, and is left so"
            )
        elif may_become(now, change.before):
            return Status(change.before)
        elif change.before == Status.DRAFT and may_become(now, Status.PAUSED):
            self.left.append("status: it cannot be a draft again, so it is paused")
            return Status.PAUSED
        else:
            self.left.append(f"status: a campaign that is {now} cannot become {change.before}")
        return None

    # The fields

    def field(self, change: Change) -> None:
        """One field: what was there before, or why it is left."""
        name = change.field.name
        if change.field.is_sensitive:
            self._people(change)
            return
        try:
            now = live_canonical(change.field, self.live.values)
        except KeyError:
            self.left.append(f"{name}: the API does not show it now, so nobody can tell whether it is as it was left")
            return
        if not is_known_form(change.field, now):
            self.left.append(f"{name}: the API shows it in an unknown form, so that nobody can compare it")
        elif isinstance(now, OuterBounds):
            self._windows(change, now)
        elif same(now, change.before):
            return
        elif not same(now, change.after):
            self.left.append(self._moved(change, now))
        elif refusal := self._refusal(change, now):
            self.left.append(f"{name}: {refusal}")
        else:
            self.values[name] = to_api(change.field, change.before)

    def _windows(self, change: Change, bounds: OuterBounds) -> None:
        """Windows of which only the outer bounds are shown: those are compared, and that is told."""
        name = change.field.name
        was_before, is_as_left = _reaches(bounds, change.before), _reaches(bounds, change.after)
        if was_before and is_as_left:
            shown = f"the API shows only the outer bounds {bounds.start}-{bounds.end}"
            self.left.append(f"{name}: {shown}, which were the same before, so nobody can tell")
        elif is_as_left:
            self.values[name] = to_api(change.field, change.before)
            shown = "the API shows only the outer bounds"
            self.notices.append(f"{name}: {shown}: a break between windows that was there before may not come back")
        elif not was_before:
            self.left.append(self._moved(change, frozenset({(bounds.start, bounds.end)})))

    def _moved(self, change: Change, now: Canonical) -> str:
        left, found = (as_text(change.field, value) for value in (change.after, now))
        return f"{change.field.name} was {left} after that run, and is {found} now: it changed since, and is left so"

    def _refusal(self, change: Change, now: Canonical) -> str:
        """Why a field stays as that apply left it; empty where it may be put back."""
        one, before = change.field, change.before
        if before is None and not _can_be_empty(one):
            return "it had no value before, and the API takes none"
        if self.context.allow_dnc_removals:
            return ""
        if one.protects and now is True:
            return f"protection is not switched off again ({REMOVE} does it)"
        if one.name in _switches(self.fields):
            return f"people are not protected by another list again ({REMOVE} goes back to it)"
        return ""

    def _people(self, change: Change) -> None:
        """A list of people: it never shrinks, and no report holds the numbers that could be put back."""
        name, before, after = change.field.name, change.before, change.after
        if not isinstance(before, SensitiveCount) or not isinstance(after, SensitiveCount):  # pragma: no cover
            raise TypeError
        if after.removed:
            told = f"{count(after.removed, 'removed number')} can only be put back by hand"
            self.left.append(f"{name}: no report holds numbers, so {told}")
        if not after.added:
            return
        if not self.context.allow_dnc_removals:
            stays = "stays" if after.added == 1 else "stay"
            self.left.append(f"{name}: {count(after.added, 'added number')} {stays}: such a list never shrinks")
        elif before.count or self._digest(change) != after.hash:
            told = "no report holds numbers, so nobody knows which were added"
            self.left.append(f"{name}: {told}: take them off where campaigns are edited")
        else:
            self.values[name] = []

    def _digest(self, change: Change) -> str | None:
        """The hash of the list as it is now, to be held against the report's; None where it is not to be had."""
        if change.field.name not in self.live.values:
            return None
        now = canonical(change.field, self.live.values[change.field.name])
        return (
            now.digest(salt(self.context.base_url, self.live.id, self.context.key))
            if isinstance(now, SensitiveSet)
            else None
        )


def _reaches(bounds: OuterBounds, windows: Canonical) -> bool:
    """Whether windows reach exactly from one bound to the other."""
    found = [entry for entry in windows if is_window(entry)] if isinstance(windows, frozenset) else []
    return bool(found) and (bounds.start, bounds.end) == (earliest(found), latest(found))


def _can_be_empty(one: Field) -> bool:
    """Whether the API takes no value for a field, in some form."""
    if one.is_nullable:
        return True
    is_free_text = one.compare is Compare.TEXT and not {"enum", "pattern", "format", "minLength"} & one.schema.keys()
    return not one.is_required and (is_free_text or one.compare is Compare.NESTED)


def _switches(fields: Fields) -> frozenset[str]:
    """The fields that say which list protects people."""
    return frozenset(name for one in fields.writable.values() if one.adds_to_live for name in one.needs)


def _document(outcome: Outcome, values: Mapping[str, Value]) -> Document:
    """What is put back as if a file said so, with the places where the report says that the files said the rest."""
    file = outcome.file or str(outcome.id)
    places = {change.field.name: change.position for change in outcome.changes}
    own = dict(_marks(outcome, file))
    others = {
        name: Document(place.file, values, key_marks={(name,): Mark(place.line, place.column)})
        for name, place in places.items()
        if place.file != file and name in values
    }
    return Document(file, values, own, own, inherited=others)


def _marks(outcome: Outcome, file: str) -> Iterator[tuple[tuple[str | int, ...], Mark]]:
    for change in outcome.changes:
        if change.position.file == file:
            yield (change.field.name,), Mark(change.position.line, change.position.column)
    if outcome.status and outcome.status.position.file == file:
        yield ("status",), Mark(outcome.status.position.line, outcome.status.position.column)
