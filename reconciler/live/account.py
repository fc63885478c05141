"""Reads what an account holds, for import: its campaigns as fully as they are shown, and its agents' names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.api.answers import ApiAnswer, Fetch, Page, read_page
from reconciler.api.endpoints import PER_PAGE, Request
from reconciler.live.lookup import NotFound, read_live
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Document
from reconciler.model.errors import ApiError, UnexpectedAnswer
from reconciler.model.fields import Fields


@dataclass(frozen=True, slots=True)
class Account:
    """The campaigns that were read, by id, and for those that could not be read, why.

    `listed` counts all that there are, chosen or not.
    """

    campaigns: Mapping[str, Live]
    failed: Mapping[str, str]
    listed: int = 0


def read_listed(fields: Fields, fetch: Fetch, is_chosen: Callable[[Live], bool]) -> Account:
    """Every campaign of the list whose row is chosen; those whose row lacks a field are read by id.

    The list is read twice: let `fetch` be a `Memory`. Raises ApiError where it cannot be had, or not as a whole.
    """
    rows = read_live(fields, (), fetch, whole_list=True).listed
    if rows is None:
        raise UnexpectedAnswer("GET /campaigns", "the list came incomplete: try again")
    chosen = [row.id for row in rows if is_chosen(row)]
    return replace(_read(fields, chosen, fetch, whole_list=True), listed=len(rows))


def read_named(fields: Fields, fetch: Fetch, ids: Sequence[str]) -> Account:
    """The campaigns with these ids. Raises ApiError where nothing can be read at all."""
    return replace(_read(fields, ids, fetch, whole_list=False), listed=len(ids))


def _read(fields: Fields, ids: Sequence[str], fetch: Fetch, *, whole_list: bool) -> Account:
    """The campaigns with these ids, as fully as rows and answers show them; `whole_list` looks at rows first."""
    if not ids:
        return Account({}, {})
    # As if a file said everything: whatever a row lacks is then looked for in the campaign's own answer.
    everything = dict.fromkeys(fields.writable)
    campaigns = [
        Desired(Document(campaign_id, {}), campaign_id, Status.DRAFT, everything) for campaign_id in dict.fromkeys(ids)
    ]
    found = read_live(fields, campaigns, fetch, whole_list=whole_list).found
    read = {campaign_id: live for campaign_id, live in found.items() if isinstance(live, Live)}
    failed = {campaign_id: live.reason for campaign_id, live in found.items() if isinstance(live, NotFound)}
    return Account(read, failed)


def agent_names(fields: Fields, campaigns: Sequence[Live], fetch: Fetch) -> dict[str, str]:
    """The names of the agents of these campaigns, by id; the list of agents is read only where answers lack them.

    A name that cannot be had is left out.
    """
    reference = next((name for name, field_ in fields.writable.items() if field_.refers_to == "agent"), "")
    wanted = {str(live.values[reference]) for live in campaigns if live.values.get(reference)}
    agents = [live.values.get("agent") for live in campaigns]
    names = {
        str(agent["id"]): agent["name"]
        for agent in agents
        if isinstance(agent, Mapping) and {"id", "name"} <= agent.keys()
    }
    if wanted - names.keys():
        names |= _listed_agents(fetch)
    return {agent_id: name for agent_id, name in names.items() if agent_id in wanted and isinstance(name, str)}


def _listed_agents(fetch: Fetch) -> dict[str, str]:
    """The names of all agents by id, as far as their list can be read."""
    first = _agent_pages(fetch, [1])
    last = (first[0].last or 1) if first else 1
    pages = [*first, *_agent_pages(fetch, range(2, last + 1))]
    return {row.id: row.name for page in pages for row in page.rows}


def _agent_pages(fetch: Fetch, numbers: Sequence[int]) -> list[Page]:
    """Pages of the list of agents, which has the form of the list of campaigns; those that cannot be read are none."""
    requests = [Request("GET", "/agents", {"per_page": str(PER_PAGE), "page": str(number)}) for number in numbers]
    pages = []
    for request, answer in zip(requests, fetch(requests) if requests else (), strict=True):
        with contextlib.suppress(ApiError):
            if isinstance(answer, ApiAnswer):
                pages.append(read_page(request, answer))
    return pages
