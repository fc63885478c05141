from __future__ import annotations

from datetime import date

import pytest

from reconciler.desired.findings import Finding
from reconciler.desired.warnings import doubts, legal_doubts, windows
from reconciler.hours.legal import rules, rules_for
from reconciler.model.fields import campaign_fields

FIELDS = campaign_fields().writable
TODAY = date(2026, 11, 23)


def window(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


OLD_NAME = "is an old name, which the API may refuse: write America/New_York, which is what is sent"
NO_SUMMER_TIME = "knows no summer time, so the hours move against people's clocks: name a place, such as Europe/London"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        pytest.param("days_of_week", [1, 2, 3], [], id="days"),
        pytest.param("timezone", "America/New_York", [], id="a zone in use"),
        pytest.param("timezone", "US/Eastern", [((), f"US/Eastern {OLD_NAME}")], id="an old name of a zone"),
        pytest.param(
            "days_of_week", [2, 1, 2], [((2,), "2 is in the list already, as entry 1: remove one")], id="a day"
        ),
        pytest.param(
            "auto_dnc_trigger_statuses",
            ["busy", " busy "],
            [((1,), "' busy ' is in the list already, as entry 1: remove one")],
            id="a trigger, in another spelling",
        ),
        pytest.param(
            "do_not_call_custom_list",
            ["+15550000001", "+15550000002", "+15550000002"],
            [((2,), "entry 3 is in the list already, as entry 2: remove one")],
            id="a number, which is not told",
        ),
        pytest.param(
            "call_time_ranges",
            [window("9:00", "12:00"), window("13:00", "17:00"), window("09:00", "12:00:00")],
            [((2,), "09:00-12:00 is in the list already, as entry 1: remove one")],
            id="a window, in another spelling",
        ),
        pytest.param(
            "call_time_ranges",
            [window("12:00", "13:00"), window("9:00", "12:00")],
            [],
            id="windows that touch",
        ),
        pytest.param(
            "call_time_ranges",
            [window("11:00", "14:00"), window("9:00", "12:00")],
            [((1,), "09:00-12:00 overlaps 11:00-14:00")],
            id="windows that overlap, told at the later entry",
        ),
        pytest.param(
            "call_time_ranges",
            ["x", "x"],
            [((1,), "'x' is in the list already, as entry 1: remove one")],
            id="no windows",
        ),
        pytest.param(
            "end_date", "2026-11-22", [((), "2026-11-22 has passed: nobody is called any more")], id="yesterday"
        ),
        pytest.param("end_date", "2026-11-23", [], id="today"),
        pytest.param(
            "timezone",
            "Etc/GMT+5",
            [((), f"Etc/GMT+5 {NO_SUMMER_TIME}")],
            id="an offset instead of a place",
        ),
        pytest.param("timezone", "America/New_York", [], id="a place"),
        pytest.param("end_date", None, [], id="no end"),
        pytest.param("start_date", "2020-01-01", [], id="a start in the past"),
        pytest.param("max_retries", 3, [], id="a number of tries"),
    ],
)
def test_what_is_probably_not_meant_is_doubted(
    field: str, value: object, expected: list[tuple[tuple[int, ...], str]]
) -> None:
    assert list(doubts(FIELDS[field], value, TODAY)) == [
        Finding(path, message, is_warning=True) for path, message in expected
    ]


def test_entries_with_errors_are_not_doubted() -> None:
    assert list(doubts(FIELDS["days_of_week"], [9, 9, 1], TODAY, {0, 1})) == []


def test_windows_are_those_that_start_before_they_end() -> None:
    entries = [window("9:00", "12:00:00"), window("13:00", "9:00"), "x", {"start": 1}, window("14:00", "15:00")]

    assert windows(FIELDS["call_time_ranges"], entries) == {0: ("09:00", "12:00"), 4: ("14:00", "15:00")}


def test_usual_hours_are_not_called_legal() -> None:
    (finding,) = legal_doubts({0: ("06:00", "09:00")}, frozenset({1}), rules_for(["GB"], "sales", rules()))

    assert finding.message.startswith("Mon 06:00-08:00 is outside the hours of the trade's code of United Kingdom")


def test_zones_of_no_known_country_have_no_legal_hours() -> None:
    assert list(legal_doubts({0: ("01:00", "02:00")}, None, rules_for(["AQ"], "sales", rules()))) == []


def test_of_several_rules_only_those_are_told_that_add_something() -> None:
    both = rules_for(["US-FL"], "sales", rules())
    early = legal_doubts({0: ("07:00", "09:00")}, None, both)
    late = legal_doubts({0: ("20:00", "22:00")}, None, tuple(reversed(both)))

    assert [one.message.partition(":00 is")[2][:37] for one in early] == [" outside the legal hours of Florida: "]
    assert len([*late]) == 2
