"""Agents by their names: the whole list of an environment, read once, and only where somebody refers to one so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

from reconciler.api.answers import AgentState, ApiAnswer, Fetch, Page, read_agent, read_page
from reconciler.api.endpoints import PER_PAGE, Request, get_agent
from reconciler.model.campaign import ByName, Desired, Live
from reconciler.model.document import Problem
from reconciler.model.errors import ApiError, UnexpectedAnswer
from reconciler.model.fields import Fields
from reconciler.model.near_names import near_names
from reconciler.model.trimmed import trimmed

_PUBLISHED: Final = "published"
_INBOUND: Final = "inbound"
# More pages than any account has agents for.
_MOST_PAGES: Final = 1_000


class Agents(NamedTuple):
    """What was asked for: the ids by name, the names of all agents by id, why others have none, and the requests."""

    ids: Mapping[str, str] = MappingProxyType({})
    names: Mapping[str, str] = MappingProxyType({})
    refused: Mapping[str, str] = MappingProxyType({})
    requests: int = 0


def names_of(wanted: Iterable[Desired]) -> frozenset[str]:
    """The names by which campaigns refer to agents."""
    return frozenset(trimmed(value) for one in wanted for value in one.values.values() if isinstance(value, ByName))


def read_agents(names: Collection[str], fetch: Fetch) -> Agents:
    """The agents that have these names: exactly one for each, published and outbound; without names nothing is asked.

    Where the list cannot be read as a whole, every name is refused: it might be there twice.
    """
    if not names:
        return Agents()
    try:
        rows, requests = _list(fetch)
        return _found(names, rows, requests, fetch)
    except ApiError as error:
        return Agents(refused=dict.fromkeys(names, f"the list of agents cannot be read: {error}"), requests=1)


def _found(names: Collection[str], rows: Sequence[Live], requests: int, fetch: Fetch) -> Agents:
    ids: dict[str, str] = {}
    refused: dict[str, str] = {}
    called: dict[str, list[Live]] = {name: [] for name in sorted(names)}
    for row in rows:
        if row.name in called:
            called[row.name].append(row)
    asked = _asked([row for found in called.values() for row in found if not _is_told(row)], fetch)
    for name, found in called.items():
        states = [read_agent(asked.get(row.id) or ApiAnswer(dict(row.values))) for row in found]
        if reason := _refusal(name, found, states, rows):
            refused[name] = reason
        else:
            ids[name] = found[0].id
    return Agents(ids, {row.id: row.name for row in rows}, refused, requests + len(asked))


def with_ids(wanted: Sequence[Desired], agents: Agents) -> tuple[tuple[Desired, ...], Mapping[str, str]]:
    """The campaigns with ids in the place of names, and by file why one has none: it stays without the field."""
    found = [_with_id(one, agents) for one in wanted]
    return tuple(one for one, _ in found), {one.file: reason for one, reason in found if reason}


def _with_id(one: Desired, agents: Agents) -> tuple[Desired, str]:
    names = {key: trimmed(value) for key, value in one.values.items() if isinstance(value, ByName)}
    if not names:
        return one, ""
    ids = {key: agents.ids[name] for key, name in names.items() if name in agents.ids}
    rest = {key: value for key, value in one.values.items() if key not in names}
    reasons = [
        str(Problem(one.document.position((key,)), agents.refused.get(name, "nobody looked for it")))
        for key, name in names.items()
        if key not in ids
    ]
    return one._replace(values={**rest, **ids}), "; ".join(reasons)


def _list(fetch: Fetch) -> tuple[tuple[Live, ...], int]:
    """All agents, each once, and how many requests that took."""
    first = _page(fetch, 1)
    pages = [first]
    while _goes_on(pages):
        pages.append(_page(fetch, len(pages) + 1))
    rows = {row.id: row for page in pages for row in page.rows}
    if len(rows) < (first.total or 0):
        raise UnexpectedAnswer("GET /agents", "the list of agents came incomplete: try again")
    return tuple(rows.values()), len(pages)


def _goes_on(pages: Sequence[Page]) -> bool:
    last = pages[0].last
    is_more = len(pages) < last if last is not None else len(pages[-1].rows) >= PER_PAGE
    return is_more and len(pages) < _MOST_PAGES


def _page(fetch: Fetch, number: int) -> Page:
    request = Request("GET", "/agents", {"per_page": str(PER_PAGE), "page": str(number)})
    (answer,) = fetch([request])
    if isinstance(answer, ApiError):
        raise answer
    return read_page(request, answer)


def _is_told(row: Live) -> bool:
    """Whether the list says what an agent is good for."""
    return "current_status" in row.values and "direction" in row.values


def _asked(unknown: Sequence[Live], fetch: Fetch) -> dict[str, ApiAnswer]:
    """The agents' own answers, by id, of those that the list says nothing of; raises ApiError where one is none."""
    answers = fetch([get_agent(row.id) for row in unknown]) if unknown else ()
    asked: dict[str, ApiAnswer] = {}
    for row, answer in zip(unknown, answers, strict=True):
        if isinstance(answer, ApiError):
            raise answer
        asked[row.id] = answer
    return asked


def _refusal(name: str, found: Sequence[Live], states: Sequence[AgentState], rows: Sequence[Live]) -> str:
    """Why a name means no agent that can call; empty where it does."""
    if not found:
        near = near_names(name, {row.name for row in rows}, most=2)
        hint = f": did you mean {' or '.join(map(repr, near))}?" if near else f" ({len(rows)} agents are there)"
        return f"no agent is called {name!r} in this environment{hint}"
    if len(found) > 1:
        ids = ", ".join(row.id for row in found)
        return f"{len(found)} agents are called {name!r} in this environment: write the agent_id that you mean ({ids})"
    (state,) = states
    if state.status not in (None, _PUBLISHED):
        return f"agent {name!r} is {state.status}, not published"
    if state.direction == _INBOUND:
        return f"agent {name!r} is inbound: it takes calls, and makes none"
    return ""


def names_shown(fields: Fields, lives: Iterable[object]) -> dict[str, str]:
    """The names of agents by id, as far as the answers on campaigns show them."""
    reference = next((name for name, one in fields.writable.items() if one.refers_to), "")
    found: dict[str, str] = {}
    for live in lives:
        agent = live.values.get("agent") if isinstance(live, Live) else None
        if isinstance(live, Live) and isinstance(agent, Mapping) and isinstance(agent.get("name"), str):
            found |= {str(agent["id"]): agent["name"]} if agent.get("id") == live.values.get(reference) else {}
    return found
