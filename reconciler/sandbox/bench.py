"""The stand-in with a tester's hands on it: its state and what it received, without a server."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from reconciler.sandbox import sample_data as samples
from reconciler.sandbox.application import Application
from reconciler.sandbox.environment import Environment
from reconciler.sandbox.faults import FaultFunction, FaultRule
from reconciler.sandbox.http import Json, RecordedRequest, Reply, Request
from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings
from reconciler.sandbox.store import Store

_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Bench:
    """The API and its state, from `with` to the end of the block.

    `database` is a file, or None for memory. Each of `more_tokens` opens an environment of its own, which is empty at
    first; everything else here is about the first one, that of `token`. `sample_data` puts the campaigns of the module
    of that name into a database that never had any; its agents are there in any case. `fault` is a function that is
    asked for each request (its number, method, path below /api/v1), or a rule, which may be written as in
    `FaultRule.parse`.
    """

    def __init__(  # noqa: PLR0913 - each is a keyword that is seldom given
        self,
        database: Path | None = None,
        *,
        token: str = SANDBOX_TOKEN,
        more_tokens: Sequence[str] = (),
        settings: SandboxSettings | None = None,
        fault: FaultFunction | FaultRule | str | None = None,
        sample_data: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._sample_data = sample_data
        self._clock = clock
        self._stores = contextlib.ExitStack()
        self._application: Application
        self._given = (settings or SandboxSettings(), (token, *more_tokens), _fault(fault))

    def __enter__(self) -> Self:
        settings, tokens, fault = self._given
        with contextlib.ExitStack() as cleanup:
            stores = {}
            for token in tokens:
                stores[token] = store = Store(_beside(self._database, token, tokens[0]))
                cleanup.callback(store.close)
                is_filled = self._sample_data and token == tokens[0]
                with store.transaction() as tables:
                    tables.fill(samples.AGENTS, samples.campaigns() if is_filled else ())
            self._application = Application(stores, settings, fault=fault, clock=self._clock)
            self._stores = cleanup.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stores.close()

    def handle(self, request: Request) -> Reply:
        """Serve one request without HTTP."""
        return self._application.handle(request)

    @property
    def settings(self) -> SandboxSettings:
        """The settings; they may be set anew at any time."""
        return self._application.settings

    @settings.setter
    def settings(self, settings: SandboxSettings) -> None:
        self._application.settings = settings

    @property
    def fault(self) -> FaultFunction | FaultRule | None:
        """What goes wrong: a function, or a rule such as "PUT:500@1"; it may be set anew at any time."""
        return self._application.fault

    @fault.setter
    def fault(self, fault: FaultFunction | FaultRule | str | None) -> None:
        self._application.fault = _fault(fault)

    @property
    def requests(self) -> tuple[RecordedRequest, ...]:
        """All requests that were served, in order."""
        return self._application.requests

    @property
    def writes(self) -> tuple[RecordedRequest, ...]:
        """The requests that were served and are no GET, in order."""
        return tuple(record for record in self.requests if record.method != "GET")

    def clear_requests(self) -> None:
        """Forget the requests that were served; their numbers, which faults go by, start from 1 again."""
        self._application.clear_requests()

    def environment(self, token: str) -> Environment:
        """The environment that a token opens; KeyError if none does."""
        return self._application.environments[token]

    @property
    def _first(self) -> Environment:
        return next(iter(self._application.environments.values()))

    def campaign(self, identifier: str) -> dict[str, Json]:
        """The stored state of one campaign, with `queued`; KeyError if there is none."""
        return self._first.campaign(identifier)

    def campaigns(self) -> dict[str, dict[str, Json]]:
        """The stored state of all campaigns, by id."""
        return self._first.campaigns()

    def put_campaign(self, state: Mapping[str, Json]) -> dict[str, Json]:
        """Set raw state by hand, see `Environment.put_campaign`."""
        return self._first.put_campaign(state)

    def add_opt_out(self, identifier: str | None = None) -> str:
        """A new number comes onto the do-not-call list of one campaign, or all. Returns it."""
        return self._first.add_opt_out(identifier)

    def remove_campaign(self, identifier: str) -> None:
        """Take a campaign away by hand."""
        self._first.remove_campaign(identifier)

    def put_agent(self, agent: Mapping[str, Json]) -> None:
        """Put an agent by hand, in the place of the one with its `id`."""
        self._first.put_agent(agent)


def _beside(database: Path | None, token: str, first: str) -> Path | None:
    """Where the state behind a token is kept: the further environments beside the first."""
    if database is None or token == first:
        return database
    if not _FILE_NAME.fullmatch(token):
        raise ValueError("the token of a further environment names its file: allowed are letters, digits, - and _")
    return database.with_name(f"{database.stem}-{token}{database.suffix}")


def _fault(fault: FaultFunction | FaultRule | str | None) -> FaultFunction | FaultRule | None:
    return FaultRule.parse(fault) if isinstance(fault, str) else fault
