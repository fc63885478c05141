"""Files that begin with `_` and that no campaign names: nobody may believe that what they say holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.files.find import has_campaigns, lineage, whole_folder
from reconciler.files.names import DEFAULTS, ENVIRONMENT, HOLDS, SUFFIXES, meant
from reconciler.files.read import named_below
from reconciler.model.document import Position, Problem


def never_named(files: Sequence[str]) -> tuple[Problem, ...]:
    """Those of the files that could be parts, and that no campaign of their whole folder names.

    Every command refuses them: settings that are silently not read are the worst kind.
    Raises ReconcilerError for a folder that cannot be read.
    """
    tops = {folder: all_that_may_name(folder) for folder in {Path(file).parent for file in files}}
    named = {top: named_below(top) for top in set(tops.values())}
    return tuple(_problem(file) for file in files if os.path.realpath(file) not in named[tops[Path(file).parent]])


def all_that_may_name(folder: Path) -> Path:
    """All that may name the parts of a folder; for one without campaigns, such as `shared`, the repository."""
    top = whole_folder(folder)
    if has_campaigns(top):
        return top
    *_, repository = lineage(folder)
    return repository if os.path.lexists(repository / ".git") else Path.cwd()


def _problem(file: str) -> Problem:
    hint = meant(Path(file).name)
    known = f"{', '.join(name + SUFFIXES[0] for name in (DEFAULTS, ENVIRONMENT))} and {HOLDS}{SUFFIXES[0]}"
    advice = (
        f"did you mean {hint}?"
        if hint
        else f"no campaign names it with `from`, and besides parts only {known} start with `_`"
    )
    return Problem(Position(file, 1, 1), f"nothing reads this file: {advice}")
