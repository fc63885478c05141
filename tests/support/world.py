"""A world in memory for the applying core: the stand-in as its API, a clock that jumps, a journal, and ways to break.

What a process does to the world is a row of events: every try of a request, and every write of the journal. At any
of them the world can be cut, or somebody else can do something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyOptions, PauseEntry
from reconciler.apply.outcome import Outcome
from reconciler.apply.recover import heal, recover, settle
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.errors import ReconcilerError
from reconciler.plan.context import PlanContext
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.sandbox import SANDBOX_TOKEN, Bench, SandboxSettings
from tests.support.ledger import OTHERS, US, Ledger
from tests.support.plans import FIELDS, HOST
from tests.support.trouble import FOR_EVER, OTHER_TOKEN, START, Cut, Killed, Meanwhile, Write
from tests.support.world_process import Process


@dataclass(frozen=True, slots=True)
class Run:
    """What one apply did: what it found in the journal, its plan, its outcomes, what ended it, what it sent.

    `lines` is what it told while it was at work.
    """

    entries: tuple[PauseEntry, ...]
    healed: tuple[Outcome, ...] = ()
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    ended: BaseException | None = None
    events: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    number: int = 0
    token: str = SANDBOX_TOKEN
    lines: tuple[str, ...] = ()

    @property
    def all_outcomes(self) -> tuple[Outcome, ...]:
        """Everything that is told of campaigns."""
        return (*self.healed, *self.outcomes)


@dataclass(slots=True)
class World:
    """What outlives a process: the API, the time, the journal and the record on the disk, and what is to happen.

    Reads are `lag` seconds behind writes. `runs` are all that were made, and `ledger` what really happened.
    """

    bench: Bench
    cuts: tuple[Cut, ...] = ()
    meanwhile: tuple[Meanwhile, ...] = ()
    hidden: frozenset[str] = frozenset()
    hidden_on_write: frozenset[str] = frozenset()
    hidden_on_read: frozenset[str] = frozenset()
    lag: float = 0.0
    seconds: float = 0.0
    entries: tuple[PauseEntry, ...] = ()
    record: dict[str, dict[str, str]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.bench)

    def put(self, identifier: str, **state: Value) -> None:
        """Set the state of a campaign by hand."""
        with self.by_others():
            self.bench.put_campaign({"id": identifier, **state})

    @contextmanager
    def by_others(self) -> Iterator[None]:
        """What changes in this block is not our doing."""
        self.observe(US)
        yield
        self.observe(OTHERS)

    def observe(self, by: str) -> None:
        """Note what changed in the API since the last time."""
        self.ledger.observe(self.seconds, len(self.runs), by)

    def status(self, identifier: str) -> str:
        """The status of a campaign in the API."""
        return str(self.bench.campaign(identifier)["status"])

    def process(self, token: str = SANDBOX_TOKEN) -> Process:
        """A new process in this world, with the token of the environment or with another."""
        return Process(self, token)

    def plan(self, desired: Sequence[Desired], process: Process, options: ApplyOptions) -> Plan:
        """What `plan` does: read, and compare."""
        terms = PlanContext(
            HOST, record=self.record, allow_dnc_removals=options.allow_dnc_removals, key=process.context.key
        )
        return make_plan(FIELDS, desired, read_live(FIELDS, desired, process.fetch), terms)

    def run(self, desired: Sequence[Desired], options: ApplyOptions | None = None, token: str = SANDBOX_TOKEN) -> Run:
        """What `apply` does: heal what the journal holds, plan, carry out. Nothing is raised."""
        process, options = self.process(token), options or ApplyOptions()
        found, plan, ended = self.entries, None, None
        healed: list[Outcome | None] = []
        outcomes: list[Outcome] = []
        wants = {one.id: one.status for one in desired}
        try:
            healed.extend(heal(entry, process.context, wants.get(entry.campaign)) for entry in process.mine())
            plan = self.plan(desired, process, options)
            outcomes.extend(apply(plan, FIELDS, process.context, options))
            healed.extend(settle(entry, process.context) for entry in process.mine())
        except (Killed, ReconcilerError) as error:
            ended = error
        told = tuple(outcome for outcome in healed if outcome)
        return self._noted(process, Run(found, told, plan, tuple(outcomes), ended, token=token))

    def recover(self) -> Run:
        """What `recover` does: resume what the journal holds. Nothing is raised."""
        process, found, ended = self.process(), self.entries, None
        told: list[Outcome] = []
        try:
            told.extend(recover(process.mine(), process.context))
        except Killed as error:
            ended = error
        return self._noted(process, Run(found, tuple(told), ended=ended))

    def _noted(self, process: Process, run: Run) -> Run:
        """The run with what its process sent and told; what happens from now on belongs to the next."""
        self.observe(US)
        events, writes, lines = tuple(process.events), tuple(process.writes), tuple(process.told)
        self.runs.append(replace(run, events=events, writes=writes, number=len(self.runs), lines=lines))
        return self.runs[-1]


@contextmanager
def new_world(**options: Value) -> Iterator[World]:
    """A world with an empty API, which drains queues after two refused PUTs unless told otherwise."""
    settings: dict[str, Value] = {"rate_limit": FOR_EVER, "drain_after_puts": 2, **options}
    worlds: list[World] = []
    with Bench(
        settings=SandboxSettings(**settings),
        more_tokens=[OTHER_TOKEN],
        clock=lambda: START + worlds[0].seconds if worlds else START,
    ) as bench:
        worlds.append(World(bench))
        yield worlds[0]
