"""Plans and problems as workflow commands, which GitHub shows as annotations at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum, auto

from reconciler.hours.closed_hours import in_words
from reconciler.hours.schedule import pattern
from reconciler.hours.words import week_in_words
from reconciler.model.campaign import Status
from reconciler.model.document import Position, Problem, dotted
from reconciler.model.words import count
from reconciler.plan import overlaps
from reconciler.plan.besides import Besides
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, Direction
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action, StatusChange
from reconciler.render import review
from reconciler.render.attempts import one_person
from reconciler.render.printable import clean
from reconciler.render.remarks import holds, left_paused, overlap, refused, remarks
from reconciler.render.words import EFFECTS, before_after, sending

# GitHub shows at most ten errors, warnings and notices of a step each, and drops the others without a word.
MOST = 10


class _Kind(StrEnum):
    """How much an annotation matters, from the most to the least."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class _Rank(IntEnum):
    """How dangerous it is, the most dangerous first."""

    LEFT_PAUSED = auto()
    STARTS = auto()
    FINAL = auto()
    WRONG = auto()
    ELSEWHERE = auto()
    LOOSENS = auto()
    PAUSES = auto()
    TIGHTENS = auto()
    REST = auto()


@dataclass(frozen=True, slots=True)
class _Annotation:
    kind: _Kind
    position: Position
    message: str
    title: str = ""
    rank: _Rank = _Rank.REST
    campaigns: int = 0

    def __str__(self) -> str:
        file, line, column = self.position
        title = f",title={_property(self.title)}" if self.title else ""
        return f"::{self.kind} file={_property(file)},line={line},col={column}{title}::{_data(self.message)}"


def render(*plans: Plan) -> str:
    """An annotation at the line of each change: starts first, what is final, means another campaign, loosens, pauses.

    One `::error` (cannot be planned), `::warning` (starts, final, loosens) or `::notice` a line, at most ten of each;
    then lines for the log: the most dangerous that found no space, how many others, and which plans these are.
    """
    ordered = review.ordered_plans(plans)
    found = _together(one for plan in ordered for one in _in(plan))
    found.sort(key=lambda one: one.rank)
    return "\n".join(filter(None, [_annotated(found), *map(_which, ordered)]))


def _together(annotations: Iterable[_Annotation]) -> list[_Annotation]:
    """The annotations, with one for all campaigns of which a line says the same, with the names of all."""
    alike: dict[tuple[object, ...], list[_Annotation]] = {}
    for one in annotations:
        alike.setdefault((one.kind, one.position, one.message, one.rank), []).append(one)
    return [_merged(those) for those in alike.values()]


def _merged(those: Sequence[_Annotation]) -> _Annotation:
    """One for all of them, which may be of several environments; what is about no campaign stays as it is."""
    first, number = those[0], sum(one.campaigns for one in those)
    if len(those) == 1 or not number:
        return first
    names = dict.fromkeys(one.title for one in those if one.campaigns == 1)
    message = f"{first.message}; the same in {', '.join(names)}" if names else first.message
    return replace(first, title=count(number, "campaign"), message=message)


def _in(plan: Plan) -> Iterator[_Annotation]:
    """Everything in the plan of one environment."""
    if plan.failure:
        yield _Annotation(_Kind.ERROR, Position("campaigns", 1, 1), plan.failure, plan.environment, _Rank.WRONG)
    for campaign in review.ordered(plan.campaigns):
        yield from (replace(one, campaigns=1) for one in _about(campaign))
    yield from _besides(plan)
    for one, told in zip(plan.left_paused, left_paused(plan), strict=False):
        yield _Annotation(_Kind.ERROR, Position(one.file or "campaigns", 1, 1), told, one.name, _Rank.LEFT_PAUSED)
    for told in refused(plan):
        yield _Annotation(_Kind.ERROR, Position("campaigns", 1, 1), told, plan.environment, _Rank.WRONG)
    for found in overlaps.changed(plan):
        rank = _Rank.PAUSES if found.minutes_after > found.minutes_before else _Rank.REST
        yield _Annotation(_Kind.NOTICE, Position("campaigns", 1, 1), overlap(found), "agent", rank)
    for told in holds(plan)[:-1]:
        yield _Annotation(_Kind.WARNING, Position("campaigns", 1, 1), told, "held", _Rank.LEFT_PAUSED)


