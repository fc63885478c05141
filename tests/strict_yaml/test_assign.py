from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.document import Value
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.assign import Assignment, assigned
from reconciler.strict_yaml.format import formatted
from tests.support.yaml_texts import values_of

FIELDS = campaign_fields()
MORNING, EVENING = {"start": "09:00", "end": "12:00"}, {"start": "18:00", "end": "19:00"}


def written(text: str, wanted: dict[str, Value], comment: str = "") -> str:
    given = {name: Assignment(value, comment) for name, value in wanted.items()}
    return assigned(text.encode(), "a.yaml", given, FIELDS).decode()


Rows = list[tuple[str, dict[str, Value], str, str]]

SCALARS: Rows = [
    ("max_retries: 3 # three\n", {"max_retries": 5}, "max_retries: 5 # three\n", "a number with its comment"),
    ("name:   'Sales US'  # x\n", {"name": "Tom's"}, "name:   'Tom''s'  # x\n", "single quotes"),
    ('name: "Sales"\n', {"name": "S"}, 'name: "S"\n', "double quotes"),
    ("timezone: UTC\n", {"timezone": "Europe/Rome"}, "timezone: Europe/Rome\n", "no quotes"),
    ("name: Sales\n", {"name": "a: b"}, 'name: "a: b"\n', "quotes where they are needed"),
    ("name: 'Sales'\n", {"name": "no"}, 'name: "no"\n', "double quotes where others misread"),
    ("start_date: 2026-01-05\n", {"start_date": "2026-02-05"}, "start_date: 2026-02-05\n", "a date without quotes"),
    ("end_date: '2026-01-05'\n", {"end_date": None}, "end_date: null\n", "null"),
    ("end_date: null\n", {"end_date": "2026-01-05"}, 'end_date: "2026-01-05"\n', "from null"),
    ("name: Sales\r\nmax_retries: 1\r\n", {"name": "US"}, "name: US\r\nmax_retries: 1\r\n", "CRLF"),
    ("\ufeffname: é\n", {"name": "b"}, "\ufeffname: b\n", "byte order mark"),
    ("{name: x, max_retries: 1} # c\n", {"max_retries": 2}, "{name: x, max_retries: 2} # c\n", "brackets"),
    ("? name\n: x\n", {"name": "z"}, "? name\n: z\n", "a key with a question mark"),
    ("name: x # c\nmax_retries: 1", {"name": "a\nb"}, "name: |- # c\n  a\n  b\nmax_retries: 1", "lines for a line"),
    ("{name: x}\n", {"name": "a\nb"}, '{name: "a\\nb"}\n', "lines within brackets"),
    ("description: |\n  a\n  b\n\nname: x\n", {"description": "c"}, "description: |\n  c\n\nname: x\n", "a block"),
    ("description: |\n    a\n", {"description": "b\n\nc"}, "description: |\n    b\n\n    c\n", "a deep block"),
    ("description: |+\n  a\n\nname: x\n", {"description": "b"}, "description: |+\n  b\n\nname: x\n", "a block with |+"),
    ("description: |- # c\n  a\n  b\n", {"description": " b"}, 'description: " b" # c\n', "what no block can say"),
    ("description: |2\n    a\n", {"description": "b"}, 'description: "b\\n"\n', "a block with a number"),
    ("description: |\n  a\nname: x\n", {"description": ""}, 'description: ""\nname: x\n', "an emptied block"),
    ("description: |\n  a\n", {"description": None}, "description: null\n", "null for a block"),
    (
        "description: >-\n  one two three four five six\n  seven eight\n",
        {"description": "nine ten eleven twelve thirteen fourteen fifteen\n\nsixteen"},
        "description: >-\n  nine ten eleven twelve thirteen fourteen\n  fifteen\n\n\n  sixteen\n",
        "a folded text",
    ),
]  # fmt: skip
LISTS: Rows = [
    ("days_of_week: [1, 2, 3] # d\n", {"days_of_week": [1, 3]}, "days_of_week: [1, 3] # d\n", "one goes"),
    ("days_of_week: [1, 2, 3]\n", {"days_of_week": [2, 3]}, "days_of_week: [2, 3]\n", "the first goes"),
    ("days_of_week: [1,2,3]\n", {"days_of_week": [1]}, "days_of_week: [1]\n", "the last ones go"),
    ("days_of_week: [2,4]\n", {"days_of_week": [1, 2, 3, 4, 5]}, "days_of_week: [1, 2,3, 4,5]\n", "some come"),
    ("days_of_week: [2]\n", {"days_of_week": [2, 3]}, "days_of_week: [2, 3]\n", "one comes to one"),
    ("days_of_week: [\n  1,\n  2,\n]\n", {"days_of_week": [1, 2, 3]}, "days_of_week: [\n  1,\n  2,\n  3,\n]\n", "tall"),
    ("days_of_week: [\n 1, # a\n 2 # b\n]\n", {"days_of_week": [1]}, "days_of_week: [\n 1, # a\n # b\n]\n", "remark"),
    ("days_of_week: [\n 1, # a\n 2 # b\n]\n", {"days_of_week": [2]}, "days_of_week: [\n # a\n 2 # b\n]\n", "first"),
    ("days_of_week: [\n 1, # a\n 2\n]\n", {"days_of_week": [1, 2, 3]}, "days_of_week: [\n 1, # a\n 2, 3\n]\n", "more"),
    ("auto_dnc_trigger_errors: []\n", {"auto_dnc_trigger_errors": ["a"]}, 'auto_dnc_trigger_errors: ["a"]\n', "empty"),
    (
        "auto_dnc_trigger_errors:\n- a # 1\n# 2\n- b\nname: x\n",
        {"auto_dnc_trigger_errors": ["b", "c"]},
        "auto_dnc_trigger_errors:\n# 1\n# 2\n- b\n- c\nname: x\n",
        "dashes",
    ),
    (
        "auto_dnc_trigger_errors:\n  - a # 1\n  # 2\n  -  'b'",
        {"auto_dnc_trigger_errors": ["a", "b", "c", "d: e"]},
        "auto_dnc_trigger_errors:\n  - a # 1\n  # 2\n  -  'b'\n  -  'c'\n  -  'd: e'",
        "dashes at the end of the file",
    ),
    (
        "auto_dnc_trigger_errors:\n  - b\n",
        {"auto_dnc_trigger_errors": ["a", "b"]},
        "auto_dnc_trigger_errors:\n  - a\n  - b\n",
        "before the first",
    ),
    (
        "auto_dnc_trigger_errors: # 0\n  - a # 1\n  # 2\n  - b\n",
        {"auto_dnc_trigger_errors": []},
        "auto_dnc_trigger_errors: [] # 0\n  # 1\n  # 2\n",
        "none are left",
    ),
    (
        "days_of_week: &d # 0\n  - 1\nname: x\n", {"days_of_week": None}, "days_of_week: &d null # 0\nname: x\n",
        "null",
    ),
    (
        "auto_dnc_trigger_errors:\n  - |\n    a\n  - b\n",
        {"auto_dnc_trigger_errors": ["a\n", "b", "c"]},
        "auto_dnc_trigger_errors:\n  - |\n    a\n  - b\n  - c\n",
        "a block among the entries",
    ),
    (
        "auto_dnc_trigger_errors:\n  - |\n    a\n",
        {"auto_dnc_trigger_errors": ["a\n", "b"]},
        'auto_dnc_trigger_errors:\n  - |\n    a\n  - "b"\n',
        "a block as the last entry",
    ),
]  # fmt: skip
WINDOWS: Rows = [
    (
        "call_time_ranges:\n  - start: '09:00' # early\n    end: '11:00'\n",
        {"call_time_ranges": [MORNING]},
        "call_time_ranges:\n  - start: '09:00' # early\n    end: \"12:00\"\n",
        "a part of a window",
    ),
    (
        "call_time_ranges:\n  - {start: 09:00, end: 12:00} # a\n",
        {"call_time_ranges": [MORNING, EVENING]},
        "call_time_ranges:\n  - {start: 09:00, end: 12:00} # a\n  - {start: 18:00, end: 19:00}\n",
        "a window like the other",
    ),
    (
        "call_time_ranges:\n  - start: 09:00\n    end: 12:00\n",
        {"call_time_ranges": [MORNING, EVENING]},
        "call_time_ranges:\n  - start: 09:00\n    end: 12:00\n  - start: 18:00\n    end: 19:00\n",
        "a window of two lines",
    ),
    (
        "call_time_ranges: [{start: 09:00, end: 12:00}]\n",
        {"call_time_ranges": [MORNING, EVENING]},
        "call_time_ranges: [{start: 09:00, end: 12:00}, {start: 18:00, end: 19:00}]\n",
        "windows in brackets",
    ),
    (
        "call_time_ranges:\n  - start: 09:00 # a\n    # b\n    end: 12:00 # c\n  - {start: 18:00, end: 19:00}\n",
        {"call_time_ranges": [EVENING]},
        "call_time_ranges:\n  # a\n    # b\n  # c\n  - {start: 18:00, end: 19:00}\n",
        "a window goes",
    ),
    (
        "call_time_ranges:\n  - start: 18:00\n    end: 19:00 # a\n",
        {"call_time_ranges": [MORNING, EVENING]},
        "call_time_ranges:\n  - start: 09:00\n    end: 12:00\n  - start: 18:00\n    end: 19:00 # a\n",
        "a window before the only one",
    ),
    (
        "call_time_ranges:\n  - start: 09:00 # a\n    end: 12:00\n",
        {"call_time_ranges": [MORNING, EVENING]},
        'call_time_ranges:\n  - start: 09:00 # a\n    end: 12:00\n  - { start: "18:00", end: "19:00" }\n',
        "a window that has a comment is not copied",
    ),
]
ODD: Rows = [
    (
        "call_time_ranges:\n  - {end: 12:00, start: 08:00}\n",
        {"call_time_ranges": [MORNING]},
        "call_time_ranges:\n  - {end: 12:00, start: 09:00}\n",
        "a window that ends before it starts",
    ),
    (
        "call_time_ranges:\n  -\n    start: 09:00\n    end: 12:00\n",
        {"call_time_ranges": [MORNING, EVENING]},
        "call_time_ranges:\n  -\n    start: 09:00\n    end: 12:00\n  - start: 18:00\n    end: 19:00\n",
        "a dash by itself",
    ),
    (
        "x:\n  - a:\n      - 1\n",
        {"x": [{"a": [1]}, {"a": []}]},
        "x:\n  - a:\n      - 1\n  - { a: [] }\n",
        "lists in lists",
    ),
]
ANCHORS: Rows = [
    ("name: &n x\ndescription: *n\n", {"name": "z"}, "name: &n z\ndescription: x\n", "an alias keeps what it says"),
    ("name: &n x\ndescription: *n\n", {"name": "z", "description": "z"}, "name: &n z\ndescription: *n\n", "both alike"),
    ("name: &n x\ndescription: *n\n", {"description": "z"}, "name: &n x\ndescription: z\n", "the alias alone"),
    (
        "call_time_ranges:\n- &w {start: 09:00, end: 12:00}\n- {<<: *w, end: 13:00}\n",
        {"call_time_ranges": [MORNING, EVENING]},
        'call_time_ranges:\n- &w {start: 09:00, end: 12:00}\n- { start: "18:00", end: "19:00" }\n',
        "a window that merges another",
    ),
    (
        "call_time_ranges:\n- &w {start: 09:00, end: 12:00}\n",
        {"call_time_ranges": [MORNING, EVENING]},
        'call_time_ranges:\n- &w {start: 09:00, end: 12:00}\n- { start: "18:00", end: "19:00" }\n',
        "a window with an anchor is not copied",
    ),
]
ADDED: Rows = [
    ("name: x\nmax_retries: 1\n", {"timezone": "UTC"}, 'name: x\ntimezone: "UTC" # c\nmax_retries: 1\n', "between"),
    ("# n\nname: x\n", {"status": "paused"}, '# n\nstatus: "paused" # c\nname: x\n', "above the first field"),
    ("name: x", {"max_retries": 1}, "name: x\nmax_retries: 1 # c", "below the last line without a break"),
    ("  name: x\n  # inner\n", {"max_retries": 1}, "  name: x\n  max_retries: 1 # c\n  # inner\n", "indented"),
    ("days_of_week:\n- 1\n  # in\n\n# e\n", {"max_retries": 1},
     "days_of_week:\n- 1\n  # in\nmax_retries: 1 # c\n\n# e\n", "in"),
    ("<<: {name: x}\n", {"name": "z"}, '<<: {name: x}\nname: "z" # c\n', "over a merge"),
    ("{name: x}\n", {"max_retries": 1}, "{name: x, max_retries: 1} # c\n", "brackets"),
    ("{\n name: x, # x\n}\n", {"max_retries": 1}, "{\n name: x, max_retries: 1, # x\n} # c\n", "tall brackets"),
    ("{}\n", {"max_retries": 1}, "{max_retries: 1}\n", "empty brackets"),
    ("max_retries: 1\nname: x\n", {"timezone": "UTC"},
     'max_retries: 1\nname: x\ntimezone: "UTC" # c\n', "out of order"),
]  # fmt: skip


