"""An environment that is talked to: its client, its state folder, and the wish to stop."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from reconciler.api.answers import ApiAnswer
from reconciler.api.base_url import canonical_base_url
from reconciler.api.client import Client, Hooks, Settings
from reconciler.api.endpoints import Request
from reconciler.api.request_log import log_to
from reconciler.api.token import Token
from reconciler.apply.journal import StateFolder
from reconciler.cli.collection import without_collection
from reconciler.cli.environments import Environment
from reconciler.cli.holding import EnvironmentHolds, HoldFiles
from reconciler.cli.option_groups import Network
from reconciler.cli.outside import check_destination
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import Progress, say
from reconciler.cli.workers import run_concurrently
from reconciler.files import disk
from reconciler.model.errors import ApiError, UsageError
from reconciler.model.sensitive import HashKey

if TYPE_CHECKING:
    from reconciler.cli.verdict_file import VerdictFile


class Connection(NamedTuple):
    """An environment that is being talked to.

    `base_url` is what plans and journals call it, and `token` the fingerprint of its token.
    """

    base_url: str
    token_env: str
    token: str
    client: Client
    state: StateFolder
    shutdown: Shutdown

    @property
    def holds(self) -> EnvironmentHolds:
        """What somebody stopped in this environment."""
        return EnvironmentHolds(HoldFiles(self.state.folder), self.base_url, self.token_env, self.token)

    @property
    def verdicts(self) -> VerdictFile:
        """What earlier plans found here."""
        from reconciler.cli.verdict_file import VerdictFile  # noqa: PLC0415 - few plans reuse anything

        return VerdictFile(self.state.folder, self.base_url, self.token)

    @property
    def key(self) -> HashKey:
        """What hashes of people's data are made with."""
        return self.client.settings.token.hash_key("hashes of people's data")


@contextlib.contextmanager
def connect(
    network: Network,
    environment: Environment,
    shutdown: Shutdown,
    *,
    read_only: bool,
    headers: Callable[[Mapping[str, str]], None] | None = None,
) -> Iterator[Connection]:
    """An environment, ready to be talked to; raises UsageError without a token, and where it may not go.

    `headers` is told those of every answer.
    """
    state = StateFolder(network.state_dir)
    with contextlib.ExitStack() as stack:
        if network.sandbox:
            base_url, token = stack.enter_context(_sandbox(network))
        else:
            check_destination(environment, network.base_url)
            base_url, token = environment.base_url, _token(environment.token_env)
        log = stack.enter_context(network.log.open("ab", buffering=0)) if network.log else None
        hooks = Hooks(say, log_to(log.write, say) if log else None, headers)
        settings = Settings(
            base_url, token, network.timeout, network.concurrency, read_only=read_only, variables=os.environ
        )
        # It loads what connections are made with.
        with without_collection():
            client = stack.enter_context(Client(settings, shutdown, hooks))
        fingerprint = token.fingerprint(canonical_base_url(environment.base_url))
        yield Connection(environment.base_url, environment.token_env, fingerprint, client, state, shutdown)


@contextlib.contextmanager
def _sandbox(network: Network) -> Iterator[tuple[str, Token]]:
    """The embedded stand-in, whose state is kept between runs; raises UsageError where it is not installed."""
    try:
        from reconciler.sandbox import SANDBOX_TOKEN, Sandbox  # noqa: PLC0415 - only with --sandbox
    except ImportError as error:
        msg = f"--sandbox needs the extra packages of reconciler[sandbox] ({error.name} is missing)"
        raise UsageError(msg) from None
    disk.make_unversioned(network.state_dir)
    with Sandbox(network.state_dir / "sandbox.db", sample_data=True) as sandbox:
        yield sandbox.base_url, Token(SANDBOX_TOKEN, "the sandbox")


def _token(variable: str) -> Token:
    text = os.environ.get(variable, "")
    if not text.strip():
        msg = f"no token: set the variable {variable} to the environment's token (or try --sandbox)"
        raise UsageError(msg)
    return Token(text, variable)


def fetcher(connection: Connection) -> Callable[[Sequence[Request]], list[ApiAnswer | ApiError]]:
    """What reads several requests side by side; an error takes the place of its answer."""
    return lambda requests: fetch(connection, requests)


def fetch(connection: Connection, requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
    """Send several reads side by side; an error takes the place of its answer."""
    progress = Progress()
    results: dict[int, ApiAnswer | ApiError] = {}
    for number, result in run_concurrently(
        connection.client.result, requests, lambda: connection.client.reads_at_once, connection.shutdown
    ):
        if result is None:
            connection.shutdown.check()
        else:
            results[number] = result
            progress(len(results), len(requests))
    return [results[number] for number in range(len(requests))]
