"""The work on one campaign: what is to be done, and what is known so far."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from reconciler.api.answers import ApiAnswer, read_campaign, shown_fields
from reconciler.api.endpoints import get_campaign
from reconciler.apply.context import ApplyOptions
from reconciler.apply.failures import NotKept, Overtaken
from reconciler.apply.outcome import Failure, Outcome, PutOff, Result
from reconciler.apply.pause import Pause
from reconciler.apply.session import CampaignSession
from reconciler.model.campaign import Desired, Live, may_become
from reconciler.model.canonical import Canonical, is_shown, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields
from reconciler.model.known_form import is_known_form
from reconciler.model.sensitive import Salt
from reconciler.plan import diff
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.steps import StatusChange
from reconciler.plan.values import as_text, recorded, salt


@dataclass(slots=True)
class CampaignWork:
    """The work on one campaign, and what is known of it so far.

    `body` is that of the PUT that was sent last, `unseen` are fields that no answer shows once sent; `carried_out` is
    what the API took. `finished` is the final status that a look has shown: nothing is written from then on. `put_off`
    is what waits for closed hours, and `pause_waits` says what a pause would have to wait for, asked just before it.
    """

    campaign: CampaignPlan
    base_url: str
    fields: Fields
    options: ApplyOptions
    session: CampaignSession
    pause: Pause | None = None
    body: Mapping[str, Value] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()
    is_created: bool = False
    finished: str | None = None
    carried_out: list[Change | UnverifiedField] = field(default_factory=list)
    put_off: PutOff | None = None
    pause_waits: Callable[[], PutOff | None] = lambda: None

    def outcome(self, result: Result, failure: Failure | None = None) -> Outcome:
        """The outcome, with everything that was counted."""
        return replace(
            self.session.outcome(result, failure),
            changes=tuple(one for one in self.carried_out if isinstance(one, Change)),
            unverified=tuple(one for one in self.carried_out if isinstance(one, UnverifiedField)),
            status=self._status_made(),
            salt=self._salt(),
            seconds_paused=round(self.pause.seconds, 3) if self.pause else 0.0,
            is_created=self.is_created,
            put_off=self.put_off,
        )

    def _status_made(self) -> StatusChange | None:
        """The change of status that was made, from what it really was."""
        planned, made = self.campaign.status, self.session.step
        return replace(planned, before=made[0], after=made[1]) if planned and made else None

    def step_to(self, status: str) -> None:
        """Set the status, as long as the live one allows it; raises Overtaken where it does not any more."""
        before = self.session.status
        if not may_become(before, status):
            msg = f"the file wants it {status}, but somebody made it {before} meanwhile: plan again"
            raise Overtaken(msg)
        self.session.set_status(status)
        self.session.stepped(str(before), status)

    def look(self) -> Mapping[str, Value]:
        """What the API shows of the campaign now."""
        return self.look_whole().values

    def look_whole(self) -> Live:
        """The campaign as the API shows it now."""
        request = get_campaign(self.session.id)
        live = read_campaign(request, self.session.send(request))
        if live.is_finished:
            self.finished = live.status
        return live

    def check_unfinished(self) -> None:
        """Raise Overtaken where somebody has ended the campaign since it was planned."""
        if self.finished:
            msg = f"somebody made it {self.finished} meanwhile: nothing can change it any more, and nothing is written"
            raise Overtaken(msg)

    def verify(self, body: Mapping[str, Value], answer: ApiAnswer) -> None:
        """Compare what was sent with what the PUT's answer shows, else with one GET. Raises NotKept."""
        shown = dict(shown_fields(answer))
        sent = [change.field for change in self.campaign.changes if change.field.name in body]
        if not shown or not all(is_shown(field, shown) for field in sent):
            shown = {**self.look(), **shown}
        live = Live(self.session.id, self.campaign.name, None, shown)
        lost = diff.compare(
            self.fields, self._sent_as_desired(body), live, allow_dnc_removals=self.options.allow_dnc_removals
        )
        self.unseen = frozenset(unverified.field.name for unverified in lost.unverified)
        if lost.changes:
            raise NotKept("; ".join(_not_kept(change) for change in lost.changes))

    def _salt(self) -> Salt:
        """What hashes of this campaign's values are made with, here as in plans."""
        return salt(self.base_url, self.session.id, self.session.context.key)

    def _sent_as_desired(self, body: Mapping[str, Value]) -> Desired:
        return self.campaign.desired._replace(values=body, status=None)

    def remember_shown(self, answer: ApiAnswer) -> None:
        """Record what an answer shows of the fields that no other answer does: then it is known what live has."""
        values = shown_fields(answer)
        fields = [one.field for one in self.campaign.unverified if one.may_send and one.field.name in values]
        found = {field.name: (field, live_canonical(field, values)) for field in fields}
        self._remember({name: both for name, both in found.items() if is_known_form(*both)})

    def remember(self, sent: Iterable[Change | UnverifiedField]) -> None:
        """Record values that were sent and may not be shown, so that they are not sent again without need."""
        self._remember({c.field.name: (c.field, c.after if isinstance(c, Change) else c.value) for c in sent})

    def _remember(self, values: Mapping[str, tuple[Field, Canonical]]) -> None:
        key = self.session.context.key
        found = {name: recorded(field, value, self.session.id, key) for name, (field, value) in values.items()}
        hashes = {name: hashed for name, hashed in found.items() if hashed}
        if hashes:
            self.session.remember(self.base_url, hashes)


def _not_kept(change: Change) -> str:
    sent, has = (as_text(change.field, value) for value in (change.after, change.before))
    return f"the API did not keep {change.field.name}: sent {sent}, has {has}"
