"""What is said of a text at a glance is what comes of it once it is formatted."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given

from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.glance import glance
from reconciler.strict_yaml.reading import read
from tests.strict_yaml.test_format import SOUND

FIELDS = campaign_fields()
FILES = [*(Path(__file__).parents[2] / "campaigns").glob("*.yaml")]


def said(text: str) -> bool | None:
    """What is said of a text at a glance, which has to be true."""
    seen = glance(read(text.encode(), "c.yaml"), FIELDS).changes
    result = formatted(text.encode(), "c.yaml", FIELDS)
    becomes = result.text.decode()
    assert result.changes is (becomes != text)
    assert seen in (None, becomes != text)
    assert seen is None or not formatted(result.text, "c.yaml", FIELDS).changes
    return seen


@given(SOUND)
def test_what_is_said_at_a_glance_is_true(text: bytes) -> None:
    said(text.decode())
    said(formatted(text, "c.yaml", FIELDS).text.decode())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_of_files_that_were_formatted_it_is_seen(file: Path) -> None:
    assert said(formatted(file.read_bytes(), file.name, FIELDS).text.decode()) is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("description: |\n  a\n\n  # no comment\n\nstart_date: a # why\n", id="many things"),
        pytest.param("# yaml-language-server: $schema=x\n\n# a\n---\nid: c\n", id="a header"),
        pytest.param("id: c\n# n\nname: x\n\n# end\n", id="comments above and at the end"),
        pytest.param("days_of_week:\n  # one\n  - 1\n\n  # two\n  - 2\n  # three\n", id="comments inside"),
        pytest.param("days_of_week:\n- 1\n- 2\nmax_retries: 1\n", id="a list that is not indented"),
        pytest.param("name: x\nzzz: 1\naaa: '12a'\nbbb: true\n", id="unknown fields"),
        pytest.param('call_time_ranges:\n  - start: "9:00"\n    end: x\n  - { start: a }\n  - b\n', id="windows"),
        pytest.param("name: x\n...\n", id="the end of the document"),
        pytest.param("# a\r\n\r\nid: c\r\n", id="line breaks of Windows"),
    ],
)
def test_what_surely_stays(text: str) -> None:
    assert said(text) is False


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("name: x\nid: c\n", id="fields out of order"),
        pytest.param("name: x\n\n# a\n\n\n  # b\nid: c\n", id="and comments anywhere"),
        pytest.param("name: x\r\nid: c\r\n", id="and line breaks of Windows"),
        pytest.param("name: x\n  \nid: c\n", id="and a blank line of blanks"),
        pytest.param("description: x\nid: &a c\nname: *a\n", id="and an alias that stays below its anchor"),
        pytest.param('name: "\\x41"\nid: c\n', id="and an escape"),
        pytest.param("name: 10:00\n", id="no quotes"),
        pytest.param("name: '12'\n", id="other quotes"),
        pytest.param("auto_dnc_trigger_errors: [a, +1555]\n", id="no quotes in a list"),
    ],
)
def test_what_surely_changes(text: str) -> None:
    assert said(text) is True


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("call_time_ranges:\n  - end: x\n    start: y\n", id="windows out of order"),
        pytest.param("<<: {id: c}\nname: x\n", id="a merge"),
        pytest.param("name: &a x\nid: *a\n", id="an alias that would come before its anchor"),
        pytest.param("name: &a x\nid: &a c\ndescription: *a\n", id="two anchors of one name"),
        pytest.param("no: c\n", id="a key that is misread"),
        pytest.param("name: no\n", id="a value that could be a key"),
        pytest.param("name: 10\n  20\n", id="a value on two lines"),
        pytest.param("{name: x, id: c}\n", id="all in brackets"),
        pytest.param("{}\n", id="nothing"),
        pytest.param(" name: x\n id: c\n", id="indented"),
        pytest.param("? name\n: x\nid: c\n", id="a question mark"),
        pytest.param("name: x\n? id\n: c\n", id="a question mark below"),
        pytest.param("\nid: c\n", id="a blank line at the top"),
        pytest.param(" # a\nid: c\n", id="a comment at the top that is indented"),
        pytest.param("# a\n  # b\nid: c\n", id="a comment below it"),
        pytest.param("name: x\r\nid: c\n", id="line breaks of two kinds"),
        pytest.param("name: x\rid: c\r", id="line breaks of old"),
        pytest.param("name: x\nid: c", id="a last line without its end"),
        pytest.param("id: c\n\n", id="a blank line at the end"),
        pytest.param("id: c\n\n\nname: x\n", id="two blank lines"),
        pytest.param("id: c\n  \nname: x\n", id="a blank line of blanks"),
        pytest.param("description: |\n  a\n   \nname: a\n", id="a blank line of blanks below a text"),
        pytest.param("id: c\n# a\n  # b\nname: x\n", id="a comment indented more than the one above"),
        pytest.param("id: c\n# a\n\n  # b\nname: x\n", id="a comment indented more than the one above, apart"),
        pytest.param("description: |+\n  a\n\nname: a\n", id="blank lines that belong to a text"),
    ],
)
def test_what_is_not_seen_at_a_glance(text: str) -> None:
    assert said(text) is None
