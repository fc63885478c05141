"""What the strict reading of a text gives, as tests say it."""

from __future__ import annotations

from reconciler.model.document import Problem
from reconciler.strict_yaml.parse import parse

FILE = "c.yaml"


def told(problems: list[Problem]) -> list[str]:
    """Problems as `line:column: path: message`."""
    return [str(problem).removeprefix(f"{FILE}:") for problem in problems]


def values_of(text: str | bytes) -> object:
    """The values of a text without any problem."""
    document, problems = parse(text.encode() if isinstance(text, str) else text, FILE)
    assert told(problems) == []
    assert document is not None
    return document.values


def problems_of(text: str | bytes) -> list[str]:
    """Everything wrong with a text."""
    return told(parse(text.encode() if isinstance(text, str) else text, FILE)[1])
