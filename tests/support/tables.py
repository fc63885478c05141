"""Tables of the documents that other files are the source of: made anew, and written between their marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reconciler.hours.legal import Rule, rules
from reconciler.model.fields import Field, Loosens, campaign_fields

_TABLE = re.compile(r"(?<=<!-- table: )([a-z]+)( -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
_SAID = {
    Loosens.HIGHER: "a higher number",
    Loosens.LOWER: "a lower number",
    Loosens.TRUE: "`true`",
    Loosens.FALSE: "`false`",
    Loosens.ADDED: "an entry more",
    Loosens.REMOVED: "an entry less",
    Loosens.CHANGED: "any change",
}
_DATES = {Loosens.HIGHER: "a later day", Loosens.LOWER: "an earlier day"}


def loosens() -> str:
    """Every field that a PUT takes, with what of it loosens, from the schema of campaigns."""
    rows = [(f"`{name}`", one.title, _loosens(one)) for name, one in campaign_fields().writable.items()]
    return _table(("field", "called in plans", "loosens"), rows)


def _loosens(field: Field) -> str:
    """What of a field loosens, in words."""
    if field.loosens is None:
        return "never"
    if isinstance(field.loosens, tuple):
        return " < ".join(f"`{value}`" for value in field.loosens)
    said = (_DATES if field.schema.get("format") == "date" else {}).get(field.loosens, _SAID[field.loosens])
    created = ", or a new campaign without it" if field.protects else ""
    return said + (", or no end" if field.null_is_highest else "") + created


def legal() -> str:
    """The rules of places that are shipped."""
    head = ("place", "about", "rule", "is", "source", "looked at", "not checked")
    return _table(head, [_legal(one) for one in rules()])


def _legal(rule: Rule) -> tuple[str, ...]:
    place = f"{rule.title} ({', '.join(rule.places)})"
    about = f"{rule.about}: {', '.join(f'`{one}`' for one in sorted(rule.types))}"
    looked_at = f"{rule.checked_on}: {rule.read}"
    return (place, about, rule.rule, rule.kind, rule.source, looked_at, rule.not_checked)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table of Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


TABLES: Mapping[str, Callable[[], str]] = {"loosens": loosens, "legal": legal}


def shown(text: str) -> dict[str, str]:
    """The tables of a document, by their names."""
    return {name: table for name, _, table in _TABLE.findall(text)}


def renew(page: Path) -> None:
    """Write the tables of a page anew."""
    text = page.read_text(encoding="utf-8")
    page.write_text(_TABLE.sub(lambda mark: f"{mark[1]}{mark[2]}{TABLES[mark[1]]()}", text), encoding="utf-8")
