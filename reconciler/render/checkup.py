"""What works here, for people and for a ticket; nothing in it is a secret."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from reconciler.live.checkup import Finding, Level
from reconciler.plan.document import FORMAT_VERSION
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.inert import without_halves
from reconciler.render.printable import clean

_STYLES = {Level.OK: Style.GREEN, Level.WARNING: Style.YELLOW, Level.FAILURE: Style.RED}
_INDENT = len("warning  ")


@dataclass(frozen=True, slots=True)
class Part:
    """Findings that belong together: those of this machine (no title), or of an environment."""

    title: str
    findings: tuple[Finding, ...]


def missing(parts: Sequence[Part]) -> list[str]:
    """What stands in the way of a plan."""
    return [_where(part, one) for part in parts for one in part.findings if one.level is Level.FAILURE]


def _where(part: Part, finding: Finding) -> str:
    return f"{finding.check} ({part.title})" if part.title else finding.check


def verdict(parts: Sequence[Part]) -> str:
    """`ready to plan`, or what is missing."""
    found = missing(parts)
    return f"not ready to plan: {', '.join(found)}" if found else "ready to plan"


def text(parts: Sequence[Part], *, width: int = 80, colour: bool = False) -> str:
    """A line for each finding, with its level first and what to do below, and the verdict at the end."""
    lines: list[Line] = []
    for part in parts:
        lines += [[], *paragraph(clean(part.title), width, hanging=2, style=Style.BOLD)] if part.title else []
        for one in part.findings:
            lines += _lines(one, width)
    style = Style.RED if missing(parts) else Style.GREEN
    return drawn([*lines, [], *paragraph(clean(verdict(parts)), width, hanging=2, style=style)], colour=colour)


def _lines(finding: Finding, width: int) -> list[Line]:
    status = f" (HTTP {finding.status})" if finding.status and f"HTTP {finding.status}" not in finding.message else ""
    told = clean(f"{finding.check}: {finding.message}{status}")
    (head, *_), *rest = paragraph(told, width, _INDENT, 2)
    level = finding.level.ljust(_INDENT)
    lines: list[Line] = [[(level, _STYLES[finding.level]), (head[0][_INDENT:], Style.PLAIN)], *rest]
    if finding.advice and finding.level is not Level.OK:
        lines += paragraph(f"-> {clean(finding.advice)}", width, _INDENT + 2, 3)
    return lines


def to_json(parts: Sequence[Part], tool_version: str, requests: int) -> str:
    """The findings as a document, for a ticket."""
    document = {
        "format_version": FORMAT_VERSION,
        "tool_version": tool_version,
        "ready": not missing(parts),
        "verdict": verdict(parts),
        "missing": missing(parts),
        "requests": requests,
        "checks": [
            {"environment": part.title or None, **asdict(one), "level": str(one.level), "advice": one.advice or None}
            for part in parts
            for one in part.findings
        ],
    }
    return without_halves(json.dumps(document, indent=2, ensure_ascii=False))
