"""What a report says, in words: who said yes to what, what was done, for whom calling changed, and what failed."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from reconciler.apply.outcome import Outcome, Result
from reconciler.apply.report import Approval, Report
from reconciler.model.campaign import Desired
from reconciler.model.document import Document
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.steps import Action
from reconciler.render import alike, review
from reconciler.render.printable import clean
from reconciler.render.words import seconds

# Campaigns for which the same was done.
Group = list[Outcome]

_SHORT_DIGEST = 12
_APPROVALS = {
    Approval.ANSWER: "somebody typed yes",
    Approval.SAVED_PLAN: "a saved plan that was reviewed before",
    Approval.DIGEST: "the digest of a plan that was seen before",
    Approval.NOT_ASKED: "nobody was asked (--auto-approve)",
    None: "nothing had to be approved",
}
CALLED_MORE = "Called when they were not before, or more often"
CALLED_LESS = "Stops, or is called less"
PAUSED = "Paused by us"
PUT_OFF = "Put off"
_UNKNOWN_BEFORE = "no answer shows what was there before"
_NO_END = "nobody wrote an end: the run was cut off, or still goes on"


def as_plan(outcome: Outcome) -> CampaignPlan:
    """What was done to a campaign, in the form of a plan that was carried out."""
    return CampaignPlan(
        id=outcome.id,
        name=outcome.name,
        file=outcome.file,
        action=Action.CREATE if outcome.is_created else Action.UPDATE if outcome.changes else Action.NONE,
        desired=Desired(Document(outcome.file, {}), outcome.id, None, {}),
        changes=outcome.changes,
        status=outcome.status,
        unverified=tuple(one._replace(send=True, hash="-", reason=_UNKNOWN_BEFORE) for one in outcome.unverified),
    )


def title(report: Report) -> str:
    """`Apply: 2 campaigns applied, 1 failed`."""
    results = Counter(outcome.result for outcome in report.outcomes)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    return f"{clean(report.command).capitalize()}: {count(len(report.outcomes), 'campaign')}" + (
        f": {told}" if told else ""
    )


def facts(report: Report) -> list[tuple[str, str]]:
    """What is to be known of the run as a whole, by name, as far as it is known."""
    origin, digest = report.origin, (report.digest or "").removeprefix("sha256:")[:_SHORT_DIGEST]
    ended = f"{_moment(report.finished_at)}, exit code {report.exit_code}" if report.finished_at else _NO_END
    found = (
        ("on", report.base_url),
        ("approval", _APPROVALS[report.approval] if report.command != "recover" else ""),
        ("plan", digest),
        ("commit", origin.commit),
        ("branch", origin.branch),
        ("run by", origin.actor),
        ("log", origin.run_url),
        ("began", _moment(report.started_at)),
        ("ended", ended),
        ("version", report.tool_version),
    )
    return [(name, clean(fact)) for name, fact in found if fact]


def _moment(stamp: str) -> str:
    return stamp.replace("T", " ").removesuffix("+00:00").removesuffix("Z") + " UTC"


def steps(outcome: Outcome) -> list[str]:
    """What was done to a campaign, step by step, and how long it was kept from calling."""
    paused = [f"paused by us for {seconds(outcome.seconds_paused)}"] if outcome.seconds_paused else []
    return [*map(clean, outcome.done), *paused]


def went_wrong(outcome: Outcome) -> list[str]:
    """Why a campaign is not as it was to be, with what the API says of single fields."""
    failure = outcome.failure
    return [clean(failure.message), *(clean(str(one)) for one in failure.problems)] if failure else []


def told_of(report: Report) -> list[Group]:
    """The campaigns that something is to be said of, in order, those together for which the same was done."""
    return together([outcome for outcome in ordered(report.outcomes) if is_worth_telling(outcome)])


def together(outcomes: Iterable[Outcome]) -> list[Group]:
    """Those together of which the same is told, but for their names."""
    found: dict[Hashable, Group] = {}
    for one in outcomes:
        plan = as_plan(one)
        told = one.file if alike.has_numbers(plan) else alike.said(plan)
        found.setdefault((told, one.result, *steps(one), *one.notices, *went_wrong(one)), []).append(one)
    return list(found.values())


def is_worth_telling(outcome: Outcome) -> bool:
    """Whether anything was done to a campaign, or is to be said of it."""
    told = (outcome.changes, outcome.unverified, outcome.status, outcome.done, outcome.notices, outcome.failure)
    return any(told)


def ordered(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Those that need somebody first, then those that the most was done to."""
    ranks = (Result.LEFT_PAUSED, Result.FAILED, Result.DEFERRED, Result.NOT_ATTEMPTED, Result.APPLIED, Result.UNCHANGED)
    plans = {id(outcome): position for position, outcome in enumerate(_by_weight(outcomes))}
    return sorted(outcomes, key=lambda outcome: (ranks.index(outcome.result), plans[id(outcome)]))


def _by_weight(outcomes: Sequence[Outcome]) -> list[Outcome]:
    pairs = [(as_plan(outcome), outcome) for outcome in outcomes]
    order = {id(plan): position for position, plan in enumerate(review.ordered([plan for plan, _ in pairs]))}
    return [outcome for _, outcome in sorted(pairs, key=lambda pair: order[id(pair[0])])]


# A question of the auditor, and the campaigns that answer it, with what is to be said of them.
Answer = tuple[str, list[tuple[Group, list[str]]]]


def answers(report: Report) -> list[Answer]:
    """For whom calling changed, who was paused by us for how long, and what was not done; only what there is."""
    day = datetime.date.min
    groups = together(ordered(report.outcomes))
    plans = [(group, as_plan(group[0])) for group in groups]
    found: list[Answer] = [
        (CALLED_MORE, [(group, review.called_anew(plan, day)) for group, plan in plans]),
        (CALLED_LESS, [(group, review.stopped(plan, day)) for group, plan in plans]),
        (PAUSED, [(group, _pause(group[0])) for group in groups]),
        ("Left paused, and makes no calls", [(group, _why(group[0], Result.LEFT_PAUSED)) for group in groups]),
        ("Failed", [(group, _why(group[0], Result.FAILED)) for group in groups]),
        (PUT_OFF, [(group, _why(group[0], Result.DEFERRED)) for group in groups]),
        ("Not begun", [(group, _why(group[0], Result.NOT_ATTEMPTED)) for group in groups]),
    ]
    only = [(question, [pair for pair in pairs if pair[1]]) for question, pairs in found]
    return [(question, pairs) for question, pairs in only if pairs]


def _pause(outcome: Outcome) -> list[str]:
    return [seconds(outcome.seconds_paused)] if outcome.seconds_paused else []


def _why(outcome: Outcome, result: Result) -> list[str]:
    return went_wrong(outcome)[:1] if outcome.result is result else []
