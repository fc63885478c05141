from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from reconciler.importing.adopt import CampaignPull, Names, PullOptions, adopted, list_like
from reconciler.live.lookup import NotFound
from reconciler.model.document import Document, Mark, Value
from reconciler.model.sensitive import SensitiveSet
from reconciler.plan.diff import Direction
from tests.support.campaigns import FIELDS, shown, wanted

EVERYTHING = PullOptions(with_numbers=True, with_status=True)
NUMBERS = ["+15550000001", "+15550000002"]
LIST = "do_not_call_custom_list"


def pulled(
    said: Mapping[str, Value],
    live: Mapping[str, Value],
    options: PullOptions = EVERYTHING,
    *,
    status: tuple[str | None, str | None] = (None, "draft"),
) -> CampaignPull:
    return adopted(FIELDS, wanted(said, status[0]), shown(live, status[1]), options)


def test_a_change_is_that_of_a_plan_the_other_way_round() -> None:
    found = pulled({"max_retries": 3, "timezone": "UTC"}, {"max_retries": 5, "timezone": "UTC"})

    (one,) = found.adoptions
    assert (one.name, one.change.before, one.change.after, one.value) == ("max_retries", 3, 5, 5)
    assert one.change.position == ("c.yaml", 1, 1)
    assert one.change.direction is Direction.LOOSENS
    assert (found.loosens, found.is_pending, found.errors, found.notices) == (True, True, (), ())


def test_fields_that_the_file_does_not_manage_are_nobodys_business() -> None:
    assert not pulled({"max_retries": 3}, {"max_retries": 3, "timezone": "UTC"}).is_pending


def test_the_week_changes_from_the_files_to_the_live_one() -> None:
    live = {"days_of_week": [1, 2], "call_time_ranges": [{"start": "09:00", "end": "17:00"}], "timezone": "UTC"}

    found = pulled({"days_of_week": [1]}, live)

    assert found.schedules is not None
    before, after = found.schedules
    assert before is not None
    assert (sorted(before.days), sorted(after.days)) == ([1], [1, 2])
    assert pulled({"max_retries": 1}, {"max_retries": 1}).schedules is None
    assert found.without("days_of_week", "no").schedules is None


@pytest.mark.parametrize(
    ("said", "live", "told"),
    [
        pytest.param("active", "paused", "", id="adopted"),
        pytest.param("active", None, "status is not adopted: the file says active, and the API shows none", id="none"),
        pytest.param(
            "active", "asleep", "status is not adopted: the file says active, and the API shows asleep", id="unknown"
        ),
        pytest.param("active", "completed", "the campaign is completed, which is final", id="finished"),
    ],
)
def test_the_status(said: str, live: str | None, told: str) -> None:
    found = pulled({"max_retries": 1}, {"max_retries": 1}, status=(said, live))

    assert found.notices == ((told,) if told else ())
    assert (found.status is not None) is (live in ("paused", "completed"))


def test_the_status_only_where_it_is_asked_for() -> None:
    found = pulled({}, {}, PullOptions(), status=("active", "paused"))

    assert found.status is None
    assert found.notices == ("status is paused, the file says active: --with-status adopts it",)


def test_a_campaign_that_is_paused_for_a_while_has_no_status_to_adopt() -> None:
    found = adopted(FIELDS, wanted({}, "active"), shown({}, "paused"), EVERYTHING, paused_by="it is held")

    assert found.status is None
    assert found.notices == ("status is not adopted: it is held",)


def test_only_fields_that_are_asked_for() -> None:
    said, live = {"max_retries": 3, "name": "A", "timezone": "UTC"}, {"max_retries": 5, "name": "B"}

    found = pulled(said, live, PullOptions(frozenset({"name"})))

    assert [one.name for one in found.adoptions] == ["name"]
    assert found.unverified == ()
    assert found.notices == ()


def test_what_nobody_can_verify_is_told() -> None:
    found = pulled({"timezone": "UTC"}, {})

    assert [one.field.name for one in found.unverified] == ["timezone"]
    assert found.notices == ("timezone is not adopted: the API does not show it",)


def test_what_no_file_can_say_is_an_error() -> None:
    found = pulled({"auto_complete": True, "end_date": "2027-01-01"}, {"auto_complete": None, "end_date": None})

    assert [(one.name, one.value) for one in found.adoptions] == [("end_date", None)]
    told = "it is not set live, which no file can say: take it out of c.yaml:1 to leave it so"
    assert found.errors == (f"auto_complete is not adopted: {told}",)


def test_outer_bounds_are_no_windows() -> None:
    live = {"earliest_call_time": "08:00", "latest_call_time": "17:00"}

    breaks = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]

    found = pulled({"call_time_ranges": breaks}, live)

    assert found.adoptions == ()
    assert found.errors == (
        "call_time_ranges is not adopted: the API shows only its outer bounds, not the windows between them",
    )
    assert pulled({"call_time_ranges": breaks}, live, PullOptions(frozenset({"name"}))).errors == ()


def test_one_window_is_taken_to_reach_from_bound_to_bound_as_a_plan_does() -> None:
    live = {"earliest_call_time": "08:00", "latest_call_time": "17:00"}

    found = pulled({"call_time_ranges": [{"start": "09:00", "end": "17:00"}]}, live)

    assert [one.value for one in found.adoptions] == [[{"start": "08:00", "end": "17:00"}]]
    assert found.notices == ("call_time_ranges: the API shows only its outer bounds, and no breaks between them",)


