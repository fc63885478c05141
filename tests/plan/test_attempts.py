"""How often one person may be called before and after a change: what counts, and what is known."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.hours.attempts import Attempts
from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.plan.attempts import AttemptsChange, from_json, reach_json, to_json
from reconciler.plan.campaign_plan import CampaignPlan
from tests.support.plans import planned

OUTCOMES = ("voicemail", "no_answer", "busy", "failed")
ALL_DAY = "days_of_week: [1, 2, 3, 4, 5, 6, 7]\ncall_time_ranges: [{start: 8:00, end: 21:00}]\n"
HOURS: Mapping[str, Value] = {
    "days_of_week": [1, 2, 3, 4, 5, 6, 7],
    "call_time_ranges": [{"start": "08:00", "end": "21:00"}],
}
# Everything that decides, as an API shows it that shows all.
WHOLE: Mapping[str, Value] = {
    **HOURS,
    "retry_on_no_conversion": False,
    "success_cooldown_hours": 24,
    **{f"{outcome}_cooldown_hours": None for outcome in OUTCOMES},
}
NEW = NotFound("no campaign has this name", is_new=True)
CREATED = (
    "name: New\ncampaign_type: sales\nagent_id: agent-1\nstart_date: 2027-01-04\ntimezone: America/New_York\n" + ALL_DAY
)

FOUR = Attempts(1, 4, 4, 3 * 1440)
ELEVEN = Attempts(11, 11, 11, 600)


def plan_of(file: str, live: Mapping[str, Value] | NotFound) -> CampaignPlan:
    return planned({"c.yaml": file}, {"c.yaml": live}).campaigns[0]


def change_of(file: str, live: Mapping[str, Value] | NotFound) -> AttemptsChange:
    change = plan_of(file, live).attempts
    assert change is not None
    return change


MORE = "max_retries: 10\nretry_cooldown_hours: 1"
RETRIED = "retry_on_no_conversion: true"


def test_the_calls_to_one_person_before_and_after() -> None:
    assert change_of(MORE, WHOLE) == AttemptsChange(FOUR, ELEVEN, is_exact=True)


@pytest.mark.parametrize(
    ("file", "live", "minutes"),
    [
        pytest.param("max_retries: 1", {"busy_cooldown_hours": 2}, 120, id="the outcome's own over the general one"),
        pytest.param("max_retries: 1\nbusy_cooldown_hours: 2", {}, 120, id="as the file says it"),
        pytest.param("max_retries: 1", {f"{one}_cooldown_hours": 30 for one in OUTCOMES}, 1800, id="a longer one, too"),
        pytest.param("max_retries: 1", {"success_cooldown_hours": 1}, 1440, id="a success is not retried"),
        pytest.param(
            "max_retries: 1\nretry_on_no_conversion: true",
            {"success_cooldown_hours": 1},
            60,
            id="a completed call without a conversion is",
        ),
        pytest.param("max_retries: 1\nretry_on_no_conversion: true", {}, 1440, id="where that does not come sooner"),
        pytest.param("max_retries: 1", {"retry_cooldown_hours": "24"}, 1440, id="a number as text"),
        pytest.param("max_retries: 1", {"failed_cooldown_hours": 1.5}, 90, id="half an hour"),
    ],
)
def test_the_shortest_wait_of_what_is_retried(file: str, live: Mapping[str, Value], minutes: int) -> None:
    change = change_of(file, {**WHOLE, **live})

    assert (change.after.minutes, change.is_exact) == (minutes, True)


@pytest.mark.parametrize(
    ("file", "hidden", "after"),
    [
        pytest.param("retry_cooldown_hours: 1", "max_retries", Attempts(1, 1, 1, 0), id="the retries"),
        pytest.param("max_retries: 10", "retry_cooldown_hours", Attempts(1, 1, 11, None), id="the general wait"),
        pytest.param(MORE, "busy_cooldown_hours", ELEVEN, id="the wait of an outcome"),
        pytest.param(MORE + "\n" + RETRIED, "success_cooldown_hours", ELEVEN, id="that of a success"),
        pytest.param(
            "retry_cooldown_hours: 30", "retry_on_no_conversion", Attempts(1, 4, 4, 5701), id="whether it is retried"
        ),
        pytest.param(MORE, "days_of_week", ELEVEN, id="the days"),
        pytest.param(MORE, "call_time_ranges", ELEVEN, id="the windows"),
    ],
)
def test_what_the_api_does_not_show_makes_the_figures_the_least(file: str, hidden: str, after: Attempts) -> None:
    said = {"days_of_week": ALL_DAY, "call_time_ranges": ALL_DAY}.get(hidden, "")
    live: dict[str, Value] = {**WHOLE, "retry_cooldown_hours": 24, "max_retries": 3, hidden: ["?"]}

    change = change_of(said + file, live)

    assert (change.after, change.is_exact) == (after, False)


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param("max_retries: 0", {"busy_cooldown_hours": "?", "max_retries": 0}, id="there are no retries"),
        pytest.param(MORE, {"retry_on_no_conversion": None}, id="a success would not come sooner"),
    ],
)
def test_what_cannot_matter_need_not_be_shown(file: str, live: Mapping[str, Value]) -> None:
    assert change_of(file, {**WHOLE, **live}).is_exact


@pytest.mark.parametrize(
    ("windows", "is_exact"),
    [
        pytest.param("call_time_ranges: [{start: 8:00, end: 21:00}]\n", True, id="the file says that nothing is"),
        pytest.param(
            "call_time_ranges: [{start: 8:00, end: 12:00}, {start: 13:00, end: 21:00}]\n", False, id="a break"
        ),
    ],
)
def test_only_the_outer_bounds_are_shown(windows: str, is_exact: bool) -> None:  # noqa: FBT001 - a table
    older = {"call_time_ranges": None, "earliest_call_time": "08:00:00", "latest_call_time": "21:00:00"}

    assert change_of(windows + MORE, {**WHOLE, **older}).is_exact is is_exact


def test_of_a_campaign_that_is_created_nothing_is_guessed() -> None:
    assert change_of(CREATED, NEW) == AttemptsChange(None, Attempts(1, 1, 1, 0), is_exact=False)
    assert change_of(CREATED + MORE, NEW) == AttemptsChange(None, ELEVEN, is_exact=False)


@pytest.mark.parametrize("retries", [-1, 101, 2.5, True])
def test_a_number_of_retries_that_is_none_tells_nothing(retries: Value) -> None:
    change = change_of("description: New", {**WHOLE, "max_retries": retries})

    assert (change.after.total, change.is_exact) == (1, False)


def test_without_hours_nothing_can_be_said() -> None:
    assert plan_of(MORE, {**WHOLE, "timezone": "Mars/Olympus"}).attempts is None
    assert plan_of(MORE, {**WHOLE, "days_of_week": []}).attempts is None
    older = {"call_time_ranges": None, "earliest_call_time": "08:00:00", "latest_call_time": "21:00:00"}
    assert plan_of(MORE, {**WHOLE, **older}).attempts is None


# More of them loosens


def test_more_calls_to_one_person_loosen_though_no_field_does() -> None:
    campaign = plan_of("busy_cooldown_hours: 4", WHOLE)

    assert [change.direction for change in campaign.changes] == [None]
    assert (campaign.calls_more_often, campaign.loosens) == (True, True)


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param("busy_cooldown_hours: 30", {}, id="as many as before"),
        pytest.param("description: New", {}, id="another field"),
        pytest.param("busy_cooldown_hours: 4", {"failed_cooldown_hours": "?"}, id="nobody knows of before"),
        pytest.param("max_retries: 3", {}, id="in sync"),
    ],
)
def test_else_the_fields_decide(file: str, live: Mapping[str, Value]) -> None:
    assert not plan_of(file, {**WHOLE, **live}).loosens


def test_a_creation_is_not_more_than_before() -> None:
    assert not plan_of(CREATED + MORE + "\ndo_not_call_enabled: true", NEW).loosens


# As a document


@pytest.mark.parametrize(
    "change",
    [
        AttemptsChange(FOUR, ELEVEN, is_exact=True),
        AttemptsChange(None, Attempts(1, 1, 11, None), is_exact=False),
        None,
    ],
)
def test_a_document_says_it_and_can_be_read(change: AttemptsChange | None) -> None:
    assert from_json({"attempts": to_json(change), "reach": reach_json(change)}) == change


def test_the_document() -> None:
    assert to_json(AttemptsChange(FOUR, ELEVEN, is_exact=True)) == {
        "per_day": {"before": 1, "after": 11},
        "per_week": {"before": 4, "after": 11},
        "known": "exactly",
    }
    created = to_json(AttemptsChange(None, ELEVEN, is_exact=False))
    assert created is not None
    assert (created["per_day"], created["known"]) == ({"before": None, "after": 11}, "at least")


def test_a_document_without_what_becomes_of_it_is_none() -> None:
    figures = {"before": None, "after": None}
    with pytest.raises(TypeError, match="attempts"):
        from_json({"attempts": {"per_day": figures, "per_week": figures, "known": "exactly"}, "reach": figures})


def test_a_document_of_an_earlier_version_says_nothing() -> None:
    assert from_json({}) is None
