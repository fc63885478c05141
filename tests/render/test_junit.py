"""Problems as a JUnit report, read back by a parser of such reports."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml, TestSuite

from reconciler.model.document import Position, Problem
from reconciler.render import junit

BROKEN = Problem(Position("b.yaml", 12, 16), "<1> & 2 are wrong", ("max_retries",))
AGAIN = Problem(Position("b.yaml", 13, 1), "wrong, too")
WARNED = Problem(Position("c.yaml", 1, 1), "are you sure?", is_warning=True)


def suite(problems: list[Problem], files: list[str]) -> TestSuite:
    """The one suite of the report."""
    (found,) = JUnitXml.fromstring(junit.problems(problems, files).encode())
    assert isinstance(found, TestSuite)
    return found


def test_each_file_is_a_test_that_fails_for_its_errors() -> None:
    found = suite([BROKEN, AGAIN, WARNED], ["a.yaml", "c.yaml"])

    assert (found.tests, found.failures, found.errors) == (3, 1, 0)
    assert [(case.name, case.classname, [one.message for one in case.result]) for case in found] == [
        ("a.yaml", "campaign files", []),
        ("b.yaml", "campaign files", ["2 errors"]),
        ("c.yaml", "campaign files", []),
    ]


def test_a_failure_holds_the_errors_with_their_places_and_warnings_are_output() -> None:
    _, broken, warned = suite([BROKEN, AGAIN, WARNED], ["a.yaml"])

    assert broken.result[0].text == "b.yaml:12:16: max_retries: <1> & 2 are wrong\nb.yaml:13:1: wrong, too"
    assert warned.system_out == "c.yaml:1:1: warning: are you sure?"


def test_nothing_checked_is_a_report_without_tests() -> None:
    assert [*suite([], [])] == []


@given(st.text(min_size=1), st.text())
def test_whatever_files_say_it_is_xml(file: str, message: str) -> None:
    (case,) = suite([Problem(Position(file, 1, 1), message)], [])

    assert len(case.result) == 1
