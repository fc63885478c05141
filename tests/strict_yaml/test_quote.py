"""Values as YAML that every tool reads the same."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.document import Value
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.quote import field, inline, note


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("09:00", ['f: "09:00"'], id="a time"),
        pytest.param("no", ['f: "no"'], id="a word that YAML 1.1 takes for false"),
        pytest.param('say "a\\b"', ['f: "say \\"a\\\\b\\""'], id="quotes and backslashes"),
        pytest.param("São Paulo 🎉", ['f: "São Paulo 🎉"'], id="what can be printed stays"),
        pytest.param(
            "a\u200b\u202e\x7f\U000e0001", ['f: "a\\u200b\\u202e\\u007f\\U000e0001"'], id="the invisible is told"
        ),
        pytest.param(None, ["f: null"], id="null"),
        pytest.param(True, ["f: true"], id="a boolean"),
        pytest.param(1e300, ["f: 1.0e+300"], id="an exponent has a dot before it"),
        pytest.param(0.5, ["f: 0.5"], id="a decimal"),
        pytest.param([1, 2], ["f: [1, 2]"], id="numbers stand on the line"),
        pytest.param([], ["f: []"], id="an empty list"),
        pytest.param(["a", "b"], ['f: ["a", "b"]'], id="few words stand on the line"),
        pytest.param(["a" * 60, "b" * 60], ["f:", f'  - "{"a" * 60}"', f'  - "{"b" * 60}"'], id="many do not"),
        pytest.param(
            [{"start": "09:00", "end": "17:00"}], ["f:", '  - { start: "09:00", end: "17:00" }'], id="windows"
        ),
        pytest.param({"yes": {}, "a b": [1]}, ['f: { "yes": {}, "a b": [1] }'], id="keys that would be misread"),
        pytest.param("a: #1\n\n  - b", ["f: |-", "  a: #1", "", "    - b"], id="text of several lines is a block"),
        pytest.param("a \nb", ['f: "a \\nb"'], id="a space at the end of a line would get lost"),
        pytest.param(" a\nb", ['f: " a\\nb"'], id="a space at the beginning"),
        pytest.param("a\n", ['f: "a\\n"'], id="a break at the end"),
        pytest.param("\na", ['f: "\\na"'], id="a break at the beginning"),
        pytest.param("a\tb\nc", ['f: "a\\tb\\nc"'], id="a tab"),
        pytest.param("a\r\nb", ['f: "a\\r\\nb"'], id="line ends of Windows"),
    ],
)
def test_a_field_is_written(value: Value, expected: list[str]) -> None:
    assert field("f", value) == expected


def test_a_long_list_stands_one_below_the_other() -> None:
    assert field("f", ["+1"], is_long=True) == ["f:", '  - "+1"']
    assert field("f", [], is_long=True) == ["f: []"]


def test_a_comment_stands_behind_the_value_and_cannot_leave_its_line() -> None:
    assert field("f", "x", "Ava\n# no\u2028: true") == ['f: "x" # Ava # no : true']


def test_a_comment_is_cut() -> None:
    assert note("x" * 1000) == f"# {'x' * 299}…"


# What the strict reader refuses however it is written.
_TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters="\ufeff")
) | st.text("ab \t\n\r#:-|>%'\"\\{}[]&*!?@`,~=<")
# A no-break space in a key is refused, too: it looks like another key.
_KEYS = _TEXT.filter(lambda text: text != "" and "\xa0" not in text)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=3),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(_VALUES, _TEXT)
def test_every_tool_reads_what_was_written(value: Value, comment: str) -> None:
    text = "\n".join([*field("f", value, comment), 'g: "end"', ""])
    document, problems = parse(text.encode(), "f.yaml")

    assert document is not None
    assert (problems, document.values) == ([], {"f": value, "g": "end"})
    assert yaml.safe_load(text) == {"f": value, "g": "end"}


def test_a_mapping_is_one_line() -> None:
    assert inline({"a": {"b": [None]}}) == "{ a: { b: [null] } }"
