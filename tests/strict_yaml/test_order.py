from __future__ import annotations

import pytest

from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.format import formatted

FIELDS = campaign_fields()


def _formatted(text: str) -> str:
    return formatted(text.encode(), "c.yaml", FIELDS).text.decode()


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
