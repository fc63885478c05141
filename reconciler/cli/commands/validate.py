"""`reconciler validate`: everything wrong with the files, without network and without a token."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reconciler.cli import options
from reconciler.cli.load import LoadedCampaigns, load
from reconciler.cli.terminal import has_colour, line_width, out, say
from reconciler.model.document import Problem, dotted
from reconciler.model.words import count
from reconciler.render import github, text


@options.values
class ValidateRequest:
    """What is checked, and how the problems are told."""

    paths: tuple[str, ...] = options.paths()
    form: str = options.forms("text", "json", "github")


@options.command(ValidateRequest, short_help="Check campaign files. Needs no network and no token.")
def command(given: ValidateRequest) -> int:
    """Check campaign files and tell everything that is wrong with them, one problem a line.

    Warnings are told and do not fail. Needs no network and no token.

    \b
    Examples:
      reconciler validate
      reconciler validate campaigns/sales-q1.yaml
      reconciler validate --format github campaigns
    """
    found = load(given.paths)
    problems = (*found.problems, *_destinations(found))
    match given.form:
        case "json":
            out(json.dumps({"format_version": "1.0", "problems": [_row(problem) for problem in problems]}, indent=2))
        case "github":
            out(github.problems(problems), holds_commands=True)
        case _:
            if problems:
                out(text.problems(problems, colour=has_colour(), width=line_width()))
    if found.has_errors:
        return 1
    say(f"{count(len(found.desired), 'campaign')} checked, no problems{' but warnings' if problems else ''}")
    return 0


def _destinations(found: LoadedCampaigns) -> Sequence[Problem]:
    """What commands that talk to the API will refuse; nothing where the files have to be mended first."""
    if found.has_errors or not found.environments:
        return ()
    from reconciler.cli import outside  # noqa: PLC0415 - it knows URLs, which most folders don't name

    return tuple(outside.warnings(found.environments.values()))


def _row(problem: Problem) -> dict[str, object]:
    return {
        **problem.position._asdict(),
        "path": dotted(problem.path),
        "message": problem.message,
        "severity": "warning" if problem.is_warning else "error",
    }
