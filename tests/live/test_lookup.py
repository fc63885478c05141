"""Reading the live side: how many requests it takes, and what becomes of what cannot be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.live.lookup import FEW, LiveRead, NotFound, find_by_name, read_live, search_by_name
from reconciler.model.campaign import Desired, Live
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, Unreachable
from tests.support.campaigns import FIELDS, wanted
from tests.support.listing import IDS, Server, by_id, by_name, found_ids, read, row, rows

# How many requests


PAGE_1 = "/campaigns?page=1"


REQUESTS: list[Any] = [
    pytest.param(Server(rows(300)), by_id(*IDS[:FEW]), FEW, id="few by id: one each"),
    pytest.param(Server(rows(60)), by_id(*IDS[: FEW + 1]), 1, id="more than few, on one page: that page"),
    pytest.param(Server(rows(250)), by_id(*IDS), 3, id="250 by id: three pages"),
    pytest.param(Server(rows(1000)), by_id(*IDS[:8]), 1, id="all of them on the first of ten pages"),
    pytest.param(Server(rows(1000)), by_id(*IDS[95:105]), 1 + 5, id="five that nine more pages would serve: by id"),
    pytest.param(Server(rows(300)), by_id(*IDS[95:105]), 1 + 2, id="five that two more pages serve: pages"),
    pytest.param(Server(rows(250), per_page=20), by_id(*IDS), 13, id="pages capped at 20"),
    pytest.param(Server(rows(250), paging="meta"), by_id(*IDS), 3, id="paging under meta"),
    pytest.param(Server(rows(250), paging=None), by_id(*IDS), 3, id="no paging: until all are found"),
    pytest.param(Server(rows(900), paging=None), by_id(*IDS[:8]), 1, id="no paging: first page was enough"),
    pytest.param(Server(rows(900), paging=None), by_id(*IDS[:8], 800), 1 + 1, id="no paging: one left by id"),
    pytest.param(Server(rows(250), paging=None), by_name(*IDS), 3 + 1, id="no paging, by name: until nothing is new"),
    pytest.param(Server(rows(250), told=["total"]), by_name(*IDS), 3, id="only a total, by name: until it is reached"),
    pytest.param(Server(rows(250), per_page=20, paging=None), by_name(*IDS), 13 + 1, id="no paging, capped at 20"),
    pytest.param(Server(rows(60)), by_name(7), 1, id="one by name: the list"),
    pytest.param(Server(rows(250)), by_name(7), 3, id="one by name: the whole list, for a name may be there twice"),
    pytest.param(Server(rows(60), omits=["max_retries"]), by_id(*IDS[:10]), 1 + 10, id="rows lack a field: each by id"),
    pytest.param(Server(rows(300), omits=["max_retries"]), by_id(*IDS[:120]), 1 + 120, id="then pages are no use"),
    pytest.param(
        Server(rows(60), omits=["max_retries"]),
        [*by_id(*IDS[:10], name="x"), *by_id(11, 12)],
        1 + 2,
        id="rows lack what only two files manage",
    ),
]


@pytest.mark.parametrize(("server", "desired", "requests"), REQUESTS)
def test_as_few_requests_as_possible(server: Server, desired: list[Desired], requests: int) -> None:
    server = Server(**{name: getattr(server, name) for name in ("rows", "per_page", "paging", "told", "omits")})
    reading = read(server, desired)

    assert found_ids(reading) == {one.file: f"c-{one.file.removesuffix('.yaml')}" for one in desired}
    assert reading.requests == requests


def test_clocks_that_answers_show_are_held_against_each_other() -> None:
    """A page of the list from a minute ago, out of a cache, and campaigns as they are now."""
    server = Server(rows(60), omits=["max_retries"])

    def fetch(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        kept = {True: ApiAnswer({}, date=940.0, came_at=1002.0), False: ApiAnswer({}, date=1007.0, came_at=1007.0)}
        answers = zip(requests, server.fetch(requests), strict=True)
        return [
            kept[request.path == "/campaigns"]._replace(body=answer.body) if isinstance(answer, ApiAnswer) else answer
            for request, answer in answers
        ]

    assert read_live(FIELDS, by_id(*IDS[:9]), fetch).apart == 62.0
    assert read_live(FIELDS, by_id(*IDS[:9]), server.fetch).apart == 0.0


def test_no_campaigns_need_no_request() -> None:
    assert read(Server([]), []) == LiveRead({}, 0)


def test_a_row_without_a_status_is_not_enough_where_the_file_wants_one() -> None:
    server = Server(rows(60), omits=["status"])
    desired = [*by_id(*IDS[:9]), wanted({"max_retries": 3}, status="active", campaign="c-10", file="10.yaml")]

    assert read(server, desired).requests == 2
    assert server.asked == [PAGE_1, "/campaigns/c-10"]


@pytest.mark.parametrize(
    ("live", "requests"),
    [
        pytest.param("paused", 2, id="its calls would start: the week that begins is looked at"),
        pytest.param("active", 1, id="it calls already"),
        pytest.param("completed", 1, id="nothing starts it any more"),
    ],
)
def test_a_row_without_calling_hours_is_not_enough_where_calls_would_start(live: str, requests: int) -> None:
    calendar = ["days_of_week", "call_time_ranges", "earliest_call_time", "latest_call_time", "timezone"]
    shown = [row | ({"status": live} if row["id"] == "c-10" else {}) for row in rows(60)]
    desired = [*by_id(*IDS[:9]), wanted({"max_retries": 3}, status="active", campaign="c-10", file="10.yaml")]

    assert read(Server(shown, omits=calendar), desired).requests == requests


def test_a_campaign_that_the_list_does_not_show_is_read_by_id() -> None:
    server = Server(rows(60), before_page=lambda _: None)
    server.page = lambda _: 2  # an empty page
    reading = read(server, by_id(*IDS[:6]))

    assert server.asked == [PAGE_1, *(f"/campaigns/c-{n}" for n in IDS[:6])]
    assert len(found_ids(reading)) == 6


# Windows of which the list shows only the bounds


RANGES = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
PAIR = {"earliest_call_time": "09:00:00", "latest_call_time": "17:00:00"}
WINDOWS = ["call_time_ranges"]


def with_windows(*numbers: int) -> list[Desired]:
    return by_id(*numbers, call_time_ranges=RANGES)


def test_rows_with_only_the_bounds_of_windows_are_read_by_id_where_that_shows_more() -> None:
    server = Server([row(n, call_time_ranges=RANGES, **PAIR) for n in range(1, 11)], omits=WINDOWS)
    reading = read(server, with_windows(*range(1, 11)))

    assert reading.requests == 1 + 10
    assert {live.values["call_time_ranges"] == RANGES for live in reading.found.values() if isinstance(live, Live)} == {
        True
    }


def test_one_look_is_enough_to_know_that_nothing_shows_more_than_the_bounds() -> None:
    server = Server([row(n, **PAIR) for n in range(1, 11)])
    reading = read(server, with_windows(*range(1, 11)))

    assert (server.asked, len(found_ids(reading))) == ([PAGE_1, "/campaigns/c-1"], 10)


def test_no_look_is_needed_where_another_campaign_told_it_already() -> None:
    server = Server([row(n, **PAIR) for n in range(1, 11)], omits=["max_retries"])
    desired = [*with_windows(*range(1, 10)), *by_id(10, call_time_ranges=RANGES, max_retries=3)]
    reading = read(server, desired)

    assert (server.asked, len(found_ids(reading))) == ([PAGE_1, "/campaigns/c-10"], 10)


def test_bounds_of_windows_that_no_file_manages_are_enough() -> None:
    assert read(Server([row(n, **PAIR) for n in range(1, 11)]), by_id(*range(1, 11))).requests == 1


def test_a_campaign_that_is_gone_when_it_is_looked_at_is_told_and_the_others_are_read() -> None:
    server = Server([row(n, call_time_ranges=RANGES, **PAIR) for n in range(1, 11)], omits=WINDOWS)
    server.failing = {"c-1": Refused("GET /campaigns/c-1", 404, "Campaign not found")}
    reading = read(server, with_windows(*range(1, 11)))

    assert isinstance(reading.found["1.yaml"], NotFound)
    assert len(found_ids(reading)) == 9


# Names


def test_a_name_means_the_one_campaign_with_exactly_that_name() -> None:
    server = Server([row(1, name="Spring"), row(2, name="Spring 2"), row(3, name="spring"), row(4, name=" Autumn ")])
    desired = [
        wanted({"name": " Spring "}, campaign=None, file="a.yaml"),
        wanted({"name": "Autumn"}, campaign=None, file="b.yaml"),
    ]

    assert found_ids(read(server, desired)) == {"a.yaml": "c-1", "b.yaml": "c-4"}


def test_a_name_that_two_campaigns_bear_is_an_error_that_names_both() -> None:
    server = Server([row(2, name="Spring"), row(1, name="Spring")])
    reading = read(server, [wanted({"name": "Spring"}, campaign=None)])

    assert reading.found == {
        "c.yaml": NotFound("2 live campaigns are named 'Spring' (c-1, c-2): add the right id to the file")
    }


def test_a_name_that_no_campaign_bears_is_new() -> None:
    reading = read(Server(rows(3)), [wanted({"name": "Spring"}, campaign=None)])

    assert reading.found == {
        "c.yaml": NotFound("no live campaign is named 'Spring', and the file has no id", is_new=True)
    }


def test_a_campaign_found_by_name_is_read_by_its_id_where_its_row_lacks_a_field() -> None:
    server = Server(rows(3), omits=["max_retries"])
    reading = read(server, [wanted({"name": "Campaign 2", "max_retries": 1}, campaign=None)])

    assert (server.asked, found_ids(reading)) == ([PAGE_1, "/campaigns/c-2"], {"c.yaml": "c-2"})


def test_finding_by_name_reads_the_whole_list() -> None:
    server = Server([*rows(150), row(151, name="Spring"), row(152, name="Spring")])

    assert [live.id for live in find_by_name(" Spring ", server.fetch)] == ["c-151", "c-152"]
    assert find_by_name("Winter", server.fetch) == ()


def test_finding_by_name_in_a_list_that_came_incomplete_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="the list came incomplete: 100 rows"):
        find_by_name("Spring", Server(rows(250), page=lambda _: 1).fetch)


def test_searching_by_name_asks_for_the_name_alone() -> None:
    server = Server([row(1, name="Spring"), row(2, name="Spring sale")])

    assert [live.id for live in search_by_name(" Spring ", server.fetch)] == ["c-1"]
    assert server.asked == [f"{PAGE_1}&search=Spring"]


def test_a_search_that_came_incomplete_is_made_up_for_by_the_whole_list() -> None:
    server = Server([*rows(150), row(151, name="Spring")])
    server.page = lambda number: number if not server.asked[-1].endswith("search=Spring") else 1

    assert [live.id for live in search_by_name("Spring", server.fetch)] == ["c-151"]


# Errors


def test_a_campaign_that_is_not_there_is_its_own_error_and_the_others_go_on() -> None:
    reading = read(Server(rows(2)), by_id(1, 9, 2))

    assert found_ids(reading) == {"1.yaml": "c-1", "2.yaml": "c-2"}
    assert reading.found["9.yaml"] == NotFound(
        "no campaign has the id c-9 in this environment (HTTP 404: Campaign not found): check the id, or the token"
    )


@pytest.mark.parametrize("count", [2, FEW + 3])
def test_where_no_id_is_known_the_token_or_the_base_url_is_wrong(count: int) -> None:
    reading = read(Server(rows(2)), by_id(*range(11, 11 + count)))

    assert [str(found).partition("Campaign not found): ")[2] for found in reading.found.values()] == [
        f"none of {count} ids is known there, so check the token and the base URL', is_new=False)"
    ] * count


@pytest.mark.parametrize(
    "error",
    [
        Refused("GET /campaigns/c-1", 403, "No"),
        Refused("GET /campaigns/c-1", 500, "Internal server error."),
        Unreachable("GET /campaigns/c-1", "timeout"),
        UnexpectedAnswer("GET /campaigns/c-1", "no JSON"),
    ],
    ids=str,
)
def test_a_campaign_that_cannot_be_read_is_its_own_error_too(error: ApiError) -> None:
    reading = read(Server(rows(2), failing={"c-1": error}), by_id(1, 2))

    assert found_ids(reading) == {"2.yaml": "c-2"}
    assert reading.found["1.yaml"] == NotFound(f"it could not be read: {error}")


@pytest.mark.parametrize("desired", [by_id(1, 2), by_id(*IDS[:7]), by_name(1)], ids=["by id", "by list", "by name"])
def test_a_wrong_token_ends_the_reading(desired: list[Desired]) -> None:
    refused = Refused("GET /campaigns", 401, "Unauthorized")
    server = Server(rows(7), failing={"": refused, "c-2": refused})

    with pytest.raises(Refused) as caught:
        read(server, desired)

    assert caught.value is refused


@pytest.mark.parametrize("kind", [Unreachable, UnexpectedAnswer])
def test_what_meets_every_campaign_alike_ends_the_reading(kind: type[ApiError]) -> None:
    server = Server(rows(2), failing={f"c-{n}": kind(f"GET /campaigns/c-{n}", "broken") for n in (1, 2)})

    with pytest.raises(kind, match="GET /campaigns/c-1: broken"):
        read(server, by_id(1, 2))


def test_refusals_of_every_campaign_are_told_each() -> None:
    server = Server(rows(2), failing={f"c-{n}": Refused("GET /", 403, "No") for n in (1, 2)})

    assert all(isinstance(found, NotFound) for found in read(server, by_id(1, 2)).found.values())


def test_a_page_that_cannot_be_read_ends_the_reading() -> None:
    with pytest.raises(Refused, match="HTTP 500"):
        read(Server(rows(7), failing={"": Refused("GET /campaigns", 500, "")}), by_name(1))


def test_an_answer_of_another_shape_is_told_with_its_request() -> None:
    server = Server(rows(2), one=lambda found: {"data": found} if found["id"] == "c-2" else {"data": []})
    reading = read(server, by_id(1, 2))

    assert reading.found["1.yaml"] == NotFound(
        "it could not be read: GET /campaigns/c-1: the answer holds no campaign: no object with an id"
    )


def test_an_answer_about_another_campaign_is_refused() -> None:
    server = Server(rows(3), one=lambda found: {"data": row(3) if found["id"] == "c-1" else found})
    reading = read(server, by_id(1, 2))

    assert reading.found["1.yaml"] == NotFound(
        "it could not be read: GET /campaigns/c-1: the answer is about another campaign"
    )


def test_an_id_in_other_letters_is_the_same_campaign() -> None:
    server = Server([row(1, id="ABC-1")])

    assert found_ids(read(server, [wanted({"max_retries": 3}, campaign="abc-1")])) == {"c.yaml": "ABC-1"}
