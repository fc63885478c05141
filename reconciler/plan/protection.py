"""What must not be sent, since it could take protection from people: lists that nobody sees, and the switch to them.

A list of people that the API grows by itself may hold more than the file: a PUT of it, where no answer shows it, would
replace what nobody can see. A switch to such a list goes with the list, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import Canonical, canonical, is_shown, live_canonical, same
from reconciler.model.document import Position
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import HashKey, SensitiveSet
from reconciler.plan.diff import Change, Difference, UnverifiedField
from reconciler.plan.values import recorded

REMOVE: Final = "--allow-dnc-removals"
# The setting of an environment that says the same for good, in a file that was reviewed.
SETTING: Final = "do_not_call"
REPLACE: Final = "replace"
_ALLOW: Final = f"{REMOVE}, or {SETTING}: {REPLACE} in _environment.yaml, makes the file the whole truth"

BY_HAND: Final = "add the numbers by hand where campaigns are edited, or take the list out of the file"


class Withheld(NamedTuple):
    """A managed field that is not sent, because sending it could take protection from people."""

    field: Field
    reason: str
    position: Position

    def __str__(self) -> str:
        return f"{self.field.name} is withheld: {self.reason}"


def without_unused_lists(fields: Fields, desired: Desired, live: Live) -> tuple[Desired, tuple[str, ...]]:
    """The campaign without the numbers of shared lists where live surely has no use for them, and what to say of it.

    A shared list may be meant for all campaigns of an environment: it is no mistake that one of them uses another.
    """
    if desired.values.keys() <= desired.document.values.keys():
        return desired, ()
    unused: dict[str, str] = {}
    for name, value in desired.values.items():
        if isinstance(value, SensitiveSet) and name not in desired.document.values:
            for other, needed in fields.writable[name].needs.items():
                shown = live_canonical(fields.writable[other], live.values) if other in live.values else None
                is_known = shown in fields.writable[other].schema.get("enum", ())
                if other not in desired.values and is_known and shown != needed:
                    unused[name] = f"{other} is {shown} live: the numbers of shared lists are not sent (write {needed})"
    values = {name: value for name, value in desired.values.items() if name not in unused}
    return desired._replace(values=values) if unused else desired, tuple(unused.values())


class Protection(NamedTuple):
    """What is known of a campaign when it is judged what may be sent: live values, and what the record says."""

    fields: Fields
    live: Live
    sent: Mapping[str, str]
    key: HashKey | None

    def judge(self, difference: Difference) -> tuple[Difference, tuple[Withheld, ...]]:
        """The verdicts without what is withheld, and what that is, in the order of the schema."""
        if not difference.changes and not difference.unverified:
            return difference, ()
        lists = [one for one in difference.unverified if not one.may_send]
        held = [one for one in lists if not (self._was_sent(one) or self._is_unused(one))]
        names = {one.field.name for one in held}
        switches = {name: value for one in held for name, value in one.field.needs.items()}
        withheld = [Withheld(one.field, self._reason(one), one.position) for one in held]
        steps: tuple[Change | UnverifiedField, ...] = (*difference.changes, *difference.unverified)
        for step in steps:
            name = step.field.name
            if name in switches and same(_wanted(step), canonical(step.field, switches[name])):
                names.add(name)
                reason = f"it goes together with {_names(held)}, which is withheld"
                withheld.append(Withheld(step.field, reason, step.position))
        changes = tuple(change for change in difference.changes if change.field.name not in names)
        unverified = tuple(
            one._replace(may_send=one.may_send or self._is_unused(one))
            for one in difference.unverified
            if one.field.name not in names
        )
        return difference._replace(changes=changes, unverified=unverified), tuple(withheld)

    def _was_sent(self, one: UnverifiedField) -> bool:
        """Whether this list is the one that we sent last: it is not sent again, and need not be."""
        return self.sent.get(one.field.name) == recorded(one.field, one.value, self.live.id, self.key) != ""

    def _is_unused(self, one: UnverifiedField) -> bool:
        """Whether nobody is protected by this list, by what is shown, so that sending it takes nobody off."""
        if is_shown(one.field, self.live.values):
            return False
        return bool(one.field.needs) and all(self._is_elsewhere(*need) for need in one.field.needs.items())

    def _is_elsewhere(self, name: str, needed: object) -> bool:
        """Whether the live switch stands exactly at a word of the schema that means another list."""
        shown = self.live.values.get(name)
        return shown != needed and shown in self.fields.writable[name].schema.get("enum", ())

    def _reason(self, one: UnverifiedField) -> str:
        """Why a list is withheld, and what to do; what is shown in an unknown form is never written."""
        if is_shown(one.field, self.live.values):
            return f"{one.reason}, and such a list is never written: {BY_HAND}"
        return f"{one.reason}, and it may be in use: sending it could drop people that nobody can see ({_ALLOW})"


def _wanted(step: Change | UnverifiedField) -> Canonical:
    return step.after if isinstance(step, Change) else step.value


def _names(held: list[UnverifiedField]) -> str:
    return " and ".join(one.field.name for one in held)


def whole_truth(fields: Fields, wanted: Sequence[Desired], file: str) -> tuple[str, ...]:
    """That the files are the whole truth about the lists that they name, and who says so: this file, or the option."""
    named = {name for desired in wanted for name in desired.values}
    lists = [name for name, field in fields.writable.items() if field.adds_to_live and name in named]
    says_so = f"{file}: {SETTING} is {REPLACE}" if file else REMOVE
    return (f"{says_so}: of {', '.join(lists)} the files are the whole truth, and others are removed",) if lists else ()
