"""Problems in files as SARIF 2.1.0, which code scanning on GitHub and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reconciler.model.document import Problem, dotted
from reconciler.render.inert import without_halves
from reconciler.render.printable import clean

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# The rule of what is wrong with no field that we know.
_FILE = "file"
# What would make a link of a message's text: `[words](address)`.
_LINK = re.compile(r"\](?=\()")


def problems(problems: Sequence[Problem], titles: Mapping[str, str], tool_version: str) -> str:
    """A log with one run: a result for each problem, whose rule is the field that it is about.

    `titles` are the titles of all fields by their names. Rules are no text from files, and stay what they are while
    files change, so that a problem is recognised from run to run.
    """
    rules = {_FILE: "campaign file", **titles}
    driver = {
        "name": "reconciler",
        "semanticVersion": tool_version,
        "rules": [{"id": rule, "shortDescription": {"text": f"{title}: {rule}"}} for rule, title in rules.items()],
    }
    places = {rule: number for number, rule in enumerate(rules)}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, places) for problem in problems],
    }
    return without_halves(json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2))


def _result(problem: Problem, places: Mapping[str, int]) -> dict[str, Any]:
    """One problem, with its level and its place."""
    rule = str(problem.path[0]) if problem.path and problem.path[0] in places else _FILE
    text = f"{dotted(problem.path)}: {problem.message}" if problem.path else problem.message
    file, line, column = problem.position
    return {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": "error" if problem.is_error else "warning",
        "message": {"text": _LINK.sub("] ", clean(text))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(file)},
                    "region": {"startLine": line, "startColumn": column},
                }
            }
        ],
    }


def _uri(file: str) -> str:
    """The file as a URI: relative to where the command runs, which is the top of the repository, or absolute."""
    path = Path(file)
    named = quote(path.as_posix(), errors="surrogateescape")
    return f"file://{named}" if path.is_absolute() else named
