"""The rules for what a client may send, and the words of the API for what breaks them.

These are the server's own rules, from its documentation: nothing of the client's validation is used here, so that
each side is a witness of the other.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, partial
from typing import TypeGuard

from reconciler.sandbox.http import Json

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
# Each breach: the dotted path to the value, and what the API says about it.
Breach = tuple[str, str]
Rule = Callable[[str, Json], Iterable[Breach]]

_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


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
    return {field: [_required(field)] for field in missing} | errors_in_update(given, agents)


def errors_in_status(body: Mapping[str, Json]) -> Errors:
    """What is wrong with the body of a PATCH of the status."""
    status = body.get("status")
    if status is None:
        return {"status": [_required("status")]}
    return {} if status in STATUSES else {"status": ["The selected status is invalid."]}


def errors_in_query(query: Mapping[str, str]) -> Errors:
    """What is wrong with the query of a list; parameters without a meaning are ignored."""
    rules: Mapping[str, Rule] = {
        "status": partial(_choice, STATUSES),
        "campaign_type": partial(_choice, CAMPAIGN_TYPES),
        "date_from": _date,
        "date_to": _date,
        "per_page": _count,
        "page": _count,
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
    if _is_date(start) and _is_date(end) and end <= start:
        yield "end_date", "The end date must be a date after start date."


def _words(path: str) -> str:
    return path.replace("_", " ")


def _required(path: str) -> str:
    return f"The {_words(path)} field is required."


def _string(path: str, value: Json, *, longest: int | None = None) -> Iterator[Breach]:
    if value is None:
        yield path, _required(path)
    elif not isinstance(value, str):
        yield path, f"The {_words(path)} must be a string."
    elif longest is not None and len(value) > longest:
        yield path, f"The {_words(path)} must not be greater than {longest} characters."


def _choice(allowed: tuple[str, ...], path: str, value: Json) -> Iterator[Breach]:
    if value not in allowed:
        yield path, f"The selected {_words(path)} is invalid."


def _is_date(value: Json) -> TypeGuard[str]:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _date(path: str, value: Json) -> Iterator[Breach]:
    if not _is_date(value):
        yield path, f"The {_words(path)} does not match the format Y-m-d."


def _count(path: str, value: str) -> Iterator[Breach]:
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < 1:
        yield path, f"The {_words(path)} must be at least 1."


def _integer(least: int, most: int | None, path: str, value: Json) -> Iterator[Breach]:
    if isinstance(value, bool) or not isinstance(value, int):
        yield path, f"The {_words(path)} must be an integer."
    elif value < least:
        yield path, f"The {_words(path)} must be at least {least}."
    elif most is not None and value > most:
        yield path, f"The {_words(path)} must not be greater than {most}."


def _boolean(path: str, value: Json) -> Iterator[Breach]:
    if not isinstance(value, bool):
        yield path, f"The {_words(path)} field must be true or false."


def _array(each: Rule, least: int, path: str, value: Json) -> Iterator[Breach]:
    if not isinstance(value, list):
        yield path, f"The {_words(path)} must be an array."
    elif len(value) < least:
        yield path, f"The {_words(path)} must have at least {least} items."
    else:
        for position, item in enumerate(value):
            yield from each(f"{path}.{position}", item)


def _window(path: str, value: Json) -> Iterator[Breach]:
    if not isinstance(value, dict):
        yield path, f"The {_words(path)} must be an array."
        return
    breaches = [breach for edge in ("start", "end") for breach in _time(f"{path}.{edge}", value.get(edge))]
    yield from breaches
    if not breaches and value["end"] <= value["start"]:
        yield f"{path}.end", f"The {_words(path)}.end must be a date after {_words(path)}.start."


def _time(path: str, value: Json) -> Iterator[Breach]:
    if value is None:
        yield path, _required(path)
    elif not isinstance(value, str) or not _TIME.fullmatch(value):
        yield path, f"The {_words(path)} does not match the format H:i."


def _phone(path: str, value: Json) -> Iterator[Breach]:
    if not isinstance(value, str) or not _PHONE.fullmatch(value):
        yield path, f"The {_words(path)} format is invalid."


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _timezone(path: str, value: Json) -> Iterator[Breach]:
    breaches = [*_string(path, value, longest=50)]
    yield from breaches
    if not breaches and value not in _zones():
        yield path, f"The {_words(path)} must be a valid zone."


_HOURS: Rule = partial(_integer, 1, 168)
_NULLABLE = frozenset({"description", "end_date"})
_RULES: Mapping[str, Rule] = {
    "name": partial(_string, longest=255),
    "description": _string,
    "campaign_type": partial(_choice, CAMPAIGN_TYPES),
    "agent_id": _string,
    "start_date": _date,
    "end_date": _date,
    "days_of_week": partial(_array, partial(_integer, 1, 7), 1),
    "call_time_ranges": partial(_array, _window, 1),
    "timezone": _timezone,
    "initial_call_delay": partial(_integer, 0, None),
    "max_retries": partial(_integer, 0, 10),
    "retry_cooldown_hours": _HOURS,
    "auto_complete": _boolean,
    "retry_on_no_conversion": _boolean,
    "enable_post_completion_cooldown": _boolean,
    "post_completion_cooldown_hours": _HOURS,
    "success_cooldown_hours": _HOURS,
    "voicemail_cooldown_hours": _HOURS,
    "no_answer_cooldown_hours": _HOURS,
    "busy_cooldown_hours": _HOURS,
    "failed_cooldown_hours": _HOURS,
    "do_not_call_enabled": _boolean,
    "do_not_call_list_source": partial(_choice, SOURCES),
    "do_not_call_custom_list": partial(_array, _phone, 0),
    "auto_add_to_dnc_enabled": _boolean,
    "auto_dnc_trigger_statuses": partial(_array, _string, 0),
    "auto_dnc_trigger_errors": partial(_array, _string, 0),
}
FIELDS = frozenset(_RULES)
