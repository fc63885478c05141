"""The JSON documents: a plan as `schemas/plan.schema.json` has it, a report as `schemas/report.schema.json` has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from reconciler.apply.outcome import Failure, Outcome, PutOff, Result
from reconciler.apply.report import Report
from reconciler.model.document import dotted
from reconciler.plan.document import FORMAT_VERSION, change_json, plans_to_json, status_json, to_json
from reconciler.plan.plan import Plan
from reconciler.render.indented import indented
from reconciler.render.inert import without_halves


def render(plan: Plan) -> str:
    """A plan as text, two spaces deep."""
    return _text(to_json(plan))


def plans(plans: Sequence[Plan]) -> str:
    """One plan as its document; plans of several environments as a list of documents under `plans`."""
    return _text(plans_to_json(plans))


def report(report: Report) -> str:
    """A report as text, two spaces deep."""
    return _text(_report(report))


def reports(reports: Sequence[Report]) -> str:
    """One report as its document; reports of several environments as a list under `reports`."""
    if len(reports) == 1:
        return report(reports[0])
    return _text({"format_version": FORMAT_VERSION, "reports": [_report(report) for report in reports]})


def _report(report: Report) -> dict[str, Any]:
    """A report as it stands in its document."""
    return {
        "format_version": FORMAT_VERSION,
        "tool_version": report.tool_version,
        "command": report.command,
        "base_url": report.base_url,
        "digest": report.digest,
        "approval": str(report.approval) if report.approval else None,
        **asdict(report.origin),
        "token_env": report.token_env,
        "key_name": report.key_name,
        "started_at": report.started_at,
        "finished_at": report.finished_at,
        "exit_code": report.exit_code,
        "summary": _summary(report.outcomes),
        "campaigns": [_outcome(outcome) for outcome in report.outcomes],
    }


def _text(document: dict[str, Any]) -> str:
    return without_halves(indented(document))


def _summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counts = {str(result).replace(" ", "_"): sum(o.result is result for o in outcomes) for result in Result}
    return {
        **counts,
        "requests": sum(o.requests for o in outcomes),
        "retries": sum(o.retries for o in outcomes),
        "seconds_paused": round(sum(o.seconds_paused for o in outcomes), 3),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    """What became of one campaign. Its `result` stood under `outcome` first, and still does."""
    return {
        "id": outcome.id,
        "name": outcome.name,
        "file": outcome.file,
        "result": str(outcome.result),
        "outcome": str(outcome.result),
        "created": outcome.is_created,
        "changes": [change_json(change, outcome.salt) for change in outcome.changes],
        "unverified": [{"field": unverified.field.name} for unverified in outcome.unverified],
        "status": status_json(outcome.status) if outcome.status else None,
        "done": list(outcome.done),
        "notices": list(outcome.notices),
        "requests": outcome.requests,
        "retries": outcome.retries,
        "seconds_paused": outcome.seconds_paused,
        "put_off": _put_off(outcome.put_off) if outcome.put_off else None,
        "error": _error(outcome.failure) if outcome.failure else None,
    }


def _put_off(put_off: PutOff) -> dict[str, Any]:
    """What was put off because somebody would be called; why stands in the error."""
    until = put_off.until.isoformat() if put_off.until else None
    return {"fields": list(put_off.fields), "until": until, "reason": put_off.reason}


def _error(failure: Failure) -> dict[str, Any]:
    return {
        "message": failure.message,
        "status": failure.status,
        "code": failure.code,
        "request": failure.request,
        "problems": [
            {**problem.position._asdict(), "path": dotted(problem.path), "message": problem.message}
            for problem in failure.problems
        ],
    }
