from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.errors import FilesError
from reconciler.model.fields import campaign_fields, environment_fields
from reconciler.strict_yaml.edit import checked, means
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.format import Formatted, formatted
from reconciler.strict_yaml.scalars import is_text

FIELDS = campaign_fields()


def _formatted(text: str) -> str:
    return formatted(text.encode(), "c.yaml", FIELDS).text.decode()


# Quotes


@pytest.mark.parametrize(
    "text",
    [
        *("10:00", "9:00", "09:00", "23:59:59", "2027-01-04", "2027-1-4", "2027-01-04T10:00:00Z", "2027-01-04 10:00"),
        *("+15551234567", "+1 555 123 4567", "+1-555-123-4567", "0770", "007700900123", "1_000", "1,000", "0x1f"),
        *("0o17", "0b1", "1:30", "1.5.2", ".5", "5.", "+5", "1.0e+3", ".inf", "-.INF", ".nan"),
        *("yes", "No", "ON", "off", "y", "N", "True", "FALSE", "Null", "NULL", "~"),
    ],
)
def test_text_that_another_tool_misreads_is_quoted(text: str) -> None:
    assert is_misread(text)
    becomes = text if not is_text(text) else f'"{text}"'
    assert _formatted(f"description: {text} # c\n") == f"description: {becomes} # c\n"
    assert _formatted(f"description: '{text}'\n") == f'description: "{text}"\n'
    assert _formatted(f'description: "{text}"\n') == f'description: "{text}"\n'
    assert _formatted(f"description: &a {text}\n") == f"description: &a {becomes}\n"
    if "," not in text:
        assert _formatted(f"description: [a, {text}]\n") == f"description: [a, {becomes}]\n"
    assert _formatted(f"description:\n- {text}\n") == f"description:\n- {becomes}\n"


@pytest.mark.parametrize(
    "written",
    [
        *(
            "Sales",
            "America/New_York",
            "9e3a6c42-71b8-4d6f-8f0b-5c7e2d9b4a02",
            "sales-us-q1",
            "7 days",
            "v1.2",
            "on time",
        ),
        *(
            "'Sales'",
            '"Sales"',
            "'it''s'",
            "null",
            "true",
            "false",
            "12",
            "-1.5",
            "1e5",
            "12 # 12",
            "|\n  10:00",
            ">-\n  no",
        ),
        *("10\n  20", "'10\n  20'", '"\\x31"'),
    ],
)
def test_everything_else_stays_as_it_was_written(written: str) -> None:
    assert _formatted(f"description: {written}\n") == f"description: {written}\n"


def test_a_value_that_may_have_been_cut_keeps_its_warning() -> None:
    text = b"description: 10:00 #lunch\n"

    assert formatted(text, "c.yaml", FIELDS) == Formatted(text, is_ordered=True)


def test_keys_stay_as_they_are() -> None:
    assert _formatted("no: 10:00\n") == 'no: "10:00"\n'


