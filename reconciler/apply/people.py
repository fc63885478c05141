"""The PUT of a list of people that the API grows by itself: made from a look just before it, at every try anew.

Nothing that was read minutes ago is ever sent: whoever says no while a plan is reviewed, or a queue drains, is on the
list that goes back. One round trip of race remains, since the API has no call that adds one entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.api.answers import ApiAnswer
from reconciler.apply.failures import NotKept, Overtaken
from reconciler.apply.update import Update
from reconciler.apply.work import CampaignWork
from reconciler.model.canonical import Canonical, canonical, live_canonical
from reconciler.model.document import Value
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.protection import BY_HAND

# Seconds between the look and the PUT that is made from it.
_FRESH = 2.0
_NOBODY = SensitiveSet(frozenset())


def people_update(work: CampaignWork, step: Change | UnverifiedField) -> Update:
    """The update of one list of people: what live shows just now, and what the file adds."""
    people = _People(work, step)
    return Update((step,), people.body, people.verify, fresh_for=_FRESH)


@dataclass(slots=True)
class _People:
    """The list of one campaign: `seen` is everybody who was on it at any look, or is put on it by us; `gone` left."""

    work: CampaignWork
    step: Change | UnverifiedField
    seen: SensitiveSet = _NOBODY
    gone: SensitiveSet = _NOBODY

    @property
    def name(self) -> str:
        """The name of the field."""
        return self.step.field.name

    def body(self) -> Mapping[str, Value]:
        """The whole list, entries that only live has exactly as live shows them; empty where nothing is to be done.

        Taken off is nobody but who was seen when it was planned, and may go. Raises Overtaken where the list cannot be
        seen now, and was not planned so, or is shown in an unknown form.
        """
        wanted, shown = self._wanted(), self.work.look()
        if self.name not in shown:
            self._check_unseen(shown)
            self.seen = wanted
            return {self.name: wanted.reveal()}
        live = live_canonical(self.step.field, shown)
        if not isinstance(live, SensitiveSet):
            msg = f"the API shows {self.name} in an unknown form by now, and such a list is never written: {BY_HAND}"
            raise Overtaken(msg)
        self.gone = self._may_go(live) - wanted
        self.seen = ((self.seen | live) - self.gone) | wanted
        missing = self.seen - live
        stays = [entry for entry in _entries(shown[self.name]) if not self._is_gone(entry)]
        return {self.name: [*stays, *missing.reveal()]} if missing or self.gone & live else {}

    def _may_go(self, live: SensitiveSet) -> SensitiveSet:
        """Whom the plan may take off: where that is allowed, whoever it saw, or everybody where it saw nobody."""
        if not self.work.options.allow_dnc_removals:
            return _NOBODY
        return _people(self.step.before) if isinstance(self.step, Change) else live

    def _is_gone(self, entry: Value) -> bool:
        return bool(self.gone) and not _people(canonical(self.step.field, [entry])) - self.gone

    def _check_unseen(self, shown: Mapping[str, Value]) -> None:
        """Raises Overtaken where nobody can see who would be replaced, and that was not planned so."""
        if isinstance(self.step, Change):
            msg = f"{self.name} cannot be seen any more, so that nothing is written to it: plan again"
            raise Overtaken(msg)
        if self.work.options.allow_dnc_removals:
            return
        for name, needed in self.step.field.needs.items():
            switch = self.work.fields.writable[name]
            if shown.get(name) == needed or shown.get(name) not in switch.schema.get("enum", ()):
                msg = f"{self.name} may be in use by now, and cannot be seen: plan again"
                raise Overtaken(msg)

    def verify(self, body: Mapping[str, Value], _: ApiAnswer) -> None:
        """Whether a look shows everybody who belongs on the list, if it shows the list. Raises NotKept, with counts."""
        shown = self.work.look()
        self.work.unseen = frozenset() if self.name in shown else frozenset({self.name})
        if self.name not in shown:
            return
        live = live_canonical(self.step.field, shown)
        now = live if isinstance(live, SensitiveSet) else _NOBODY
        missing, still_there = len(self.seen - now), len(self.gone & now)
        if missing or still_there:
            sent = count(len(body[self.name]), "number")
            found = [f"{missing} missing"] if missing else []
            found += [f"{still_there} still there"] if still_there else []
            msg = f"the API did not keep {self.name}: sent {sent}, {', '.join(found)}"
            raise NotKept(msg)
        if self.work.options.allow_dnc_removals and (came := self.seen - self._wanted()):
            told = f"{self.name}: {count(len(came), 'number')} that came since the plan stayed: plan again to see"
            self.work.session.notices.append(told)

    def _wanted(self) -> SensitiveSet:
        return _people(canonical(self.step.field, self.work.campaign.desired.values[self.name]))


def _people(value: Canonical) -> SensitiveSet:
    if not isinstance(value, SensitiveSet):  # pragma: no cover - files are checked, and a plan compares nothing else
        raise TypeError
    return value


def _entries(shown: Value) -> list[Value]:
    """The entries of a list as they are; PHP turns one with gaps into an object, and an empty one may be null."""
    return list(shown.values()) if isinstance(shown, Mapping) else list(shown or [])
