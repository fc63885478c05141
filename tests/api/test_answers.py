"""Answers, read in every shape that the API's pages show."""

from __future__ import annotations

import pytest

from reconciler.api.answers import (
    AgentState,
    ApiAnswer,
    Page,
    read_agent,
    read_campaign,
    read_page,
    read_status,
    shown_fields,
)
from reconciler.api.endpoints import get_campaign, list_campaigns
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.errors import UnexpectedAnswer

SHOWN = {"id": "c-1", "name": "Spring", "status": "draft", "max_retries": 3}
LIVE = Live("c-1", "Spring", "draft", SHOWN)
ONE = get_campaign("c-1")
LIST = list_campaigns(1)


# One campaign


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"success": True, "data": SHOWN}, id="envelope"),
        pytest.param({"success": True, "message": "updated", "data": SHOWN}, id="envelope with a message"),
        pytest.param({"data": SHOWN}, id="data alone"),
        pytest.param(SHOWN, id="bare"),
        pytest.param({"success": True, "data": {"campaign": SHOWN}}, id="named inside the envelope"),
        pytest.param({"campaign": SHOWN}, id="named"),
        pytest.param({"success": True, "id": "request-1", "data": SHOWN}, id="an envelope with an id of its own"),
    ],
)
def test_a_campaign_is_read_in_any_envelope(body: Value) -> None:
    assert read_campaign(ONE, ApiAnswer(body)) == LIVE


def test_a_bare_campaign_may_have_a_field_named_data_or_campaign() -> None:
    body = {**SHOWN, "data": {"tier": "gold"}, "campaign": {"id": "other"}}

    assert read_campaign(ONE, ApiAnswer(body)) == Live("c-1", "Spring", "draft", body)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        pytest.param({"id": 7}, ("7", "", None), id="a number as id, nothing else"),
        pytest.param({"id": "c", "name": " A "}, ("c", "A", None), id="the name is trimmed"),
        pytest.param({"id": "c", "name": 5, "status": 1}, ("c", "", None), id="name and status of another kind"),
        pytest.param({"id": "c", "status": "archived"}, ("c", "", "archived"), id="a status that nobody knows"),
    ],
)
def test_what_a_campaign_does_not_show_is_unknown(shown: dict[str, Value], expected: tuple[str, str, str]) -> None:
    live = read_campaign(ONE, ApiAnswer(shown))

    assert (live.id, live.name, live.status) == expected


@pytest.mark.parametrize(
    "body", [None, [], "text", 5, {}, {"data": None}, {"data": []}, {"data": [SHOWN]}, {"id": None}, {"id": ["c-1"]}]
)
def test_an_answer_without_a_campaign_is_refused_and_names_the_request(body: Value) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        read_campaign(ONE, ApiAnswer(body))

    assert str(caught.value) == "GET /campaigns/c-1: the answer holds no campaign: no object with an id"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"success": True, "data": {"status": "paused"}}, "paused"),
        ({"status": "paused"}, "paused"),
        ({"success": True, "data": {"campaign": {"status": "paused"}}}, "paused"),
        ({"success": True, "data": {"status": 3}}, None),
        ({"success": True}, None),
        ({"data": None}, None),
        (None, None),
        ([], None),
    ],
)
def test_the_status_is_read_where_it_is_shown(body: Value, status: str | None) -> None:
    assert read_status(ApiAnswer(body)) == status


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"data": {"id": "a", "current_status": "draft"}}, AgentState("draft", None)),
        (
            {"data": {"agent": {"current_status": "published", "direction": "inbound"}}},
            AgentState("published", "inbound"),
        ),
        ({"id": "a", "current_status": 1, "direction": "outbound"}, AgentState(None, "outbound")),
        (None, AgentState(None, None)),
    ],
)
def test_the_state_of_an_agent_is_read_where_it_is_shown(body: Value, state: AgentState) -> None:
    assert read_agent(ApiAnswer(body)) == state


@pytest.mark.parametrize(
    ("body", "fields"),
    [({"success": True, "data": SHOWN}, SHOWN), (SHOWN, SHOWN), (None, {}), ({"data": []}, {}), ("", {})],
)
def test_a_write_may_show_the_campaign_or_nothing(body: Value, fields: dict[str, Value]) -> None:
    assert shown_fields(ApiAnswer(body)) == fields


# Pages


PAGING = {"current_page": 1, "last_page": 3, "per_page": 100, "total": 250}


@pytest.mark.parametrize(
    ("body", "last", "total"),
    [
        pytest.param({"success": True, "data": [SHOWN], "pagination": PAGING}, 3, 250, id="pagination"),
        pytest.param({"success": True, "data": [SHOWN], "meta": PAGING}, 3, 250, id="meta"),
        pytest.param({"data": [SHOWN], **PAGING}, 3, 250, id="at the top"),
        pytest.param({"success": True, "data": {"data": [SHOWN], **PAGING}}, 3, 250, id="a paginator in the envelope"),
        pytest.param({"success": True, "data": {"campaigns": [SHOWN], "pagination": PAGING}}, 3, 250, id="named rows"),
        pytest.param({"data": {"items": [SHOWN], "meta": PAGING}}, 3, 250, id="items"),
        pytest.param({"data": {"0": SHOWN}, "meta": PAGING}, 3, 250, id="rows as an object with positions"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": "3", "total": "250"}}, 3, 250, id="numbers as texts"),
        pytest.param({"data": [SHOWN], "meta": {"total": 250}}, None, 250, id="a total alone"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": None, "total": -1}}, None, None, id="of no use"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": True}}, None, None, id="true is no number of pages"),
        pytest.param({"data": [SHOWN], "meta": {"last_page": "9" * 5000, "total": 10**7}}, None, None, id="too many"),
        pytest.param({"data": [SHOWN], "meta": {"request": "r-1"}}, None, None, id="meta about other things"),
        pytest.param({"success": True, "data": [SHOWN]}, None, None, id="no word on pages"),
        pytest.param([SHOWN], None, None, id="bare"),
    ],
)
def test_a_page_is_read_wherever_its_paging_stands(body: Value, last: int | None, total: int | None) -> None:
    assert read_page(LIST, ApiAnswer(body)) == Page((LIVE,), last, total)


@pytest.mark.parametrize("body", [[], {"data": []}, {"data": {}}, {"success": True, "data": [], "pagination": {}}])
def test_a_page_may_be_empty(body: Value) -> None:
    assert read_page(LIST, ApiAnswer(body)) == Page(())


@pytest.mark.parametrize("body", [None, "text", {"success": True}, {"data": None}, {"data": SHOWN}])
def test_an_answer_without_a_list_is_refused(body: Value) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"GET /campaigns.*: the answer holds no list of campaigns"):
        read_page(LIST, ApiAnswer(body))


@pytest.mark.parametrize("row", [None, 5, {"name": "without id"}])
def test_a_row_that_is_no_campaign_is_refused(row: Value) -> None:
    with pytest.raises(UnexpectedAnswer, match="no object with an id"):
        read_page(LIST, ApiAnswer({"data": [SHOWN, row]}))