def _which(plan: Plan) -> str:
    """Lines of the log, of which none may begin with outside text."""
    if plan.failure:
        return f"no plan for {clean(plan.environment)}: {clean(plan.failure)}"
    head = f"plan {review.short_digest(plan)} for {clean(plan.base_url)}: {review.headline(plan)}"
    return "\n".join([head, *(f"- {told}" for told in (*refused(plan), *remarks(plan)))])


def _besides(plan: Plan) -> Iterator[_Annotation]:
    """What a branch changes besides fields: one annotation for all campaigns that a line touches."""
    touched: dict[tuple[Position, str], list[tuple[CampaignPlan, Besides]]] = {}
    for campaign in plan.campaigns:
        for one in campaign.besides:
            touched.setdefault((one.position, str(one)), []).append((campaign, one))
    for (position, told), found in touched.items():
        (campaign, one), number = found[0], len(found)
        kind, rank = (_Kind.WARNING, _Rank.LOOSENS) if one.is_grave else (_Kind.NOTICE, _Rank.REST)
        rank = _Rank.ELSEWHERE if one.means_another else rank
        title = campaign.name if number == 1 else count(number, "campaign")
        yield _Annotation(kind, position, told, title, rank, number)


def _about(campaign: CampaignPlan) -> Iterator[_Annotation]:
    """What is to be said at the lines of one campaign."""
    document = campaign.desired.document
    for error in campaign.errors:
        yield _Annotation(_Kind.ERROR, document.position(()), error, campaign.name, _Rank.WRONG)
    for withheld in campaign.withheld:
        told = f"{withheld.field.title}: is withheld, so that protection is missing: {withheld.reason}"
        yield _Annotation(_Kind.ERROR, withheld.position, told, campaign.name, _Rank.WRONG)
    changes = review.ordered_changes(campaign)
    if campaign.action is Action.CREATE:
        yield _created(campaign, [change for change in changes if change.direction is not Direction.LOOSENS])
        changes = [change for change in changes if change.direction is Direction.LOOSENS]
    decides = next((change for change in changes if change.field.retry or change.field.calendar), None)
    for change in changes:
        yield _changed(campaign, change, often="" if campaign.starts or change is not decides else one_person(campaign))
    for told in campaign.legal:
        yield _Annotation(_Kind.WARNING, _place_of_hours(campaign), told, campaign.name, _Rank.LOOSENS)
    if campaign.status:
        yield _status(campaign, campaign.status)
    for unverified in campaign.unverified:
        if unverified.send:
            told = f"{sending(campaign, unverified)}, and cannot be checked: {unverified.reason}"
            told = f"{unverified.field.title}: {told}"
            yield _Annotation(_Kind.NOTICE, unverified.position, told, campaign.name)


def _place_of_hours(campaign: CampaignPlan) -> Position:
    """Where the hours change, else where calls start, which a saved plan knows, too; else where the windows stand."""
    changed = [change.position for change in review.ordered_changes(campaign) if change.field.calendar]
    started = [campaign.status.position] if campaign.status else []
    return next(iter([*changed, *started]), campaign.desired.document.key_position(("call_time_ranges",)))


def _created(campaign: CampaignPlan, changes: Sequence[Change]) -> _Annotation:
    """What a campaign is created with, in one annotation: each of them is new, and none is more than the others.

    At least its name is among them, which every creation has.
    """
    told = "; ".join(f"{change.field.title} {before_after(change)[1]}" for change in changes)
    return _Annotation(_Kind.NOTICE, changes[0].position, f"is created: {told}", campaign.name)


