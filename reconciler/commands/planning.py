"""What plan and apply share: from paths to a plan, with the client and the state folder that it was made with."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler import __version__
from reconciler.campaign import Desired
from reconciler.client import Client, Hooks, Settings, Token, checked_base_url, log_to
from reconciler.commands.options import Network
from reconciler.commands.reading import Checked
from reconciler.commands.terminal import Progress, say
from reconciler.endpoints import Answer, Request
from reconciler.ends import Ends, side_by_side
from reconciler.errors import ApiError, UsageError
from reconciler.fields import campaign_fields
from reconciler.journal import StateFolder
from reconciler.live import read_live
from reconciler.plan import Plan, Terms, make_plan

DEFAULT_BASE_URL = "https://app.talkover.ai/api/v1"
TOKEN_VARIABLE = "TALKOVER_TOKEN"  # noqa: S105 - the name of a variable, not its content
# Requests kept back for each campaign that is paused: a look, a change of status, and one to spare.
_RESERVED = 3


@dataclass(frozen=True, slots=True)
class Environment:
    """Where the campaigns at hand live, and the variable that holds the token for it."""

    base_url: str | None = None
    token_env: str = TOKEN_VARIABLE


@dataclass(frozen=True, slots=True)
class Place:
    """An environment that is being talked to. `base_url` is what plans and journals call it."""

    base_url: str
    client: Client
    state: StateFolder
    ends: Ends


def environment_of(found: Checked) -> Environment:
    """The environment that all of these campaigns belong to; raises UsageError where they belong to several."""
    named = {
        (document.values.get("base_url"), document.values.get("token_env", TOKEN_VARIABLE))
        for document in found.environments.values()
    }
    if not named:
        return Environment()
    if len(named) > 1 or any(one.file not in found.environments for one in found.desired):
        msg = "these paths belong to several environments: name the folder of one of them"
        raise UsageError(msg)
    base_url, token_env = named.pop()
    return Environment(base_url, str(token_env))


@contextlib.contextmanager
def reached(network: Network, environment: Environment, ends: Ends, *, read_only: bool) -> Iterator[Place]:
    """The environment that the options, the files or the variables name, ready to be talked to."""
    state = StateFolder(network.state_dir)
    with contextlib.ExitStack() as stack:
        if network.sandbox:
            settings, name = stack.enter_context(_sandbox(network))
        else:
            base_url = checked_base_url(network.base_url or environment.base_url or DEFAULT_BASE_URL)
            settings, name = (base_url, _token(environment.token_env)), base_url
        log = stack.enter_context(network.log.open("a", encoding="utf-8")) if network.log else None
        hooks = Hooks(say, log_to(log.write) if log else None, lambda: _RESERVED * state.paused)
        client = Client(Settings(*settings, network.timeout, network.concurrency, read_only=read_only), ends, hooks)
        yield Place(name, stack.enter_context(client), state, ends)


@contextlib.contextmanager
def _sandbox(network: Network) -> Iterator[tuple[tuple[str, Token], str]]:
    """The embedded stand-in. It gets another port each time, so plans know it by a name that stays."""
    try:
        from reconciler.sandbox import SANDBOX_TOKEN, Sandbox  # noqa: PLC0415 - only with --sandbox
    except ImportError as error:
        msg = f"--sandbox needs the extra packages of reconciler[sandbox] ({error.name} is missing)"
        raise UsageError(msg) from None
    network.state_dir.mkdir(parents=True, exist_ok=True)
    with Sandbox(network.state_dir / "sandbox.db", seed=True) as sandbox:
        yield (sandbox.base_url, Token(SANDBOX_TOKEN, "the sandbox")), "http://sandbox.localhost/api/v1"


def _token(variable: str) -> Token:
    text = os.environ.get(variable, "")
    if not text.strip():
        msg = f"no token: set the variable {variable} to the environment's token (or try --sandbox)"
        raise UsageError(msg)
    return Token(text, variable)


def fetch(place: Place, requests: Sequence[Request]) -> list[Answer | ApiError]:
    """Send several reads side by side; an error takes the place of its answer."""
    progress = Progress()
    results: dict[int, Answer | ApiError] = {}
    for number, result in side_by_side(place.client.result, requests, place.client.settings.concurrency, place.ends):
        if result is None:
            place.ends.check()
        else:
            results[number] = result
            progress(len(results), len(requests))
    return [results[number] for number in range(len(requests))]


def planned(place: Place, desired: Sequence[Desired], *, allow_removals: bool) -> Plan:
    """Read the live side and plan."""
    fields = campaign_fields()
    terms = Terms(
        base_url=place.base_url,
        created_at=place.ends.stamp(),
        tool_version=__version__,
        record=place.state.record(place.base_url),
        allow_removals=allow_removals,
    )
    return make_plan(fields, desired, read_live(fields, desired, lambda requests: fetch(place, requests)), terms)
