"""The forms in which the API may show a campaign, and the envelopes around it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Literal, Self
from zoneinfo import ZoneInfo

from reconciler.sandbox.http import Json

# The optional fields, with what each is shown as when it was never set.
UNSET: Mapping[str, Json] = {
    "description": None,
    "end_date": None,
    "initial_call_delay": 0,
    "max_retries": 3,
    "retry_cooldown_hours": 24,
    "auto_complete": None,
    "retry_on_no_conversion": None,
    "enable_post_completion_cooldown": None,
    "post_completion_cooldown_hours": 168,
    "success_cooldown_hours": 24,
    "voicemail_cooldown_hours": 24,
    "no_answer_cooldown_hours": 24,
    "busy_cooldown_hours": 24,
    "failed_cooldown_hours": 24,
    "do_not_call_enabled": False,
    "do_not_call_list_source": None,
    "do_not_call_custom_list": None,
    "auto_add_to_dnc_enabled": None,
    "auto_dnc_trigger_statuses": None,
    "auto_dnc_trigger_errors": None,
}
# The omissions of the pages: what the get page lacks, what the list page lacks besides, and all that the
# sample answer of the update page shows.
NOT_ON_GET = frozenset({"auto_complete", "retry_on_no_conversion", "do_not_call_custom_list", "end_date"})
NOT_IN_LIST = NOT_ON_GET | {
    field for field in UNSET if ("cooldown" in field or "_dnc_" in field or field.startswith("do_not_call"))
} - {"retry_cooldown_hours"}
ON_WRITE = frozenset(
    {"id", "name", "campaign_type", "status", "agent_id", "start_date", "end_date", "days_of_week", "call_time_ranges"}
    | {"earliest_call_time", "latest_call_time", "timezone", "max_retries", "retry_cooldown_hours"}
    | {"do_not_call_enabled", "updated_at"}
)
_LISTS = ("days_of_week", "call_time_ranges", "do_not_call_custom_list", "auto_dnc_trigger_statuses")
_LISTS_AS_OBJECTS = (*_LISTS, "auto_dnc_trigger_errors")


_COUNTER = itertools.count(1)


class View(Enum):
    """The kinds of answers that hold a campaign: of a get, in a list, of a write."""

    GET = auto()
    LIST = auto()
    WRITE = auto()


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """In which forms answers come; the defaults are the full modern one.

    Each word that `parse` knows stands for one value here: see `_WORDS`.
    """

    windows: Literal["ranges", "legacy", "both"] = "ranges"
    seconds: bool = False
    dates: Literal["plain", "timestamps", "timestamps-local"] = "plain"
    missing: bool = False
    bare: bool = False
    paging: Literal["pagination", "meta", "no-paging"] = "pagination"
    numbers: Literal["plain", "strings", "bits"] = "plain"
    objects: bool = False
    unset: Literal["defaults", "nulls", "absent"] = "defaults"
    extra: bool = False
    source_campaign: bool = False
    stamps: Literal["moving", "still", "none"] = "moving"
    counters: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a comma list such as `legacy,seconds`; "" is the full modern form.

        Raises ValueError for words that are unknown or exclude each other.
        """
        chosen: dict[str, Json] = {}
        for word in filter(None, (part.strip() for part in text.split(","))):
            if word not in _WORDS:
                raise ValueError(f"form of answers {word!r} is unknown: allowed are {', '.join(_WORDS)}")
            name, value = _WORDS[word]
            if chosen.setdefault(name, value) != value:
                raise ValueError(f"forms of answers {chosen[name]!r} and {word!r} exclude each other")
        return replace(cls(), **chosen)


_WORDS: Mapping[str, tuple[str, Json]] = {
    "legacy": ("windows", "legacy"),  # earliest_call_time and latest_call_time, HH:MM:SS, instead of windows
    "both": ("windows", "both"),  # windows, and the older pair besides
    "seconds": ("seconds", True),  # windows as HH:MM:SS
    "timestamps": ("dates", "timestamps"),  # dates as the UTC timestamp of their midnight in UTC
    "timestamps-local": ("dates", "timestamps-local"),  # dates as the UTC timestamp of their midnight in the zone
    "missing": ("missing", True),  # fields that the pages don't show are not shown
    "bare": ("bare", True),  # no envelope
    "meta": ("paging", "meta"),  # paging under "meta"
    "no-paging": ("paging", "no-paging"),  # no word about pages
    "strings": ("numbers", "strings"),  # numbers as strings, booleans as "0" and "1"
    "bits": ("numbers", "bits"),  # booleans as 0 and 1
    "objects": ("objects", True),  # lists as objects with the keys "0", "1", …
    "nulls": ("unset", "nulls"),  # fields that were never set are null
    "absent": ("unset", "absent"),  # fields that are not set are not shown
    "extra": ("extra", True),  # fields that nobody knows
    "still-stamps": ("stamps", "still"),  # updated_at stays what it was at first, whatever changes
    "no-stamps": ("stamps", "none"),  # no updated_at
    "counters": ("counters", True),  # a number that is another one in every answer
    "source-campaign": ("source_campaign", True),  # do_not_call_list_source: campaign instead of custom
}


