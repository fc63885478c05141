from __future__ import annotations

from textwrap import dedent

import pytest

from reconciler.model.document import Mark, Position
from reconciler.strict_yaml.parse import parse
from tests.support.yaml_texts import FILE


def test_everything_has_its_mark() -> None:
    text = dedent("""\
        # a comment
        name: Sale
        call_time_ranges:
          - start: 10:00
            end: &e "17:00"
          - {start: 9:00, end: *e}
        text: |
          b
        """)
    document, _ = parse(text.encode(), FILE)
    assert document is not None
    assert dict(document.marks) == {
        (): Mark(2, 1),
        ("name",): Mark(2, 7),
        ("call_time_ranges",): Mark(4, 3),
        ("call_time_ranges", 0): Mark(4, 5),
        ("call_time_ranges", 0, "start"): Mark(4, 12),
        ("call_time_ranges", 0, "end"): Mark(5, 10),
        ("call_time_ranges", 1): Mark(6, 5),
        ("call_time_ranges", 1, "start"): Mark(6, 13),
        ("call_time_ranges", 1, "end"): Mark(6, 24),
        ("text",): Mark(7, 7),
    }
    assert dict(document.key_marks) == {
        ("name",): Mark(2, 1),
        ("call_time_ranges",): Mark(3, 1),
        ("call_time_ranges", 0, "start"): Mark(4, 5),
        ("call_time_ranges", 0, "end"): Mark(5, 5),
        ("call_time_ranges", 1, "start"): Mark(6, 6),
        ("call_time_ranges", 1, "end"): Mark(6, 19),
        ("text",): Mark(7, 1),
    }
    assert (len(document.marks), len(document.key_marks)) == (10, 7)


def test_what_is_merged_or_repeated_has_the_place_where_it_is_written() -> None:
    text = "a: &x {b: 1, c: [2]}\nd:\n  <<: *x\n  b: 3\ne: *x\n"
    document, _ = parse(text.encode(), FILE)
    assert document is not None
    found = {path: document.marks[path] for path in document.marks if path[:1] in {("d",), ("e",)}}
    assert found == {
        ("d",): Mark(3, 3),
        ("d", "b"): Mark(4, 6),
        ("d", "c"): Mark(1, 17),
        ("d", "c", 0): Mark(1, 18),
        ("e",): Mark(5, 4),
        ("e", "b"): Mark(1, 11),
        ("e", "c"): Mark(1, 17),
        ("e", "c", 0): Mark(1, 18),
    }
    assert document.key_position(("d", "c")) == Position(FILE, 1, 14)
    assert document.key_position(("d", "b")) == Position(FILE, 4, 3)


@pytest.mark.parametrize("path", [("b",), ("a", 2), ("a", -1), ("a", 0, "b"), ("a", "b"), (0,)], ids=str)
def test_what_is_not_in_the_file_has_no_mark(path: tuple[str | int, ...]) -> None:
    document, _ = parse(b"a: [1, 2]", FILE)
    assert document is not None
    assert path not in document.marks
    assert path not in document.key_marks
    assert () not in document.key_marks


def test_a_skipped_item_does_not_move_the_marks_of_the_others() -> None:
    document, _ = parse(b"a:\n- 1\n-\n- 2\n", FILE)
    assert document is not None
    assert document.values == {"a": [1, 2]}
    assert document.position(("a", 1)) == Position(FILE, 4, 3)
