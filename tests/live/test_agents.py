from __future__ import annotations

from collections.abc import Sequence

import pytest

from reconciler.api.answers import ApiAnswer, Fetch
from reconciler.api.endpoints import Request
from reconciler.live.agents import Agents, names_of, names_shown, read_agents, with_ids
from reconciler.model.campaign import ByName, Desired, Live
from reconciler.model.document import Document, Value
from reconciler.model.errors import ApiError, Unreachable
from reconciler.model.fields import campaign_fields

Asked = list[str]
Row = dict[str, Value]


def agent(number: int | str, name: str, status: str = "published", direction: str = "outbound") -> Row:
    return {"id": f"a-{number}", "name": name, "current_status": status, "direction": direction}


ROWS = [
    agent(1, " Ava "),
    agent(2, "Bruno"),
    agent(3, "Bruno"),
    agent(4, "Finn", "draft"),
    agent(5, "In", "published", "inbound"),
]


def pages(*found: Sequence[Row], last: bool = True, single: Row | None = None) -> tuple[Fetch, Asked]:
    """What answers with these pages, and what it was asked."""
    asked: Asked = []

    def _answer(request: Request) -> ApiAnswer:
        if request.path != "/agents":
            return ApiAnswer({"data": single})
        total = sum(map(len, found))
        paging = {"pagination": {"last_page": len(found), "total": total}} if last else {}
        return ApiAnswer({"data": list(found[int(request.query["page"]) - 1]), **paging})

    def fetch(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        asked.extend(map(str, requests))
        return [_answer(request) for request in requests]

    return fetch, asked


def test_nothing_is_asked_where_nobody_refers_to_agents_by_name() -> None:
    fetch, asked = pages(ROWS)

    assert (read_agents(frozenset(), fetch), asked) == (Agents(), [])


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        pytest.param("Avva", "no agent is called 'Avva' in this environment: did you mean 'Ava'?", id="a slip"),
        pytest.param("Zoe", "no agent is called 'Zoe' in this environment (5 agents are there)", id="none"),
        pytest.param(
            "Bruno",
            "2 agents are called 'Bruno' in this environment: write the agent_id that you mean (a-2, a-3)",
            id="two",
        ),
        pytest.param("Finn", "agent 'Finn' is draft, not published", id="a draft"),
        pytest.param("In", "agent 'In' is inbound: it takes calls, and makes none", id="inbound"),
    ],
)
def test_a_name_that_means_no_agent_that_can_call_is_refused(name: str, reason: str) -> None:
    fetch, asked = pages(ROWS)

    assert read_agents({name, "Ava"}, fetch) == Agents(
        {"Ava": "a-1"}, {row["id"]: str(row["name"]).strip() for row in ROWS}, {name: reason}, 1
    )
    assert asked == ["GET /agents?per_page=100&page=1"]


@pytest.mark.parametrize("last", [True, False], ids=["counted pages", "full pages"])
def test_all_pages_are_read_once(last: bool) -> None:  # noqa: FBT001 - a parameter of the test
    many = [agent(n, f"N{n}") for n in range(100, 200)]
    fetch, asked = pages(many, ROWS, last=last)

    found = read_agents({"N150", "Ava"}, fetch)
    assert (found.ids, found.requests, len(asked)) == ({"N150": "a-150", "Ava": "a-1"}, 2, 2)


def test_what_the_list_does_not_say_of_an_agent_is_asked_for() -> None:
    fetch, asked = pages([{"id": "a-9", "name": "Ava"}], single=agent(9, "Ava", "draft"))

    found = read_agents({"Ava"}, fetch)
    assert (found.refused, found.requests, asked[1:]) == (
        {"Ava": "agent 'Ava' is draft, not published"},
        2,
        ["GET /agents/a-9"],
    )


def test_a_list_that_cannot_be_read_as_a_whole_refuses_every_name() -> None:
    lost, _ = pages(ROWS)

    def cut(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        assert requests
        return [ApiAnswer({"data": ROWS[:1], "pagination": {"last_page": 1, "total": 5}})]

    def down(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        return [Unreachable(str(request), "nobody is there") for request in requests]

    def half(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        return (
            down(requests) if requests[0].path != "/agents" else [ApiAnswer({"data": [{"id": "a-1", "name": "Ava"}]})]
        )

    for fetch in (cut, down, half):
        found = read_agents({"Ava"}, fetch)
        assert (found.ids, found.requests) == ({}, 1)
        assert found.refused["Ava"].startswith("the list of agents cannot be read: ")
    assert read_agents({"Ava"}, lost).ids == {"Ava": "a-1"}


def test_names_become_ids_and_one_that_means_nobody_leaves_its_field_out() -> None:
    document = Document("c.yaml", {"agent": "Ava"})
    named = Desired(document, None, None, {"name": "X", "agent_id": ByName("Ava ")})
    plain = Desired(document, None, None, {"agent_id": "a-7"})
    agents = Agents({"Ava": "a-1"})

    assert names_of([named, plain]) == {"Ava"}
    assert with_ids([named, plain], agents) == ((named._replace(values={"name": "X", "agent_id": "a-1"}), plain), {})
    (nobody, _), broken = with_ids([named, plain], Agents(refused={"Ava": "no agent is called so"}))
    assert (nobody.values, broken) == ({"name": "X"}, {"c.yaml": "c.yaml:1:1: no agent is called so"})


def test_names_are_taken_from_campaigns_that_show_them() -> None:
    shown = [
        Live("c-1", "A", None, {"agent_id": "a-1", "agent": {"id": "a-1", "name": "Ava"}}),
        Live("c-2", "B", None, {"agent_id": "a-2", "agent": {"id": "a-1", "name": "Ava"}}),
        Live("c-3", "C", None, {"agent_id": "a-3", "agent": None}),
        Live("c-4", "D", None, {"agent_id": "a-4", "agent": {"id": "a-4", "name": None}}),
        None,
    ]

    assert names_shown(campaign_fields(), shown) == {"a-1": "Ava"}
