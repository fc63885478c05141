"""Lists of campaigns and agents, over HTTP: filters, pages, queries that are refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from reconciler.sandbox import Sandbox
from reconciler.sandbox.sample_data import AGENT_DRAFT, AGENT_SALES, AGENTS


def ids(answer: httpx.Response) -> list[str]:
    return [row["id"] for row in answer.json()["data"]]


LISTED = (
    {"id": "a", "name": "Alpha sales", "status": "active", "start_date": "2027-01-01"},
    {"id": "b", "name": "Beta", "description": "for SALES 50%", "campaign_type": "custom", "start_date": "2027-02-01"},
    {"id": "c", "name": "Gamma", "agent_id": AGENT_DRAFT, "start_date": "2027-03-01"},
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a", "b", "c"]),
        ({"status": "active"}, ["a"]),
        ({"campaign_type": "custom"}, ["b"]),
        ({"agent_id": AGENT_DRAFT}, ["c"]),
        ({"date_from": "2027-02-01"}, ["b", "c"]),
        ({"date_to": "2027-02-01"}, ["a", "b"]),
        ({"search": "sales"}, ["a", "b"]),
        ({"search": "50%"}, ["b"]),
        ({"search": "%"}, ["b"]),
        ({"search": "_"}, []),
        ({"search": "a", "status": "draft", "date_to": "2027-02-28"}, ["b"]),
        ({"search": " "}, ["a", "b", "c"]),
        ({"unknown": "x"}, ["a", "b", "c"]),
    ],
    ids=str,
)
def test_the_list_is_filtered(client: httpx.Client, sandbox: Sandbox, query: dict[str, str], found: list[str]) -> None:
    for state in LISTED:
        sandbox.put_campaign(state)

    assert ids(client.get("/campaigns", params=query)) == found


@pytest.mark.parametrize(
    ("query", "shown", "paging"),
    [
        ({}, 20, {"current_page": 1, "last_page": 6, "per_page": 20, "total": 105, "from": 1, "to": 20}),
        ({"page": 6}, 5, {"current_page": 6, "last_page": 6, "per_page": 20, "total": 105, "from": 101, "to": 105}),
        (
            {"per_page": 1000},
            100,
            {"current_page": 1, "last_page": 2, "per_page": 100, "total": 105, "from": 1, "to": 100},
        ),
        ({"page": 9}, 0, {"current_page": 9, "last_page": 6, "per_page": 20, "total": 105, "from": None, "to": None}),
        (
            {"search": "no"},
            0,
            {"current_page": 1, "last_page": 1, "per_page": 20, "total": 0, "from": None, "to": None},
        ),
    ],
    ids=["by default", "last page", "capped", "past the end", "nothing found"],
)
def test_the_list_is_paged(
    client: httpx.Client, sandbox: Sandbox, query: dict[str, str], shown: int, paging: dict[str, Any]
) -> None:
    for number in range(105):
        sandbox.put_campaign({"id": f"c-{number}"})

    answer = client.get("/campaigns", params=query).json()

    assert (len(answer["data"]), answer["pagination"]) == (shown, paging)


def test_the_pages_together_are_all_campaigns_in_order(client: httpx.Client, sandbox: Sandbox) -> None:
    for number in range(7):
        sandbox.put_campaign({"id": f"c-{number}"})

    pages = [ids(client.get("/campaigns", params={"per_page": 3, "page": page})) for page in (1, 2, 3, 4)]

    assert pages == [["c-0", "c-1", "c-2"], ["c-3", "c-4", "c-5"], ["c-6"], []]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "stopped"),
        ("campaign_type", "other"),
        ("date_from", "01.02.2027"),
        ("date_to", "2027-02-30"),
        ("per_page", "0"),
        ("page", "x"),
    ],
)
def test_a_query_that_breaks_a_rule_is_refused(client: httpx.Client, name: str, value: str) -> None:
    answer = client.get("/campaigns", params={name: value})

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])


def test_agents_are_listed_and_shown(client: httpx.Client) -> None:
    listed = client.get("/agents", params={"per_page": 2, "page": 2}).json()

    assert listed == {
        "success": True,
        "data": [*AGENTS[2:4]],
        "meta": {"current_page": 2, "last_page": 3, "per_page": 2, "total": 6},
    }
    assert client.get(f"/agents/{AGENT_SALES}").json() == {"success": True, "data": AGENTS[0]}
    assert client.get("/agents/none").json() == {"success": False, "message": "Agent not found"}


def test_agents_can_be_put_by_hand(client: httpx.Client, sandbox: Sandbox) -> None:
    agent = {"id": "agent-1", "name": "New", "current_status": "published", "direction": "outbound"}
    sandbox.put_agent(agent)
    sandbox.put_campaign({"id": "c-1"})

    assert client.get("/agents/agent-1").json()["data"] == agent
    assert client.put("/campaigns/c-1", json={"agent_id": "agent-1"}).status_code == 200
