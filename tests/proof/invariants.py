"""What holds in every world, whatever the network, the database, a kill or a person does: six invariants.

1. What we paused is in the journal, and told, until it is resumed; after a run that nothing disturbs nothing is left.
2. A pause that is a person's is never resumed.
3. No number is lost from a do-not-call list.
4. Nothing is written that was not planned, and nothing at all with another environment's token.
5. What a run tells is true to what the API did.
6. A campaign that is seen to have ended is not touched any more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from reconciler.api.endpoints import create_campaign
from reconciler.apply.outcome import Outcome, Result
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.document import Value
from reconciler.model.errors import Proof
from reconciler.plan import diff
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.steps import Action
from reconciler.sandbox import SANDBOX_TOKEN
from tests.support.ledger import LIST, US, Act, Deed
from tests.support.trouble import TIMEOUT, Killed
from tests.support.world import Run, World


def broken(world: World) -> list[str]:
    """What does not hold in a world, after its last run; empty where all is well."""
    return [
        f"{number}: {told}" for number, invariant in INVARIANTS.items() for told in invariant(world, world.runs[-1])
    ]


def left_paused(world: World, run: Run) -> Iterator[str]:
    """What is paused by us, and should not be, is in the journal; whoever is alive has told it."""
    told = {outcome.id for outcome in run.all_outcomes if outcome.result is Result.LEFT_PAUSED}
    for campaign in ours(world):
        if campaign not in {entry.campaign for entry in world.entries}:
            yield f"{campaign} is left paused, and not in the journal"
        if campaign not in told and not is_cut_short(run):
            yield f"{campaign} is left paused, and not told"


def ours(world: World) -> Iterator[str]:
    """The campaigns that are paused, where a pause for an update was the last word."""
    for campaign, state in world.bench.campaigns().items():
        last = [deed for deed in world.ledger.statuses(campaign) if deed.after == Status.PAUSED][-1:]
        if state["status"] == Status.PAUSED and last and last[0].by == US and not wants(world, last[0], Status.PAUSED):
            yield campaign


def wants(world: World, deed: Deed, status: str) -> bool:
    """Whether a file had wanted this status by then."""
    plans = [run.plan for run in world.runs if run.plan]
    files = [one.desired for plan in plans for one in plan.campaigns if one.id == deed.campaign or one.id is None]
    return status in {one.status for one in files}


def is_cut_short(run: Run) -> bool:
    """Whether the process died, or had another environment's token, so that it tells nothing of these campaigns."""
    return isinstance(run.ended, Killed) or run.token != SANDBOX_TOKEN


def resumed(world: World, run: Run) -> Iterator[str]:
    """Each resume of ours ends a pause that may be ours, as far as anybody could tell."""
    for deed in (deed for deed in world.ledger.deeds if deed.run == run.number and deed.by == US):
        if (deed.before, deed.after) == (Status.PAUSED, Status.ACTIVE) and not wants(world, deed, Status.ACTIVE):
            yield from _not_ours(world, deed)


def _not_ours(world: World, resume: Deed) -> Iterator[str]:
    campaign, deeds = resume.campaign, list(world.ledger.statuses(resume.campaign))
    until = [act for act in world.ledger.acts if act.campaign == campaign and act.at <= resume.at]
    ours_before = [one.at for one in deeds if one.by == US and one.after == Status.ACTIVE and one.at < resume.at]
    since = max((at for at in ours_before if _is_answered(at, until)), default=-1.0)
    acts = [act for act in until if act.at > since]
    tries = [act.at for act in acts if act.sets == Status.PAUSED and act.may_have_worked]
    if not tries:
        # Killed between the word in the journal and the pause itself: nobody can tell whether that was sent.
        if not any(isinstance(run.ended, Killed) and f"announce {campaign}" in run.events for run in world.runs):
            yield f"{campaign} was resumed, and no try of ours can have paused it"
        return
    settled = [act.at for act in acts if act.seen == Status.ACTIVE and act.at >= tries[-1] + TIMEOUT]
    theirs = [one.at for one in deeds if one.by != US and one.after == Status.PAUSED and one.at < resume.at]
    if settled and theirs and theirs[-1] > settled[-1]:
        yield f"{campaign} was resumed, though it was seen active long after our pause, and somebody paused it then"


def _is_answered(resumed_at: float, acts: Sequence[Act]) -> bool:
    """A resume that nobody answered ends no pause of ours, as far as anybody could tell."""
    return [act for act in acts if act.sets == Status.ACTIVE and act.at <= resumed_at][-1].proof is Proof.DONE


