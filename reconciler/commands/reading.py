"""From paths to desired campaigns: what every command starts with. Needs no network."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from reconciler import files
from reconciler.campaign import Desired, Document, Problem
from reconciler.commands.terminal import say
from reconciler.errors import FilesError
from reconciler.fields import campaign_fields
from reconciler.validate import validate


@dataclass(frozen=True, slots=True)
class Checked:
    """The campaigns of some paths, everything wrong with them, and the environment that each belongs to."""

    desired: tuple[Desired, ...]
    problems: tuple[Problem, ...]
    environments: Mapping[str, Document] = field(default_factory=dict)

    @property
    def has_errors(self) -> bool:
        """Something has to be mended first; warnings don't count."""
        return any(problem.is_error for problem in self.problems)


def checked(paths: Sequence[str]) -> Checked:
    """Read and check the campaigns of these paths, by default those of `campaigns`."""
    reading = files.read(paths or ["campaigns"])
    today = datetime.datetime.now(datetime.UTC).date()
    desired, problems = validate(reading.documents, campaign_fields(), today)
    found = sorted({*reading.problems, *problems}, key=lambda problem: (problem.position, problem.message))
    return Checked(desired, tuple(found), reading.environments)


def without_errors(paths: Sequence[str]) -> Checked:
    """The same, for commands that go on from there: raises FilesError for problems, and tells warnings."""
    found = checked(paths)
    if found.has_errors:
        raise FilesError(found.problems)
    for problem in found.problems:
        say(str(problem))
    return found
