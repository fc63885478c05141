"""The rules of places: each figure, whom it is about, and where it comes from."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from reconciler.hours import legal
from reconciler.hours.legal import Rule, places_of, rules, rules_at, rules_for, unknown_places
from reconciler.hours.places import is_place
from reconciler.hours.words import days_in_words, windows_in_words
from reconciler.model.fields import schema_folder

FIGURES = {
    "us-federal": (["every day 08:00-21:00"], {}),
    "us-fl": (["every day 08:00-20:00"], {"per_day": 3}),
    "ca": (["Mon-Fri 09:00-21:30", "Sat-Sun 10:00-18:00"], {}),
    "br": (["Mon-Fri 09:00-21:00", "Sat 10:00-16:00"], {"per_day": 2}),
    "au": (["Mon-Fri 09:00-20:00", "Sat 09:00-17:00"], {}),
    "au-research": (["Mon-Fri 09:00-20:30", "Sat-Sun 09:00-17:00"], {}),
    "fr": (["Mon-Fri 10:00-13:00, 14:00-20:00"], {"per_30_days": 4}),
    "gb": (["Mon-Fri 08:00-21:00", "Sat-Sun 09:00-21:00"], {}),
    "es": (["Mon-Fri 09:00-21:00"], {}),
    "it": (["Mon-Fri 09:00-20:00", "Sat 10:00-19:00"], {}),
    "in": (["every day 09:00-21:00"], {}),
    "co": (["Mon-Fri 07:00-19:00", "Sat 08:00-15:00"], {"per_day": 1}),
    "za": (["Mon-Fri 08:00-20:00", "Sat 09:00-13:00"], {}),
    "ae": (["every day 09:00-18:00"], {"per_day": 1, "per_week": 2}),
    "nz": (["Mon-Sat 08:00-21:00"], {}),
    "de": ([], {}),
}
KINDS = {"br": "code", "gb": "code", "it": "code", "nz": "code"}
CLOSED_ON_HOLIDAYS = ["br", "au", "au-research", "fr", "es", "it", "co", "za", "nz"]


def rule(name: str) -> Rule:
    return next(one for one in rules() if one.name == name)


def names(places: list[str] | None, campaign_type: str | None = "sales", timezone: str | None = None) -> list[str]:
    return [one.name for one in rules_for(places_of(places, timezone), campaign_type, rules())]


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures(name: str) -> None:
    one = rule(name)
    hours = [f"{days_in_words(days)} {windows_in_words(windows)}" for days, windows in one.hours]

    assert (hours, dict(one.most_attempts)) == FIGURES[name]
    assert (one.kind, one.holidays == "closed") == (KINDS.get(name, "law"), name in CLOSED_ON_HOLIDAYS)


def test_every_rule_has_its_figures_held() -> None:
    assert [one.name for one in rules()] == [*FIGURES]


def test_the_file_keeps_to_its_schema() -> None:
    schema = json.loads((schema_folder() / "legal.schema.json").read_text(encoding="utf-8"))
    table = json.loads((schema_folder().parent / "reconciler/hours/legal_hours.json").read_text(encoding="utf-8"))

    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(table)] == []


@pytest.mark.parametrize("one", rules(), ids=lambda one: one.name)
def test_every_rule_says_where_it_comes_from_and_what_nobody_looked_at(one: Rule) -> None:
    assert all((one.title, one.about, one.rule, one.source, one.read, one.not_checked))
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", one.checked_on)
    assert [place for place in one.places if not is_place(place)] == []
    assert "compliant" not in f"{one.rule} {one.read} {one.not_checked}".casefold()


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [
        ("America/New_York", ["us-federal"]),
        ("US/Eastern", ["us-federal"]),
        ("America/Puerto_Rico", ["us-federal"]),
        ("America/St_Thomas", ["us-federal"]),
        ("Pacific/Guam", ["us-federal"]),
        ("Pacific/Saipan", ["us-federal"]),
        ("Pacific/Pago_Pago", ["us-federal"]),
        ("Brazil/East", ["br"]),
        ("Pacific/Norfolk", ["au"]),
        ("Australia/Lord_Howe", ["au"]),
        ("Europe/Paris", ["fr"]),
        ("America/Martinique", ["fr"]),
        ("Indian/Reunion", ["fr"]),
        ("Pacific/Tahiti", []),
        ("GB", ["gb"]),
        ("Europe/Jersey", []),
        ("Asia/Ulaanbaatar", []),
        ("UTC", []),
        (None, []),
    ],
)
def test_without_a_jurisdiction_the_country_of_the_zone_decides(timezone: str | None, expected: list[str]) -> None:
    assert names(None, timezone=timezone) == expected


@pytest.mark.parametrize(
    ("places", "campaign_type", "expected"),
    [
        pytest.param(["US-FL"], "sales", ["us-fl", "us-federal"], id="a state and its country"),
        pytest.param(["US-TX"], "sales", ["us-federal"], id="a state without rules has its country's"),
        pytest.param(["US-FL", "US-TX"], "follow_up", ["us-fl", "us-federal"], id="two states, each rule once"),
        pytest.param(["US", "CA"], "custom", ["us-federal", "ca"], id="two countries"),
        pytest.param(["US-FL"], "reminder", [], id="a reminder is no sale"),
        pytest.param(["GB"], "reminder", ["gb"], id="but where calls for service count, too"),
        pytest.param(["AU"], "custom", ["au-research"], id="a survey is no sale"),
        pytest.param(["FR"], None, ["fr"], id="of what type is not known"),
    ],
)
def test_whom_the_rules_are_about(places: list[str], campaign_type: str | None, expected: list[str]) -> None:
    assert names(places, campaign_type) == expected


def test_a_british_saturday_morning_is_within_the_hours() -> None:
    morning = ((),) * 5 + (((9 * 60, 12 * 60),), ())

    assert rule("gb").outside(morning) == ((),) * 7
    assert rule("de").outside(morning) == ((),) * 7
    assert rule("fr").outside(morning) == morning


def test_places_without_any_rule_are_known() -> None:
    assert unknown_places(["MN", "US-TX", "DE", "TW-TPE"], rules()) == ("MN", "TW-TPE")
    assert rules_at("US", rules()) == (rule("us-federal"),)


def test_the_kinds_have_their_words() -> None:
    assert legal.HOURS_OF.keys() == set(legal.Kind)
