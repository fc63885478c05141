"""What is said outside the files of where secrets may go: files under review don't choose that."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from reconciler.api.base_url import checked_base_url, host_of, is_loopback
from reconciler.cli.environments import BASE_URL_VARIABLE, DEFAULT_BASE_URL, Environment
from reconciler.model.document import Document, Problem
from reconciler.model.errors import UsageError

TOKEN_PREFIX = "TALKOVER_"
TOKEN_VARIABLES = "RECONCILER_TOKEN_VARIABLES"
HOSTS = "TALKOVER_HOSTS"


def check_destination(environment: Environment, given_url: str | None = None) -> None:
    """Raise UsageError where a file alone says which variable's secret goes out, or to which host.

    `given_url` is the base URL that was given as an option, if one was.
    """
    refusal = _of_variable(environment.token_env) or _of_host(environment.base_url, given_url)
    if refusal:
        raise UsageError(f"{environment.file}: {refusal}" if environment.file else refusal)


def warnings(environments: Iterable[Document]) -> Iterator[Problem]:
    """What every command that talks to the API will refuse here, as far as the files and the variables tell."""
    refusals: Mapping[str, Callable[[str], str | None]] = {"token_env": _of_variable, "base_url": _of_host}
    for document in {one.file: one for one in environments}.values():
        for name, refusal_of in refusals.items():
            value = document.values.get(name)
            refusal = refusal_of(value) if isinstance(value, str) else None
            if refusal:
                yield Problem(document.position((name,)), refusal, (name,), is_warning=True)


def _of_variable(name: str) -> str | None:
    """Why no secret is taken from this variable. The name is not told: it may be a token in the wrong place."""
    if name.startswith(TOKEN_PREFIX) or name in _listed(TOKEN_VARIABLES):
        return None
    return f"the variable does not begin with {TOKEN_PREFIX}: name it in {TOKEN_VARIABLES} if it is for a token"


def _of_host(base_url: str, option: str | None = None) -> str | None:
    """Why nothing is sent to this host."""
    host = host_of(base_url)
    given = (option, os.environ.get(BASE_URL_VARIABLE), DEFAULT_BASE_URL)
    named = {host_of(checked_base_url(one)) for one in given if one} | {one.casefold() for one in _listed(HOSTS)}
    if is_loopback(host) or host in named:
        return None
    return f"nothing is sent to {host}, which only a file names: add it to the variable {HOSTS}, or pass --base-url"


def _listed(variable: str) -> list[str]:
    return [name for one in os.environ.get(variable, "").split(",") if (name := one.strip())]
