"""Columns, paragraphs and colours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.columns import Style, drawn, fitted, paragraph, row_lines, width_of, wrapped

TEXT = st.text(st.sampled_from("ab 東é\u0301"), max_size=60)


@pytest.mark.parametrize(
    ("text", "width"),
    [
        pytest.param("abc", 3, id="ascii"),
        pytest.param("São", 3, id="accents"),
        pytest.param("Sa\u0303o", 3, id="combining"),
        pytest.param("東京", 4, id="wide"),
        pytest.param("ＡＢ", 4, id="full width"),  # noqa: RUF001 - full-width letters are the case
    ],
)
def test_the_columns_that_a_text_needs(text: str, width: int) -> None:
    assert width_of(text) == width


@given(TEXT, st.integers(-3, 30), st.integers(0, 5))
def test_wrapping_keeps_the_text_and_the_width(text: str, width: int, hanging: int) -> None:
    lines = wrapped(text, width, hanging)

    assert " ".join(lines) == text
    for number, line in enumerate(lines):
        assert width_of(line) <= (width - hanging if number else width) or " " not in line


def test_a_paragraph_hangs_below_its_first_line() -> None:
    lines = paragraph("note: one two three", 12, indent=2, hanging=3)

    assert drawn(lines, colour=False) == "  note: one\n     two\n     three"


def test_a_line_that_is_too_long_is_broken_at_spaces_and_keeps_its_styles() -> None:
    line = [("  one two ", Style.PLAIN), ("three four", Style.RED)]

    assert drawn([line], colour=False, width=13) == "  one two\n    three\n    four"
    assert drawn([line], colour=True, width=15).splitlines() == [
        "  one two \x1b[31mthree\x1b[0m",
        "    \x1b[31mfour\x1b[0m",
    ]
    assert drawn([line, []], colour=False, width=80) == "  one two three four\n"


@given(TEXT, TEXT, st.integers(1, 30))
def test_no_line_is_broken_inside_of_a_word(one: str, other: str, width: int) -> None:
    told = drawn([[(one, Style.BOLD), (other, Style.RED)]], colour=False, width=width)

    assert told.split() == f"{one}{other}".split()


def test_a_table_takes_its_natural_width_where_there_is_space() -> None:
    assert fitted([("a b", "cc"), ("d", "eeee")], 7) == [3, 4]


def test_a_table_without_space_wraps_its_widest_column() -> None:
    assert fitted([("a b", "one two three"), ("d", "four")], 12) == [3, 7]


def test_a_table_with_a_word_that_is_too_wide_cannot_be_fitted() -> None:
    assert fitted([("title", "0123456789")], 14) is None


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4), st.integers(1, 60))
def test_a_fitted_table_holds_its_space(rows: list[tuple[str, str, str]], space: int) -> None:
    widths = fitted(rows, space)
    if widths is None:
        return

    assert sum(widths) <= space
    for row in rows:
        for line in row_lines(row, widths):
            assert [width_of(cell) for cell in line] == widths


def test_a_row_has_as_many_lines_as_its_highest_cell() -> None:
    assert row_lines(("one two", "x"), (3, 2)) == [["one", "x "], ["two", "  "]]


def test_colours_stand_around_text_and_never_at_the_end_of_an_empty_line() -> None:
    line = [("a ", Style.PLAIN), ("b  ", Style.RED), ("  ", Style.DIM)]

    assert drawn([line, []], colour=False) == "a b\n"
    assert drawn([line, []], colour=True) == "a \x1b[31mb\x1b[0m\n"
