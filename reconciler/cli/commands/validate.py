"""`reconciler validate`: everything wrong with the files, without network and without a token."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler import __version__
from reconciler.cli import options
from reconciler.cli.legal_profiles import books, told_of_silenced
from reconciler.cli.load import LoadedCampaigns, load, today
from reconciler.cli.terminal import has_colour, line_width, out, say
from reconciler.desired.validate import check_settings
from reconciler.files.find import folder_of
from reconciler.files.hold_files import files_above
from reconciler.model.document import Problem, dotted
from reconciler.model.fields import campaign_fields, environment_fields, holds_fields
from reconciler.model.words import count


@options.values
class ValidateRequest:
    """What is checked, and how the problems are told."""

    paths: tuple[str, ...] = options.paths()
    form: str = options.forms("text", "json", "github", "sarif", "junit")
    strict: bool = options.flag("--strict", help="Fail for warnings, too.")
    may_shrink: bool = options.flag(
        "--allow-dnc-removals", help="Only warn of do-not-call lists that are missing or empty, as plan and apply do."
    )


@options.command(ValidateRequest, short_help="Check campaign files. Needs no network and no token.")
def command(given: ValidateRequest) -> int:
    """Check campaign files and tell everything that is wrong with them, one problem a line.

    Warnings are told, and fail only with --strict. Needs no network and no token. The form `sarif` is for code
    scanning and editors, `junit` for the test reports of GitLab and others.

    \b
    Examples:
      reconciler validate
      reconciler validate --strict campaigns/sales-q1.yaml
      reconciler validate --format github campaigns
      reconciler validate --format junit > validate.xml
    """
    found = load(given.paths, may_shrink=given.may_shrink)
    holds = _holds(given.paths)
    problems = (*found.problems, *holds, *_destinations(found))
    _show(given.form, found, problems)
    if found.has_errors or any(problem.is_error for problem in holds):
        return 1
    if unchecked := _unchecked(found):
        say(f"hours not checked: no profile for {', '.join(unchecked)}")
    for told in _silenced(found):
        say(told)
    if given.strict and problems:
        say(f"{count(len(problems), 'warning')}, which fail with --strict")
        return 1
    say(f"{count(len(found.desired), 'campaign')} checked, no problems{' but warnings' if problems else ''}")
    return 0


def _show(form: str, found: LoadedCampaigns, problems: Sequence[Problem]) -> None:
    """The problems in one of the forms; those that are not asked for are not loaded."""
    match form:
        case "json":
            import json  # noqa: PLC0415 - see above

            out(json.dumps({"format_version": "1.0", "problems": [_row(problem) for problem in problems]}, indent=2))
        case "github":
            from reconciler.render import github  # noqa: PLC0415 - see above

            out(github.problems(problems), holds_commands=True)
        case "sarif":
            from reconciler.render import sarif  # noqa: PLC0415 - see above

            known = (*environment_fields().every.values(), *campaign_fields().every.values())
            out(sarif.problems(problems, {one.name: one.title for one in known}, __version__))
        case "junit":
            from reconciler.render import junit  # noqa: PLC0415 - see above

            out(junit.problems(problems, [desired.file for desired in found.desired]))
        case _ if problems:
            from reconciler.render.problems import render  # noqa: PLC0415 - see above

            out(render(problems, colour=has_colour(), width=line_width()))
        case _:
            pass


def _silenced(found: LoadedCampaigns) -> Sequence[str]:
    """The rules on calls that files of the user's own silence, where they would have been told."""
    has_own = any("legal_profiles" in one.values for one in found.environments.values())
    return told_of_silenced(found.desired, found.environments) if has_own else ()


def _unchecked(found: LoadedCampaigns) -> Sequence[str]:
    """The zones and places of which no rule on calls is known, each once, where files name them."""
    from reconciler.hours.legal import places_of, rules, unknown_places  # noqa: PLC0415 - it reads a table

    has_own = any("legal_profiles" in one.values for one in found.environments.values())
    book_of = books(found.environments) if has_own else None
    unknown: set[str] = set()
    asked: set[object] = set()  # thousands of campaigns may share a zone
    for desired in found.desired:
        jurisdiction, zone = desired.document.values.get("jurisdiction"), desired.values.get("timezone")
        among = book_of(desired.file).rules if book_of else rules()
        key = (tuple(jurisdiction or ()), zone, id(among))
        if key in asked:
            continue
        asked.add(key)
        places = places_of(jurisdiction, zone if isinstance(zone, str) else None)
        nowhere = unknown_places(places, among)
        if jurisdiction:
            unknown.update(nowhere)
        elif isinstance(zone, str) and (nowhere or not places):
            unknown.add(zone)
    return sorted(unknown)


def _holds(paths: Sequence[str]) -> Sequence[Problem]:
    """What is wrong with the files of holds: nothing that commands refuse, who then hold everything."""
    above = dict.fromkeys(file for path in paths or ("campaigns",) for file in files_above(folder_of(path)))
    if not above:
        return ()
    from reconciler.files.holds import documents_of  # noqa: PLC0415 - few folders hold anything

    documents, problems = documents_of(above)
    return (*problems, *check_settings(documents, holds_fields(), today()))


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
