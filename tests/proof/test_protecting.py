"""What holds for lists of people, whatever comes between two requests: nobody is lost, and nothing falls silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.apply.context import ApplyOptions
from reconciler.apply.outcome import Result
from reconciler.model.document import Value
from reconciler.sandbox import Fault
from tests.proof.invariants import broken
from tests.support.ledger import US
from tests.support.plans import desired
from tests.support.trouble import BROKEN, TOO_MANY, TRIES, Cut, Meanwhile, Trouble, Way
from tests.support.world import Run, World, new_world

pytestmark = pytest.mark.thorough
laws = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

LIST, SOURCE, ENABLED = "do_not_call_custom_list", "do_not_call_list_source", "do_not_call_enabled"
NUMBERS = [f"+120255501{number:02}" for number in range(20, 26)]
LATE = [f"+120255501{number:02}" for number in range(40, 60)]
# Effects that come late and reads that lag are not among them: they widen the one round trip of race.
WAYS: list[Trouble] = [TOO_MANY, BROKEN, Way.LOST, Way.TIMEOUT, Way.NO_CONNECTION, Way.HTML, Way.SIGNAL_AFTER]
WAYS += [Fault.parse(fault) for fault in ("404", "502-after", "204-after", "503-laravel:7")]

numbers = st.lists(st.sampled_from(NUMBERS), max_size=4, unique=True)
cuts = st.lists(
    st.builds(
        Cut,
        st.sampled_from(WAYS),
        st.integers(1, 12),
        st.sampled_from([1, 1, 2, TRIES]),
        st.sampled_from([None, "PUT"]),
    ),
    max_size=3,
)
# Somebody opts out just before or just after the event of this number.
opt_outs = st.lists(st.tuples(st.integers(1, 16), st.booleans()), max_size=6)


@dataclass(frozen=True, slots=True)
class Start:
    """A campaign that is calling, and its file."""

    live: list[str]
    file: list[str]
    queued: int
    has_schedule: bool
    switches: bool

    @property
    def text(self) -> str:
        """The file."""
        lines = ["id: c", f"{LIST}: {self.file}"]
        lines += ["timezone: Europe/Paris"] if self.has_schedule else []
        lines += [f"{SOURCE}: custom"] if self.switches else []
        return "\n".join(lines)


starts = st.builds(Start, numbers, numbers, st.integers(0, 3), st.booleans(), st.booleans())


def comes(world: World, number: str) -> Callable[[], object]:
    """Somebody opts out."""
    return lambda: world.bench.put_campaign({"id": "c", LIST: [*world.bench.campaign("c")[LIST], number]})


def applied(world: World, start: Start, options: ApplyOptions) -> Run:
    world.put("c", status="active", queued=start.queued, **{ENABLED: True, SOURCE: "custom", LIST: start.live})
    return world.run([desired("c.yaml", start.text)], options)


def put_on(world: World, moments: list[tuple[int, bool]]) -> None:
    """Let people opt out at these moments."""
    world.meanwhile = tuple(
        Meanwhile(None, comes(world, LATE[place]), number, is_after=is_after)
        for place, (number, is_after) in enumerate(moments)
    )


@laws
@given(starts, cuts, opt_outs)
def test_no_number_is_ever_lost_and_nothing_is_sent_that_was_not_planned(
    start: Start, cuts: list[Cut], moments: list[tuple[int, bool]]
) -> None:
    with new_world() as world:
        world.cuts = tuple(cuts)
        put_on(world, moments)
        run = applied(world, start, ApplyOptions())

        assert broken(world) == []
        assert all(outcome.result is not Result.APPLIED for outcome in run.outcomes) or set(start.file) <= set(
            world.bench.campaign("c")[LIST]
        )


@laws
@given(starts, cuts, opt_outs)
def test_with_leave_to_remove_nobody_goes_but_whom_the_plan_saw(
    start: Start, cuts: list[Cut], moments: list[tuple[int, bool]]
) -> None:
    with new_world() as world:
        world.cuts = tuple(cuts)
        put_on(world, moments)
        run = applied(world, start, ApplyOptions(allow_dnc_removals=True))

        seen = next((act.numbers for act in world.ledger.acts if act.numbers is not None), frozenset())
        lost = {number for deed in world.ledger.deeds if deed.by == US for number in deed.lost}
        raced = {number for number in lost if _came_since_the_last_look(world, number)}
        assert lost - raced <= seen - set(start.file)
        if [outcome.result for outcome in run.outcomes] == [Result.APPLIED] and not moments:
            assert set(world.bench.campaign("c")[LIST]) == set(start.file)


def _came_since_the_last_look(world: World, number: str) -> bool:
    """Whether it came in the round trip between a look and the PUT that is made from it, which no API call closes."""
    came = world.ledger.numbers["c"][number]
    deeds = [deed for deed in world.ledger.deeds if deed.by == US and number in deed.lost]
    looks = [act.at for act in world.ledger.acts if act.numbers is not None and act.at < deeds[0].at]
    return bool(looks) and came >= looks[-1]


HIDING = st.frozensets(st.sampled_from([LIST, SOURCE, ENABLED]), max_size=3)
SOURCES: st.SearchStrategy[Value] = st.sampled_from(["custom", "environment", "global", "campaign", "shared", None])
FORMS: dict[str, Callable[[list[str]], Value]] = {"a list": list, "one text": ",".join, "null": lambda _: None}


@laws
@given(
    live=numbers,
    file=numbers.filter(bool),
    hidden=HIDING,
    source=SOURCES,
    form=st.sampled_from(sorted(FORMS)),
    wants=st.tuples(st.booleans(), st.booleans()),
    is_enabled=st.booleans(),
    removes=st.booleans(),
)
def test_what_is_withheld_never_falls_silently_and_protection_never_falls_in_between(  # noqa: PLR0913 - all drawn
    *,
    live: list[str],
    file: list[str],
    hidden: frozenset[str],
    source: Value,
    form: str,
    wants: tuple[bool, bool],
    is_enabled: bool,
    removes: bool,
) -> None:
    switches, enables = wants
    text = f"id: c\n{LIST}: {file}\n" + f"{SOURCE}: custom\n" * switches + f"{ENABLED}: true\n" * enables
    before = FORMS[form](live)
    with new_world() as world:
        world.hidden = hidden
        world.put("c", status="draft", **{ENABLED: is_enabled, SOURCE: source, LIST: before})
        run = world.run([desired("c.yaml", text)], ApplyOptions(allow_dnc_removals=removes))
        after = world.bench.campaign("c")

        (outcome,) = run.outcomes
        is_there = isinstance(after[LIST], list) and set(file) <= set(after[LIST])
        assert is_there or outcome.result in (Result.DEFERRED, Result.FAILED)
        if form == "one text" and live and LIST not in hidden:
            assert after[LIST] == before
        if not removes and (LIST not in hidden or source not in ("environment", "global")):
            assert form != "a list" or set(live) <= set(after[LIST])
        if after[SOURCE] != source:
            assert is_there