def shown_campaign(data: Mapping[str, Json], answers: AnswerShape, view: View) -> dict[str, Json]:
    """A stored campaign, or one with the read-only parts of the get page, in the forms that are wanted."""
    shown = _with_unset(data, answers)
    _show_windows(shown, answers)
    _show_dates(shown, data.get("timezone"), answers)
    if answers.source_campaign and shown.get("do_not_call_list_source") == "custom":
        shown["do_not_call_list_source"] = "campaign"
    if answers.objects:
        shown.update({name: _as_object(shown[name]) for name in _LISTS_AS_OBJECTS if shown.get(name)})
    if answers.extra:
        shown.update({"priority_score": 0.87, "segment": {"tier": "gold", "tags": ["a", "b"]}, "owner_id": None})
    if answers.stamps == "still":
        shown["updated_at"] = shown.get("created_at")
    elif answers.stamps == "none":
        shown.pop("updated_at", None)
    if answers.counters:
        shown["contacts_called"] = next(_COUNTER)
    if answers.missing:
        shown = {name: value for name, value in shown.items() if _is_on_page(name, view)}
    return {name: _plain(value, answers) for name, value in shown.items()}


def _with_unset(data: Mapping[str, Json], answers: AnswerShape) -> dict[str, Json]:
    if answers.unset == "absent":
        return {name: value for name, value in data.items() if value is not None or name not in UNSET}
    return {**(UNSET if answers.unset == "defaults" else dict.fromkeys(UNSET)), **data}


def _is_on_page(name: str, view: View) -> bool:
    if view is View.WRITE:
        return name in ON_WRITE
    return name not in (NOT_ON_GET if view is View.GET else NOT_IN_LIST)


def _show_windows(shown: dict[str, Json], answers: AnswerShape) -> None:
    windows = shown.get("call_time_ranges") or []
    if answers.windows != "ranges" and windows:
        shown["earliest_call_time"] = _with_seconds(min(window["start"] for window in windows))
        shown["latest_call_time"] = _with_seconds(max(window["end"] for window in windows))
    if answers.windows == "legacy":
        shown.pop("call_time_ranges", None)
    elif answers.seconds:
        shown["call_time_ranges"] = [{edge: _with_seconds(window[edge]) for edge in window} for window in windows]


def _with_seconds(time: str) -> str:
    return f"{time[:5]}:00"


def _show_dates(shown: dict[str, Json], timezone: str | None, answers: AnswerShape) -> None:
    if answers.dates == "plain":
        return
    zone = ZoneInfo(timezone) if timezone and answers.dates == "timestamps-local" else UTC
    for name in ("start_date", "end_date"):
        if shown.get(name):
            midnight = datetime.fromisoformat(shown[name]).replace(tzinfo=zone)
            shown[name] = midnight.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _as_object(items: list[Json]) -> Json:
    return {str(position): item for position, item in enumerate(items)}


def _plain(value: Json, answers: AnswerShape) -> Json:
    """The value with its numbers and booleans as strings or bits, if that is wanted, however deep they are."""
    if answers.numbers == "plain":
        return value
    if isinstance(value, dict):
        return {key: _plain(item, answers) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, answers) for item in value]
    if isinstance(value, bool):
        return str(int(value)) if answers.numbers == "strings" else int(value)
    if isinstance(value, int | float) and answers.numbers == "strings":
        return str(value)
    return value


def shown_one(data: Json, answers: AnswerShape, message: str | None = None) -> Json:
    """One campaign or agent in its envelope."""
    if answers.bare:
        return data
    content = {"success": True} | ({"message": message} if message else {}) | {"data": data}
    return content | _extra(answers)


def shown_list(rows: list[Json], answers: AnswerShape, paging: Mapping[str, Json], key: str) -> Json:
    """A page of rows in its envelope; `key` is where the documentation puts the paging of this list."""
    if answers.bare:
        return rows
    content: dict[str, Json] = {"success": True, "data": rows}
    if answers.paging != "no-paging":
        content["meta" if answers.paging == "meta" else key] = _plain(dict(paging), answers)
    return content | _extra(answers)


def _extra(answers: AnswerShape) -> dict[str, Json]:
    return {"request_id": "req-1", "api_revision": 7} if answers.extra else {}
