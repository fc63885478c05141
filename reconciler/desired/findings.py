"""What is found in a value: something to tell, and a rule of the schema that it breaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from reconciler.model.document import Path, Value


class Finding(NamedTuple):
    """Something wrong with a field's value; `path` leads there from the field, and may be empty.

    `at_key` is for a key that should not be there: the last part of the path. `absent` is a key that is missing.
    """

    path: Path
    message: str
    at_key: bool = False
    absent: str | None = None
    is_warning: bool = False


class RuleViolation(NamedTuple):
    """A rule of the schema that a value breaks: the keyword, what it allows, and the part of the schema around it."""

    keyword: str
    allowed: Any
    value: Value
    schema: Mapping[str, Any]
    # The rules that each branch of an `anyOf` or `oneOf` found broken.
    branches: tuple[RuleViolation, ...] = ()
