"""Two environments side by side: where twins differ, as a plan shows it, and which campaigns have none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reconciler.model.campaign import Desired
from reconciler.model.sensitive import Salt
from reconciler.model.words import count
from reconciler.plan.document import FORMAT_VERSION, change_json
from reconciler.plan.twins import Comparison, Twins
from reconciler.render import rows, text, words
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.inert import without_halves
from reconciler.render.markdown.escape import code, prose
from reconciler.render.printable import clean


def _in_words(found: Comparison) -> str:
    """`3 pairs of twins: 1 differs; 1 campaign without a twin`."""
    differ = len(found.differing)
    told = f"{differ} {'differs' if differ == 1 else 'differ'}" if differ else "none differs"
    head = f"{count(len(found.twins), 'pair')} of twins: {told}"
    alone = len(found.only_first) + len(found.only_second)
    return "; ".join([head, *([f"{count(alone, 'campaign')} without a twin"] if alone else [])])


def render(found: Comparison, first: str, second: str, *, width: int = 80, colour: bool = False) -> str:
    """A block for each pair that differs, then campaigns without a twin, and a summary. No newline at the end."""
    title = f"{clean(first)} -> {clean(second)}"
    lines: list[Line] = [*paragraph(title, width, hanging=2, style=Style.BOLD), []]
    for twins in found.differing:
        lines += [*_block(twins, width), []]
    for where, missing in ((second, found.only_first), (first, found.only_second)):
        for one in missing:
            lines += paragraph(f"no twin in {clean(where)}: {clean(one.label)} ({clean(one.file)})", width, hanging=2)
    lines += paragraph(_in_words(found), width, hanging=2)
    return drawn(lines, colour=colour)


def _block(twins: Twins, width: int) -> Iterator[Line]:
    yield from text.head(twins.second.label, [twins.first.file, twins.second.file], width)
    yield from rows.table([rows.changed_row(change) for change in twins.changes], width)


def markdown(found: Comparison, first: str, second: str) -> str:
    """A line that says it all, a table of what differs, and the campaigns without a twin."""
    lines = [f"### {prose(_in_words(found))}", ""]
    if found.differing:
        lines += [f"| campaign | field | {code(first)} | {code(second)} | direction | where |"]
        lines += ["| --- | --- | --- | --- | --- | --- |"]
        lines += [row for twins in found.differing for row in _rows(twins)]
        lines += [""]
    for where, missing in ((second, found.only_first), (first, found.only_second)):
        lines += [f"- no twin in {code(where)}: {prose(one.label)} ({code(one.file)})" for one in missing]
    return "\n".join(lines).rstrip("\n")


def _rows(twins: Twins) -> Iterator[str]:
    for change in twins.changes:
        before, after = map(prose, words.before_after(change))
        place = code(f"{change.position.file}:{change.position.line}")
        yield (
            f"| {prose(twins.second.label)} | {code(change.field.name)} | {before} | {after} "
            f"| {change.direction or ''} | {place} |"
        )


def as_json(found: Comparison, first: str, second: str) -> str:
    """The comparison as a document: `before` is what the first environment says, `after` what the second does."""
    document = {
        "format_version": FORMAT_VERSION,
        "first": first,
        "second": second,
        "summary": {
            "twins": len(found.twins),
            "differ": len(found.differing),
            "missing": len(found.only_first) + len(found.only_second),
        },
        "campaigns": [_twins_json(twins) for twins in found.differing],
        "missing": [
            *(_missing_json(one, second) for one in found.only_first),
            *(_missing_json(one, first) for one in found.only_second),
        ],
    }
    return without_halves(json.dumps(document, indent=2, ensure_ascii=False))


def _twins_json(twins: Twins) -> dict[str, Any]:
    return {
        "name": twins.second.label,
        "first": twins.first.file,
        "second": twins.second.file,
        "changes": [change_json(change, Salt("")) for change in twins.changes],
    }


def _missing_json(one: Desired, where: str) -> dict[str, str]:
    return {"name": one.label, "file": one.file, "missing_in": where}
