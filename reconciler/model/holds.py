"""Holds: campaigns that somebody stopped, and that stay stopped until they are released."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from reconciler.model.name_patterns import is_meant


class Selected(NamedTuple):
    """What was asked to be stopped: everything, or by name (or pattern), id, or path; any of them is enough."""

    everything: bool = False
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()

    def covers(self, campaign_id: str | None, name: str, file: str = "") -> bool:
        """Whether a campaign is meant; `file` is its file, if it has one."""
        if self.everything or campaign_id in self.ids:
            return True
        if is_meant(name, self.names):
            return True
        return bool(file) and any(_is_below(file, path) for path in self.paths)


_NOTHING = Selected()


class Stopped(NamedTuple):
    """A campaign that a stop paused: what it was before, which is what a release makes of it again."""

    id: str
    name: str
    status_before: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Somebody stopped campaigns of one environment.

    `since` and `until` are ISO 8601; a time that has passed ends nothing by itself. `token_env` is the variable that
    the token came from, and `token` the token's fingerprint, never the token. `stopped` is what the stop itself paused,
    and `released` what was taken out of it since.
    """

    since: str
    by: str
    reason: str
    base_url: str
    selected: Selected
    token_env: str = ""
    token: str = ""
    until: str = ""
    stopped: tuple[Stopped, ...] = ()
    released: Selected = _NOTHING
    _ids: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Thousands of campaigns may be looked up among as many that were stopped."""
        object.__setattr__(self, "_ids", frozenset(one.id for one in self.stopped))

    @property
    def key(self) -> tuple[str, str, str, str, Selected]:
        """What tells it from other holds, wherever it is written down."""
        return self.since, self.by, self.base_url, self.token or self.token_env, self.selected

    def is_of(self, base_url: str, token_env: str, token: str) -> bool:
        """Whether it is about an environment: of one host, the token or its variable tells which."""
        return self.base_url == base_url and (
            not self.token_env or self.token_env == token_env or (bool(token) and self.token == token)
        )

    def covers(self, campaign_id: str | None, name: str, file: str = "") -> bool:
        """Whether a campaign of its environment is under it, whatever its status."""
        if campaign_id in self._ids:
            return True
        return self.selected.covers(campaign_id, name, file) and not self.released.covers(campaign_id, name, file)

    def is_over(self, stamp: str) -> bool:
        """Whether its `until` has passed, which is told, and ends nothing."""
        until, now = (_moment(text) for text in (self.until, stamp))
        return until is not None and now is not None and until <= now

    def told(self, stamp: str = "") -> str:
        """`held since … by …: …`, as every command says it."""
        said = f"held since {self.since} by {self.by}: {self.reason or 'no reason was given'}"
        if not self.until:
            return said
        over = ", which has passed: only `reconciler release` ends it" if stamp and self.is_over(stamp) else ""
        return f"{said} (until {self.until}{over})"


class Holds(NamedTuple):
    """All holds that are known here; `unreadable` says of files of holds why nobody can read them."""

    holds: tuple[Hold, ...] = ()
    unreadable: tuple[str, ...] = ()

    def of(self, base_url: str, token_env: str, token: str) -> Holds:
        """Those of one environment, by its canonical base URL."""
        return self._replace(holds=tuple(hold for hold in self.holds if hold.is_of(base_url, token_env, token)))

    def covering(self, campaign_id: str | None, name: str, file: str = "") -> Hold | None:
        """The hold of a campaign of this environment. Where one cannot be read, everything is held."""
        found = (hold for hold in self.holds if hold.covers(campaign_id, name, file))
        return next(found, self._unknown if self.unreadable else None)

    @property
    def _unknown(self) -> Hold:
        why = "; ".join(self.unreadable)
        return Hold("nobody knows when", "nobody knows whom", f"{why}, so that everything is held", "", Selected(True))


def united(found: Iterable[Hold]) -> tuple[Hold, ...]:
    """Holds that are written down in several places, each once, with all that its stop paused."""
    every: dict[object, Hold] = {}
    for hold in found:
        known = every.get(hold.key, hold)
        stopped = {one.id: one for one in (*known.stopped, *hold.stopped)}
        released = both(known.released, hold.released)
        every[hold.key] = replace(known, stopped=tuple(stopped.values()), released=released)
    return tuple(every.values())


def with_taken_over(known: Holds, taken: Holds) -> Holds:
    """Holds with what they took over from a journal, as far as they still stand and it was not released."""
    if not taken.holds:
        return known._replace(unreadable=(*known.unreadable, *taken.unreadable))
    more = [
        replace(hold, stopped=tuple(one for one in other.stopped if not hold.released.covers(one.id, one.name)))
        for hold in known.holds
        for other in taken.holds
        if other.key == hold.key
    ]
    return Holds(united([*known.holds, *more]), (*known.unreadable, *taken.unreadable))


def both(one: Selected, other: Selected) -> Selected:
    """What either of them selects."""
    if one == other:
        return one
    lists = (tuple(dict.fromkeys((*getattr(one, name), *getattr(other, name)))) for name in ("names", "ids", "paths"))
    return Selected(one.everything or other.everything, *lists)


def is_moment(text: str) -> bool:
    """Whether a text is a date, or a date and time, as ISO 8601 has them."""
    return _moment(text) is not None


def _moment(text: str) -> datetime.datetime | None:
    """A moment; a date by itself is its beginning, and UTC is meant where nothing else is said."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=datetime.UTC)


def _is_below(file: str, path: str) -> bool:
    """Whether a file is a path, or below it: names as they were typed, and links not followed."""
    inner, outer = os.path.abspath(file), os.path.abspath(path)  # noqa: PTH100  links stay what they are
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)
