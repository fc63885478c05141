"""The rules for what a client may send, and the words of the API for what breaks them.

These are the server's own rules, from its documentation: nothing of the client's validation is used here, so that
each side is a witness of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from reconciler.sandbox.http import Json
from reconciler.sandbox.value_rules import (
    Breach,
    Rule,
    array_of,
    boolean,
    call_window,
    integer,
    is_date,
    one_of,
    phone_number,
    plain_date,
    positive,
    required,
    string,
    zone,
)

REQUIRED = ("name", "campaign_type", "agent_id", "start_date", "days_of_week", "call_time_ranges", "timezone")
CAMPAIGN_TYPES = ("sales", "follow_up", "reminder", "custom")
STATUSES = ("draft", "active", "paused", "completed", "cancelled")
SOURCES = ("environment", "global", "custom")
# From the page on status updates; completed and cancelled are final.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"active", "cancelled"}),
    "active": frozenset({"paused", "completed", "cancelled"}),
    "paused": frozenset({"active", "completed", "cancelled"}),
}

Errors = dict[str, list[str]]


def cleaned(value: Json) -> Json:
    """Trim all strings and make empty ones null, as the framework of the API does before it looks at them."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, list):
        return [cleaned(item) for item in value]
    if isinstance(value, dict):
        return {key: cleaned(item) for key, item in value.items()}
    return value


def known_fields(body: Mapping[str, Json]) -> dict[str, Json]:
    """What the API takes from a body: keys that have no rule are dropped without a word, in windows too."""
    fields = {key: body[key] for key in body if key in _RULES}
    windows = fields.get("call_time_ranges")
    if isinstance(windows, list):
        fields["call_time_ranges"] = [_known_edges(window) for window in windows]
    return fields


def _known_edges(window: Json) -> Json:
    return {key: window[key] for key in ("start", "end") if key in window} if isinstance(window, dict) else window


def errors_in_update(body: Mapping[str, Json], agents: Iterable[str]) -> Errors:
    """What is wrong with the body of a PUT, which may hold any part of the fields."""
    errors: Errors = {}
    for path, message in (*_field_breaches(body, frozenset(agents)), *_order_breaches(body)):
        errors.setdefault(path, []).append(message)
    return errors


def errors_in_creation(body: Mapping[str, Json], agents: Iterable[str]) -> Errors:
    """What is wrong with the body of a POST, which must hold all required fields."""
    missing = [field for field in REQUIRED if body.get(field) is None]
    given = {field: value for field, value in body.items() if field not in missing}
    return {field: [required(field)] for field in missing} | errors_in_update(given, agents)


def errors_in_status(body: Mapping[str, Json]) -> Errors:
    """What is wrong with the body of a PATCH of the status."""
    status = body.get("status")
    if status is None:
        return {"status": [required("status")]}
    return {} if status in STATUSES else {"status": ["The selected status is invalid."]}


def errors_in_query(query: Mapping[str, str]) -> Errors:
    """What is wrong with the query of a list; parameters without a meaning are ignored."""
    rules: Mapping[str, Rule] = {
        "status": partial(one_of, STATUSES),
        "campaign_type": partial(one_of, CAMPAIGN_TYPES),
        "date_from": plain_date,
        "date_to": plain_date,
        "per_page": positive,
        "page": positive,
    }
    errors: Errors = {}
    for name in rules.keys() & query.keys():
        for path, message in rules[name](name, query[name]):
            errors.setdefault(path, []).append(message)
    return errors


def _field_breaches(body: Mapping[str, Json], agents: frozenset[str]) -> Iterator[Breach]:
    for field, value in body.items():
        if value is None and field in _NULLABLE:
            continue
        yield from _RULES[field](field, value)
        if field == "agent_id" and isinstance(value, str) and value not in agents:
            yield field, "The selected agent id is invalid."


def _order_breaches(body: Mapping[str, Json]) -> Iterator[Breach]:
    # Like the framework, this looks at the request alone: a stored start date is not compared with.
    start, end = body.get("start_date"), body.get("end_date")
    if is_date(start) and is_date(end) and end <= start:
        yield "end_date", "The end date must be a date after start date."


_HOURS: Rule = partial(integer, 1, 168)
_NULLABLE = frozenset({"description", "end_date"})
_RULES: Mapping[str, Rule] = {
    "name": partial(string, longest=255),
    "description": string,
    "campaign_type": partial(one_of, CAMPAIGN_TYPES),
    "agent_id": string,
    "start_date": plain_date,
    "end_date": plain_date,
    "days_of_week": partial(array_of, partial(integer, 1, 7), 1),
    "call_time_ranges": partial(array_of, call_window, 1),
    "timezone": zone,
    "initial_call_delay": partial(integer, 0, None),
    "max_retries": partial(integer, 0, 10),
    "retry_cooldown_hours": _HOURS,
    "auto_complete": boolean,
    "retry_on_no_conversion": boolean,
    "enable_post_completion_cooldown": boolean,
    "post_completion_cooldown_hours": _HOURS,
    "success_cooldown_hours": _HOURS,
    "voicemail_cooldown_hours": _HOURS,
    "no_answer_cooldown_hours": _HOURS,
    "busy_cooldown_hours": _HOURS,
    "failed_cooldown_hours": _HOURS,
    "do_not_call_enabled": boolean,
    "do_not_call_list_source": partial(one_of, SOURCES),
    "do_not_call_custom_list": partial(array_of, phone_number, 0),
    "auto_add_to_dnc_enabled": boolean,
    "auto_dnc_trigger_statuses": partial(array_of, string, 0),
    "auto_dnc_trigger_errors": partial(array_of, string, 0),
}
FIELDS = frozenset(_RULES)
