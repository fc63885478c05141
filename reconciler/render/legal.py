"""Rules on calls as text: what each says, where that stands, and when somebody looked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.hours.legal import Rule
from reconciler.hours.words import week_in_words
from reconciler.model.words import count
from reconciler.render.columns import Line, Style, drawn, paragraph
from reconciler.render.printable import clean

_IN = {"per_day": "24 hours", "per_week": "7 days", "per_30_days": "30 days"}


def render(rules: Sequence[Rule], *, width: int = 80, colour: bool = False) -> str:
    """A block for each rule; no newline at the end."""
    lines: list[Line] = []
    for rule in rules:
        lines += [[]] if lines else []
        lines += paragraph(clean(f"{rule.title} ({rule.name}; {', '.join(rule.places)})"), width, 0, 2, Style.BOLD)
        for told in _told(rule):
            lines += paragraph(clean(told), width, 2, 2)
    return drawn(lines, colour=colour)


def _told(rule: Rule) -> Iterator[str]:
    yield f"{rule.kind} on {rule.about}, for campaigns of type {', '.join(sorted(rule.types))}"
    yield f"hours: {week_in_words(rule.week()) if rule.hours else 'no clock is known'}; holidays: {rule.holidays}"
    for name, most in rule.most_attempts:
        yield f"at most {count(most, 'call')} to one person in {_IN[name]}"
    yield f"rule: {rule.rule}"
    yield f"source: {rule.source}"
    yield f"looked at {rule.checked_on}: {rule.read}"
    yield f"not checked: {rule.not_checked}"
