"""Plans as text for a terminal."""

from __future__ import annotations

import re
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.live.lookup import NotFound
from reconciler.model.canonical import canonical
from reconciler.plan.plan import Plan
from reconciler.plan.values import recorded
from reconciler.render import text
from reconciler.render.columns import width_of
from tests.support.plans import FIELDS, HOST, KEY, planned

ANSI = re.compile(r"\x1b\[[0-9]+m")
NUMBERS = [f"+120255501{n:02}" for n in range(100)]

SALES = """\
name: Sales US
days_of_week: [1, 2, 3, 4, 5, 6]
call_time_ranges:
  - {start: "09:00", end: "12:00"}
  - {start: "13:00", end: "17:00"}
max_retries: 2
"""
SURVEY = """\
status: active
description: Five questions about the new installation, asked in a friendly way
auto_complete: true
do_not_call_custom_list: ["+12025550101"]
"""
MIXED = planned(
    {"over.yaml": "status: draft", "sales.yaml": SALES, "same.yaml": "max_retries: 3", "survey.yaml": SURVEY},
    {"sales.yaml": {"name": "Sales US"}, "survey.yaml": {"status": "draft", "description": "Five questions"}},
)


def body(plan: Plan, width: int = 80) -> str:
    """What stands between the head and the digest, which the tests of the plan hold."""
    lines = text.render(plan, width=width).splitlines()
    assert (" ".join(map(str.strip, lines[: lines.index("")])), lines[-1][:7]) == (f"Plan for {HOST}", "digest ")
    return "\n".join(lines[lines.index("") + 1 : -1])


def stripped(shown: str) -> str:
    return dedent(shown).strip("\n")


def test_a_plan_at_the_usual_width() -> None:
    assert text.render(MIXED) == stripped("""
        Plan for https://talkover.example/api/v1

        Campaign SURVEY (survey.yaml, id id-of-survey, draft)
          ! status               draft          -> active                   starts calls
              status, survey.yaml:1
            description          Five questions -> Five questions about
                                                   the new installation,
                                                   asked in a friendly way
              description, survey.yaml:2
          ? completes by itself  unknown        -> yes                      is sent
              auto_complete, survey.yaml:3: the API does not show it
                00    03    06    09    12    15    18    21    24
            Mon ··················++++++++++++++++··············
            Tue ··················++++++++++++++++··············
            Wed ··················++++++++++++++++··············
            Thu ··················++++++++++++++++··············
            Fri ··················++++++++++++++++··············
            Sat ················································
            Sun ················································
            + added, · closed; a mark is 30 minutes on the clock of America/New_York
            hours a week 40 h (all of them begin)
            earliest 09:00; latest 17:00; days Mon-Fri
            one person: at least 4 calls in 3 days
          ! do_not_call_custom_list is withheld: the API does not show it, and it may be
              in use: sending it could drop people that nobody can see
              (--allow-dnc-removals, or do_not_call: replace in _environment.yaml, makes
              the file the whole truth) (survey.yaml:4)
            apply: update 1 field and send 1 unverified field; set status draft ->
              active: starts calls

        Campaign OVER (over.yaml, id id-of-over, active)
            error: status cannot become draft: the campaign is active, from where it may
              become paused or completed or cancelled
            apply: nothing, until this is mended

        Sales US (sales.yaml, id id-of-sales, active)
          ! days     Mon-Fri     -> Mon-Sat                   loosens
              days_of_week, sales.yaml:2
            windows  09:00-17:00 -> 09:00-12:00, 13:00-17:00  tightens
              call_time_ranges, sales.yaml:3
            retries  3           -> 2                         tightens
              max_retries, sales.yaml:6
                00    03    06    09    12    15    18    21    24
            Mon ··················██████--████████··············
            Tue ··················██████--████████··············
            Wed ··················██████--████████··············
            Thu ··················██████--████████··············
            Fri ··················██████--████████··············
            Sat ··················++++++··++++++++··············
            Sun ················································
            █ kept, + added, - removed, · closed; a mark is 30 minutes on the clock of
              America/New_York
            hours a week 40 h -> 42 h (7 h added, 5 h removed)
            earliest 09:00; latest 17:00; days Mon-Fri -> Mon-Sat (gains Sat)
            one person: at least 3 calls in 2 days (was 4 in 3 days)
            note: queued calls may wait until they fall into the new calling hours
            apply: update 3 fields; may pause: calls may be queued

        4 campaigns: 2 to update, 1 status change, 1 unchanged, 1 with errors; 1 starts
          calls; 1 lacks protection; 1 loosens; 1 may pause; 1 with settings that the
          API does not show; 13 requests
        digest 3be42008a1bf
    """)