def ids(rows: Rows) -> list[object]:
    return [pytest.param(text, wanted, expected, id=name) for text, wanted, expected, name in rows]


@pytest.mark.parametrize(("text", "wanted", "expected"), ids(SCALARS + LISTS + WINDOWS + ODD + ANCHORS + ADDED))
def test_a_value_is_edited_where_it_stands(text: str, wanted: dict[str, Value], expected: str) -> None:
    assert written(text, wanted, "c") == expected


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param("--- &a\nname: x\n--- b\n", {"name": "z"}, id="two documents"),
        pytest.param("name: [\n", {"name": "z"}, id="broken"),
    ],
)
def test_a_text_with_errors_is_refused(text: str, wanted: dict[str, Value]) -> None:
    with pytest.raises(FilesError):
        written(text, wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        pytest.param(
            "auto_dnc_trigger_errors:\n  - &a b\n  - c\nauto_dnc_trigger_statuses: [*a]\n",
            {"auto_dnc_trigger_errors": ["c"]},
            id="an anchor that others share goes",
        ),
        pytest.param(
            "auto_dnc_trigger_errors:\n  - |\n    a # no comment\n  - c\n",
            {"auto_dnc_trigger_errors": ["c"]},
            id="a block goes, which may hold what looks like a comment",
        ),
        pytest.param(
            "auto_dnc_trigger_errors:\n  - |\n    a\n", {"auto_dnc_trigger_errors": []}, id="a block in a list"
        ),
        pytest.param(
            "call_time_ranges: [{<<: {start: 09:00}, # c\n end: 10:00}]\n",
            {"call_time_ranges": [EVENING]},
            id="a comment inside of what is written anew",
        ),
        pytest.param("? # odd\n  name\n: x\n", {"max_retries": 1}, id="a key below its question mark"),
        pytest.param("? name\n: x\n", {"max_retries": 1}, id="a key behind its question mark"),
        pytest.param("max_retries: 1\n", {"max_retries": math.nan}, id="what no text can say"),
        pytest.param("name: x\n", {"name": "a\x1b[31mb"}, id="a control character"),
        pytest.param("name: x\n", {"name": "half a \ud83d"}, id="half a character"),
    ],
)
def test_what_cannot_be_edited_without_loss_is_left_to_a_person(text: str, wanted: dict[str, Value]) -> None:
    with pytest.raises(ReconcilerError, match=r"^a.yaml: \w+ cannot be written: .*: edit it by hand$"):
        written(text, wanted)


