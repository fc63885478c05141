"""What answers show is held against every shape that we know."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.live.checkup import Finding, Level, Seen, clock, rate_limit, readings, visibility
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.fields import campaign_fields

FIELDS = campaign_fields()
NOON = "Mon, 04 Jan 2027 12:00:00 GMT"
AT_NOON = 1799064000.0


def live(values: Mapping[str, Value], status: str | None = "active") -> Live:
    return Live("c-1", "Sales", status, values)


def told(found: list[Finding], check: str) -> str:
    return next(one.message for one in found if one.check == check)


# Headers


@pytest.mark.parametrize(
    ("now", "level", "message"),
    [
        pytest.param(AT_NOON + 2, "ok", "goes as that of the server", id="right"),
        pytest.param(AT_NOON + 90, "warning", "is 90 s ahead of that of the server", id="ahead"),
        pytest.param(AT_NOON - 90, "warning", "is 90 s behind that of the server", id="behind"),
    ],
)
def test_the_clock_is_held_against_the_server(now: float, level: str, message: str) -> None:
    found = clock({"date": NOON}, now)

    assert (found.level, found.message) == (level, message)


@pytest.mark.parametrize("date", ["", "yesterday"])
def test_a_server_without_a_clock_is_told(date: str) -> None:
    assert clock({"date": date} if date else {}, AT_NOON).level is Level.WARNING


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        pytest.param({"reset": "1799064060", "remaining": "7"}, "7 of them left, the reset told as an", id="epoch"),
        pytest.param({"reset": "30"}, "100 requests, the reset told as seconds", id="seconds"),
        pytest.param({}, "100 requests", id="no reset"),
    ],
)
def test_it_says_how_the_limit_is_told(headers: Mapping[str, str], message: str) -> None:
    said = {f"x-ratelimit-{name}": value for name, value in {"limit": "100", **headers}.items()}

    assert message in rate_limit(said).message


def test_a_limit_that_is_not_told_is_a_warning() -> None:
    assert rate_limit({}).level is Level.WARNING


# Fields


def test_fields_that_nobody_can_verify_are_told_with_the_reason() -> None:
    shown = {"max_retries": 3, "days_of_week": "Mon", "earliest_call_time": "09:00", "latest_call_time": "17:00"}
    managed = ["max_retries", "days_of_week", "call_time_ranges", "auto_complete", "do_not_call_custom_list"]

    found = list(visibility(FIELDS, managed, Seen(page=live(shown))))

    assert [(one.level, one.message.partition(":")[0]) for one in found] == [
        ("ok", "1 of 5 managed fields can be compared"),
        ("warning", "days_of_week"),
        ("warning", "call_time_ranges"),
        ("warning", "auto_complete, do_not_call_custom_list"),
    ]
    assert "only the outer bounds" in found[2].message
    assert "withheld" in found[3].advice


def test_without_files_every_field_is_looked_at() -> None:
    found = list(visibility(FIELDS, [], Seen(page=live({}))))

    assert found[0].message == f"0 of {len(FIELDS.writable)} managed fields can be compared"
    assert "more: unverified" in found[1].message


def test_rows_that_show_less_are_told() -> None:
    seen = Seen(live({}), live({"max_retries": 3}))

    assert "rows of the list lack max_retries" in told(list(visibility(FIELDS, ["max_retries"], seen)), "list")
    assert len(list(visibility(FIELDS, ["max_retries"], Seen(live({"max_retries": 3}))))) == 1


# Contradictions


@pytest.mark.parametrize(
    ("list_body", "page_body", "envelope", "paging"),
    [
        pytest.param({"data": [], "pagination": {}}, {"data": {}}, "in an envelope", "under `pagination`", id="pages"),
        pytest.param({"data": {"meta": {}}}, {"id": 1}, "partly", "under `meta`", id="partly"),
        pytest.param([], {"id": 1}, "bare", "not at all", id="bare"),
        pytest.param({"total": 1}, None, "bare", "beside the rows", id="beside"),
    ],
)
def test_shapes_of_answers(list_body: Value, page_body: Value, envelope: str, paging: str) -> None:
    found = list(readings(FIELDS, Seen(list_body=list_body, page_body=page_body)))

    assert (envelope in told(found, "answers come"), paging in told(found, "pages are counted")) == (True, True)


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        pytest.param({"call_time_ranges": [{"start": "09:00", "end": "17:00"}]}, "as call_time_ranges", id="windows"),
        pytest.param(
            {"call_time_ranges": [1], "earliest_call_time": "9", "latest_call_time": "17"}, "older pair", id="both"
        ),
        pytest.param({"earliest_call_time": "9", "latest_call_time": "17"}, "only as the older pair", id="older"),
        pytest.param({}, "not at all", id="none"),
    ],
)
def test_windows(shown: Mapping[str, Value], message: str) -> None:
    assert message in told(list(readings(FIELDS, Seen(page=live(shown)))), "windows are shown")


@pytest.mark.parametrize(
    ("shown", "message"),
    [
        pytest.param({"max_retries": 3, "start_date": "2027-01-04"}, "as the pages have it", id="the pages"),
        pytest.param({"max_retries": "3"}, "numbers as text", id="numbers"),
        pytest.param({"start_date": "2027-01-04T00:00:00Z"}, "dates as timestamps", id="dates"),
        pytest.param({"auto_complete": 1}, "booleans as numbers or text", id="booleans"),
        pytest.param({"call_time_ranges": [{"start": "09:00:00", "end": "17:00:00"}]}, "with seconds", id="windows"),
        pytest.param({"earliest_call_time": "09:00:00"}, "times with seconds", id="bounds"),
        pytest.param({"call_time_ranges": ["09:00:00"]}, "as the pages have it", id="windows as text"),
    ],
)
def test_spellings(shown: Mapping[str, Value], message: str) -> None:
    assert message in told(list(readings(FIELDS, Seen(page=live(shown)))), "spelling")


def test_values_that_are_not_set() -> None:
    everything = dict.fromkeys(FIELDS.writable, 1)

    assert "no campaign was read" in told(list(readings(FIELDS, Seen())), "unset values")
    assert "every field" in told(list(readings(FIELDS, Seen(page=live(everything)))), "unset values")
    partly = {**everything, "max_retries": None}
    del partly["auto_complete"]
    assert told(list(readings(FIELDS, Seen(page=live(partly)))), "unset values") == (
        "null for max_retries; left out: auto_complete"
    )


@pytest.mark.parametrize(
    ("source", "message"),
    [("campaign", "'campaign', read as 'custom'"), ("global", "'global', as it is written"), (None, "not shown")],
)
def test_the_word_for_the_source_of_a_list(source: str | None, message: str) -> None:
    shown = {"do_not_call_list_source": source}

    assert told(list(readings(FIELDS, Seen(page=live(shown)))), "do-not-call source") == message


@pytest.mark.parametrize(
    ("statuses", "level", "message"),
    [
        pytest.param(["active", "paused", "active"], "ok", "active, paused", id="known"),
        pytest.param(["active", "archived"], "warning", "archived: not known here", id="unknown"),
        pytest.param([None], "warning", "none: not known here", id="not shown"),
        pytest.param([], "ok", "none: there is no campaign", id="no campaign"),
    ],
)
def test_statuses(statuses: list[str | None], level: str, message: str) -> None:
    found = readings(FIELDS, Seen(rows=tuple(live({}, status) for status in statuses)))

    assert [(one.level, one.message) for one in found if one.check == "statuses"] == [(level, message)]
