"""What happened in a world: whose doing each change of the API's state was, and what each request of ours proved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.document import Value
from reconciler.model.errors import Proof
from reconciler.sandbox import Bench

US, OTHERS = "us", "others"
LIST = "do_not_call_custom_list"
_OF_NO_FILE = ("updated_at", "queued", "status")


@dataclass(frozen=True, slots=True)
class Deed:
    """One change of a campaign's state. `before` and `after` are statuses, `fields` the names of what else changed.

    `lost` are numbers that were on the do-not-call list and are not any more. `at` is in seconds of the world.
    """

    at: float
    run: int
    campaign: str
    by: str
    before: str | None
    after: str
    fields: frozenset[str]
    lost: frozenset[str]


@dataclass(frozen=True, slots=True)
class Act:
    """One try of a request of ours: when it was sent, what it proved, and what of its campaign a read showed.

    `sets` is the status that a PATCH asks for. `token` is whose request it was.
    """

    at: float
    run: int
    method: str
    path: str
    token: str
    body: Mapping[str, Value] = field(repr=False)
    proof: Proof
    seen: str | None = None
    numbers: frozenset[str] | None = None

    @property
    def campaign(self) -> str:
        """The campaign that it is about, or nothing."""
        return f"{self.path}//".split("/")[2]

    @property
    def sets(self) -> str | None:
        """The status that it asks for."""
        return self.body.get("status") if self.method == "PATCH" else None

    @property
    def may_have_worked(self) -> bool:
        """Whether what it asks for may have been done, as far as its answer tells."""
        return self.proof in (Proof.DONE, Proof.UNKNOWN)


class Ledger:
    """The deeds and acts of a world, in their order. Late effects are ours, whoever comes upon them."""

    def __init__(self, bench: Bench) -> None:
        self.deeds: list[Deed] = []
        self.acts: list[Act] = []
        # When a number was first on a campaign's list.
        self.numbers: dict[str, dict[str, float]] = {}
        self._bench = bench
        self._seen: dict[str, dict[str, Value]] = {}

    def observe(self, at: float, run: int, by: str) -> None:
        """Note what changed since the last time, and whose doing it was."""
        now = self._bench.campaigns()
        for identifier, state in now.items():
            before = self._seen.get(identifier, {})
            if before != state:
                self.deeds.append(self._deed(at, run, by, before, state))
        self._seen = now

    def _deed(self, at: float, run: int, by: str, before: Mapping[str, Value], state: Mapping[str, Value]) -> Deed:
        numbers, known = set(state.get(LIST) or []), self.numbers.setdefault(state["id"], {})
        for number in numbers:
            known.setdefault(number, at)
        names = {name for name in state if state[name] != before.get(name)} - set(_OF_NO_FILE)
        lost = set(before.get(LIST) or []) - numbers
        return Deed(at, run, state["id"], by, before.get("status"), state["status"], frozenset(names), frozenset(lost))

    def statuses(self, campaign: str) -> Iterator[Deed]:
        """The changes of a campaign's status."""
        return (deed for deed in self.deeds if deed.campaign == campaign and deed.before != deed.after)