def test_numbers_are_added_behind_those_of_the_file_and_never_shown() -> None:
    found = pulled({LIST: ["+15550000009"]}, {LIST: NUMBERS})

    (one,) = found.adoptions
    assert one.value == ["+15550000009", *NUMBERS]
    assert isinstance(one.change.after, SensitiveSet)
    assert "0000001" not in repr(found)
    assert found.notices == (f"{LIST}: 1 number of the file not live: numbers are only added, never taken out",)
    without = pulled({LIST: ["+15550000009"]}, {LIST: NUMBERS}, PullOptions())
    assert without.adoptions == ()
    assert without.notices[0] == f"{LIST}: 2 numbers only live: --with-numbers adds them"


def test_numbers_that_are_inherited_are_united_with_the_files_own() -> None:
    base = Document("_defaults.yaml", {LIST: NUMBERS[:1]}, {(LIST,): Mark(1, 1)}, {(LIST,): Mark(1, 1)})
    document = Document("c.yaml", {LIST: NUMBERS[:1]}, inherited={LIST: base})
    desired = wanted({LIST: NUMBERS[:1]})
    desired = type(desired)(document, desired.id, None, desired.values)

    (one,) = adopted(FIELDS, desired, shown({LIST: NUMBERS}), EVERYTHING).adoptions

    assert one.value == NUMBERS[1:]


def test_without_a_live_campaign_there_is_nothing_to_adopt() -> None:
    new = adopted(FIELDS, wanted({}), NotFound("none is named so", is_new=True), EVERYTHING)
    gone = adopted(FIELDS, wanted({}), NotFound("no campaign has the id"), EVERYTHING)

    assert (new.notices, new.errors) == (("nothing to adopt: none is named so",), ())
    assert (gone.notices, gone.errors) == ((), ("no campaign has the id",))


def test_a_field_that_is_taken_out_says_why() -> None:
    found = pulled({"max_retries": 3}, {"max_retries": 99}, status=("active", "paused"))

    left = found.without("max_retries", "too many").without("status", "no")

    assert (left.adoptions, left.status) == ((), None)
    assert left.errors == ("max_retries is not adopted: too many", "status is not adopted: no")


def by_name(live: str, names: Names) -> CampaignPull:
    """What there is to adopt where the file says `agent: Ava`, which is a-1."""
    document = Document("c.yaml", {"agent": "Ava"}, {("agent",): Mark(1, 8)}, {("agent",): Mark(1, 1)})
    desired = wanted({"agent_id": "a-1"})._replace(document=document)
    return adopted(FIELDS, desired, shown({"agent_id": live}), replace(EVERYTHING, names=names))


def test_what_the_file_says_by_name_is_adopted_by_name() -> None:
    found = by_name("a-2", Names({"a-1": "Ava", "a-2": "Bo"}, {"a-2": "Bo"}))

    (one,) = found.adoptions
    assert (one.name, one.value, one.change.field.name) == ("agent", "Bo", "agent_id")
    assert one.change.names == ("Ava", "Bo")
    assert found.without("agent", "no").adoptions == ()


def test_a_name_that_means_nobody_alone_is_not_adopted() -> None:
    refused = by_name("a-2", Names({}, {}, {"a-2": "2 agents are called 'Bo'"}))
    unknown = by_name("a-3", Names())

    assert refused.errors == ("agent is not adopted: 2 agents are called 'Bo'",)
    assert unknown.errors == ("agent is not adopted: nobody knows what a-3 is called",)


WINDOWS = FIELDS.writable["call_time_ranges"]
DAYS = FIELDS.writable["days_of_week"]
WORDS = FIELDS.writable["auto_dnc_trigger_errors"]


def window(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end}


@pytest.mark.parametrize(
    ("was", "becomes", "expected"),
    [
        pytest.param([1, 2, 3], [3, 2, 1], [1, 2, 3], id="as it was"),
        pytest.param([1, 2, 3], [3, 4, 5], [3, 4, 5], id="sorted stays sorted"),
        pytest.param([3, 1], [2, 3], [3, 2], id="in the place of what goes"),
        pytest.param([1, 1, 2], [1, 2, 7], [1, 1, 2, 7], id="repeated stays repeated"),
        pytest.param([1, 2], [1], [1], id="less"),
        pytest.param(None, [2, 1], [1, 2], id="from null"),
    ],
)
def test_a_list_is_as_near_to_what_it_was_as_it_can_be(was: Value, becomes: list[Value], expected: list[Value]) -> None:
    assert list_like(DAYS, was, becomes) == expected


def test_windows_stay_as_they_are_spelt() -> None:
    was = [window("9:00", "12:00:00"), window("13:00", "17:00")]

    assert list_like(WINDOWS, was, [window("09:00", "12:00"), window("14:00", "17:00")]) == [
        window("9:00", "12:00:00"),
        window("14:00", "17:00"),
    ]


def test_words_stay_in_their_order() -> None:
    assert list_like(WORDS, ["b", "a"], ["a", "b", "c"]) == ["b", "a", "c"]
    assert list_like(WORDS, ["a", "c"], ["a", "b", "c"]) == ["a", "b", "c"]
