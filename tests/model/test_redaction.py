"""What could be somebody's number is told to nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.redaction import shown_key, without_numbers

NUMBERS: list[Any] = [
    pytest.param("call +1 (555) 123-0001 now", "call <number> now", id="brackets"),
    pytest.param("15551230001", "<number>", id="digits alone"),
    pytest.param("555.123.0001", "<number>", id="dots"),
    pytest.param("+1/202/555/0147", "<number>", id="slashes"),
    pytest.param("+1_202_555_0147", "<number>", id="underscores"),
    pytest.param("+1\u00a0202\u202f555\u20090147", "<number>", id="blanks that are no spaces"),
    pytest.param("+1\u2011202\u2013555\u22120147", "<number>", id="dashes of other lengths"),
    pytest.param("+1 - 202 - 555 - 0147", "<number>", id="dashes between spaces"),
    pytest.param("+1\u200b202\u00ad5550147", "<number>", id="what has no width"),
    pytest.param(
        "\uff0b\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff14\uff17", "<number>", id="full width"
    ),
    pytest.param("\u0661\u0662\u0660\u0662\u0665\u0665\u0665", "<number>", id="Arabic digits"),
    pytest.param("do_not_call_custom_list.+12025550147", "do_not_call_custom_list.<number>", id="a path"),
    pytest.param("2026-01-051234", "<number>", id="more than a day"),
    pytest.param("+2026-01-05", "<number>", id="a plus before what could be a day"),
]
OTHERS = [
    "must be a date after 2026-01-05 or 2026-01-05 00:00:00.",
    "between 2026-01-05 and 2026-02-05",
    "2026-01-05/2026-02-05",
    "max_retries may not be greater than 10.",
    "retry after 60 seconds",
    "09:00-17:00, 18:00-20:30",
    "one of 1, 2, 3, 4, 5, 6, 7",
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_a_number_is_cut_out_however_it_is_written(text: str, expected: str) -> None:
    assert without_numbers(text) == expected


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_no_number_stays(text: str) -> None:
    assert without_numbers(text) == text


BETWEEN = st.text("\u00a0\u2011\u2013\u2212\u200b -_./()", max_size=4)


@given(st.lists(st.integers(0, 9), min_size=7, max_size=15), st.lists(BETWEEN, min_size=16, max_size=16), st.data())
def test_no_seven_digits_of_a_number_are_told(digits: list[int], between: list[str], data: st.DataObject) -> None:
    number = "+" + "".join(f"{digit}{blank}" for digit, blank in zip(digits, between, strict=False))
    before, behind = (data.draw(st.text("abc:,'\"[", max_size=5)) for _ in range(2))

    told = without_numbers(f"{before}{number}{behind}")

    assert len(re.sub(r"\D", "", told)) < 7


def test_keys_are_shown_short_printable_and_without_numbers() -> None:
    keys = ["max retries", "a\x07", "k" * 50, "+12025550147"]

    assert [shown_key(key) for key in keys] == ["max retries", "a\\x07", "k" * 39 + "…", "<number>"]
