"""A machine that does to a world what a year does: edits, faults, kills, people, other tokens, and applies in between.

After every run the six invariants hold (see `invariants`).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from reconciler.apply.context import ApplyOptions
from reconciler.apply.outcome import Result
from reconciler.model.campaign import FINISHED, TRANSITIONS, Desired, Live
from reconciler.model.document import Value
from reconciler.plan.diff import compare
from reconciler.plan.steps import Action
from reconciler.sandbox import SANDBOX_TOKEN, Fault
from tests.proof.invariants import broken, ours
from tests.support.plans import FIELDS, desired
from tests.support.trouble import (
    BROKEN,
    FOR_EVER,
    FORBIDDEN,
    OTHER_TOKEN,
    TOO_MANY,
    TRIES,
    UNAUTHORIZED,
    Cut,
    Meanwhile,
    Way,
)
from tests.support.world import Run, new_world

IDS = ("a", "b", "c")
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo")
NUMBERS = ["+12025550119", "+12025550143", "+12025550164"]
FIELD_VALUES: Mapping[str, st.SearchStrategy[Value]] = {
    "max_retries": st.integers(0, 10),
    "timezone": st.sampled_from(ZONES),
    "days_of_week": st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True),
    "auto_complete": st.booleans(),
    "do_not_call_custom_list": st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True),
}
EDITS = st.sampled_from(sorted(FIELD_VALUES)).flatmap(lambda name: st.tuples(st.just(name), FIELD_VALUES[name]))
STATUSES = st.sampled_from(["active", "active", "paused", "active", "draft", "completed", "cancelled"])
KILLS = (Way.KILLED_BEFORE, Way.KILLED_AFTER)
FAULTS = [
    *("404", "404-text-after", "404-laravel", "403-html", "403-html-after", "408-html-after", "499-html", "507-after"),
    *("520", "524-after", "599-after", "503-laravel:7", "204-after", "200-empty-after", "notice", "slow:31", "drip:1"),
    *("504-late:2", "drop-late:25", "pausing:2", "stopping:20", "lag:0.3", "lag:2"),
]
WAYS = st.sampled_from(
    [*KILLS, *Way, *KILLS, BROKEN, TOO_MANY, UNAUTHORIZED, FORBIDDEN, *(Fault.parse(fault) for fault in FAULTS)]
)
CALLS = ("GET /campaigns/{}", "PUT /campaigns/{}", "PATCH /campaigns/{}/status paused")
MOMENTS = st.sampled_from([None, *CALLS, "PATCH /campaigns/{}/status active", "announce {}", "clear {}"])
CUTS = st.builds(
    Cut,
    WAYS,
    st.integers(1, 24),
    st.sampled_from([1, 1, TRIES, FOR_EVER]),
    st.sampled_from([None, None, "PATCH", "PUT"]),
)


class Year(RuleBasedStateMachine):
    """Three campaigns, whose files, live state and luck change at random."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.world = self.stack.enter_context(new_world())
        self.world.hidden = frozenset({"auto_complete"})
        self.files: dict[str, dict[str, Value]] = {}

    def teardown(self) -> None:
        self.stack.close()

    @property
    def desired(self) -> list[Desired]:
        return [desired(f"{name}.yaml", {"id": name, **values}) for name, values in self.files.items()]

    @initialize(statuses=st.tuples(STATUSES, STATUSES, STATUSES), queued=st.integers(1, 3))
    def begin(self, statuses: tuple[str, ...], queued: int) -> None:
        for name, status in zip(IDS, statuses, strict=True):
            self.world.put(name, status=status, queued=queued, do_not_call_list_source="custom")
            self.files[name] = {"max_retries": 3}

    # What people do

    @rule(name=st.sampled_from(IDS), edit=EDITS)
    def edit_a_file(self, name: str, edit: tuple[str, Value]) -> None:
        self.files[name][edit[0]] = edit[1]

    @rule(name=st.sampled_from(IDS), status=st.sampled_from(["active", "paused", "completed", None, None, None]))
    def want_a_status(self, name: str, status: str | None) -> None:
        self.files[name].pop("status", None)
        if status:
            self.files[name]["status"] = status

    @rule(name=st.sampled_from(IDS), edit=EDITS)
    def edit_by_hand(self, name: str, edit: tuple[str, Value]) -> None:
        protects = edit[0] == "do_not_call_custom_list"
        if edit[0] != "auto_complete" and not protects and self.world.status(name) not in FINISHED:
            self.world.put(name, **dict([edit]))

    @rule(name=st.sampled_from(IDS))
    def opt_out(self, name: str) -> None:
        """Somebody asks not to be called again."""
        with self.world.by_others():
            self.world.bench.add_opt_out(name)

    @rule(name=st.sampled_from(IDS), status=STATUSES)
    def set_a_status_by_hand(self, name: str, status: str) -> None:
        """As the API allows it; from then on it is theirs."""
        if status in TRANSITIONS.get(self.world.status(name), frozenset()):
            self.world.put(name, status=status)

    @rule(name=st.sampled_from(IDS), queued=st.integers(0, 3))
    def queue_calls(self, name: str, queued: int) -> None:
        self.world.put(name, queued=queued)

    @rule(name=st.sampled_from(IDS))
    def begin_anew(self, name: str) -> None:
        """What has ended is put up again, or the year would soon be over."""
        if self.world.status(name) in FINISHED:
            self.world.put(name, status="active", queued=2)

    # What the reconciler does

    def run(self, options: ApplyOptions | None = None, token: str = SANDBOX_TOKEN) -> Run:
        run = self.world.run(self.desired, options, token)
        assert broken(self.world) == []
        return run

    @rule(
        cuts=st.lists(CUTS, max_size=2),
        name=st.sampled_from(IDS),
        zone=st.sampled_from(ZONES),
        human=st.tuples(st.sampled_from(IDS), MOMENTS, st.integers(1, 12), st.one_of(STATUSES, st.none())),
        options=st.tuples(st.sampled_from([300.0, 300.0, 300.0, 0.0]), st.sampled_from([True, True, False])).map(
            lambda given: ApplyOptions(*given)
        ),
        lag=st.sampled_from([0.0, 0.0, 0.0, 0.05, 0.3, 2.0]),
    )
    def apply_in_trouble(  # noqa: PLR0913 - each is a trouble
        self,
        *,
        cuts: list[Cut],
        name: str,
        zone: str,
        human: tuple[str, str | None, int, str | None],
        options: ApplyOptions,
        lag: float,
    ) -> None:
        """There is always something to do: a schedule that differs, of a campaign that is calling."""
        self.begin_anew(name)
        self.set_a_status_by_hand(name, "active")
        self.edit_a_file(name, ("timezone", zone))
        self.edit_by_hand(name, ("timezone", "Africa/Cairo"))
        whose, moment, first, status = human
        # Who stopped working an hour ago has forgotten what replicas still have to learn.
        self.world.seconds += 60
        self.world.cuts, self.world.lag = tuple(cuts), lag
        call = moment.format(whose) if moment else None
        self.world.meanwhile = (Meanwhile(call, lambda: self.interferes(whose, status), first),)
        self.run(options)
        self.world.cuts, self.world.meanwhile, self.world.lag = (), (), 0.0
        self.world.seconds += 60

    def interferes(self, campaign: str, status: str | None) -> None:
        """Somebody sets a status, or opts out, while an apply is under way."""
        if status is None:
            self.world.bench.add_opt_out(campaign)
        elif status in TRANSITIONS.get(self.world.status(campaign), frozenset()):
            self.world.bench.put_campaign({"id": campaign, "status": status})

    @rule()
    def apply_with_another_token(self) -> None:
        """The other environment has none of these campaigns: nothing is touched, nothing forgotten."""
        before = self.world.entries
        run = self.run(token=OTHER_TOKEN)
        assert (run.writes, self.world.entries) == ((), before)

    @rule(cuts=st.lists(CUTS, max_size=1))
    def recover(self, cuts: list[Cut]) -> None:
        self.world.cuts = tuple(cuts)
        run = self.world.recover()
        assert (broken(self.world), run.ended is None or bool(cuts)) == ([], True)
        self.world.cuts = ()
        self.world.seconds += 60

    @rule()
    def apply_in_peace(self) -> None:
        run = self.run()
        assert (run.ended, self.world.entries) == (None, ())
        plan = run.plan
        assert plan is not None
        outcomes = {outcome.file: outcome for outcome in run.outcomes}
        assert outcomes.keys() == {campaign.file for campaign in plan.campaigns}
        for campaign in plan.campaigns:
            outcome = outcomes[campaign.file]
            if campaign.action is Action.ERROR:
                continue
            unverified_only = bool(campaign.sent) and not campaign.changes
            allowed = {Result.APPLIED, Result.UNCHANGED} | ({Result.DEFERRED} if unverified_only else set())
            assert outcome.result in allowed, outcome
            self.is_as_the_file_says(campaign.desired, is_put_off=outcome.result is Result.DEFERRED)
        assert self.run().writes == () or any(o.result is Result.DEFERRED for o in run.outcomes)
        assert list(ours(self.world)) == []

    def is_as_the_file_says(self, one: Desired, *, is_put_off: bool) -> None:
        stored = self.world.bench.campaign(str(one.id))
        if stored["status"] in FINISHED:
            return
        shown = {name: value for name, value in stored.items() if name != "auto_complete"}
        difference = compare(FIELDS, one, Live(str(one.id), "", stored["status"], shown))
        assert difference.changes == ()
        if not is_put_off and "auto_complete" in one.values:
            assert str(one.id) in self.world.record
        assert is_put_off or one.status in (None, stored["status"])

    # What always holds

    @invariant()
    def whatever_we_paused_is_in_the_journal(self) -> None:
        assert set(ours(self.world)) <= {entry.campaign for entry in self.world.entries}


# What it runs is covered line by line by other tests.
TestYear = pytest.mark.no_cover(pytest.mark.thorough(Year.TestCase))
# The nightly run has many more years, which are new each time; see the profiles in `tests/conftest.py`.
Year.TestCase.settings = settings(stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow])
