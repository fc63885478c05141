"""Values, steps and summaries in plain words, for every form of output that people read."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from reconciler.hours.words import days_in_words, windows_in_words
from reconciler.hours.zones import MANY
from reconciler.model.campaign import Status
from reconciler.model.canonical import Canonical, Entry, Nested, Unexpected, Unset, is_window
from reconciler.model.fields import Compare, Field
from reconciler.model.sensitive import Salt, SensitiveCount, SensitiveSet, tallies
from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, UnverifiedField, inner_differences
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action
from reconciler.plan.summary import summary as counts
from reconciler.render.printable import clean

_MOST_ENTRIES = 8
_LONGEST_TEXT = 200
_CONTEXT = 20
_WEEKDAYS = frozenset(range(1, 8))

# What becoming this status means for the people who are called.
EFFECTS = {
    Status.ACTIVE: "starts calls",
    Status.PAUSED: "stops calls",
    Status.COMPLETED: "is final",
    Status.CANCELLED: "is final",
}


def value(field: Field, it: Canonical) -> str:
    """One canonical value in words: `Mon-Fri`, `12 h`, `yes`, `no end`. Hidden numbers are only counted."""
    if isinstance(it, (SensitiveSet, SensitiveCount)):
        return count(len(it), "number")
    if isinstance(it, Unset):
        return "-"
    if field.is_sensitive:
        return count(0, "number") if it is None or it == frozenset() else "hidden"
    match it:
        case None:
            return "no end" if field.null_is_highest else "none"
        case bool():
            return "yes" if it else "no"
        case int() | float():
            return f"{it} {field.unit}".rstrip()
        case frozenset():
            return _set(field, it)
        case Nested():
            return _json(it.value)
        case _:
            return _entry(it)


def _set(field: Field, entries: frozenset[Entry]) -> str:
    if field.says_weekdays and entries <= _WEEKDAYS:
        return _days(entries)
    if field.compare is Compare.WINDOWS and all(map(is_window, entries)):
        return _windows(entries)
    if len(entries) > _MOST_ENTRIES:
        return count(len(entries), "entry", "entries")
    return ", ".join(_sorted(entries)) or "none"


# A review tells each change several times.


@lru_cache(MANY)
def _days(entries: frozenset[Entry]) -> str:
    return days_in_words(entry for entry in entries if isinstance(entry, int))


@lru_cache(MANY)
def _windows(entries: frozenset[Entry]) -> str:
    return windows_in_words(entry for entry in entries if is_window(entry))


def _sorted(entries: Iterable[Entry]) -> list[str]:
    return sorted(_entry(entry) for entry in entries)


def _entry(entry: Canonical | Entry) -> str:
    """A word as it is; a window as start-end; what the API gave in an unexpected form as it came."""
    if isinstance(entry, Unexpected):
        return clean(entry.text)
    if isinstance(entry, tuple):
        return clean("-".join(map(str, entry)))
    return clean(str(entry))


def _json(it: object) -> str:
    return "none" if it is None else clean(json.dumps(it, ensure_ascii=False))


def before_after(change: Change) -> tuple[str, str]:
    """What the field was and what it becomes, in words that differ whenever the values do."""
    field, one, other = change.field, change.before, change.after
    if isinstance(one, (SensitiveSet, SensitiveCount)) and isinstance(other, (SensitiveSet, SensitiveCount)):
        was, becomes = tallies(one, other, Salt(""))
        return value(field, was), f"{value(field, becomes)} ({_moved(becomes.added, becomes.removed)})"
    if field.is_sensitive:
        old, new = value(field, one), value(field, other)
        return old, f"{new} (changed)" if old == new else new
    if isinstance(one, Nested) or isinstance(other, Nested):
        return _inside(one, other)
    before, after = value(field, one), value(field, other)
    if any(change.names):
        return _called(change.names[0], before), _called(change.names[1], after)
    if isinstance(one, frozenset) and isinstance(other, frozenset) and one and other and not _is_said_whole(field):
        if len(one) > _MOST_ENTRIES or len(other) > _MOST_ENTRIES:
            after += f" ({_added_and_removed(one, other)})"
    elif isinstance(one, str) and isinstance(other, str):
        before, after = one, other = _around_the_difference(before, after)
    if _looks(before) != _looks(after) or field.is_sensitive:
        return before, after
    return ascii(one), ascii(other)


def _called(name: str, identity: str) -> str:
    """`Ava, solar sales (4b1d…)`: a name is what people know, and the id is what is sent."""
    return f"{clean(name)} ({identity})" if name else identity


def _looks(text: str) -> str:
    """The same for texts that look the same, whichever code points they are made of."""
    return unicodedata.normalize("NFKC", text)


def _moved(added: int, removed: int) -> str:
    return ", ".join(f"{number} {word}" for number, word in ((added, "added"), (removed, "removed")) if number)


def _is_said_whole(field: Field) -> bool:
    """Days and windows are short enough to be compared at a glance."""
    return field.says_weekdays or field.compare is Compare.WINDOWS


def _added_and_removed(one: frozenset[Entry], other: frozenset[Entry]) -> str:
    """`+voicemail -busy`."""
    moves = [f"+{entry}" for entry in _sorted(other - one)] + [f"-{entry}" for entry in _sorted(one - other)]
    more = [f"and {len(moves) - _MOST_ENTRIES} more"] if len(moves) > _MOST_ENTRIES else []
    return " ".join(moves[:_MOST_ENTRIES] + more)


def _around_the_difference(before: str, after: str) -> tuple[str, str]:
    """Long texts, from shortly before the place where they part."""
    if max(len(before), len(after)) <= _LONGEST_TEXT:
        return before, after
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    start = max(alike - _CONTEXT, 0)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + _LONGEST_TEXT
    rest = f"... ({len(text) - end} more characters)" if len(text) > end else ""
    return ("..." if start else "") + text[start:end] + rest


def _inside(one: Canonical, other: Canonical) -> tuple[str, str]:
    """What differs inside a nested value: only the parts that do, each with its path."""
    rows = inner_differences(one, other) or [("", one, other)]
    more = f"; and {len(rows) - _MOST_ENTRIES} more" if len(rows) > _MOST_ENTRIES else ""
    sides = [
        "; ".join(f"{clean(path)}: {_json(row[side])}".removeprefix(": ") for path, *row in rows[:_MOST_ENTRIES])
        for side in (0, 1)
    ]
    return sides[0] + more, sides[1] + more


def steps(campaign: CampaignPlan) -> str:
    """What apply would do to a campaign, step by step."""
    if campaign.action is Action.ERROR:
        return "nothing, until this is mended"
    update = _update(campaign)
    done = [", ".join(filter(None, ["pause" if campaign.pauses_first else "", update]))]
    if campaign.may_pause:
        done.append("may pause: calls may be queued")
    if campaign.status and not campaign.pauses_first and not campaign.is_held_back:
        status = campaign.status
        effect = EFFECTS[Status(status.after)]
        done.append(f"set status {clean(status.before)} -> {clean(status.after)}: {effect}")
    return "; ".join(filter(None, done)) or "nothing"


def sending(campaign: CampaignPlan, unverified: UnverifiedField) -> str:
    """What apply does with a field that nobody can check."""
    if not unverified.send:
        return "sent before" if unverified.hash else "is not sent"
    waits = unverified.field.may_conflict and not unverified.is_new and campaign.live_status == Status.ACTIVE
    return "is sent, or put off while calls are queued" if waits else "is sent"


def _update(campaign: CampaignPlan) -> str:
    """`update 2 fields`, `update 1 field and send 1 unverified field`, `create it as a draft with 8 fields`."""
    changed = len(campaign.changes)
    if campaign.action is Action.CREATE:
        return f"create it as a draft with {count(changed, 'field')}"
    unverified = len(campaign.sent) - changed
    parts = (("update", changed, "field"), ("send", unverified, "unverified field"))
    return " and ".join(f"{verb} {count(number, noun)}" for verb, number, noun in parts if number)


_SUMMARY = (
    ("create", "to create"),
    ("update", "to update"),
    ("status", "status change"),
    ("unchanged", "unchanged"),
    ("finished", "finished"),
    ("error", "with errors"),
)


def summary(plan: Plan) -> str:
    """`5 campaigns: 2 to update, 1 status change, 2 unchanged; 1 loosens; 1 may pause; 8 requests`."""
    numbers = {
        **counts(plan),
        "final": sum(c.final for c in plan.campaigns),
        "elsewhere": sum(c.means_another for c in plan.campaigns),
        "outside": sum(bool(c.legal) for c in plan.campaigns),
        "other_rules": sum(c.has_other_rules for c in plan.campaigns),
    }
    told = [
        count(numbers[key], noun) if key == "status" else f"{numbers[key]} {noun}"
        for key, noun in _SUMMARY
        if numbers[key]
    ]
    more = [
        f"{numbers[key]} {words}"
        for key, words in (
            ("started", "starts calls" if numbers["started"] == 1 else "start calls"),
            ("final", "ends for good" if numbers["final"] == 1 else "end for good"),
            ("elsewhere", "means another campaign" if numbers["elsewhere"] == 1 else "mean other campaigns"),
            ("withheld", "lacks protection" if numbers["withheld"] == 1 else "lack protection"),
            ("loosened", "loosens" if numbers["loosened"] == 1 else "loosen"),
            ("outside", "is outside rules on calls" if numbers["outside"] == 1 else "are outside rules on calls"),
            ("other_rules", "with changed limits or rules"),
            ("may_pause", "may pause"),
            ("unverified", "with settings that the API does not show"),
        )
        if numbers[key]
    ]
    head = ": ".join(filter(None, [count(len(plan.campaigns), "campaign"), ", ".join(told)]))
    requests = count(plan.requests, "request")
    if plan.minutes:
        requests += f", about {count(plan.minutes, 'minute')} at {plan.rate_limit} a minute"
    return "; ".join([head, *more, requests])


def seconds(length: float) -> str:
    """A length of time as people say it: `0.4 s`, `12 s`, `3 min 5 s`."""
    if length < 10:  # noqa: PLR2004 - under ten seconds a tenth still tells something
        return f"{length:.1f} s"
    minutes, rest = divmod(round(length), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
