"""The journal, before everything else: what it holds is put back, wherever our tokens may touch it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.api.base_url import canonical_base_url
from reconciler.apply.context import ApplyContext, PauseEntry
from reconciler.apply.journal import StateFolder
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.recover import heal, settle
from reconciler.cli.applying import is_of, resumed
from reconciler.cli.connection import Connection, connect
from reconciler.cli.environments import Environment, default_environment
from reconciler.cli.option_groups import Network
from reconciler.cli.report import EnvironmentRun
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import say
from reconciler.files import read as files
from reconciler.model.document import Document, Value
from reconciler.model.errors import ReconcilerError

PutBack = Callable[[PauseEntry, ApplyContext], Outcome | None]


@dataclass(frozen=True)
class FilesAtHand:
    """The campaign files as far as they can be read, whatever is wrong with them otherwise."""

    documents: tuple[Document, ...] = ()
    environments: Mapping[str, Document] = field(default_factory=dict)
    named: frozenset[str] = frozenset()

    @classmethod
    def read(cls, paths: Sequence[str], entries: Sequence[PauseEntry] = ()) -> FilesAtHand:
        """What can be read under these paths, and of the files of these entries; the rest is as if it were not there.

        `named` are the files under the paths: those that the command is about.
        """
        named = files.read_there(paths)
        known = {document.file for document in named.documents}
        others = files.read_there(
            list(dict.fromkeys(one.file for one in entries if one.file and one.file not in known))
        )
        documents = {document.file: document for document in (*named.documents, *others.documents)}
        return cls(tuple(documents.values()), {**named.environments, **others.environments}, frozenset(known))

    def of(self, entry: PauseEntry) -> Document | None:
        """The file of a campaign of the journal."""
        with_id = self._by_id.get(entry.campaign)
        return with_id[0] if with_id else self.document_at(entry.file)

    def document_at(self, file: str) -> Document | None:
        """The campaign in a file."""
        return self._by_file.get(file)

    def is_about(self, campaign_id: str | None, file: str) -> bool:
        """Whether the command is about a campaign of the journal."""
        return file in self.named or any(one.file in self.named for one in self._by_id.get(campaign_id, ()))

    def wanted(self, entry: PauseEntry) -> str | None:
        """The status that the file of a campaign wants."""
        return status_in(self.of(entry))

    def document_of(self, campaign_id: str, name: str) -> Document | None:
        """The file of the campaign with this id, or with this name where the file has no id."""
        with_id = self._by_id.get(campaign_id)
        return with_id[0] if with_id else self._by_name.get(name)

    def environment_of(self, campaign_id: str) -> Document | None:
        """The settings of the environment that the file with this id belongs to."""
        owners = self._by_id.get(campaign_id)
        return self.environments.get(owners[0].file) if owners else None

    @cached_property
    def _by_id(self) -> Mapping[str | None, Sequence[Document]]:
        """The documents by their ids, in order: thousands of campaigns may be looked up."""
        found: dict[str | None, list[Document]] = {}
        for document in self.documents:
            found.setdefault(_text(document, "id"), []).append(document)
        return found

    @cached_property
    def _by_file(self) -> Mapping[str, Document]:
        return {one.file: one for one in self.documents}

    @cached_property
    def _by_name(self) -> Mapping[str | None, Document]:
        """The first document of each name, of those without an id."""
        return {_text(one, "name"): one for one in reversed(self.documents) if "id" not in one.values}

    @property
    def hosts(self) -> set[str]:
        """The base URLs that environment files name."""
        return {canonical_base_url(str(d.values.get("base_url", ""))) for d in self.environments.values()}


def status_in(document: Document | None) -> str | None:
    """The status that a file wants."""
    return _text(document, "status") if document else None


def _text(document: Document, key: str) -> str | None:
    value: Value = document.values.get(key)
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Healing:
    """Putting back what the journal holds, environment by environment; `hosts` may be sent their tokens."""

    network: Network
    shutdown: Shutdown
    hosts: set[str]

    def run(self, entries: Sequence[PauseEntry], put_back: PutBack) -> dict[Environment, tuple[Outcome, ...]]:
        """Put back what our tokens may touch. What they may not is told, and is left paused."""
        by_place: dict[Environment, list[PauseEntry]] = {}
        for entry in entries:
            by_place.setdefault(Environment(entry.base_url, entry.token_env), []).append(entry)
        return {environment: self._in(environment, of_it, put_back) for environment, of_it in by_place.items()}

    def _in(self, environment: Environment, entries: Sequence[PauseEntry], put_back: PutBack) -> tuple[Outcome, ...]:
        try:
            self._check_host(environment)
            with connect(self.network, environment, self.shutdown, read_only=False) as connection:
                return self._with(connection, entries, put_back)
        except ReconcilerError as error:
            return tuple(_left(entry, str(error)) for entry in entries)

    def _with(self, connection: Connection, entries: Sequence[PauseEntry], put_back: PutBack) -> tuple[Outcome, ...]:
        mine = [entry for entry in entries if is_of(entry, connection)]
        others = [
            _left(entry, f"it was paused with another token than the one in {entry.token_env}: nothing was touched")
            for entry in entries
            if not is_of(entry, connection)
        ]
        return (*resumed(mine, connection, put_back), *others)

    def _check_host(self, environment: Environment) -> None:
        """A token goes to no host just because a journal names it; raises ReconcilerError."""
        default = canonical_base_url(default_environment(self.network).base_url)
        is_sandbox = environment.base_url.startswith("http://sandbox.")
        if environment.base_url == default or (environment.base_url in self.hosts and not self.network.sandbox):
            return
        option = "--sandbox" if is_sandbox else f"--base-url {environment.base_url}"
        msg = f"it is of {environment.base_url}, which is not the host of this run: pass {option} if it is right"
        raise ReconcilerError(msg)


def _left(entry: PauseEntry, why: str) -> Outcome:
    name = entry.name or entry.campaign
    say(f"{name}: {why}")
    return Outcome(entry.campaign, name, entry.file, Result.LEFT_PAUSED, failure=Failure(why))


@dataclass(slots=True)
class JournalFirst:
    """What an apply does with the journal: heal it first, and settle at its end what it was to end."""

    network: Network
    shutdown: Shutdown
    state: StateFolder
    at_hand: FilesAtHand
    left_to_apply: list[PauseEntry] = field(default_factory=list)

    def heal(self) -> dict[Environment, tuple[Outcome, ...]]:
        """Put back what is at hand or can be reached; what is neither is told, and is no failure of this apply."""
        healed = self._healing.run(self.state.entries(), self._put_back)
        return {environment: self._at_hand(outcomes) for environment, outcomes in healed.items()}

    def settle(self, healed: Mapping[Environment, tuple[Outcome, ...]]) -> dict[Environment, tuple[Outcome, ...]]:
        """After the apply: strike off what it ended as its file says; what is left paused comes after `healed`."""
        settled = self._healing.run(self.left_to_apply, settle)
        return {place: (*healed.get(place, ()), *settled.get(place, ())) for place in {**healed, **settled}}

    @property
    def _healing(self) -> Healing:
        return Healing(self.network, self.shutdown, self.at_hand.hosts)

    def _put_back(self, entry: PauseEntry, context: ApplyContext) -> Outcome | None:
        outcome = heal(entry, context, self.at_hand.wanted(entry))
        if outcome is None:
            self.left_to_apply.append(entry)
        return outcome

    def _at_hand(self, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
        """Without those that were not touched, and that this apply is not about."""
        return tuple(one for one in outcomes if one.requests or self.at_hand.is_about(one.id, one.file))


def with_healed(
    runs: Sequence[EnvironmentRun],
    healed: Mapping[Environment, Sequence[Outcome]],
    stamp: str,
    error: ReconcilerError | None = None,
) -> list[EnvironmentRun]:
    """The runs of an apply with what was healed besides; an environment where nothing else was done gets its own."""
    left = {place: tuple(outcomes) for place, outcomes in healed.items() if outcomes}
    done = []
    for run in runs:
        places = [place for place in left if place.base_url == canonical_base_url(run.base_url)]
        before = tuple(outcome for place in places for outcome in left.pop(place))
        done.append(replace(run, outcomes=(*before, *run.outcomes)))
    only = [EnvironmentRun(place.base_url, stamp, outcomes, error=error) for place, outcomes in left.items()]
    return [*done, *only]