def lost_numbers(world: World, run: Run) -> Iterator[str]:
    """No number is lost but one that came between the last look and the PUT: one round trip of race."""
    for deed in (deed for deed in world.ledger.deeds if deed.run == run.number and deed.by == US):
        looks = [
            act
            for act in world.ledger.acts
            if act.campaign == deed.campaign and act.at < deed.at and act.numbers is not None
        ]
        for number in deed.lost:
            came = world.ledger.numbers[deed.campaign][number]
            was_seen = any(number in (look.numbers or ()) for look in looks if look.run == run.number)
            if was_seen or not looks or came < looks[-1].at - world.lag:
                yield f"{deed.campaign} lost a number that came at {came:g}"


def unplanned(world: World, run: Run) -> Iterator[str]:
    """Every write is one that the plan or the journal holds, and none has another environment's token."""
    plans = {one.id: one for one in run.plan.campaigns} if run.plan else {}
    made = {deed.campaign for deed in world.ledger.deeds if deed.run == run.number and deed.before is None}
    for act in (act for act in world.ledger.acts if act.run == run.number and act.method != "GET"):
        if act.token != SANDBOX_TOKEN:
            yield f"{act.method} {act.path} has another environment's token"
        plan = plans.get(act.campaign) or (plans.get(None) if act.campaign in made | {""} else None)
        is_healed = act.sets == Status.ACTIVE and act.campaign in {entry.campaign for entry in run.entries}
        if not is_healed and not (plan and _is_planned(act, plan, world)):
            yield f"{act.method} {act.path} {dict(act.body)} was not planned"


def _is_planned(act: Act, plan: CampaignPlan, world: World) -> bool:
    match act.method:
        case "POST":
            return plan.action is Action.CREATE and act.body == create_campaign(diff.body_of(plan.sent)).body
        case "PATCH":
            pauses = plan.may_pause and act.sets in (Status.PAUSED, Status.ACTIVE)
            return pauses or (plan.status is not None and act.sets == plan.status.after)
        case "PUT":
            planned = diff.body_of(plan.sent)
            return bool(act.body) and all(
                _is_as_planned(name, value, planned, act, world) for name, value in act.body.items()
            )
        case _:
            return False


def _is_as_planned(name: str, value: Value, planned: Mapping[str, Value], act: Act, world: World) -> bool:
    if name != LIST or name not in planned:
        return name in planned and value == planned[name]
    known = set(world.ledger.numbers.get(act.campaign, {}))
    return set(planned[name]) - known <= set(value) <= known | set(planned[name])


def untrue(world: World, run: Run) -> Iterator[str]:
    """What is told of a campaign is what the API did."""
    if is_cut_short(run):
        return
    held = {entry.campaign for entry in world.entries}
    left = {outcome.id for outcome in run.all_outcomes if outcome.result is Result.LEFT_PAUSED}
    noted = {outcome.id for outcome in run.all_outcomes if any("journal" in notice for notice in outcome.notices)}
    yield from (f"{one} is told as left paused, and the journal does not hold it" for one in left - held)
    told = {outcome.id for outcome in run.all_outcomes}
    yield from (f"{one} is told, and not that the journal holds it" for one in (told & held) - left - noted)
    for outcome in run.outcomes:
        yield from _untrue(world, run, outcome)


def _untrue(world: World, run: Run, outcome: Outcome) -> Iterator[str]:
    acts = [act for act in world.ledger.acts if act.run == run.number and act.campaign == outcome.id]
    wrote = any(act.method == "PUT" and act.may_have_worked for act in acts)
    says_so = any(line.startswith("updated") for line in outcome.done)
    proven = [act for act in acts if act.method == "PUT" and act.proof is Proof.DONE]
    if says_so and not wrote:
        yield f"{outcome.name} is told as updated, and nothing was sent"
    if proven and not (says_so or outcome.failure or outcome.notices):
        yield f"{outcome.name} was updated, and that is not told"
    changed = [deed for deed in world.ledger.deeds if deed.run == run.number and deed.campaign == outcome.id]
    if outcome.result is Result.UNCHANGED and any(deed.by == US and deed.fields for deed in changed):
        yield f"{outcome.name} is told as unchanged, and was changed"


def touched_after_its_end(world: World, run: Run) -> Iterator[str]:
    """Nothing is sent to a campaign that the last look showed completed or cancelled."""
    seen: dict[str, str] = {}
    for act in (act for act in world.ledger.acts if act.run == run.number):
        if act.seen:
            seen[act.campaign] = act.seen
        elif act.method != "GET" and seen.get(act.campaign) in FINISHED:
            yield f"{act.method} {act.path} was sent after its end was seen"


INVARIANTS: Mapping[int, Callable[[World, Run], Iterator[str]]] = {
    1: left_paused,
    2: resumed,
    3: lost_numbers,
    4: unplanned,
    5: untrue,
    6: touched_after_its_end,
}
