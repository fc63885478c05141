from __future__ import annotations

import contextlib
import gc

import pytest
from hypothesis import given

from reconciler.model.document import Value
from reconciler.model.errors import FilesError
from reconciler.model.fields import campaign_fields
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.reading import is_same, means, read
from tests.support.yaml_texts import ANYTHING


@given(ANYTHING)
def test_a_text_is_read_as_by_all_others(text: str) -> None:
    given = text.encode(errors="surrogatepass")
    document, problems = parse(given, "c.yaml")
    if document and not any(problem.is_error for problem in problems):
        assert is_same(read(given, "c.yaml").values, document.values)
    else:
        with pytest.raises(FilesError) as told:
            read(given, "c.yaml")
        assert list(told.value.problems) == problems


@pytest.mark.parametrize("filler", ["", "x" * 2**16], ids=["short", "long"])
def test_a_text_is_kept_with_its_mark_and_its_events(filler: str) -> None:
    reading = read(f"\ufeffa: &a b\nc: *a # {filler}\n".encode(), "c.yaml")

    assert (reading.mark, reading.text[:8], reading.values) == (b"\xef\xbb\xbf", "a: &a b\n", {"a": "b", "c": "b"})
    assert [child.text for child in reading.tree().children] == ["a", "b", "c", ""]
    assert reading.plain is None


@pytest.mark.parametrize(
    ("text", "expected"), [("b: 2\na: 1\n", True), ("a: 1\nb: '2'\n", False), ("a: 1\nb: 2\nb: 2\n", False)]
)
def test_a_text_means_what_it_says_without_errors(text: str, expected: bool) -> None:  # noqa: FBT001
    assert means(text.encode(), {"a": 1, "b": 2}) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param({"a": [1, None]}, {"a": [1, None]}, True, id="the same"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, True, id="in another order"),
        pytest.param({"a": True}, {"a": 1}, False, id="true is not 1"),
        pytest.param([1.0], [1], False, id="1.0 is not 1"),
        pytest.param(0.0, -0.0, False, id="minus zero"),
        pytest.param(1e3, 1000.0, True, id="a number in another spelling"),
        pytest.param({"a": 1}, {"a": 1, "b": 2}, False, id="a key too many"),
        pytest.param([1, 2], [2, 1], False, id="lists in another order"),
        pytest.param([1], [1, 2], False, id="an item too many"),
    ],
)
def test_values_are_the_same_with_their_types(one: Value, other: Value, expected: bool) -> None:  # noqa: FBT001
    assert is_same(one, other) is expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("name: x\nid: c\n", id="plain"),
        pytest.param("name: &a x\ndescription: *a\n<<: {id: c}\n", id="anchors"),
        pytest.param("name: 'x\n  y'\nid: c\n", id="on two lines"),
        pytest.param("name: x\nid:\n", id="an error"),
    ],
)
def test_what_was_read_leaves_no_garbage(text: str) -> None:
    def made() -> None:
        with contextlib.suppress(FilesError):
            assert formatted(text.encode(), "c.yaml", campaign_fields()).text

    made()  # what is loaded for it leaves some
    gc.collect()
    gc.disable()
    try:
        made()
        assert gc.collect() == 0
    finally:
        gc.enable()
