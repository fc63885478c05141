"""Plans in the form that is asked for, and plans that were saved: nothing in here needs the network."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.collection import without_collection
from reconciler.cli.terminal import has_colour, width
from reconciler.model.errors import PlanFileError, ReconcilerError, ReportFileError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.plan.plan import Plan

if TYPE_CHECKING:
    from reconciler.apply.report import Report

# What every report has one of, as JSON has it.
_KEYS_OF_REPORTS = ('"reports"', '"started_at"')


@without_collection()
def saved_plans(file: Path) -> tuple[Plan, ...]:
    """The plans of environments that a file holds; raises PlanFileError where there is none."""
    from reconciler.plan.read import read_plans  # noqa: PLC0415 - a plan that is made now is not read

    return read_plans(_content(file, PlanFileError), str(file), campaign_fields())


def saved_reports(file: Path) -> tuple[Report, ...] | None:
    """The reports that a file holds; None where it holds no report, but perhaps a plan. Raises ReportFileError."""
    content = _content(file, ReportFileError)
    # A large plan is made no values of only to see that it is none.
    if not any(key in content for key in _KEYS_OF_REPORTS):
        return None
    from reconciler.apply.report import is_report, read_reports  # noqa: PLC0415 - plans have no reports

    try:
        document = loads(content)
    except (ValueError, RecursionError):
        return None
    return read_reports(content, str(file), campaign_fields()) if is_report(document) else None


def _content(file: Path, error: type[ReconcilerError]) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        how = "plan --out" if error is PlanFileError else "apply --report"
        raise error(f"{file} is not there: `reconciler {how} {file}` writes one") from None
    except (OSError, ValueError) as reason:
        msg = f"{file} cannot be read: {reason}"
        raise error(msg) from None


def rendered_reports(reports: Sequence[Report], form: str, *, limit: int | None = None) -> str:
    """The reports of a run in one of the forms, one behind the other; raises UsageError for a form of plans only."""
    match form:
        case "json":
            from reconciler.render import json  # noqa: PLC0415 - each form when it is asked for

            return json.reports(reports)
        case "text":
            from reconciler.render.reports import text as report_text  # noqa: PLC0415 - see above

            told = [report_text.render(report, width=width(), colour=has_colour()) for report in reports]
        case "markdown":
            from reconciler.render.markdown import page as markdown  # noqa: PLC0415 - see above
            from reconciler.render.reports import markdown as report_markdown  # noqa: PLC0415 - see above

            each = (limit or markdown.LIMIT) // max(len(reports), 1)
            told = [report_markdown.render(report, limit=each) for report in reports]
        case "html":
            from reconciler.render.html import report as report_html  # noqa: PLC0415 - see above

            told = [report_html.render(*reports)] if reports else []
        case _:
            raise UsageError(f"a report is shown as text, json, markdown or html, not as {form}")
    return "\n\n".join(told) or "The report tells of nothing: no environment was begun."


@without_collection()
def rendered(plans: Sequence[Plan], form: str, *, lists_unmanaged: bool = False, limit: int | None = None) -> str:
    """The plans of environments in one of the forms: one page, one comment, one list of annotations.

    With `lists_unmanaged` the live campaigns without a file are named, where they would only be counted; `limit` is
    how many characters the place has that a plan as Markdown is meant for. Each form is loaded when it is asked for.
    """
    one = plans[0] if len(plans) == 1 else None
    match form:
        case "json":
            from reconciler.render import json  # noqa: PLC0415 - see above

            return json.plans(plans)
        case "markdown":
            from reconciler.render.markdown import page as markdown  # noqa: PLC0415 - see above

            space = limit or markdown.LIMIT
            if one:
                return markdown.render(one, lists_unmanaged=lists_unmanaged, limit=space)
            return markdown.several(plans, lists_unmanaged=lists_unmanaged, limit=space)
        case "html":
            from reconciler.render.html import page as html  # noqa: PLC0415 - see above

            if one:
                return html.render(one, lists_unmanaged=lists_unmanaged)
            return html.several(plans, lists_unmanaged=lists_unmanaged)
        case "github":
            from reconciler.render import github  # noqa: PLC0415 - see above

            return github.render(*plans)
        case "summary":
            from reconciler.render import summary  # noqa: PLC0415 - see above

            return summary.render(*plans)
        case _:
            from reconciler.render import text  # noqa: PLC0415 - see above

            if one:
                return text.render(one, width=width(), colour=has_colour(), lists_unmanaged=lists_unmanaged)
            return text.several(plans, width=width(), colour=has_colour(), lists_unmanaged=lists_unmanaged)
