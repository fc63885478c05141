from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.pin import pinned

COMMENTED = """\
# yaml-language-server: $schema=../schemas/campaign.schema.json

# Sales. Ask Tom.

# the name
name:   'Sales'   # as in the contract


max_retries: 2
# the end
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("name: x\n", "id: c-1\nname: x\n", id="a file of one field"),
        pytest.param("name: x", "id: c-1\nname: x", id="no line break at the end"),
        pytest.param(
            COMMENTED, COMMENTED.replace("name:   '", "id: c-1\nname:   '"), id="below comments, modeline and blanks"
        ),
        pytest.param("name: x\r\nmax_retries: 2\r\n", "id: c-1\r\nname: x\r\nmax_retries: 2\r\n", id="CRLF"),
        pytest.param("# a\rname: x\r", "# a\rid: c-1\rname: x\r", id="CR"),
        pytest.param("\ufeffname: é\n", "\ufeffid: c-1\nname: é\n", id="byte order mark"),
        pytest.param("\ufeff# é\nname: x", "\ufeff# é\nid: c-1\nname: x", id="byte order mark and a comment"),
        pytest.param("\ufeff{name: x}", "\ufeff{id: c-1, name: x}", id="byte order mark and brackets"),
        pytest.param("---\nname: x\n...\n", "---\nid: c-1\nname: x\n...\n", id="document marks"),
        pytest.param("%YAML 1.2\n---\nname: x\n", "%YAML 1.2\n---\nid: c-1\nname: x\n", id="a directive"),
        pytest.param("&top\nname: x\n", "&top\nid: c-1\nname: x\n", id="an anchor at the top"),
        pytest.param("&key name: x\n", "id: c-1\n&key name: x\n", id="an anchor before the first key"),
        pytest.param("  name: x\n  max_retries: 2\n", "  id: c-1\n  name: x\n  max_retries: 2\n", id="indented"),
        pytest.param('"name": x\n', 'id: c-1\n"name": x\n', id="a quoted key"),
        pytest.param("? name\n: x\n", "id: c-1\n? name\n: x\n", id="a key with a question mark"),
        pytest.param("? # odd\n  name\n: x\n", None, id="a key below its question mark"),
        pytest.param("<<: {name: x}\nmax_retries: 2\n", "id: c-1\n<<: {name: x}\nmax_retries: 2\n", id="a merge first"),
        pytest.param("{name: x}\n", "{id: c-1, name: x}\n", id="brackets"),
        pytest.param("{ # c\n  name: x,\n}\n", "{ # c\n  id: c-1, name: x,\n}\n", id="brackets over several lines"),
        pytest.param("--- {name: x}\n", "--- {id: c-1, name: x}\n", id="brackets behind a document mark"),
        pytest.param("{? name: x}\n", "{? id: c-1, name: x}\n", id="a question mark in brackets"),
        pytest.param("{}\n", None, id="empty brackets"),
    ],
)
def test_the_id_is_added_above_the_first_field_and_nothing_else_changes(text: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(ReconcilerError, match=r"^a.yaml has no place where an id could be added safely"):
            pinned(text.encode(), "c-1", "a.yaml")
    else:
        assert pinned(text.encode(), "c-1", "a.yaml") == expected.encode()


@pytest.mark.parametrize(
    ("campaign", "line"),
    [
        ("sales-us-q1", "id: sales-us-q1"),
        ("9e3a6c42-71b8-4d6f-8f0b-5c7e2d9b4a02", "id: 9e3a6c42-71b8-4d6f-8f0b-5c7e2d9b4a02"),
        ("12345", 'id: "12345"'),
        ("0770", 'id: "0770"'),
        ("1e5", 'id: "1e5"'),
        ("2027-01-04", 'id: "2027-01-04"'),
        ("null", 'id: "null"'),
        ("no", 'id: "no"'),
        ("-a", 'id: "-a"'),
        ("---", 'id: "---"'),
    ],
)
def test_an_id_is_quoted_where_it_would_be_misread(campaign: str, line: str) -> None:
    assert pinned(b"name: x\n", campaign) == f"{line}\nname: x\n".encode()


def test_a_file_with_an_id_is_refused() -> None:
    with pytest.raises(ReconcilerError, match=r"^a.yaml has an id: one file is one campaign$"):
        pinned(b"name: x\nid: c-2\n", "c-1", "a.yaml")


def test_a_file_with_errors_is_refused() -> None:
    with pytest.raises(FilesError) as told:
        pinned(b"name: x\nname: y\n", "c-1", "a.yaml")

    assert list(map(str, told.value.problems)) == ["a.yaml:2:1: name: written twice, first on line 1: keep one"]


@given(
    st.lists(st.sampled_from(["# c", "", "  # deep", "---"]), max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True),
)
def test_a_pinned_text_is_the_old_one_and_one_line(above: list[str], end: str, campaign: str) -> None:
    text = end.join([*above, "name: x # c", "max_retries: 2", ""]).encode()
    if parse(text, "c")[0] is None:
        return

    becomes = pinned(text, campaign)

    document, problems = parse(becomes, "c")
    assert document
    assert (document.values, problems) == ({"id": campaign, "name": "x", "max_retries": 2}, [])
    lines = becomes.split(end.encode())
    assert end.encode().join(line for line in lines if not line.startswith(b"id:")) == text
