"""Problems as workflow commands, which GitHub shows as annotations at the lines of a pull request."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.campaign import Problem, dotted
from reconciler.render.words import clean, count

# GitHub shows at most ten errors and ten warnings of a step, and drops the others without a word.
MOST = 10


def problems(problems: Sequence[Problem]) -> str:
    """One `::error` or `::warning` a line, errors first, at most ten of each; then a line that counts the rest."""
    errors = [problem for problem in problems if problem.is_error]
    warnings = [problem for problem in problems if not problem.is_error]
    lines = [_command(problem) for problem in (*errors[:MOST], *warnings[:MOST])]
    rest = [
        count(len(those) - MOST, f"more {noun}")
        for those, noun in ((errors, "error"), (warnings, "warning"))
        if len(those) > MOST
    ]
    return "\n".join([*lines, *([f"not annotated here: {', '.join(rest)}"] * bool(rest))])


def _command(problem: Problem) -> str:
    file, line, column = problem.position
    kind = "error" if problem.is_error else "warning"
    path = f"{dotted(problem.path)}: " if problem.path else ""
    return f"::{kind} file={_property(file)},line={line},col={column}::{_data(path + problem.message)}"


def _data(text: str) -> str:
    """Text behind the second `::`. Line breaks and other control characters are written out before."""
    return clean(text).replace("%", "%25")


def _property(text: str) -> str:
    """The value of a property, where colons and commas mean something."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
