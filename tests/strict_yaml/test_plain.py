"""The short way of reading gives what the long way gives, or no answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reconciler.strict_yaml.compose import Composer
from reconciler.strict_yaml.disputed import disputes
from reconciler.strict_yaml.events import events
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.plain import read_plain
from reconciler.strict_yaml.positions import KeyMarks, Marks, Node, PackedPlaces
from reconciler.strict_yaml.problems import Problems
from tests.support.yaml_texts import ANYTHING, FILE, PLAIN, damaged

ROOT = Path(__file__).parents[2]
FILES = [*ROOT.glob("campaigns/*.yaml"), *ROOT.glob("tests/cases/*/campaigns/*.yaml")]


def places(root: Node | PackedPlaces) -> tuple[object, object]:
    return dict(Marks(root)), dict(KeyMarks(root))


def hold_against_each_other(text: str) -> bool:
    """Whether there was a short way; where there was, it has to lead where the long one leads."""
    short = read_plain(text, events(text.encode()))
    if short is None:
        return False
    problems = Problems(FILE)
    values, root = Composer(text, problems, events(text.encode())).document()
    assert [*problems.found, *disputes(text, FILE, events(text.encode()))] == []
    assert repr(short.values) == repr(values)
    assert [*KeyMarks(short.places())] == [*KeyMarks(root)]
    assert places(short.places()) == places(root)
    return True


def readable(text: str) -> bool:
    """Whether `parse` comes as far as to the short way."""
    document, problems = parse(text.encode(errors="surrogatepass"), FILE)
    return document is not None or any(problem.path for problem in problems)


@settings(max_examples=300)
@given(damaged(PLAIN) | ANYTHING.filter(readable))
@example('a: "b\n  c"')
@example("a: [b,\n  c]")
@example("a: {b: c\n  }")
@example("a: |\n\nb: c\n")
@example("a: b\nc: |-\n    \n  # d\n")
@example("a: !x b")
@example("a: '!'\nb: '&'\nc: d!\n")
@example("? a\n: b\n")
@example("? |-\n  a\n: b\n")
@example("a: b\n--- \n")
@example("--- \na: b\n...\n")
@example("a: 12345678901234567890")
@example("<<: {a: 1}")
@example("a: {b}\n")
@example("a: ?b\n")
def test_the_short_way_leads_where_the_long_way_leads(text: str) -> None:
    hold_against_each_other(text)


@given(st.lists(st.text(max_size=30), max_size=4))
def test_the_short_way_leads_where_the_long_way_leads_with_any_text_in_a_block(lines: list[str]) -> None:
    text = "a: |\n" + "".join(f"  {line}\n" for line in lines)
    if readable(text):
        hold_against_each_other(text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_short_way_reads_most_files(file: Path) -> None:
    assert hold_against_each_other(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PLAIN, id="many things"),
        pytest.param("a: b\r\nc:\r\n  - d\r\n", id="line breaks of Windows"),
        pytest.param("a: 'Hello! & goodbye'\n", id="signs that begin nothing here"),
        pytest.param("---\na: b\n", id="a document with its beginning"),
        pytest.param("a: []\nb: {}\n", id="nothing in brackets"),
        pytest.param("{a: b, c: [d]}\n", id="all in brackets"),
        pytest.param("true_: '1'\n", id="a key like a word"),
        pytest.param("a: 20 % more\n", id="a sign that begins no line"),
        pytest.param("a: São Paulo 東京 🎉\n", id="letters of all kinds"),
    ],
)
def test_what_the_short_way_reads(text: str) -> None:
    assert hold_against_each_other(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a", id="no mapping"),
        pytest.param("[a]", id="a list"),
        pytest.param("a: b\x07\n", id="a character that cannot be seen"),
        pytest.param("%YAML 1.2\n---\na: b\n", id="a directive"),
        pytest.param("a: |\n  <<<<<<< b\n", id="the mark of a conflict"),
        pytest.param("a: &x b\n", id="an anchor"),
        pytest.param("a: &x [b]\n", id="an anchor of a list"),
        pytest.param("a: b\nc: *a\n", id="an alias"),
        pytest.param("a: !x b\n", id="a tag"),
        pytest.param("!x\na: b\n", id="a tag of all"),
        pytest.param('a: "\\u0041"\n', id="an escape"),
        pytest.param("a: b #c\n", id="a comment that may be text"),
        pytest.param('a: "b"#c\n', id="a glued comment"),
        pytest.param("a: |#\n  b\n", id="a glued comment of a block text"),
        pytest.param("a:\n", id="no value"),
        pytest.param("a: [b, ]\nc: [,]\n", id="no item"),
        pytest.param("a: {b}\n", id="a key without a value"),
        pytest.param("a: 'b\n  c'\n", id="a quoted text of two lines"),
        pytest.param("a: |\nb: c\n", id="a block text without lines"),
        pytest.param("a: [b,\n  c]\n", id="brackets over two lines"),
        pytest.param("a: b\na: c\n", id="a key twice"),
        pytest.param("1: b\n", id="a key that is no name"),
        pytest.param("true: b\n", id="a key that is a word of YAML"),
        pytest.param("[a]: b\n", id="a list as a key"),
        pytest.param(f"a: {'1' * 19}\n", id="a number that is refused"),
        pytest.param(f"a: {'[' * 8}{']' * 8}\n", id="deep"),
        pytest.param(f"a: '{'b' * 2**16}'\n", id="long"),
        pytest.param("a: b\n---\nc: d\n", id="two documents"),
        pytest.param("a: 'b\n", id="an error"),
    ],
)
def test_what_is_left_to_the_long_way(text: str) -> None:
    assert read_plain(text, events(text.encode())) is None


def test_all_texts_share_their_keys() -> None:
    one, other = (parse(text.encode(), FILE)[0] for text in ("some_key: 1\n", "a: 1\nsome_key: 2\n"))
    assert one is not None
    assert other is not None
    assert [*one.values][0] is [*other.values][1]  # noqa: RUF015 - as the other
