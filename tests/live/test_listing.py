"""The list of campaigns: it moves while it is read, or is not what it should be."""

from __future__ import annotations

from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import Live
from tests.support.listing import IDS, Server, by_id, by_name, found_ids, read, row, rows


def test_a_row_that_moved_between_pages_is_found_by_a_second_look() -> None:
    server = Server(rows(250))
    moved = False

    def move(number: int) -> None:
        nonlocal moved
        if number == 2 and not moved:  # the first row goes to the end, so that row 101 slips onto page 1
            moved = True
            server.rows = [*server.rows[1:], server.rows[0]]

    server.before_page = move
    reading = read(server, by_name(101, 1))

    assert found_ids(reading) == {"101.yaml": "c-101", "1.yaml": "c-1"}
    assert reading.requests == 3 + 3


def test_a_campaign_deleted_while_the_list_is_read_does_not_make_it_incomplete() -> None:
    server = Server(rows(250))
    deleted = False

    def delete(number: int) -> None:
        nonlocal deleted
        if number == 2 and not deleted:
            deleted = True
            server.rows = server.rows[1:]

    server.before_page = delete
    reading = read(server, by_name(101, 999))

    assert found_ids(reading) == {"101.yaml": "c-101"}
    assert reading.found["999.yaml"] == NotFound(
        "no live campaign is named 'Campaign 999', and the file has no id", is_new=True
    )


def test_a_server_that_ignores_the_page_hides_campaigns_but_creates_none() -> None:
    server = Server(rows(250), page=lambda _: 1)
    reading = read(server, by_name(7, 207))

    assert reading == LiveRead(
        {
            "7.yaml": Live("c-7", "Campaign 7", "draft", row(7)),
            "207.yaml": NotFound(
                "no campaign named 'Campaign 207' is in the list, which came incomplete (100 of 250): try again"
            ),
        },
        requests=6,
    )


def test_a_server_that_ignores_the_page_and_tells_nothing_of_pages_ends_the_reading() -> None:
    assert read(Server(rows(250), page=lambda _: 1, paging=None), by_name(7)).requests == 2


def test_a_server_that_ignores_the_page_loses_no_campaign_with_an_id() -> None:
    server = Server(rows(250), page=lambda _: 1)

    assert len(found_ids(read(server, by_id(*IDS)))) == 250


def test_the_whole_list_is_there_where_it_was_read_and_only_there() -> None:
    whole = read(Server(rows(250)), by_id(1), whole_list=True)
    part = read(Server(rows(1000)), by_id(*IDS[:8]))

    assert [live.id for live in whole.listed or ()] == [f"c-{n}" for n in IDS]
    assert part.listed is None