def test_a_text_in_its_canonical_form_stays_in_it() -> None:
    text = 'name: "a"\n\n# why\nmax_retries: 1\n'
    assert written(text, {"name": "b", "status": "paused"}) == 'status: "paused"\nname: "b"\n\n# why\nmax_retries: 1\n'


# Any text that people write

WORDS = st.sampled_from(["a", "b c", "no", "x: y", "# z", "ü", "Tom's", '"q"', "1", "09:00", "a\nb", ""])
SCALAR = {
    "name": WORDS,
    "description": WORDS,
    "max_retries": st.integers(0, 10),
    "auto_complete": st.booleans(),
    "end_date": st.none() | st.sampled_from(["2026-01-05", "2027-03-01"]),
}
WINDOW = st.sampled_from([MORNING, EVENING, {"start": "9:00", "end": "10:30"}])
LIST = {
    "days_of_week": st.lists(st.integers(1, 7), max_size=5),
    "auto_dnc_trigger_errors": st.lists(WORDS, max_size=4),
    "call_time_ranges": st.lists(WINDOW, max_size=3),
}
VALUES = st.fixed_dictionaries({}, optional={**SCALAR, **LIST})


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A text with values in many styles, and numbered comments in many places."""
    values = draw(VALUES.filter(bool))
    comments = iter(range(1000))
    lines: list[str] = []
    for name in draw(st.permutations(list(values))):
        lines += draw(st.sampled_from([[], [""], [f"# {next(comments)}."]]))
        lines += draw(fields(name, values[name], f" # {next(comments)}."))
    return "".join(f"{line}\n" for line in lines)


@st.composite
def fields(draw: st.DrawFn, name: str, value: Value, comment: str) -> list[str]:
    """The lines of a field."""
    if isinstance(value, list) and value and draw(st.booleans()):
        rows = [draw(entries(entry)) for entry in value]
        return [f"{name}:{comment}", *(line for row in rows for line in row)]
    if isinstance(value, str) and value in ("a\nb", "a", "b c") and draw(st.booleans()):
        return [f"{name}: {draw(st.sampled_from(['|', '|-']))}{comment}", *(f"   {line}" for line in value.split("\n"))]
    if isinstance(value, list):
        return [f"{name}: [{', '.join(draw(inline(entry)) for entry in value)}]{comment}"]
    return [f"{name}: {draw(inline(value))}{comment}"]


@st.composite
def entries(draw: st.DrawFn, entry: Value) -> list[str]:
    """The lines of an entry with a dash."""
    comment = draw(st.sampled_from(["", " # e."]))
    if isinstance(entry, dict) and draw(st.booleans()):
        start, end = draw(inline(entry["start"])), draw(inline(entry["end"]))
        return [f"  - start: {start}{comment}", f"    end: {end}"]
    return [f"  - {draw(inline(entry))}{comment}"]


@st.composite
def inline(draw: st.DrawFn, value: Value) -> str:
    """A value on one line, in a style that can hold it."""
    if isinstance(value, dict):
        return "{" + ", ".join([f"{key}: {draw(inline(one))}" for key, one in value.items()]) + "}"
    if isinstance(value, str):
        double = '"' + value.replace('"', '\\"').replace("\n", "\\n") + '"'
        single = ["'" + value.replace("'", "''") + "'"] if "\n" not in value else []
        plain = [value] if re.fullmatch(r"[a-zü ]+", value) else []
        return draw(st.sampled_from([double, *single, *plain]))
    return (
        {None: "null", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )


def comments_in(text: str) -> list[str]:
    return sorted(re.findall(r"# (?:\d+|e)\.", text))


@pytest.mark.thorough
@settings(max_examples=300, deadline=None)
@given(texts(), VALUES)
def test_the_text_says_what_is_wanted_and_keeps_the_rest(text: str, wanted: dict[str, Value]) -> None:
    before = values_of(text)
    assert isinstance(before, dict)
    try:
        after = written(text, wanted)
    except ReconcilerError as error:
        assert "by hand" in str(error)  # noqa: PT017 - it is rare, and says what to do
        return
    breaks = {
        name: before[name][len(before[name].rstrip("\n")) :] if isinstance(before.get(name), str) else ""
        for name in wanted
    }
    meant = {n: v.rstrip("\n") + breaks[n] if isinstance(v, str) and v and breaks[n] else v for n, v in wanted.items()}
    assert values_of(after) == {**before, **meant}
    assert comments_in(after) == comments_in(text)
    assert written(after, wanted) == after
    if formatted(text.encode(), "a.yaml", FIELDS).text == text.encode():
        assert formatted(after.encode(), "a.yaml", FIELDS).text == after.encode()
