"""Places by their codes, and the countries of zones."""

from __future__ import annotations

import pytest

from reconciler.hours.places import country_of, is_place, near_places


@pytest.mark.parametrize("code", ["US", "US-FL", "BR-SP", "GB-ENG", "FR-974", "GU", "TW"])
def test_codes_of_iso_3166(code: str) -> None:
    assert is_place(code)


@pytest.mark.parametrize("code", ["", "UK", "us", "US-", "US-XX", "US-FL-1", "XX", "FLORIDA", "-"])
def test_what_is_none(code: str) -> None:
    assert not is_place(code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("us-fl", ("US-FL",)), ("US_FL", ("US-FL",)), ("UK", ("GB",)), ("XX", ()), ("US", ()), ("England", ("GB-ENG",))],
)
def test_what_may_have_been_meant(code: str, expected: tuple[str, ...]) -> None:
    assert near_places(code) == expected


@pytest.mark.parametrize(
    ("timezone", "expected"), [("America/New_York", "US"), ("Asia/Calcutta", "IN"), ("UTC", None), ("Mars", None)]
)
def test_the_country_of_a_zone(timezone: str, expected: str | None) -> None:
    assert country_of(timezone) == expected
