"""What is quickly said to be in its canonical form is left as it is by the formatting that takes texts apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.events import events
from reconciler.strict_yaml.format import formatted, quotes
from reconciler.strict_yaml.order import ordered
from reconciler.strict_yaml.plain import read_plain
from reconciler.strict_yaml.settled import is_settled
from reconciler.strict_yaml.tree import tree
from tests.strict_yaml.test_format import SOUND

FIELDS = campaign_fields()
FILES = [*(Path(__file__).parents[2] / "campaigns").glob("*.yaml")]
LONG = "description: |\n  a\n\n  # no comment\n\nstart_date: a # why\n"


def said(text: str) -> bool:
    """Whether a text is said to be settled, which the long way must agree to."""
    plain = read_plain(text, events(text.encode()))
    if plain is None or not is_settled(text, plain, FIELDS):
        return False
    root = tree(text)
    assert [*quotes(text, root)] == []
    assert ordered(text, root, FIELDS) == (text, True)
    return True


@given(SOUND)
def test_what_is_settled_is_left_as_it_is(text: bytes) -> None:
    said(text.decode())
    said(formatted(text, "c.yaml", FIELDS).text.decode())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_files_that_were_formatted_are_settled(file: Path) -> None:
    assert said(formatted(file.read_bytes(), file.name, FIELDS).text.decode())


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LONG, id="many things"),
        pytest.param("# yaml-language-server: $schema=x\n\n# a\n---\nid: c\n", id="a header"),
        pytest.param("id: c\n# n\nname: x\n\n# end\n", id="comments above and at the end"),
        pytest.param(
            "days_of_week:\n  # one\n  - 1\n\n  # two\n  - 2\n  # three\nmax_retries: 1\n", id="comments inside"
        ),
        pytest.param("days_of_week:\n- 1\n- 2\nmax_retries: 1\n", id="a list that is not indented"),
        pytest.param("name: x\nzzz: 1\naaa: '12a'\n", id="unknown fields"),
        pytest.param('call_time_ranges:\n  - start: "9:00"\n    end: x\n  - { start: a }\n  - b\n', id="windows"),
        pytest.param("name: x\n...\n", id="the end of the document"),
    ],
)
def test_what_is_settled(text: str) -> None:
    assert said(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("name: x\nid: c\n", id="fields out of order"),
        pytest.param("call_time_ranges:\n  - end: x\n    start: y\n", id="windows out of order"),
        pytest.param("name: 10:00\n", id="no quotes"),
        pytest.param("name: '12'\n", id="other quotes"),
        pytest.param("{id: c, name: x}\n", id="all in brackets"),
        pytest.param("{}\n", id="nothing"),
        pytest.param(" id: c\n name: x\n", id="indented"),
        pytest.param("? id\n: c\n", id="a question mark"),
        pytest.param("id: c\n? name\n: x\n", id="a question mark below"),
        pytest.param("\nid: c\n", id="a blank line at the top"),
        pytest.param(" # a\nid: c\n", id="a comment at the top that is indented"),
        pytest.param("# a\n  # b\nid: c\n", id="a comment below it"),
        pytest.param("id: c\r\n", id="line breaks of Windows"),
        pytest.param("id: c", id="a last line without its end"),
        pytest.param("id: c\n\n", id="a blank line at the end"),
        pytest.param("id: c\n\n\nname: x\n", id="two blank lines"),
        pytest.param("id: c\n  \nname: x\n", id="a blank line of blanks"),
        pytest.param("id: c\n# a\n  # b\nname: x\n", id="a comment indented more than the one above"),
        pytest.param("id: c\n# a\n\n  # b\nname: x\n", id="a comment indented more than the one above, apart"),
        pytest.param("description: |+\n  a\n\nstart_date: a\n", id="blank lines that belong to a text"),
    ],
)
def test_what_formatting_has_to_look_at(text: str) -> None:
    assert not said(text)
