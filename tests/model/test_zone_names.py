from __future__ import annotations

import pytest

from reconciler.model.canonical import canonical, same
from reconciler.model.fields import campaign_fields
from reconciler.model.zone_names import accepted_zone, listed_zones


@pytest.mark.parametrize(
    ("name", "accepted"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("America/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("GB", "Europe/London"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        ("Greenwich", "Etc/GMT"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("Pacific/Truk", "Pacific/Chuuk"),
        pytest.param("Europe/Oslo", "Europe/Oslo", id="a name in use that is linked to another"),
        pytest.param("Africa/Accra", "Africa/Accra", id="a country of its own, though linked"),
        pytest.param("Etc/GMT+5", "Etc/GMT+5", id="an offset, which stands for no place"),
        pytest.param("Europe/Atlantis", "Europe/Atlantis", id="no zone at all"),
    ],
)
def test_an_old_name_is_the_zone_that_is_in_use(name: str, accepted: str) -> None:
    zone = campaign_fields().writable["timezone"]

    assert accepted_zone(name) == accepted
    assert same(canonical(zone, name), canonical(zone, f" {accepted}"))


def test_zones_that_keep_the_same_time_are_still_two() -> None:
    zone = campaign_fields().writable["timezone"]

    assert not same(canonical(zone, "Europe/Oslo"), canonical(zone, "Europe/Berlin"))


def test_only_a_zone_is_read_as_one() -> None:
    assert canonical(campaign_fields().writable["name"], "Japan") == "Japan"


def test_names_in_use_are_listed_once_and_stand_for_themselves() -> None:
    listed = listed_zones()

    assert len(listed) == len(set(listed)) > 400
    assert [name for name in listed if accepted_zone(name) != name] == []