def _status(campaign: CampaignPlan, status: StatusChange) -> _Annotation:
    """The change of status; where calls start, with the whole week that begins."""
    effect = (
        "held, and not started before `reconciler release`" if campaign.is_held_back else EFFECTS[Status(status.after)]
    )
    begins = campaign.schedules[1] if campaign.starts and campaign.schedules else None
    week = f", {week_in_words(pattern(begins))} ({begins.timezone})" if begins else ""
    kind = _Kind.WARNING if review.status_leads(campaign) else _Kind.NOTICE
    rank = _Rank.STARTS if campaign.starts else _Rank.FINAL if campaign.final else _Rank.PAUSES
    often = "".join(f"; {one}" for one in (review.who_calls(campaign), one_person(campaign)) if one and campaign.starts)
    told = f"status: {status.before} -> {status.after}: {effect}{week}{often}"
    return _Annotation(kind, status.position, told, campaign.name, rank)


def _changed(campaign: CampaignPlan, change: Change, often: str) -> _Annotation:
    """A change of a field; with how `often` one person is called, where it is the one that tells that."""
    is_warned = change.direction is Direction.LOOSENS or (often and campaign.calls_more_often)
    kind, rank = (_Kind.WARNING, _Rank.LOOSENS) if is_warned else (_Kind.NOTICE, _rank(campaign, change))
    told = "; ".join(filter(None, [_told(campaign, change), often]))
    return _Annotation(kind, change.position, told, campaign.name, rank)


def _rank(campaign: CampaignPlan, change: Change) -> _Rank:
    if campaign.may_pause and change.field.may_conflict:
        return _Rank.PAUSES
    return _Rank.TIGHTENS if change.direction else _Rank.REST


def _told(campaign: CampaignPlan, change: Change) -> str:
    before, after = before_after(change)
    pause = _pause(campaign) if campaign.may_pause and change.field.may_conflict else ""
    effect = f" ({change.direction})" if change.direction else ""
    note = f"; {change.note}" if change.note else ""
    return f"{change.field.title}: {before} -> {after}{effect}{pause}{note}"


def _pause(campaign: CampaignPlan) -> str:
    """That a campaign may pause, and whether it calls now."""
    return f"; the campaign may pause: {in_words(campaign.calling)}" if campaign.calling else "; the campaign may pause"


def problems(problems: Sequence[Problem]) -> str:
    """One `::error` or `::warning` a line, errors first, at most ten of each; then a line that counts the rest."""
    return _annotated([_problem(problem) for problem in problems])


def _problem(problem: Problem) -> _Annotation:
    path = f"{dotted(problem.path)}: " if problem.path else ""
    return _Annotation(_Kind.ERROR if problem.is_error else _Kind.WARNING, problem.position, path + problem.message)


def _annotated(annotations: Sequence[_Annotation]) -> str:
    by_kind = {kind: [one for one in annotations if one.kind is kind] for kind in _Kind}
    lines = [str(one) for those in by_kind.values() for one in those[:MOST]]
    lines += [_unannotated(one) for those in by_kind.values() for one in those[MOST:] if one.rank <= _Rank.ELSEWHERE]
    rest = [count(len(those) - MOST, f"more {kind}") for kind, those in by_kind.items() if len(those) > MOST]
    if rest:
        lines.append(f"not annotated here: {', '.join(rest)}")
    return "\n".join(lines)


def _unannotated(one: _Annotation) -> str:
    """What is too dangerous to be only counted, as a line of the log, which may not begin with outside text."""
    return f"not annotated: {clean(one.position.file)}:{one.position.line}: {clean(f'{one.title}: {one.message}')}"


def _data(text: str) -> str:
    """Text behind the second `::`. Line breaks and other control characters are written out before."""
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    """The value of a property, where colons and commas mean something."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
