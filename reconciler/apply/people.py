"""The PUT of a list of people that the API grows by itself: made from a look just before it, at every try anew.

Nothing that was read minutes ago is ever sent: whoever says no while a plan is reviewed, or a queue drains, is on the
list that goes back. One round trip of race remains, since the API has no call that adds one entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.api.answers import ApiAnswer, read_campaign
from reconciler.api.endpoints import get_campaign
from reconciler.apply.failures import NotKept, Overtaken
from reconciler.apply.update import Update
from reconciler.apply.work import CampaignWork
from reconciler.model.canonical import canonical, live_canonical
from reconciler.model.document import Value
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.plan.diff import Change, UnverifiedField

# Seconds between the look and the PUT that is made from it.
_FRESH = 2.0


def people_update(work: CampaignWork, step: Change | UnverifiedField) -> Update:
    """The update of one list of people: what live shows just now, and what the file adds."""
    people = _People(work, step)
    return Update((step,), people.body, people.verify, fresh_for=_FRESH)


@dataclass(slots=True)
class _People:
    """The list of one campaign: `seen` is everybody who was on it at any look, or is put on it by us."""

    work: CampaignWork
    step: Change | UnverifiedField
    seen: SensitiveSet = field(default_factory=lambda: SensitiveSet(frozenset()))

    def body(self) -> Mapping[str, Value]:
        """The whole list, entries that only live has exactly as live shows them; empty where nobody is to be added.

        Raises Overtaken where the list was planned from what live showed, and cannot be seen now.
        """
        name = self.step.field.name
        wanted = canonical(self.step.field, self.work.campaign.desired.values[name])
        if not isinstance(wanted, SensitiveSet):  # pragma: no cover - the schema lets nothing else through
            raise TypeError
        if self.work.options.allow_dnc_removals:
            self.seen = wanted
            return {name: wanted.reveal()}
        shown = self._look()
        if name not in shown and isinstance(self.step, UnverifiedField):
            self._check_not_in_use(shown)
            self.seen = wanted
            return {name: wanted.reveal()}
        live = live_canonical(self.step.field, shown) if name in shown else None
        if not isinstance(live, SensitiveSet):
            msg = f"{name} cannot be seen any more, so that nothing is written to it: plan again"
            raise Overtaken(msg)
        self.seen = self.seen | live | wanted
        missing = self.seen - live
        return {name: [*_entries(shown[name]), *missing.reveal()]} if missing else {}

    def _check_not_in_use(self, shown: Mapping[str, Value]) -> None:
        """Raises Overtaken where somebody switched to the list since it was planned."""
        for name, needed in self.step.field.needs.items():
            switch = self.work.fields.writable[name]
            if shown.get(name) == needed or shown.get(name) not in switch.schema.get("enum", ()):
                msg = f"{self.step.field.name} may be in use by now, and cannot be seen: plan again"
                raise Overtaken(msg)

    def verify(self, body: Mapping[str, Value], _: ApiAnswer) -> None:
        """Whether a look shows everybody who was on the list, if it shows the list. Raises NotKept, with a count."""
        name = self.step.field.name
        shown = self._look()
        self.work.unseen = frozenset() if name in shown else frozenset({name})
        if name not in shown:
            return
        live = live_canonical(self.step.field, shown)
        missing = self.seen - live if isinstance(live, SensitiveSet) else self.seen
        if len(missing):
            sent = count(len(_entries(body[name])), "number")
            msg = f"the API did not keep {name}: sent {sent}, {len(missing)} missing"
            raise NotKept(msg)

    def _look(self) -> Mapping[str, Value]:
        """What the API shows of the campaign now."""
        request = get_campaign(self.work.session.id)
        return read_campaign(request, self.work.session.send(request)).values


def _entries(shown: Value) -> list[Value]:
    """The entries of a list as they are; PHP turns one with gaps into an object."""
    if isinstance(shown, Mapping):
        return list(shown.values())
    return list(shown) if isinstance(shown, list) else []
