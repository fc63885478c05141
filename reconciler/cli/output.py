"""Plans in the form that is asked for, and plans that were saved: nothing in here needs the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from json import loads
from pathlib import Path

from reconciler.apply.report import Report, is_report, read_reports
from reconciler.cli.terminal import has_colour, width
from reconciler.model.errors import PlanFileError, ReconcilerError, ReportFileError, UsageError
from reconciler.model.fields import campaign_fields
from reconciler.plan.document import read_plan
from reconciler.plan.plan import Plan
from reconciler.render import json


def saved_plan(file: Path) -> Plan:
    """The plan that a file holds; raises PlanFileError where there is none."""
    return read_plan(_content(file, PlanFileError), str(file), campaign_fields())


def saved_reports(file: Path) -> tuple[Report, ...] | None:
    """The reports that a file holds; None where it holds no report, but perhaps a plan. Raises ReportFileError."""
    content = _content(file, ReportFileError)
    try:
        document = loads(content)
    except (ValueError, RecursionError):
        return None
    return read_reports(content, str(file), campaign_fields()) if is_report(document) else None


def _content(file: Path, error: type[ReconcilerError]) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, ValueError) as reason:
        msg = f"{file} cannot be read: {reason}"
        raise error(msg) from None


def rendered_reports(reports: Sequence[Report], form: str, *, limit: int | None = None) -> str:
    """The reports of a run in one of the forms, one behind the other; raises UsageError for a form of plans only."""
    match form:
        case "json":
            return json.reports(reports)
        case "text":
            from reconciler.render.reports import text as report_text  # noqa: PLC0415 - each form when it is asked for

            told = [report_text.render(report, width=width(), colour=has_colour()) for report in reports]
        case "markdown":
            from reconciler.render import markdown  # noqa: PLC0415 - see above
            from reconciler.render.reports import markdown as report_markdown  # noqa: PLC0415 - see above

            each = (limit or markdown.LIMIT) // max(len(reports), 1)
            told = [report_markdown.render(report, limit=each) for report in reports]
        case "html":
            from reconciler.render.html import report as report_html  # noqa: PLC0415 - see above

            if len(reports) > 1:
                raise UsageError("this report is of several environments, and a page is for one: show it as text")
            told = [report_html.render(report) for report in reports]
        case _:
            raise UsageError(f"a report is shown as text, json, markdown or html, not as {form}")
    return "\n\n".join(told) or "The report tells of nothing: no environment was begun."


def rendered(
    plans: Sequence[Plan],
    form: str,
    titles: Sequence[str] = (),
    *,
    lists_unmanaged: bool = False,
    limit: int | None = None,
) -> str:
    """The plans in one of the forms; several are told apart by the titles of their environments.

    With `lists_unmanaged` the live campaigns without a file are named, where they would only be counted; `limit` is
    how many characters the place has that a plan as Markdown is meant for.
    """
    if form == "json":
        return json.plans(plans)
    told = [_form(form, lists_unmanaged=lists_unmanaged, limit=limit)(plan) for plan in plans]
    if len(plans) > 1 and form == "text":
        told = [f"[{title}]\n{one}" for title, one in zip(titles, told, strict=True)]
    return "\n\n".join(told)


def _form(name: str, *, lists_unmanaged: bool, limit: int | None) -> Callable[[Plan], str]:
    """Each form is loaded only when it is asked for."""
    match name:
        case "markdown":
            from reconciler.render import markdown  # noqa: PLC0415 - see above

            return partial(markdown.render, lists_unmanaged=lists_unmanaged, limit=limit or markdown.LIMIT)
        case "html":
            from reconciler.render.html import page as html  # noqa: PLC0415 - see above

            return partial(html.render, lists_unmanaged=lists_unmanaged)
        case "github":
            from reconciler.render import github  # noqa: PLC0415 - see above

            return github.render
        case "summary":
            from reconciler.render import summary  # noqa: PLC0415 - see above

            return summary.render
        case _:
            from reconciler.render import text  # noqa: PLC0415 - see above

            return partial(text.render, width=width(), colour=has_colour(), lists_unmanaged=lists_unmanaged)