def test_on_a_wide_terminal_a_field_has_one_line() -> None:
    plan = planned({"sales.yaml": SALES + "auto_complete: true"}, {"sales.yaml": {"name": "Sales US"}})

    assert body(plan, 106) == stripped("""
        Sales US (sales.yaml, id id-of-sales, active)
          ! days                 Mon-Fri     -> Mon-Sat                   loosens   days_of_week, sales.yaml:2
            windows              09:00-17:00 -> 09:00-12:00, 13:00-17:00  tightens  call_time_ranges, sales.yaml:3
            retries              3           -> 2                         tightens  max_retries, sales.yaml:6
          ? completes by itself  unknown     -> yes                       is sent   auto_complete, sales.yaml:7
              the API does not show it
                00    03    06    09    12    15    18    21    24
            Mon ··················██████--████████··············
            Tue ··················██████--████████··············
            Wed ··················██████--████████··············
            Thu ··················██████--████████··············
            Fri ··················██████--████████··············
            Sat ··················++++++··++++++++··············
            Sun ················································
            █ kept, + added, - removed, · closed; a mark is 30 minutes on the clock of America/New_York
            hours a week 40 h -> 42 h (7 h added, 5 h removed)
            earliest 09:00; latest 17:00; days Mon-Fri -> Mon-Sat (gains Sat)
            one person: at least 3 calls in 2 days (was 4 in 3 days)
            note: queued calls may wait until they fall into the new calling hours
            apply: update 3 fields and send 1 unverified field; may pause: calls may be queued

        1 campaign: 1 to update; 1 loosens; 1 may pause; 1 with settings that the API does not show; 8 requests
    """)


def test_on_a_narrow_terminal_parts_stand_below_each_other() -> None:
    plan = planned(
        {"sales.yaml": SALES + "auto_complete: true\ndescription: New"},
        {"sales.yaml": {"name": "Sales US", "description": "Old"}},
    )

    assert body(plan, 34) == stripped("""
        Sales US
          sales.yaml, id id-of-sales,
          active
          ! days: loosens
            Mon-Fri -> Mon-Sat
            days_of_week, sales.yaml:2
          windows: tightens
            09:00-17:00 -> 09:00-12:00,
            13:00-17:00
            call_time_ranges, sales.yaml:3
          retries: tightens
            3 -> 2
            max_retries, sales.yaml:6
          description
            Old -> New
            description, sales.yaml:8
          ? completes by itself: is sent
            unknown -> yes
            auto_complete, sales.yaml:7:
            the API does not show it
                00 03 06 09 12 15 18 21 24
            Mon ·········███-████·······
            Tue ·········███-████·······
            Wed ·········███-████·······
            Thu ·········███-████·······
            Fri ·········███-████·······
            Sat ·········+++·++++·······
            Sun ························
            █ kept, + added, - removed, ·
              closed; a mark is 60 minutes
              on the clock of
              America/New_York
            hours a week 40 h -> 42 h (7 h
              added, 5 h removed)
            earliest 09:00; latest 17:00;
              days Mon-Fri -> Mon-Sat
              (gains Sat)
            one person: at least 3 calls
              in 2 days (was 4 in 3 days)
            note: queued calls may wait
              until they fall into the new
              calling hours
            apply: update 4 fields and
              send 1 unverified field; may
              pause: calls may be queued

        1 campaign: 1 to update; 1
          loosens; 1 may pause; 1 with
          settings that the API does not
          show; 8 requests
    """)


def test_campaigns_that_loosen_come_before_those_that_only_tighten() -> None:
    plan = planned({"a.yaml": "max_retries: 2", "b.yaml": "max_retries: 3", "c.yaml": "max_retries: 4"})

    heads = [line for line in body(plan).splitlines() if line.startswith("Campaign")]

    assert heads == ["Campaign C (c.yaml, id id-of-c, active)", "Campaign A (a.yaml, id id-of-a, active)"]


