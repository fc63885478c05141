"""Problems in files as a JUnit report, which GitLab, Jenkins and Azure DevOps show as tests: one for each file.

https://docs.gitlab.com/ci/testing/unit_test_reports/ says what GitLab reads of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax import saxutils  # the writing half, which reads nothing from outside

from reconciler.model.document import Problem
from reconciler.model.words import count
from reconciler.render.printable import clean

_SUITE = "campaign files"


def problems(problems: Sequence[Problem], files: Sequence[str]) -> str:
    """A test for each file that was checked or has a problem: it fails for errors; warnings are its output."""
    names = sorted({*files, *(problem.position.file for problem in problems)})
    found: dict[str, list[Problem]] = {file: [] for file in names}
    for problem in problems:
        found[problem.position.file].append(problem)
    failures = sum(any(problem.is_error for problem in those) for those in found.values())
    counts = f'tests="{len(names)}" failures="{failures}" errors="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<testsuites {counts}>",
        f'  <testsuite name="{_SUITE}" {counts}>',
        *(line for file, those in found.items() for line in _test(file, those)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines)


def _test(file: str, problems: Sequence[Problem]) -> Iterator[str]:
    """A file as a test, with what is wrong with it."""
    name = _quoted(file)
    yield f'    <testcase classname="{_SUITE}" name={name} file={name} time="0">'
    errors = [str(problem) for problem in problems if problem.is_error]
    warnings = [str(problem) for problem in problems if problem.is_warning]
    if errors:
        yield f"      <failure message={_quoted(count(len(errors), 'error'))}>{_lines(errors)}</failure>"
    if warnings:
        yield f"      <system-out>{_lines(warnings)}</system-out>"
    yield "    </testcase>"


def _lines(texts: Sequence[str]) -> str:
    return saxutils.escape("\n".join(map(clean, texts)))


def _quoted(text: str) -> str:
    return saxutils.quoteattr(clean(text))
