"""What commands share that talk to the API: environments, the client and state of each, and plans."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reconciler import __version__
from reconciler.api.client import Client, Hooks, Settings, Token, checked_base_url, log_to
from reconciler.api.endpoints import ApiAnswer, Request
from reconciler.apply.journal import StateFolder
from reconciler.cli.load import LoadedCampaigns
from reconciler.cli.options import Network
from reconciler.cli.shutdown import Shutdown, run_concurrently
from reconciler.cli.terminal import Progress, say
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Desired
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.plan.agents import with_agents_checked
from reconciler.plan.branch import Branch, only_the_branch
from reconciler.plan.make import PlanContext, make_plan
from reconciler.plan.plan import Plan

DEFAULT_BASE_URL = "https://app.talkover.ai/api/v1"
BASE_URL_VARIABLE = "TALKOVER_BASE_URL"
TOKEN_VARIABLE = "TALKOVER_TOKEN"
# The embedded stand-in gets another port each time, so plans and journals know it by a name that stays.
SANDBOX_URL = "http://sandbox.localhost/api/v1"
# Requests kept back for each campaign that is paused: a look, a change of status, and one to spare.
_RESERVED = 3


@dataclass(frozen=True, slots=True)
class Environment:
    """Where campaigns live, the variable that holds the token for it, and the limits that its file sets."""

    base_url: str
    token_env: str = TOKEN_VARIABLE
    limits: tuple[tuple[str, Value], ...] = ()
    file: str = field(default="", compare=False)

    def __str__(self) -> str:
        """What tells it from the others in a run: two may have the same host, and differ in their tokens."""
        return f"{self.file or self.base_url}, token from {self.token_env}"


@dataclass(frozen=True, slots=True)
class EnvironmentCampaigns:
    """The campaigns at hand of one environment."""

    environment: Environment
    desired: tuple[Desired, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """An environment that is being talked to. `base_url` is what plans and journals call it."""

    base_url: str
    token_env: str
    client: Client
    state: StateFolder
    ends: Shutdown


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """What a plan is asked to cover. `live_status` keeps only campaigns that have one of these now."""

    allow_removals: bool = False
    live_status: tuple[str, ...] = ()
    list_unmanaged: bool = False
    branch: Branch | None = None


def default_environment(network: Network) -> Environment:
    """The environment of files that belong to none: as the option, the variable, or the vendor say."""
    if network.sandbox:
        return Environment(SANDBOX_URL)
    given = network.base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    return Environment(checked_base_url(given))


def grouped(found: LoadedCampaigns, network: Network) -> tuple[EnvironmentCampaigns, ...]:
    """The campaigns by environment, in the order of their files."""
    default = default_environment(network)
    groups: dict[Environment, list[Desired]] = {}
    for one in found.desired:
        groups.setdefault(_environment(found, one, network, default), []).append(one)
    return tuple(EnvironmentCampaigns(environment, tuple(desired)) for environment, desired in groups.items())


def _environment(found: LoadedCampaigns, one: Desired, network: Network, default: Environment) -> Environment:
    """An option beats the file, and the file beats the variable: what is nearer to the campaign is meant."""
    document = found.environments.get(one.file)
    if document is None:
        return default
    base_url = document.values.get("base_url")
    is_own = base_url is not None and not network.base_url and not network.sandbox
    return Environment(
        checked_base_url(str(base_url)) if is_own else default.base_url,
        str(document.values.get("token_env", TOKEN_VARIABLE)),
        tuple(sorted((name, value) for name, value in document.values.items() if name.startswith("max_"))),
        document.file,
    )


def has_token(environment: Environment, network: Network) -> bool:
    """Whether the live side can be read at all."""
    return network.sandbox or bool(os.environ.get(environment.token_env, "").strip())


@contextlib.contextmanager
def connect(network: Network, environment: Environment, ends: Shutdown, *, read_only: bool) -> Iterator[Connection]:
    """An environment, ready to be talked to; raises UsageError without a token."""
    state = StateFolder(network.state_dir)
    with contextlib.ExitStack() as stack:
        if network.sandbox:
            base_url, token = stack.enter_context(_sandbox(network))
        else:
            base_url, token = environment.base_url, _token(environment.token_env)
        log = stack.enter_context(network.log.open("ab", buffering=0)) if network.log else None
        hooks = Hooks(say, log_to(log.write, say) if log else None, lambda: _RESERVED * state.paused)
        settings = Settings(base_url, token, network.timeout, network.concurrency, read_only=read_only)
        client = stack.enter_context(Client(settings, ends, hooks))
        yield Connection(environment.base_url, environment.token_env, client, state, ends)


@contextlib.contextmanager
def _sandbox(network: Network) -> Iterator[tuple[str, Token]]:
    try:
        from reconciler.sandbox import SANDBOX_TOKEN, Sandbox  # noqa: PLC0415 - only with --sandbox
    except ImportError as error:
        msg = f"--sandbox needs the extra packages of reconciler[sandbox] ({error.name} is missing)"
        raise UsageError(msg) from None
    network.state_dir.mkdir(parents=True, exist_ok=True)
    with Sandbox(network.state_dir / "sandbox.db", seed=True) as sandbox:
        yield sandbox.base_url, Token(SANDBOX_TOKEN, "the sandbox")


def _token(variable: str) -> Token:
    text = os.environ.get(variable, "")
    if not text.strip():
        msg = f"no token: set the variable {variable} to the environment's token (or try --sandbox)"
        raise UsageError(msg)
    return Token(text, variable)


def planned(place: Connection, desired: Sequence[Desired], wish: PlanRequest) -> Plan:
    """Read the live side and plan."""
    fields = campaign_fields()
    ask = fetcher(place)
    terms = terms_of(place.base_url, place.ends, allow_removals=wish.allow_removals)
    terms = replace(terms, record=place.state.record(place.base_url))
    reading = read_live(fields, desired, ask, whole_list=wish.list_unmanaged)
    plan = with_agents_checked(make_plan(fields, desired, reading, terms), ask)
    plan = replace(plan, rate_limit=place.client.limiter.limit)
    if wish.branch:
        plan = only_the_branch(fields, plan, wish.branch, reading.found)
    if wish.live_status:
        campaigns = tuple(c for c in plan.campaigns if c.live_status in wish.live_status)
        plan = replace(plan, campaigns=campaigns)
    return plan


def terms_of(base_url: str, ends: Shutdown, *, allow_removals: bool = False) -> PlanContext:
    """The terms of a plan that is made now."""
    return PlanContext(base_url, created_at=ends.stamp(), tool_version=__version__, allow_removals=allow_removals)


def fetcher(place: Connection) -> Callable[[Sequence[Request]], list[ApiAnswer | ApiError]]:
    """What reads several requests side by side; an error takes the place of its answer."""
    return lambda requests: fetch(place, requests)


def fetch(place: Connection, requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
    """Send several reads side by side; an error takes the place of its answer."""
    progress = Progress()
    results: dict[int, ApiAnswer | ApiError] = {}
    for number, result in run_concurrently(
        place.client.result, requests, place.client.settings.concurrency, place.ends
    ):
        if result is None:
            place.ends.check()
        else:
            results[number] = result
            progress(len(results), len(requests))
    return [results[number] for number in range(len(requests))]
