from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.render.printable import clean


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("São Paulo, 東京 🎉", "São Paulo, 東京 🎉", id="letters of all kinds stay"),
        pytest.param("Vente\u00a0: 5\u3000件", "Vente\u00a0: 5\u3000件", id="spaces of all kinds stay"),
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="escape"),
        pytest.param("a\r\nb\tc\x00", r"a\r\nb\tc\x00", id="line breaks, tab, null"),
        pytest.param("\x9b31m\x7f", r"\x9b31m\x7f", id="C1 and delete"),
        pytest.param("a\u202eb\u2066c\u2069\u200f", r"a\u202eb\u2066c\u2069\u200f", id="bidi"),
        pytest.param("a\u2028b\u2029\ufeff\u200b", r"a\u2028b\u2029\ufeff\u200b", id="separators and zero width"),
        pytest.param("\ud800", r"\ud800", id="lone surrogate"),
        pytest.param("\U000e0001", r"\U000e0001", id="invisible tag"),
    ],
)
def test_what_is_invisible_or_active_is_written_out(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@given(st.text(st.characters()))
@example("\ud800\x1b\u202e\u2028")
def test_cleaned_text_can_be_printed_anywhere_and_cleaning_twice_changes_nothing(text: str) -> None:
    cleaned = clean(text)

    assert {unicodedata.category(c) for c in cleaned} & {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"} == set()
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned == clean(cleaned)
