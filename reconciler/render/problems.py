"""Problems in files as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.model.document import Problem
from reconciler.model.words import count
from reconciler.render.columns import Line, Style, drawn
from reconciler.render.printable import clean


def render(problems: Sequence[Problem], *, colour: bool = False, width: int | None = None) -> str:
    """One problem a line where `width` is None, `file:line:column: path: message`, and a line that counts them."""
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    told = [count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    style = Style.RED if errors else Style.YELLOW if warnings else Style.GREEN
    lines: list[Line] = [[(clean(str(problem)), Style.PLAIN)] for problem in problems]
    return drawn([*lines, [(", ".join(told) or "no problems", style)]], colour=colour, width=width)