# Order


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("name: x\nid: c\n", "id: c\nname: x\n", id="as the schema says"),
        pytest.param("zzz: 1\nname: x\naaa: 2\n", "name: x\nzzz: 1\naaa: 2\n", id="unknown fields last, as they were"),
        pytest.param("name: x\n<<: {max_retries: 1}\n", "<<: {max_retries: 1}\nname: x\n", id="merges first"),
        pytest.param("name: x\nid: c", "id: c\nname: x\n", id="a last line without its end"),
        pytest.param("name: x\r\nid: c\r\n", "id: c\r\nname: x\r\n", id="CRLF"),
        pytest.param("\ufeffname: x\nid: c\n", "\ufeffid: c\nname: x\n", id="byte order mark"),
        pytest.param("  name: x\n  id: c\n", "  id: c\n  name: x\n", id="indented"),
        pytest.param("name: x # n\nid: c # i\n", "id: c # i\nname: x # n\n", id="comments on the line"),
        pytest.param("# n\nname: x\n# i\nid: c\n", "# i\nid: c\n# n\nname: x\n", id="comments above"),
        pytest.param("  # n\nname: x\nid: |+\n  c\n", "id: |+\n  c\n# n\nname: x\n", id="comments above, too deep"),
        pytest.param("name: x\nid: c\n# end\n", "id: c\nname: x\n# end\n", id="a comment at the end"),
        pytest.param("name: x\nid: c\n\n\n# end\n\n", "id: c\nname: x\n\n# end\n", id="a comment at the end, apart"),
        pytest.param("name: x\nid: c\n...\n", "id: c\nname: x\n...\n", id="the end of the document"),
        pytest.param(
            "max_retries:\n  # one\n  2 # two\n  # three\n\n  # four\nid: c\n",
            "id: c\nmax_retries:\n  # one\n  2 # two\n  # three\n\n  # four\n",
            id="comments inside a value",
        ),
        pytest.param(
            "# yaml-language-server: $schema=x\nname: x\nid: c\n",
            "# yaml-language-server: $schema=x\nid: c\nname: x\n",
            id="the modeline stays at the top",
        ),
        pytest.param(
            "\n\n# about all\n\n\n# n\nname: x\nid: c\n", "# about all\n\nid: c\n# n\nname: x\n", id="so does a header"
        ),
        pytest.param(
            "# a\n--- # b\n# n\nname: x\nid: c\n", "# a\n--- # b\nid: c\n# n\nname: x\n", id="and a document mark"
        ),
        pytest.param(
            "days_of_week:\n- 1\n# 2\n- 3\nname: >-\n  a\n\n  b\nid: c\n",
            "id: c\nname: >-\n  a\n\n  b\ndays_of_week:\n- 1\n# 2\n- 3\n",
            id="values of several lines",
        ),
        pytest.param(
            "description: |+\n  a\n\n\nname: x\nid: c\n", "id: c\nname: x\ndescription: |+\n  a\n\n\n", id="kept blanks"
        ),
        pytest.param(
            "description: |\n  a\n\n\n# n\nname: x\n",
            "# n\nname: x\ndescription: |\n  a\n",
            id="blanks that are not kept",
        ),
        pytest.param(
            "name: |+ # +\n  a\n\nid: c\n\nmax_retries: 1\n",
            "id: c\nname: |+ # +\n  a\n\nmax_retries: 1\n",
            id="no blank line is added to kept ones",
        ),
        pytest.param(
            "auto_dnc_trigger_errors: [&a x]\nname: *a\n",
            "auto_dnc_trigger_errors: [&a x]\nname: *a\n",
            id="not before an anchor",
        ),
        pytest.param("{name: x, id: 10:00}\n", '{name: x, id: "10:00"}\n', id="not in brackets"),
        pytest.param("? name\n: x\nid: c\n", "? name\n: x\nid: c\n", id="not with question marks"),
        pytest.param("max_retries: 1\ndescription: |\n  x", "max_retries: 1\ndescription: |\n  x", id="not at a price"),
    ],
)
def test_fields_are_sorted_with_their_comments(text: str, expected: str) -> None:
    assert _formatted(text) == expected
    assert _formatted(expected) == expected


@pytest.mark.parametrize(
    ("text", "is_ordered"),
    [
        ("name: x\nid: c\n", True),
        ("{id: c, name: x}\n", True),
        ("{name: x, id: c}\n", False),
        ("auto_dnc_trigger_errors: [&a x]\nname: *a\n", False),
    ],
)
def test_it_tells_whether_the_fields_are_in_order(text: str, is_ordered: bool) -> None:  # noqa: FBT001
    assert formatted(text.encode(), "c.yaml", FIELDS).is_ordered is is_ordered


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "name: x\n\nstart_date: a\n\n\n\nmax_retries: 1\n",
            "name: x\n\nstart_date: a\n\nmax_retries: 1\n",
            id="stay between paragraphs, one each",
        ),
        pytest.param(
            "name: x\nstart_date: a\n\nretry_cooldown_hours: 1\nmax_retries: 1\n",
            "name: x\nstart_date: a\n\nmax_retries: 1\nretry_cooldown_hours: 1\n",
            id="stay where a paragraph is sorted",
        ),
        pytest.param(
            "name: x\ncampaign_type: a\n\nmax_retries: 1\nstatus: a\n",
            "status: a\nname: x\ncampaign_type: a\n\nmax_retries: 1\n",
            id="are not taken along by a field that moves up",
        ),
        pytest.param(
            "name: x\ncampaign_type: a\n\nmax_retries: 1\nstart_date: a\n\nid: c\n",
            "id: c\nname: x\ncampaign_type: a\n\nstart_date: a\nmax_retries: 1\n",
            id="nor left by one that had its own",
        ),
    ],
)
def test_blank_lines(text: str, expected: str) -> None:
    assert _formatted(text) == expected
    assert _formatted(expected) == expected


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ('- { end: "12:00", start: 9:00 }', '- { start: "9:00", end: "12:00" }'),
        ("- end: '12:00'\n  start: '09:00'", '- start: "09:00"\n  end: "12:00"'),
        ("- end: a # noon\n  start: b", None),
        ("- end: a\n  start: b # morning", None),
        ("- end: |\n    a\n  start: b", None),
        ("- end: [a]\n  start: b", None),
        ("- [end, start]", None),
        ("- &w { end: a, start: b }\n- *w", "- &w { start: b, end: a }\n- *w"),
    ],
)
def test_windows_are_sorted_inside_where_no_comment_is_among_them(window: str, expected: str | None) -> None:
    text = f"call_time_ranges:\n{window}\n"

    assert _formatted(text) == (text if expected is None else f"call_time_ranges:\n{expected}\n")


