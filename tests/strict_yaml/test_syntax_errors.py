"""What people are told does not hang on a library's wording: where it changes, the place stays, and words of ours."""

from __future__ import annotations

import re

import pytest
from yaml import MarkedYAMLError, YAMLError
from yaml.error import Mark as LibraryMark

from reconciler.model.document import Mark
from reconciler.strict_yaml.events import StreamEndEvent, events
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.positions import mark_of, offset_of
from reconciler.strict_yaml.syntax_errors import ADVICE, LATE_QUOTE, error_mark, syntax_problem

FILE = "c.yaml"
NO_YAML = ADVICE[-1].message

# What the library says, as the advice knows it: a text about which it says that.
SAID = {
    "Unicode character escape": 'a: "\\ud83d\\ude00"',
    "escape": 'a: "\\d"',
    "hexa?decimal": 'a: "\\x4"',
    "quoted scalar": "a: 1\nb: 'c\n",
    "block scalar": "a: |b\n  c",
    " tag": "a: 1\nb: !e!x 1",
    "alphabetic or numeric": "a: *",
    "values are not allowed": "name: Sale: 50%",
    "cannot start any token": "a: @x",
    "could not find expected ':'": "a: 1\nb\nc: 2",
    "',' or ']'": "a: 1\nb: [1, 2\n",
    "',' or '}'": "a: 1\nb: {c: 1\n",
    "unexpected ':'": "a: {b:[c]}",
    "entries are not allowed": "a: - b",
    "keys are not allowed": "a: ? b",
    "node content": "a: [b,,c]",
    "expected key": "a:\n  b: 1\n c: 2",
    "'-' indicator": "a:\n  - b\n  c: 1",
    "<document start>": "  a: 1\nb: 2",
    "": "%YAML 1.1\n%YAML 1.1\n---\na: 1",
}


def error_of(text: str) -> MarkedYAMLError:
    """What the library says of a text that it cannot read."""
    with pytest.raises(MarkedYAMLError) as raised:
        _read_all(text)
    return raised.value


def _read_all(text: str) -> None:
    next_event = events(text.encode())
    while type(next_event()) is not StreamEndEvent:
        pass


def test_every_advice_has_a_text_that_it_is_for() -> None:
    assert list(SAID) == [words for advice in ADVICE for words in advice.says.split("|")]


@pytest.mark.parametrize(("words", "text"), SAID.items(), ids=SAID)
def test_the_library_still_says_what_the_advice_listens_for(words: str, text: str) -> None:
    error = error_of(text)

    chosen = next(advice for advice in ADVICE if re.search(advice.says, f"{error.context} {error.problem}"))
    assert words in chosen.says.split("|")
    assert re.search(words, f"{error.context} {error.problem}")


@pytest.mark.parametrize("text", SAID.values(), ids=SAID)
def test_where_the_wording_changes_the_place_is_told_all_the_same(text: str) -> None:
    error = error_of(text)
    error.context, error.problem = "while doing what has a new name", "found what nobody called so before"

    problem = syntax_problem(error, text, FILE)

    place = mark_of(offset_of(error_mark(error)))
    assert problem.message == NO_YAML
    assert (problem.position.line, problem.position.column) == place
    assert problem.is_error


@pytest.mark.parametrize(
    ("text", "at"), [("a: 1\nb: [\n", Mark(3, 1)), ("a: 1\r\nb: [", Mark(2, 5))], ids=["after a break", "on a line"]
)
def test_the_end_of_a_text_is_told_by_the_text(text: str, at: Mark) -> None:
    """A library may count the end of a text as it likes, as long as it says that it is the end."""
    end = LibraryMark("", len(text), 99, 99, None, 0)

    problem = syntax_problem(MarkedYAMLError(problem="new words", problem_mark=end), text, FILE)

    assert (problem.position.line, problem.position.column) == at


@pytest.mark.parametrize(
    "error", [YAMLError("new words"), MarkedYAMLError(problem="new words")], ids=["other", "marked"]
)
def test_an_error_without_a_place_is_told_at_the_top(error: YAMLError) -> None:
    assert str(syntax_problem(error, "a: 1", FILE)) == f"{FILE}:1:1: {NO_YAML}"


# The text, and the first place that is too deep.
NESTED = {
    "lists": ("a: " + "[" * 100_000, Mark(1, 67)),
    "lists that are closed": ("a: " + "[" * 1_500 + "]" * 1_500, Mark(1, 67)),
    "lists over lines": ("a: " + "[\n" * 100_000, Mark(64, 1)),
    "mappings": ("{a: " * 100_000, Mark(1, 257)),
    "dashes": ("a:\n" + "- " * 100_000, Mark(2, 127)),
}


@pytest.mark.parametrize(("text", "at"), NESTED.values(), ids=NESTED)
def test_too_deep_is_told_at_its_first_level_though_a_library_may_refuse_it_by_itself(text: str, at: Mark) -> None:
    """Newer ones refuse deep nesting before they tell of the first level; older ones leave that to us."""
    document, problems = parse(text.encode(), FILE)

    deep = f"{FILE}:{at.line}:{at.column}: more than 64 levels deep: a campaign needs three"
    assert (document, list(map(str, problems))) == (None, [deep])


def test_what_is_wrong_below_a_deep_value_is_told_as_it_is() -> None:
    _, problems = parse(("a: " + "[" * 60 + "]" * 60 + "\nb: @x\n").encode(), FILE)

    assert list(map(str, problems)) == [f"{FILE}:2:4: a value cannot start with this character: put it in quotes"]


@pytest.mark.parametrize(
    ("text", "place", "line"),
    [
        pytest.param("a: 1\nb: 'c\nd: 'e'\n", "2:4", 3, id="single"),
        pytest.param('a: "b\n\n\nc: "d"\n', "1:4", 4, id="double"),
        pytest.param('a: ["1, 2]\nb: "c"\n', "1:5", 2, id="in a list"),
    ],
)
def test_a_missing_quote_is_told_where_the_text_begins_and_not_where_the_next_one_ends_it(
    text: str, place: str, line: int
) -> None:
    assert list(map(str, parse(text.encode(), FILE)[1])) == [f"{FILE}:{place}: {LATE_QUOTE.format(line)}"]


def test_what_follows_a_text_of_several_lines_with_a_space_is_told_there() -> None:
    (problem,) = parse(b'a: "b\n  c" d\n', FILE)[1]

    assert str(problem).startswith(f"{FILE}:2:6: nothing can follow a closing quote")
