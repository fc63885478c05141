from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconciler.model.errors import FilesError
from reconciler.model.fields import campaign_fields, environment_fields
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.reading import means, read
from reconciler.strict_yaml.scalars import is_text
from tests.support.yaml_texts import ANYTHING

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

    result = formatted(text, "c.yaml", FIELDS)

    assert (result.text, result.changes, result.is_ordered) == (text, False, True)


def test_keys_stay_as_they_are() -> None:
    assert _formatted("no: 10:00\n") == 'no: "10:00"\n'


def test_an_environment_file_has_an_order_of_its_own() -> None:
    text = b"max_changes: 10\nbase_url: https://x.example\n"

    result = formatted(text, "_environment.yaml", environment_fields())

    assert (result.text, result.is_ordered) == (b"base_url: https://x.example\nmax_changes: 10\n", True)


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
        merged = draw(st.sampled_from(["{a: 1}", "{id: c, name: x}"])) if name == "<<" else value
        lines = [*lines, *above, *f"{name}: {merged}".split("\n")]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join([*lines, *draw(ABOVE), *draw(st.sampled_from([[], [""]]))]).encode()


def _is_sound(text: bytes) -> bool:
    try:
        read(text, "c.yaml")
    except FilesError:
        return False
    return True


SOUND = texts().filter(_is_sound)


@given(SOUND)
def test_formatting_keeps_the_meaning_and_every_comment(text: bytes) -> None:
    result = formatted(text, "c.yaml", FIELDS).text

    assert means(result, read(text, "c.yaml").values)
    assert sorted(_comments(result)) == sorted(_comments(text))


def _comments(text: bytes) -> list[str]:
    return [f"#{behind}" for line in text.decode().splitlines() for _, mark, behind in [line.partition("#")] if mark]


@given(SOUND)
def test_formatting_twice_is_formatting_once(text: bytes) -> None:
    once = formatted(text, "c.yaml", FIELDS)
    twice = formatted(once.text, "c.yaml", FIELDS)

    assert (twice.text, twice.changes, twice.is_ordered) == (once.text, False, once.is_ordered)


@given(SOUND)
def test_without_anchors_and_a_text_at_the_end_fields_are_always_sorted(text: bytes) -> None:
    if b"&" not in text and text.endswith(b"\n"):
        assert formatted(text, "c.yaml", FIELDS).is_ordered


@given(st.binary(max_size=60) | ANYTHING.map(lambda text: text.encode(errors="surrogatepass")))
@example(b"\xffname: A\n")
@example(b"\xef\xbb\xbfname: A\n")
def test_any_bytes_are_formatted_or_refused_with_their_problems(text: bytes) -> None:
    if _is_sound(text):
        assert means(formatted(text, "c.yaml", FIELDS).text, read(text, "c.yaml").values)
    else:
        with pytest.raises(FilesError):
            formatted(text, "c.yaml", FIELDS)
