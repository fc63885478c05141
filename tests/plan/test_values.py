"""Values as a plan may tell them."""

from __future__ import annotations

import pytest

from reconciler.model.canonical import canonical
from reconciler.model.document import Value
from reconciler.model.sensitive import HashKey, Salt
from reconciler.plan.values import as_text, recorded
from reconciler.plan.values import before_and_after as shown_values
from tests.support.campaigns import FIELDS, KEY


def test_a_value_that_was_never_set_is_shown_as_null() -> None:
    retries = FIELDS.writable["max_retries"]

    assert shown_values(retries, None, 3, Salt("s")) == (None, 3)


@pytest.mark.parametrize("name", ["max_retries", "do_not_call_custom_list"])
def test_the_record_knows_any_value_by_a_keyed_hash_of_one_field_of_one_campaign(name: str) -> None:
    value = canonical(FIELDS.writable[name], 3 if name == "max_retries" else ["+12025550147"])
    others = [(FIELDS.writable["retry_cooldown_hours"], "c-1", KEY), (FIELDS.writable[name], "c-2", KEY)]
    keys = [*others, (FIELDS.writable[name], "c-1", HashKey(b"x" * 32)), (FIELDS.writable[name], "c-1", KEY)]

    assert len({recorded(field, value, campaign, key) for field, campaign, key in keys}) == len(keys)
    assert recorded(FIELDS.writable[name], value, "c-1", None) == ""


def test_people_are_counted_in_messages() -> None:
    field = FIELDS.writable["do_not_call_custom_list"]

    assert as_text(field, canonical(field, ["+12025550147", "+12025550148"])) == "2 numbers"


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("days_of_week", [1, 2, 3, 5], "Mon-Wed, Fri"),
        ("days_of_week", [1, 9], "[1, 9]"),
        ("call_time_ranges", [{"start": "13:00", "end": "17:00"}], "13:00-17:00"),
        ("auto_dnc_trigger_errors", ["b", "a"], '["a", "b"]'),
        ("call_time_ranges", [], "[]"),
    ],
)
def test_messages_say_days_and_windows_in_words(name: str, value: Value, expected: str) -> None:
    field = FIELDS.writable[name]

    assert as_text(field, canonical(field, value)) == expected
