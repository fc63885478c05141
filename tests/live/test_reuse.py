"""Verdicts of earlier plans: each rule under which one holds, and what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from reconciler.live.listing import CampaignList, Row
from reconciler.live.reuse import Read, Reuse
from reconciler.live.verdicts import SIMPLE, Awaited, Shown, Verdicts, kind_of, moment
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Value
from reconciler.model.sensitive import HashKey, SensitiveSet
from tests.support.campaigns import FIELDS, KEY, shown, wanted

STAMP, CHANGED = "2026-12-14T16:30:00Z", "2026-12-14T16:30:01Z"
# A minute after the stamp, and an hour after that.
READ, NOW = (moment(STAMP) or 0.0) + 60, (moment(STAMP) or 0.0) + 3660
FILE = {"max_retries": 3, "success_cooldown_hours": 24}
SHOWN = {"max_retries": 3, "updated_at": STAMP}
DETAIL = {**SHOWN, "success_cooldown_hours": 24}
MOVES = {SIMPLE: True}
WINDOWS = [{"start": "09:00", "end": "17:00"}]
# When campaigns call, and who: they are judged together by that.
SHARED = {"days_of_week": [1], "call_time_ranges": WINDOWS, "timezone": "Europe/Rome", "agent_id": "a-1"}


def listed(*rows: Row) -> CampaignList:
    """A list that was read, of these rows."""
    campaigns = {row.live.id: row.live for row in rows}
    return CampaignList(lambda _: [], rows=campaigns, dates={row.live.id: row.date for row in rows})


def nobody(found: Sequence[str], number: int) -> Sequence[str]:
    """A sample of nobody."""
    del found, number
    return ()


def reuse(verdicts: Verdicts | None = None, **given: Value) -> Reuse:
    options = {"said": "v1", "longest": 86400.0, "draw": nobody, "key": KEY, **given}
    return Reuse(FIELDS, options.pop("key"), verdicts or Verdicts(moves=MOVES), **options)


def row_of(
    values: Mapping[str, Value], date: float | None = NOW, status: str = "active", name: str = "Sales", hides: str = ""
) -> Row:
    when = {field: value for field, value in SHARED.items() if field != hides}
    return Row(shown({**when, **values}, status, name=name), date)


def learnt(
    desired: Desired | None = None,
    row: Row | None = None,
    live: Live | None = None,
    *,
    is_in_sync: bool = True,
    verdicts: Verdicts | None = None,
) -> Verdicts:
    """What a plan leaves that read this campaign."""
    found = reuse(verdicts)
    read = Read(desired or wanted(FILE), row or row_of(SHOWN, READ), live or shown(DETAIL, "active"), is_in_sync)
    found.learn([read])
    return found.verdicts


def taken(
    verdicts: Verdicts, desired: Desired | None = None, row: Row | None = None, **given: Value
) -> dict[str, Live]:
    return reuse(verdicts, **given).take([(desired or wanted(FILE), row or row_of(SHOWN))], listed())


def test_what_was_in_sync_and_has_the_same_row_is_as_its_file_says() -> None:
    assert taken(learnt()) == {"c.yaml": shown({**FILE, **SHARED, "updated_at": STAMP}, "active", name="Sales")}


def test_verdicts_survive_as_json() -> None:
    found = learnt()

    assert Verdicts.from_data(found.to_data()) == found


NO_VERDICT: list[Any] = [
    pytest.param({"is_in_sync": False}, id="it was not in sync"),
    pytest.param({"row": row_of(SHOWN, READ - 1)}, id="the stamp is younger than a minute"),
    pytest.param({"row": row_of(SHOWN, None)}, id="the server has no clock"),
    pytest.param({"row": row_of({"max_retries": 3}, READ)}, id="the row has no stamp"),
    pytest.param({"live": shown(FILE, "active")}, id="the campaign has no stamp"),
    pytest.param({"live": shown({**DETAIL, "updated_at": CHANGED}, "active")}, id="it changed after its row was read"),
    pytest.param(
        {
            "row": row_of({**SHOWN, "updated_at": STAMP[:-1]}, READ),
            "live": shown({**DETAIL, "updated_at": STAMP[:-1]}, "active"),
        },
        id="the stamp is of no zone",
    ),
    pytest.param({"verdicts": Verdicts(moves=MOVES, missed="2026-12-14")}, id="a change was missed before"),
]


@pytest.mark.parametrize("given", NO_VERDICT)
def test_there_is_no_verdict_where(given: Mapping[str, Any]) -> None:
    assert learnt(**given).campaigns == {}


DOUBTS: list[Any] = [
    pytest.param(lambda v: taken(v, row=row_of({**SHOWN, "updated_at": CHANGED})), id="the stamp moved"),
    pytest.param(lambda v: taken(v, row=row_of({**SHOWN, "max_retries": 4})), id="the row shows another value"),
    pytest.param(lambda v: taken(v, row=row_of(SHOWN, status="paused")), id="the status is another"),
    pytest.param(lambda v: taken(v, row=row_of(SHOWN, name="Other")), id="the name is another"),
    pytest.param(lambda v: taken(v, row=row_of({"max_retries": 3})), id="the row has no stamp any more"),
    pytest.param(lambda v: taken(v, wanted({**FILE, "success_cooldown_hours": 25})), id="the file says another value"),
    pytest.param(lambda v: taken(v, wanted({**FILE, "busy_cooldown_hours": 24})), id="the file says more"),
    pytest.param(lambda v: taken(v, wanted(FILE, "paused")), id="the file wants a status"),
    pytest.param(lambda v: taken(v, said="v2"), id="another version or schema"),
    pytest.param(lambda v: taken(v, key=HashKey(b"o" * 32)), id="another token"),
    pytest.param(lambda v: taken(v, longest=3599.0), id="the verdict is too old"),
    pytest.param(lambda v: taken(v, row=row_of(SHOWN, READ - 1)), id="the server's clock went back"),
    pytest.param(lambda v: taken(v, row=row_of(SHOWN, None)), id="the server has no clock any more"),
    pytest.param(lambda v: taken(v._replace(moves={})), id="no PUT of ours moved the stamp"),
    pytest.param(
        lambda v: taken(v.with_put("c-2", Shown(frozenset({SIMPLE}), None))), id="a PUT of ours did not move the stamp"
    ),
    pytest.param(lambda v: taken(v._replace(missed="2026-12-14")), id="a change was missed"),
    pytest.param(lambda v: taken(v, row=Row(shown(SHOWN, "active", "c-2"), NOW)), id="another campaign"),
]


@pytest.mark.parametrize("tried", DOUBTS)
def test_it_is_read_where(tried: Callable[[Verdicts], dict[str, Live]]) -> None:
    assert tried(learnt()) == {}


@pytest.mark.parametrize("hidden", SHARED)
def test_what_neither_row_nor_file_says_of_when_it_calls_and_who_is_left_open(hidden: str) -> None:
    file, row = wanted(FILE), row_of(SHOWN, hides=hidden)

    assert reuse().leaves_open(file, row)
    assert not reuse().leaves_open(wanted({hidden: SHARED[hidden]}), row)
    assert not reuse().leaves_open(file, row_of(SHOWN))


@pytest.mark.parametrize(
    ("of_row", "of_page", "same"),
    [
        pytest.param(STAMP, "2026-12-14T16:30:00.250000Z", True, id="the page counts parts of seconds"),
        pytest.param(STAMP, "2026-12-14T22:00:00+05:30", True, id="the page is in another zone"),
        pytest.param(STAMP, "2026-12-14T16:30:01.000000Z", False, id="another second"),
        pytest.param(STAMP, "2026-12-14T16:30:00", False, id="the page says no zone"),
    ],
)
def test_a_row_and_a_page_may_spell_the_same_stamp_otherwise(of_row: str, of_page: str, *, same: bool) -> None:
    live = shown({**DETAIL, "updated_at": of_page}, "active")

    assert bool(learnt(row=row_of({**SHOWN, "updated_at": of_row}, READ), live=live).campaigns) is same


def test_numbers_of_lists_are_told_from_others_that_are_as_many() -> None:
    switch = {"auto_add_to_dnc_enabled": False, "updated_at": STAMP}
    before, after = (wanted({"do_not_call_custom_list": SensitiveSet(frozenset({one}))}) for one in ("+1", "+2"))
    found = learnt(before, row_of({"updated_at": STAMP}, READ), shown({**PEOPLE, **switch}, "active"))
    sure = found._replace(moves={"do_not_call_custom_list": True, **MOVES})
    now = row_of({"updated_at": STAMP})

    assert ("c.yaml" in taken(sure, before, now), taken(sure, after, now)) == (True, {})


def test_it_is_read_where_the_row_does_not_show_the_status_that_the_file_wants() -> None:
    file = wanted(FILE, "active")
    hidden = [Row(row_of(SHOWN, date).live._replace(status=None), date) for date in (READ, NOW)]
    found = learnt(file, hidden[0])

    assert found.campaigns != {}
    assert taken(found, file, hidden[1]) == {}


MOVED = Shown(frozenset({SIMPLE}), moment(CHANGED))
UNMOVED = Shown(frozenset({SIMPLE, "days_of_week"}), None)


def test_a_put_that_did_not_move_the_stamp_is_never_forgotten() -> None:
    found = Verdicts(moves={"days_of_week": True}).with_put("c-1", UNMOVED).with_put("c-1", MOVED)

    assert (found.moves, found.awaited) == ({SIMPLE: False, "days_of_week": False}, {})


@pytest.mark.parametrize(
    ("stamp", "later", "moves"),
    [
        pytest.param(CHANGED, 0, {SIMPLE: True}, id="it shows the stamp of the answer"),
        pytest.param("2026-12-14T16:30:09Z", 9, {SIMPLE: True}, id="it moved on since"),
        pytest.param(STAMP, 59, {}, id="it does not follow yet"),
        pytest.param(STAMP, 60, {SIMPLE: False}, id="it does not follow for a minute"),
        pytest.param(None, 59, {}, id="it shows no stamp yet"),
        pytest.param(None, 60, {SIMPLE: False}, id="it shows no stamp"),
    ],
)
def test_a_put_counts_once_the_row_of_its_campaign_shows_it(
    stamp: str | None, later: int, moves: Mapping[str, bool]
) -> None:
    found = Verdicts().with_put("c-9", MOVED)
    row = Row(shown({"updated_at": stamp}, campaign="c-9"), (moment(CHANGED) or 0.0) + later)

    assert (found.moves, found.awaited) == ({}, {SIMPLE: Awaited("c-9", moment(CHANGED) or 0.0, must_rest=False)})
    assert found.with_rows(listed(row)).moves == moves
    assert found.with_rows(listed(row)).awaited == ({} if moves else found.awaited)


@pytest.mark.parametrize(
    ("stamp", "later", "moves"),
    [
        pytest.param(CHANGED, 59, {}, id="it has rested, but not for long"),
        pytest.param(CHANGED, 60, {SIMPLE: True}, id="it has rested for a minute"),
        pytest.param("2026-12-14T16:30:02Z", 60, {}, id="calls moved it since, and perhaps before"),
        pytest.param(STAMP, 60, {SIMPLE: False}, id="it does not follow"),
    ],
)
def test_a_put_that_calls_may_have_moved_the_stamp_of_counts_once_it_has_rested(
    stamp: str, later: int, moves: Mapping[str, bool]
) -> None:
    found = Verdicts().with_put("c-9", MOVED._replace(must_rest=True))
    row = Row(shown({"updated_at": stamp}, campaign="c-9"), (moment(CHANGED) or 0.0) + later)

    assert found.with_rows(listed(row)).moves == moves


def test_what_another_process_found_out_of_stamps_is_kept_beside_these_verdicts() -> None:
    mine, other = learnt(), Verdicts().with_put("c-9", MOVED._replace(kinds=frozenset({"days_of_week"})))

    assert mine.united(other) == mine._replace(awaited=other.awaited)
    assert mine.united(other.with_put("c-9", UNMOVED)).moves == {SIMPLE: False, "days_of_week": False}
    assert mine.united(Verdicts(missed="2026-12-14")) == Verdicts(moves=MOVES, missed="2026-12-14")


def test_verdicts_on_campaigns_that_are_about_to_change_are_dropped() -> None:
    found = learnt()

    assert found.without({"c-1", "c-2"}) == found._replace(campaigns={})
    assert found.without({"c-2"}) == found


@pytest.mark.parametrize("rows", [[], [Row(shown({"updated_at": STAMP}, campaign="c-9"), None)]])
def test_a_put_shows_nothing_where_its_row_is_not_read_or_the_server_has_no_clock(rows: Sequence[Row]) -> None:
    found = Verdicts().with_put("c-9", MOVED)

    assert found.with_rows(listed(*rows)) == found


def test_what_a_row_shows_counts_for_the_plan_that_reads_it() -> None:
    found = learnt()._replace(moves={}).with_put("c-1", moved_to(STAMP))
    row = row_of(SHOWN)
    again = reuse(found)

    assert "c.yaml" in again.take([(wanted(FILE), row)], listed(row))
    assert again.verdicts.moves == MOVES


def moved_to(stamp: str) -> Shown:
    return MOVED._replace(moved_to=moment(stamp))


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("call_time_ranges", WINDOWS, "call_time_ranges"),
        ("days_of_week", [1, 2], "days_of_week"),
        ("auto_dnc_trigger_statuses", ["completed"], "auto_dnc_trigger_statuses"),
        ("timezone", "Europe/Rome", SIMPLE),
        ("end_date", "2027-01-01", SIMPLE),
    ],
)
def test_windows_days_and_lists_are_learnt_each_for_itself(field: str, value: Value, kind: str) -> None:
    file, row = wanted({field: value}), row_of({"updated_at": STAMP}, READ, hides=field)
    found = learnt(file, row, shown({field: value, "updated_at": STAMP}, "active"))
    others = {SIMPLE: kind != SIMPLE, "days_of_week": False}
    now = row_of({"updated_at": STAMP}, hides=field)

    assert kind_of(FIELDS.writable[field]) == kind
    assert (bool(taken(found._replace(moves={kind: True}), file, now))) is True
    assert taken(found._replace(moves={**others, kind: False}), file, now) == {}


def test_windows_of_which_a_row_shows_only_the_bounds_are_hidden_there() -> None:
    older = {"earliest_call_time": "09:00:00", "latest_call_time": "17:00:00", "updated_at": STAMP}
    file = wanted({"call_time_ranges": WINDOWS})
    hidden = "call_time_ranges"
    live = shown({**older, "call_time_ranges": WINDOWS}, "active")
    found = learnt(file, row_of(older, READ, hides=hidden), live)

    assert taken(found, file, row_of(older, hides=hidden)) == {}
    assert "c.yaml" in taken(found._replace(moves={"call_time_ranges": True}), file, row_of(older, hides=hidden))


PEOPLE = {"do_not_call_custom_list": ["+15551234567"]}


@pytest.mark.parametrize("switch", [{}, {"auto_add_to_dnc_enabled": True}, {"auto_add_to_dnc_enabled": None}])
def test_a_list_that_the_api_may_grow_is_always_read(switch: Mapping[str, Value]) -> None:
    live = shown({**PEOPLE, **switch, "updated_at": STAMP}, "active")

    assert learnt(wanted(PEOPLE), row_of({"updated_at": STAMP}, READ), live).campaigns == {}


def test_a_list_that_surely_does_not_grow_is_taken_where_switching_that_on_would_move_the_stamp() -> None:
    live = shown({**PEOPLE, "auto_add_to_dnc_enabled": False, "updated_at": STAMP}, "active")
    found = learnt(wanted(PEOPLE), row_of({"updated_at": STAMP}, READ), live)
    own = {"do_not_call_custom_list": True}
    now = row_of({"updated_at": STAMP})

    assert taken(found._replace(moves=own), wanted(PEOPLE), now) == {}
    assert "c.yaml" in taken(found._replace(moves={**own, **MOVES}), wanted(PEOPLE), now)


def test_one_of_a_hundred_is_read_all_the_same() -> None:
    files = [wanted(FILE, campaign=f"c-{number}", file=f"{number}.yaml") for number in range(250)]
    rows = [Row(shown({**SHARED, **SHOWN}, "active", f"c-{number}"), READ) for number in range(250)]
    first = reuse()
    first.learn(
        Read(file, row, shown(DETAIL, "active", row.live.id), True) for file, row in zip(files, rows, strict=True)
    )
    again = reuse(first.verdicts, draw=lambda found, number: found[:number])
    found = again.take([(file, row._replace(date=NOW)) for file, row in zip(files, rows, strict=True)], listed())

    assert (len(found), len(again.sampled), set(again.taken.values())) == (247, 3, {3600.0})


@pytest.mark.parametrize("given", [{"longest": 3599.0}, {"row": row_of(SHOWN, READ - 1)}])
def test_what_is_read_for_the_age_of_its_verdict_alone_is_known(given: Mapping[str, Any]) -> None:
    row = given.get("row", row_of(SHOWN))
    found = reuse(learnt(), longest=given.get("longest", 86400.0))
    found.take([(wanted(FILE), row), (wanted({**FILE, "max_retries": 4}, file="d.yaml"), row)], listed())

    assert (sorted(found.taken), sorted(found.outdated)) == ([], ["c.yaml"])


def test_one_miss_drops_everything() -> None:
    found = reuse(learnt())
    found.miss("2026-12-15T00:00:00+00:00")

    assert found.verdicts == Verdicts(moves=MOVES, missed="2026-12-15T00:00:00+00:00")


@pytest.mark.parametrize(
    ("stamp", "date", "missed"),
    [
        pytest.param(CHANGED, READ, (False, False), id="it changed since, or the row lags by less than a minute"),
        pytest.param(CHANGED, READ + 1, (True, True), id="the row still shows the stamp of before a minute later"),
        pytest.param(CHANGED, None, (True, False), id="the server has no clock"),
        pytest.param(STAMP, READ - 1, (True, False), id="the campaign's own stamp did not move either"),
        pytest.param("2026-12-14T16:29:00Z", READ, (False, False), id="it is the campaign that lags"),
        pytest.param("yesterday", READ, (True, False), id="no moment"),
        pytest.param(None, READ, (True, False), id="the campaign shows no stamp"),
    ],
)
def test_a_change_is_missed_where_the_row_did_not_follow(
    stamp: str | None, date: float | None, missed: tuple[bool, bool]
) -> None:
    """Of a campaign that was read though a verdict held, and that differs from its file; and of any other."""
    found = reuse()
    live = shown({**DETAIL, "updated_at": stamp}, "active")
    differs = Read(wanted(FILE), row_of(SHOWN, date), live, is_in_sync=False)
    other = found.is_missed(differs)
    found.sampled = frozenset({"c.yaml"})

    assert (found.is_missed(differs), other) == missed