def test_a_list_that_is_none_is_left_to_validation() -> None:
    assert _formatted("call_time_ranges: { end: a, start: b }\n") == "call_time_ranges: { end: a, start: b }\n"


def test_an_environment_file_has_an_order_of_its_own() -> None:
    text = b"max_changes: 10\nbase_url: https://x.example\n"

    assert formatted(text, "_environment.yaml", environment_fields()) == Formatted(
        b"base_url: https://x.example\nmax_changes: 10\n", is_ordered=True
    )


def test_a_file_with_errors_is_refused() -> None:
    with pytest.raises(FilesError) as told:
        formatted(b"name: x\n\tid: c\n", "c.yaml", FIELDS)

    assert [problem.position for problem in told.value.problems] == [("c.yaml", 2, 1)]


# Laws

VALUES = st.one_of(
    st.sampled_from(["x", "10:00", "'no'", '"yes"', "2027-01-04", "+15551234567", "null", "12", "[1, 0770]", "*w"]),
    st.sampled_from(
        [
            "&w x",
            "|\n  text\n\n  more",
            "|+\n  kept\n\n",
            "|2-\n   stripped",
            ">\n  folded\n  text\n",
            "\n- a # one\n# two\n- b\n",
            "\n  - { end: 10:00, start: 9:00 }\n  - end: a\n    start: b\n",
            "'over\n\n  lines'",
            "plain\n  lines",
            "x # trailing",
            "10:00 #cut",
            "{ a: 1,\n  b: [ 10:00 ] }",
        ]
    ),
)
ABOVE = st.lists(st.sampled_from(["", "", "# comment", "  # inside", "#"]), max_size=3)
ENTRIES = st.lists(
    st.tuples(st.sampled_from((*FIELDS.names[:14], "unknown", "<<")), VALUES, ABOVE),
    min_size=1,
    max_size=7,
    unique_by=lambda entry: entry[0],
)


@st.composite
def texts(draw: st.DrawFn) -> bytes:
    lines: list[str] = draw(st.sampled_from([[], ["# yaml-language-server: $schema=x"], ["# a", "---"]]))
    for name, value, above in draw(ENTRIES):
        lines = [*lines, *above, *f"{name}: {'{a: 1}' if name == '<<' else value}".split("\n")]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join([*lines, *draw(ABOVE), *draw(st.sampled_from([[], [""]]))]).encode()


def _is_sound(text: bytes) -> bool:
    try:
        checked(text, "c.yaml")
    except FilesError:
        return False
    return True


SOUND = texts().filter(_is_sound)


@given(SOUND)
def test_formatting_keeps_the_meaning_and_every_comment(text: bytes) -> None:
    result = formatted(text, "c.yaml", FIELDS).text

    assert means(result, checked(text, "c.yaml"))
    assert sorted(_comments(result)) == sorted(_comments(text))


def _comments(text: bytes) -> list[str]:
    return [f"#{behind}" for line in text.decode().splitlines() for _, mark, behind in [line.partition("#")] if mark]


@given(SOUND)
def test_formatting_twice_is_formatting_once(text: bytes) -> None:
    once = formatted(text, "c.yaml", FIELDS)

    assert formatted(once.text, "c.yaml", FIELDS) == once


@given(SOUND)
def test_without_anchors_and_a_text_at_the_end_fields_are_always_sorted(text: bytes) -> None:
    if b"&" not in text and text.endswith(b"\n"):
        assert formatted(text, "c.yaml", FIELDS).is_ordered
