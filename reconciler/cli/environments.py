"""The environments that campaigns belong to: where each is, and which variable holds its token."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.api.base_url import checked_base_url
from reconciler.api.endpoints import SANDBOX_URL, TOKEN_VARIABLE
from reconciler.cli.collection import without_collection
from reconciler.cli.load import LoadedCampaigns
from reconciler.cli.option_groups import Network
from reconciler.files.named import NamedFile, named_files
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Value
from reconciler.plan.protection import REPLACE, SETTING
from reconciler.plan.rules import LEGAL

if TYPE_CHECKING:
    from reconciler.plan.closing import Closing

DEFAULT_BASE_URL = "https://app.talkover.ai/api/v1"
BASE_URL_VARIABLE = "TALKOVER_BASE_URL"


@dataclass(frozen=True, slots=True)
class Environment:
    """Where campaigns live, the variable that holds the token for it, and the limits that its file sets.

    `plan_policies` are the house rules that its plans are held to.
    With `replaces_people` its files are the whole truth about do-not-call numbers, as the file `replaces_in` says.
    """

    base_url: str
    token_env: str = TOKEN_VARIABLE
    limits: tuple[tuple[str, Value], ...] = ()
    replaces_people: bool = False
    plan_policies: tuple[NamedFile, ...] = ()
    legal: str = ""
    legal_profiles: tuple[NamedFile, ...] = ()
    file: str = field(default="", compare=False)
    replaces_in: str = field(default="", compare=False)

    def __str__(self) -> str:
        """What tells it from the others in a run: two may have the same host, and differ in their tokens."""
        return f"{self.label}, token from {self.token_env}"

    @property
    def label(self) -> str:
        """What it is called in metrics: its file, else its host."""
        return self.file or self.base_url


class EnvironmentCampaigns(NamedTuple):
    """The campaigns at hand of one environment, and the days without calls of those that have some, by file."""

    environment: Environment
    desired: tuple[Desired, ...]
    closings: Mapping[str, Closing] = MappingProxyType({})


def default_environment(network: Network) -> Environment:
    """The environment of files that belong to none: as the option, the variable, or the vendor say."""
    if network.sandbox:
        return Environment(SANDBOX_URL)
    given = network.base_url or os.environ.get(BASE_URL_VARIABLE) or DEFAULT_BASE_URL
    return Environment(checked_base_url(given))


# It may load what reads URLs.
@without_collection()
def by_environment(found: LoadedCampaigns, network: Network) -> tuple[EnvironmentCampaigns, ...]:
    """The campaigns by environment, in the order of their files."""
    default = default_environment(network)
    groups: dict[Environment, list[Desired]] = {}
    for desired in found.desired:
        environment = environment_of(found.environments.get(desired.file), network, default)
        groups.setdefault(environment, []).append(desired)
    return tuple(EnvironmentCampaigns(place, tuple(theirs), found.closings) for place, theirs in groups.items())


def environment_of(document: Document | None, network: Network, default: Environment) -> Environment:
    """The environment that a file sets up, if there is one.

    An option beats the file, and the file beats the variable: what is nearer to the campaign is meant.
    """
    if document is None:
        return default
    base_url = document.values.get("base_url")
    is_own = base_url is not None and not network.base_url and not network.sandbox
    return Environment(
        checked_base_url(str(base_url)) if is_own else default.base_url,
        str(document.values.get("token_env", TOKEN_VARIABLE)),
        tuple(sorted((name, value) for name, value in document.values.items() if name.startswith("max_"))),
        document.values.get(SETTING) == REPLACE,
        tuple(named_files(document, "plan_policies")),
        str(document.values.get(LEGAL, "")),
        tuple(named_files(document, "legal_profiles")),
        document.file,
        document.origin((SETTING,)).file,
    )


def has_token(environment: Environment, network: Network) -> bool:
    """Whether the live side can be read at all."""
    return network.sandbox or bool(os.environ.get(environment.token_env, "").strip())
