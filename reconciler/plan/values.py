"""Values of fields as a plan may hold and tell them: people's numbers only as counts and hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property

from reconciler.hours.words import days_in_words, windows_in_words
from reconciler.model.canonical import Canonical, is_window
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field
from reconciler.model.sensitive import HashKey, Salt, SensitiveSet, tallies
from reconciler.model.words import count
from reconciler.model.written import fingerprint, to_api

_WEEK = frozenset(range(1, 8))


def salt(base_url: str, campaign: str, key: HashKey | None = None) -> Salt:
    """What ties the hash of a value to one campaign of one host, and hashes of people's data to the token."""
    return Salt(f"{base_url} {campaign}", key)


class Hashes(Mapping[str, str]):
    """What files say, field by field, as hashes that are made when somebody looks at them."""

    def __init__(self, make: Callable[[], Mapping[str, str]]) -> None:
        """`make` makes all of them."""
        self._make = make

    @cached_property
    def _made(self) -> Mapping[str, str]:
        return self._make()

    def __getitem__(self, name: str) -> str:
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def before_and_after(field: Field, before: Canonical, after: Canonical, salted: Salt) -> tuple[Value, Value]:
    """Before and after as they may be shown: numbers of people only as counts and keyed hashes."""
    if field.is_sensitive:
        was, becomes = tallies(before, after, salted)
        return asdict(was), asdict(becomes)
    return to_api(field, before), to_api(field, after)


def recorded(field: Field, value: Canonical, campaign_id: str, key: HashKey | None) -> str:
    """What the record knows a value by that was sent to a campaign, however its host is spelt: a keyed hash.

    Empty without a token: then nothing is known.
    """
    return key.hash(f"{field.name} {fingerprint(field, value, Salt(campaign_id, key))}") if key else ""


def as_text(field: Field, value: Canonical) -> str:
    """One value for messages: days and windows in words, numbers of people only counted, else as JSON."""
    if isinstance(value, SensitiveSet):
        return count(len(value), "number")
    if isinstance(value, frozenset) and value:
        days = [entry for entry in value if isinstance(entry, int)]
        windows = [entry for entry in value if is_window(entry)]
        if field.says_weekdays and len(days) == len(value) and _WEEK.issuperset(days):
            return days_in_words(days)
        if field.compare is Compare.WINDOWS and len(windows) == len(value):
            return windows_in_words(windows)
    return json.dumps(to_api(field, value), ensure_ascii=False)