def test_wide_letters_stay_in_their_columns() -> None:
    plan = planned({"a.yaml": "description: 東京の顧客\nmax_retries: 2"}, {"a.yaml": {"description": "大阪"}})

    assert body(plan).splitlines()[1:3] == [
        "    retries      3    -> 2           tightens  max_retries, a.yaml:2",
        "    description  大阪 -> 東京の顧客            description, a.yaml:1",
    ]


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "No changes: 1 campaign is as its file says."), (5, "No changes: 5 campaigns are as their files say.")],
    ids=["one", "several"],
)
def test_no_changes_are_one_clear_line(number: int, said: str) -> None:
    plan = planned({f"{n}.yaml": "max_retries: 3" for n in range(number)})

    assert body(plan).splitlines()[0] == said


def test_a_campaign_that_is_not_there_has_only_its_reason() -> None:
    plan = planned({"a.yaml": "max_retries: 3\nname: Gone"}, {"a.yaml": NotFound("no campaign has the id id-of-a")})

    assert body(plan) == stripped("""
        Gone (a.yaml, id id-of-a)
            error: no campaign has the id id-of-a
            apply: nothing, until this is mended

        1 campaign: 1 with errors; 1 request
    """)


def test_what_is_unverified_and_was_sent_before_is_told_once_for_all_campaigns() -> None:
    of = FIELDS.writable["auto_complete"]
    record = {f"id-of-{n}": {of.name: recorded(of, canonical(of, True), f"id-of-{n}", KEY)} for n in "abc"}
    listed = 'do_not_call_custom_list: ["+12025550101"]'
    plan = planned(
        {
            "a.yaml": "auto_complete: true",
            "b.yaml": "auto_complete: true\nmax_retries: 3",
            "c.yaml": "auto_complete: true\nmax_retries: 2",
            "d.yaml": listed,
            "e.yaml": "max_retries: 2",
        },
        {"d.yaml": {"do_not_call_custom_list": ["+12025550101", "+12025550102"]}, "e.yaml": {"status": "completed"}},
        record,
    )

    assert body(plan) == stripped("""
        Campaign C (c.yaml, id id-of-c, active)
            retries              3       -> 2    tightens     max_retries, c.yaml:2
          ? completes by itself  unknown -> yes  sent before  auto_complete, c.yaml:1
              the API does not show it
            one person: at least 3 calls in 2 days (was 4 in 3 days)
            apply: update 1 field

        Nothing is done here, but it is worth knowing:
          d.yaml: do_not_call_custom_list: 1 live entry that the file does not name is
            kept (remove with --allow-dnc-removals)
          e.yaml: the campaign is completed, which is final: 1 field differs, nothing is
            written (with `status: completed` in the file this is told no more)
          2 campaigns: auto_complete cannot be checked: the API does not show it; it was
            sent before

        5 campaigns: 1 to update, 3 unchanged, 1 finished; 3 with settings that the API
          does not show; 6 requests
    """)


def test_a_field_that_only_one_campaign_cannot_check_names_its_file() -> None:
    file = 'call_time_ranges: [{start: "09:00", end: "12:00"}, {start: "13:00", end: "17:00"}]'
    bounds = {"call_time_ranges": None, "earliest_call_time": "09:00:00", "latest_call_time": "17:00:00"}
    of, windows = FIELDS.writable["call_time_ranges"], frozenset({("09:00", "12:00"), ("13:00", "17:00")})
    record = {"id-of-b": {of.name: recorded(of, windows, "id-of-b", KEY)}}

    assert body(planned({"b.yaml": file}, {"b.yaml": bounds}, record)) == stripped("""
        Nothing is done here, but it is worth knowing:
          b.yaml: call_time_ranges cannot be checked: the API shows only the outer
            bounds 09:00-17:00, not the windows between them; it was sent before

        No changes: 1 campaign is as its file says.
        1 campaign: 1 unchanged; 1 with settings that the API does not show; 1 request
    """)


def test_numbers_that_are_not_sent_blindly_are_worth_knowing() -> None:
    assert body(planned({"a.yaml": 'do_not_call_custom_list: ["+12025550101"]'})) == stripped("""
        Campaign A (a.yaml, id id-of-a, active)
          ! do_not_call_custom_list is withheld: the API does not show it, and it may be
              in use: sending it could drop people that nobody can see
              (--allow-dnc-removals, or do_not_call: replace in _environment.yaml, makes
              the file the whole truth) (a.yaml:1)
            apply: nothing

        1 campaign: 1 unchanged; 1 lacks protection; 1 request
    """)


