"""Rules between two fields of one campaign, read from the schema: one lies after another, one needs another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from reconciler.desired.shown import shown
from reconciler.model.canonical import Canonical, canonical, live_canonical, same
from reconciler.model.document import Document, Problem, Value
from reconciler.model.fields import Compare, Field, Fields
from reconciler.model.known_form import is_known_form


class _State(NamedTuple):
    """A campaign as it will be: the managed fields of its file, over the live ones (None where these are not read).

    Of a campaign that `is_new` nothing is live.
    """

    fields: Fields
    document: Document
    managed: Mapping[str, Value]
    live: Mapping[str, Value] | None
    is_new: bool = False

    def value(self, name: str) -> Canonical:
        """The canonical value of a field; KeyError where it is not known."""
        field = self.fields.writable[name]
        return canonical(field, self.managed[name]) if name in self.managed else live_canonical(field, self.live or {})

    def is_understood(self, name: str, value: Canonical) -> bool:
        """Whether it is known what a value means: of live ones, those in a known form, and words of the schema."""
        if name in self.managed:
            return True
        field = self.fields.writable[name]
        words = field.schema.get("enum")
        return is_known_form(field, value) and (words is None or value is None or value in words)

    def is_own(self, name: str) -> bool:
        """Whether the file itself says it, and not its defaults, nor the API alone."""
        return name in self.managed and name not in self.document.inherited

    def whence(self, name: str, seen_from: str) -> str:
        """Where a value comes from, if that is not the place that is being told of."""
        if name not in self.managed:
            return " (live)"
        if self.document.origin((name,)) is self.document.origin((seen_from,)):
            return ""
        return f" ({self.document.position((name,))})"

    def problem(self, name: str, message: str) -> Problem:
        """A problem with a managed field."""
        return Problem(self.document.position((name,)), message, (name,))


def relations(
    fields: Fields,
    document: Document,
    managed: Mapping[str, Value],
    live: Mapping[str, Value] | None = None,
    *,
    is_new: bool = False,
) -> Iterator[Problem]:
    """Every rule between fields that is broken by what the file says, alone or over the live values.

    `managed` are the values of the file that are right in themselves. What is not known breaks no rule; of a campaign
    that `is_new` everything is known.
    """
    state = _State(fields, document, managed, live, is_new)
    for field in fields.writable.values():
        if field.after:
            yield from _order(state, field)
        if field.needs and field.name in managed:
            yield from _companions(state, field)
    for name, field in fields.local.items():
        if field.stands_for and name in document.values and field.stands_for in document.values:
            message = f"says the same as {field.stands_for}, by name: keep one of them"
            yield Problem(document.key_position((name,)), message, (name,))


def _order(state: _State, field: Field) -> Iterator[Problem]:
    """Tell where a field lies before the one that it has to lie after: at whichever of them the file says itself."""
    other = field.after or ""
    if field.name not in state.managed and other not in state.managed:
        return
    try:
        later, earlier = state.value(field.name), state.value(other)
    except KeyError:
        return
    if _is_after(field, later, earlier):
        return
    if not state.is_own(field.name) and (state.is_own(other) or field.name not in state.managed):
        yield state.problem(other, f"{earlier} is not before {field.name} {later}{state.whence(field.name, other)}")
    else:
        yield state.problem(field.name, f"{later} is not after {other} {earlier}{state.whence(other, field.name)}")


def _is_after(field: Field, later: Canonical, earlier: Canonical) -> bool:
    """Whether the one lies after the other; True where that cannot be told, null (without end) among it."""
    one, other = (_day(later), _day(earlier)) if field.compare is Compare.DATE else (later, earlier)
    if type(one) is not type(other) or not isinstance(one, (date, int, float, str)):
        return True
    return bool(one > other)  # type: ignore[operator]  # the same type, and ordered


def _day(value: Canonical) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


_NOTHING: tuple[Value, ...] = (None, False, "", [], {})


def _companions(state: _State, field: Field) -> Iterator[Problem]:
    """Tell where a field has no effect, because another one is not what it needs."""
    if state.managed[field.name] in _NOTHING:
        return
    for other, wanted in field.needs.items():
        try:
            actual = state.value(other)
        except KeyError:
            # Not managed here: what is live decides, and only where there is nothing live can that be told now.
            if state.is_new:
                yield state.problem(field.name, f"has no effect alone: add `{other}: {_plain(wanted)}`")
            continue
        if same(actual, canonical(state.fields.writable[other], wanted)) or not state.is_understood(other, actual):
            continue
        if state.is_own(other) and not state.is_own(field.name):
            whence = state.whence(field.name, other)
            yield state.problem(
                other, f"{shown(actual)} leaves {field.name}{whence} without effect: write {_plain(wanted)}"
            )
        else:
            has = f"{other} is {_plain(actual)}{state.whence(other, field.name)}"
            yield state.problem(field.name, f"has no effect while {has}: write `{other}: {_plain(wanted)}`")


def _plain(value: object) -> str:
    return value if isinstance(value, str) and value.isidentifier() else shown(value)
