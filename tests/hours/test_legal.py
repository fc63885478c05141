from __future__ import annotations

import re

import pytest

from reconciler.hours.legal import Profile, profile_for, profiles
from reconciler.hours.words import days_in_words, windows_in_words
from reconciler.hours.zones import is_known_zone

EVERY_DAY = frozenset(range(1, 8))


def profile(name: str) -> Profile:
    return next(one for one in profiles() if one.name == name)


@pytest.mark.parametrize(
    ("timezone", "expected"),
    [
        ("America/New_York", "us-federal"),
        ("America/Indiana/Knox", "us-federal"),
        ("US/Eastern", "us-federal"),
        ("Pacific/Honolulu", "us-federal"),
        ("America/Sao_Paulo", "br"),
        ("Brazil/East", "br"),
        ("Australia/Lord_Howe", "au"),
        ("Europe/Paris", "fr"),
        ("Europe/London", "uk"),
        ("America/Toronto", None),
        ("Europe/Berlin", None),
        ("Europe/Paris/", None),
        ("UTC", None),
    ],
)
def test_a_profile_is_suggested_by_zone(timezone: str, expected: str | None) -> None:
    found = profile_for(timezone)

    assert (found.name if found else None) == expected


def test_the_hours_of_the_profiles() -> None:
    hours = {
        one.name: [f"{days_in_words(days)} {windows_in_words(windows)}" for days, windows in one.hours]
        for one in profiles()
    }

    assert hours == {
        "us-federal": ["every day 08:00-21:00"],
        "br": ["Mon-Fri 09:00-21:00", "Sat 10:00-16:00"],
        "au": ["Mon-Fri 09:00-20:00", "Sat 09:00-17:00"],
        "fr": ["Mon-Fri 10:00-13:00, 14:00-20:00"],
        "uk": ["Mon-Fri 08:00-21:00"],
    }


def test_only_the_british_hours_are_a_habit() -> None:
    assert [one.name for one in profiles() if not one.is_law] == ["uk"]


def test_every_profile_says_what_the_rule_is_and_when_it_was_checked() -> None:
    assert all(one.title and one.rule and one.source for one in profiles())
    assert [one.checked_on for one in profiles() if not re.fullmatch(r"20\d\d-\d\d(-\d\d)?", one.checked_on)] == []


def test_every_zone_of_a_profile_is_known_and_in_no_other() -> None:
    zones = [zone for one in profiles() for zone in one.zones]

    assert [zone for zone in zones if not zone.endswith("/") and not is_known_zone(zone)] == []
    assert len(zones) == len(set(zones))