def test_colours_mark_what_starts_or_loosens_and_what_is_wrong() -> None:
    coloured = text.render(MIXED, colour=True)

    assert "\x1b[33m  ! \x1b[0mdays     Mon-Fri     -> Mon-Sat                   \x1b[33mloosens\x1b[0m\n" in coloured
    assert "\x1b[33mstarts calls\x1b[0m\n" in coloured
    assert "\x1b[32mtightens\x1b[0m\n" in coloured
    assert "\x1b[31m    error: status cannot become draft" in coloured


# Laws

# Random text that is one of the numbers by chance would be no text from outside: it stands in the files as a name.
LETTERS = st.text(st.characters(), max_size=40).filter(lambda text: not any(number in text for number in NUMBERS))
HOSTILE = st.one_of(LETTERS, st.sampled_from(["\x1b[2J", "a\r\nb", "\u202eabc", "x" * 90, "two words", "東京 の"]))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans with changes of every kind, and text from anywhere in every place that holds text."""
    file = {
        "name": draw(HOSTILE),
        "description": draw(HOSTILE),
        "days_of_week": draw(st.lists(st.integers(1, 7), min_size=1)),
        "max_retries": draw(st.integers(0, 10)),
        "auto_complete": draw(st.booleans()),
        "end_date": draw(st.sampled_from([None, "2027-03-31"])),
        "do_not_call_custom_list": draw(st.lists(st.sampled_from(NUMBERS), max_size=5)),
        "auto_dnc_trigger_errors": draw(st.lists(HOSTILE, max_size=10)),
        "status": draw(st.sampled_from([None, "active", "paused", "completed"])),
    }
    shown = {
        "description": draw(HOSTILE),
        "do_not_call_custom_list": draw(st.lists(st.sampled_from(NUMBERS), max_size=5)),
        "auto_dnc_trigger_errors": draw(st.lists(HOSTILE, max_size=10)),
    }
    kept = draw(st.sets(st.sampled_from(sorted(shown))))
    status = draw(st.one_of(HOSTILE, st.sampled_from(["active", "draft", "paused", "completed"])))
    live = {**{name: shown[name] for name in kept}, "name": draw(HOSTILE), "status": status}
    return planned(
        {f"{draw(HOSTILE)}.yaml": file, "b": {"name": "B"}},
        {"b": NotFound(draw(HOSTILE))} if draw(st.booleans()) else {"b": live},
    )


@given(plans(), st.integers(1, 140))
@settings(max_examples=60)
def test_no_line_is_too_wide_unless_it_is_one_word(plan: Plan, width: int) -> None:
    for line in text.render(plan, width=width).split("\n"):
        assert width_of(line) <= width or " " not in line.strip(" ")


@given(plans(), st.integers(1, 140))
@settings(max_examples=60)
def test_a_plan_shows_no_number_and_no_control_character_and_is_the_same_without_its_colours(
    plan: Plan, width: int
) -> None:
    plain = text.render(plan, width=width)

    assert [number for number in NUMBERS if number in plain] == []
    assert {c for c in plain if not c.isprintable()} <= {"\n", *(c for c in plain if c.isspace() and c > "\x7f")}
    assert ANSI.sub("", text.render(plan, width=width, colour=True)) == plain


def test_a_field_that_no_record_could_make_sent_is_not_said_to_be_sent_before() -> None:
    plan = planned({"a.yaml": "end_date: 2027-05-01"})
    campaign = plan.campaigns[0]
    never = tuple(one._replace(may_send=False, send=False, hash="") for one in campaign.unverified)

    assert "sent before" not in text.render(replace(plan, campaigns=(replace(campaign, unverified=never),)))


def test_what_starts_and_what_ends_is_named_before_somebody_says_yes() -> None:
    files = {f"{n:02}.yaml": "status: active" for n in range(12)} | {"x.yaml": "status: cancelled", "y.yaml": "name: Y"}
    plan = planned(files, {f"{n:02}.yaml": {"status": "paused"} for n in range(12)})

    starts = "; ".join(f"Campaign {n:02}" for n in range(10))
    assert text.before_yes(plan) == [f"starts calls: {starts}; and 2 more", "ends for good: Campaign X"]


def test_what_has_no_direction_has_a_heading_behind_what_has_one() -> None:
    calm = {f"{n}.yaml": f"name: Number {n}" for n in range(2)}

    shown = text.render(planned({**calm, "9.yaml": "max_retries: 9"}))

    heading = "2 campaigns neither loosen nor tighten anything:\n\n"
    assert shown.index("Campaign 9") < shown.index(heading) < shown.index("Campaign 0")
    assert heading not in text.render(planned(calm))
