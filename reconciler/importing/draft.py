"""What the file of a live campaign is to say: field by field, what the API shows, or why that is left out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from reconciler.model.campaign import Live
from reconciler.model.canonical import Canonical, OuterBounds, canonical, is_shown, live_canonical, same
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields, Role
from reconciler.model.known_form import is_known_form
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.model.written import to_api


@dataclass(slots=True)
class Draft:
    """A file on its way: what it says, what it leaves out by intent, and what it cannot say."""

    live: Live
    file: str
    said: dict[str, Value] = dataclass_field(default_factory=dict)
    notes: dict[str, str] = dataclass_field(default_factory=dict)
    faults: dict[str, str] = dataclass_field(default_factory=dict)


def draft_of(fields: Fields, live: Live, file: str, *, with_status: bool, with_numbers: bool) -> Draft:
    """What the file of a live campaign is to say, with its status and people's numbers where that is asked for."""
    draft = Draft(live, file, {fields.named(Role.IDENTITY): live.id})
    status = fields.named(Role.STATUS)
    if not with_status:
        draft.notes |= {} if live.is_finished else {status: "is left to the website (import --with-status writes it)"}
    elif live.status is not None:
        draft.said[status] = live.status
    for field in fields.writable.values():
        if is_shown(field, live.values):
            _decide(fields, field, draft, with_numbers=with_numbers)
    return draft


def _decide(fields: Fields, field: Field, draft: Draft, *, with_numbers: bool) -> None:
    """Say one field, or note why not; what is unset is neither."""
    shown = live_canonical(field, draft.live.values)
    if isinstance(shown, OuterBounds):
        draft.notes[field.name] = (
            f"is left out: the API shows only the outer bounds {shown.start}-{shown.end}, "
            "and there may be breaks between them"
        )
    elif _is_unset(field, shown, draft.live.values[field.name]):
        if field.is_nullable:
            draft.said[field.name] = None
    elif not is_known_form(field, shown):
        shown_as = "" if field.is_sensitive else f": {json.dumps(draft.live.values[field.name])}"
        draft.faults[field.name] = f"the API shows it in an unknown form{shown_as}"
    elif isinstance(shown, SensitiveSet) and (why := _why_hidden(fields, field, draft.live, with_numbers=with_numbers)):
        draft.notes[field.name] = f"is left out: {count(len(shown), 'number')}, {why}"
    else:
        draft.said[field.name] = to_api(field, shown)


def _is_unset(field: Field, shown: Canonical, value: Value) -> bool:
    """Null, or empty. An empty list of what is no secret says something: none of them."""
    return (
        shown is None
        or value in (None, "")
        or (field.is_sensitive and isinstance(shown, SensitiveSet) and not len(shown))
    )


def _why_hidden(fields: Fields, field: Field, live: Live, *, with_numbers: bool) -> str:
    """Why people's numbers are not written, if they are not."""
    if not with_numbers:
        return "people's data (import --with-numbers writes them)"
    for other, wanted in field.needs.items():
        companion = fields.writable[other]
        actual = live_canonical(companion, live.values) if is_shown(companion, live.values) else None
        if not same(actual, canonical(companion, wanted)):
            return f"without effect while {other} is not {wanted}"
    return ""
