"""What of a file lies outside of the hours of some rules on calls: for rules that are not those that are shipped."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.desired.undoubted import which_rules
from reconciler.desired.warnings import legal_doubts, windows
from reconciler.hours.legal import Rule, places_of, rules_for
from reconciler.model.document import Document, Problem
from reconciler.model.fields import Calendar, Fields


def outside(fields: Fields, document: Document, rules: Sequence[Rule]) -> set[Problem]:
    """The windows of a file, which has no errors, that lie outside of the hours of the rules that hold for it."""
    part = {field.calendar: field for field in fields.writable.values() if field.calendar}
    which = which_rules(document.values, part[Calendar.ZONE].name)
    field, days = part[Calendar.WINDOWS], document.values.get(part[Calendar.DAYS].name)
    entries = document.values.get(field.name)
    if which is None or not isinstance(entries, list):
        return set()
    held = rules_for(places_of(which.jurisdiction, which.timezone), which.campaign_type, rules)
    on = frozenset(day for day in days if isinstance(day, int)) if isinstance(days, list) else None
    return {
        Problem(document.position(path), one.message, path, is_warning=True)
        for one in legal_doubts(windows(field, entries), on, held)
        for path in ((field.name, *one.path),)
    }
