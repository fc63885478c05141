"""Everything that apply would do, per campaign, as a value: steps, digest, and its JSON form."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from reconciler.desired.validate import check_merged
from reconciler.live.lookup import LiveRead, NotFound
from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from reconciler.model.canonical import UNSET, Canonical, canonical, fingerprint, to_api
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields
from reconciler.model.sensitive import tallies
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.plan.diff import Change, Difference, Direction, UnverifiedField
from reconciler.plan.schedules import Schedules, schedules
from reconciler.plan.schedules import to_json as schedules_json

FORMAT_VERSION = "1.0"
_SHORT = 16

# What was sent last for fields that no answer shows: campaign id, then field, to the hash of its value.
Record = Mapping[str, Mapping[str, str]]


class Action(StrEnum):
    """What a plan does to the fields of a campaign. A change of status stands beside it."""

    CREATE = "create"
    UPDATE = "update"
    NONE = "none"
    FINISHED = "finished"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A step from one status to another."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Unshown:
    """An unverified field, and whether apply sends it because its value is new."""

    verdict: UnverifiedField
    send: bool
    sha256: str


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What apply would do to one campaign.

    `managed` holds a short salted hash of everything that the file says, field by field, so that a saved plan
    can tell whether the file still says it.
    """

    id: str | None
    name: str
    file: str
    action: Action
    desired: Desired = field(repr=False, compare=False)
    live_status: str | None = None
    changes: tuple[Change, ...] = ()
    status: StatusChange | None = None
    unverified: tuple[Unshown, ...] = ()
    in_sync: int = 0
    notices: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    schedules: Schedules = None
    managed: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def sent(self) -> tuple[Change | UnverifiedField, ...]:
        """The fields that the PUT carries: what changes, and unverified values that are new."""
        return (*self.changes, *(unshown.verdict for unshown in self.unverified if unshown.send))

    @property
    def may_pause(self) -> bool:
        """The API may refuse this update while calls are queued, so that apply has to pause the campaign."""
        return self.live_status == Status.ACTIVE and not self.pauses_first and self.sends_schedule

    @property
    def sends_schedule(self) -> bool:
        """Something changes, and a schedule field is sent with it. Unverified fields alone never pause."""
        return bool(self.changes) and any(sent.field.is_schedule for sent in self.sent)

    @property
    def pauses_first(self) -> bool:
        """The file wants the campaign paused: that comes before its other changes."""
        return self.status == StatusChange(Status.ACTIVE, Status.PAUSED)

    @property
    def is_pending(self) -> bool:
        """Live differs from the file, so that apply would change something. Unverified fields don't count."""
        return bool(self.changes or self.status)

    @property
    def has_steps(self) -> bool:
        """Apply would send something."""
        return bool(self.sent or self.status)

    @property
    def loosens(self) -> bool:
        """Some change lets more be done to the people called."""
        return any(change.direction is Direction.LOOSENS for change in self.changes)

    @property
    def requests(self) -> int:
        """The writes that apply needs if nothing goes wrong, and what a pause would cost.

        A pause is a look at the status, two changes of it, and the PUT once more.
        """
        return bool(self.sent) + bool(self.status) + (4 if self.may_pause else 0)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply would do.

    `unmanaged` are the live campaigns without a file, where the whole list was read. `basis` says what the plan
    was made from where that is not simply live against files; `notices` belong to no single campaign;
    `rate_limit` is how many requests a minute the API allows, where it told. `lists_unmanaged` asks to name the
    `unmanaged` where they would only be counted.
    """

    base_url: str
    created_at: str
    tool_version: str
    campaigns: tuple[CampaignPlan, ...]
    reads: int = 0
    allow_removals: bool = False
    unmanaged: tuple[Live, ...] | None = None
    basis: str | None = None
    notices: tuple[str, ...] = ()
    rate_limit: int | None = None
    lists_unmanaged: bool = False

    @property
    def is_pending(self) -> bool:
        """Some campaign differs from its file."""
        return any(campaign.is_pending for campaign in self.campaigns)

    @property
    def has_steps(self) -> bool:
        """Apply would send something."""
        return any(campaign.has_steps for campaign in self.campaigns)

    @property
    def has_errors(self) -> bool:
        """Some campaign cannot be planned."""
        return any(campaign.errors for campaign in self.campaigns)

    @property
    def requests(self) -> int:
        """The requests that apply needs if nothing goes wrong, reading included."""
        return self.reads + sum(campaign.requests for campaign in self.campaigns)

    @property
    def minutes(self) -> int | None:
        """About how many whole minutes the rate limit makes apply take; None where the limit is not known."""
        return self.requests // self.rate_limit if self.rate_limit else None

    @property
    def digest(self) -> str:
        """`sha256:…` over what would be done and to what: it changes if and only if that does."""
        steps = [_essence(campaign, self.base_url) for campaign in self.campaigns if campaign.has_steps]
        text = json.dumps([self.base_url, sorted(steps, key=json.dumps)], sort_keys=True)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class PlanContext:
    """What a plan is made under: where, when, by which version, what was sent before, and what is allowed."""

    base_url: str
    created_at: str = ""
    tool_version: str = ""
    record: Record = field(default_factory=dict)
    allow_removals: bool = False


def make_plan(fields: Fields, desired: Sequence[Desired], reading: LiveRead, terms: PlanContext) -> Plan:
    """Plan every campaign; the order of the files means nothing."""
    campaigns = []
    unmanaged = _unmanaged(reading)
    for one in sorted(desired, key=lambda d: d.file):
        match reading.found[one.file]:
            case NotFound(is_new=True):
                campaigns.append(plan_creation(fields, one, terms, unmanaged or ()))
            case NotFound(reason=reason):
                campaigns.append(_error(one, None, reason))
            case Live() as live:  # pragma: no branch - there are no others
                campaigns.append(plan_campaign(fields, one, live, terms))
    return Plan(
        terms.base_url,
        terms.created_at,
        terms.tool_version,
        tuple(campaigns),
        reads=reading.requests,
        allow_removals=terms.allow_removals,
        unmanaged=unmanaged,
    )


def _unmanaged(reading: LiveRead) -> tuple[Live, ...] | None:
    """The live campaigns without a file, where the whole list was read."""
    if reading.listed is None:
        return None
    managed = {live.id for live in reading.found.values() if isinstance(live, Live)}
    return tuple(sorted((live for live in reading.listed if live.id not in managed), key=lambda live: live.id))


def plan_creation(fields: Fields, one: Desired, terms: PlanContext, unmanaged: Sequence[Live]) -> CampaignPlan:
    """Plan a campaign that no live one bears the name of: all its fields, then its status."""
    missing = [of.name for of in fields.writable.values() if of.is_required and of.name not in one.values]
    if missing:
        required = f"the API requires {', '.join(missing)} to create a campaign: add what is missing"
        return _error(one, None, f"{required}, or the id if the campaign is there already", *_renamed(one, unmanaged))
    if one.status not in (None, Status.DRAFT) and not may_become(Status.DRAFT, one.status):
        return _error(one, None, f"a campaign is created as draft{_ways(Status.DRAFT)}, not {one.status}")
    wanted = one.status not in (None, Status.DRAFT)
    return CampaignPlan(
        id=None,
        name=one.label,
        file=one.file,
        action=Action.CREATE,
        desired=one,
        changes=tuple(_created(fields, one)),
        status=StatusChange(Status.DRAFT, str(one.status)) if wanted else None,
        notices=tuple(_renamed(one, unmanaged)),
        managed=_managed(fields, one, salt(terms.base_url, one.label)),
    )


def _created(fields: Fields, one: Desired) -> Iterable[Change]:
    for name, of in fields.writable.items():
        if name in one.values:
            position = one.document.key_position((name,))
            yield Change(of, UNSET, canonical(of, one.values[name]), position)


def _renamed(one: Desired, unmanaged: Sequence[Live]) -> Iterable[str]:
    """A changed name reads as a creation where the file has no id: say which live campaign may be meant."""
    near = difflib.get_close_matches(one.label, [live.name for live in unmanaged], n=1)
    if near:
        live = next(live for live in unmanaged if live.name == near[0])
        yield (
            f"live campaign {live.name!r} (id {live.id}) has no file: if this is its new name, put its id into the "
            "file (`reconciler pin` does that before a rename)"
        )


def plan_campaign(fields: Fields, one: Desired, live: Live, terms: PlanContext) -> CampaignPlan:
    """Plan one campaign whose live state is known."""
    difference = diff.compare(fields, one, live, allow_removals=terms.allow_removals)
    status, error = _status_step(one, live)
    if error:
        return _error(one, live, error)
    if live.is_finished:
        return _finished(one, live, difference)
    # A rule between two fields can be broken by the file's value over a live one.
    if problems := check_merged(fields, one, live):
        return _error(one, live, *map(str, problems))
    sent = terms.record.get(live.id, {})
    unverified = tuple(_unshown(verdict, salt(terms.base_url, live.id), sent) for verdict in difference.unverified)
    return CampaignPlan(
        id=live.id,
        name=live.name or one.label,
        file=one.file,
        action=Action.UPDATE if difference.changes else Action.NONE,
        live_status=live.status,
        changes=difference.changes,
        status=status,
        unverified=unverified,
        in_sync=len(one.values) - len(difference.changes) - len(difference.unverified),
        notices=tuple(_notices(difference, status, live)),
        schedules=schedules(fields, one, live),
        managed=_managed(fields, one, salt(terms.base_url, live.id)),
        desired=one,
    )


def salt(base_url: str, campaign: str) -> str:
    """What ties the hash of a value to one campaign of one host."""
    return f"{base_url} {campaign}"


def _managed(fields: Fields, one: Desired, salted: str) -> dict[str, str]:
    said = {
        name: fingerprint(fields.writable[name], canonical(fields.writable[name], value), salted)[:_SHORT]
        for name, value in one.values.items()
    }
    return said | ({"status": str(one.status)} if one.status else {})


def _unshown(verdict: UnverifiedField, salted: str, sent: Mapping[str, str]) -> Unshown:
    sha256 = fingerprint(verdict.field, verdict.value, salted)
    return Unshown(verdict, verdict.may_send and sent.get(verdict.field.name) != sha256, sha256)


def _status_step(one: Desired, live: Live) -> tuple[StatusChange | None, str | None]:
    """The change of status that the file asks for, or why it cannot be."""
    if one.status is None or one.status == live.status:
        return None, None
    if live.is_finished and one.status not in FINISHED:
        return None, None  # told as a notice: nothing can change a finished campaign
    if live.status is None:
        return None, f"the file wants status {one.status}, but the API shows no status"
    if may_become(live.status, one.status):
        return StatusChange(live.status, one.status), None
    return None, f"status cannot become {one.status}: the campaign is {live.status}{_ways(live.status)}"


def _ways(status: str) -> str:
    if status in FINISHED:
        return ", which is final"
    ways = [after for after in Status if may_become(status, after)]
    return f", from where it may become {' or '.join(ways)}" if ways else ", a status that is not known here"


def _finished(one: Desired, live: Live, difference: Difference) -> CampaignPlan:
    notices = []
    if one.status not in (None, live.status):
        notices.append(f"the campaign is {live.status}, which is final: the file's status {one.status} is not applied")
    if difference.changes:
        differ = f"{count(len(difference.changes), 'field')} {'differs' if len(difference.changes) == 1 else 'differ'}"
        notices.append(f"the campaign is {live.status}, which is final: {differ}, nothing is written")
    return CampaignPlan(
        id=live.id,
        name=live.name or one.label,
        file=one.file,
        action=Action.FINISHED if notices else Action.NONE,
        live_status=live.status,
        in_sync=len(one.values) - len(difference.changes) - len(difference.unverified),
        notices=tuple(notices),
        desired=one,
    )


def _error(one: Desired, live: Live | None, *reasons: str) -> CampaignPlan:
    return CampaignPlan(
        id=live.id if live else one.id,
        name=(live.name if live else "") or one.label,
        file=one.file,
        action=Action.ERROR,
        live_status=live.status if live else None,
        errors=reasons,
        desired=one,
    )


def _notices(difference: Difference, status: StatusChange | None, live: Live) -> Iterable[str]:
    for kept in difference.kept:
        entries = (
            "1 live entry that the file does not name is"
            if kept.count == 1
            else f"{kept.count} live entries that the file does not name are"
        )
        yield f"{kept.field.name}: {entries} kept (remove with --allow-dnc-removals)"
    for unverified in difference.unverified:
        if not unverified.may_send:
            yield f"{unverified.field.name} is not sent: {unverified.reason}"
    if status and status.after in FINISHED:
        yield f"becoming {status.after} is final: it cannot be undone"
    if live.status == Status.ACTIVE and any(c.field.is_schedule for c in difference.changes):
        yield "queued calls may wait until they fall into the new calling hours"


# The JSON form


def to_json(plan: Plan) -> dict[str, Any]:
    """The document that `plan --format json` and `--out` write; see `schemas/plan.schema.json`."""
    document = {
        "format_version": FORMAT_VERSION,
        "tool_version": plan.tool_version,
        "created_at": plan.created_at,
        "base_url": plan.base_url,
        "digest": plan.digest,
        "summary": summary(plan),
        "campaigns": [_campaign_json(campaign, plan.base_url) for campaign in plan.campaigns],
        "allow_dnc_removals": plan.allow_removals,
        "rate_limit": plan.rate_limit,
        "minutes": plan.minutes,
        "basis": plan.basis,
        "notices": list(plan.notices),
        "unmanaged": None
        if plan.unmanaged is None
        else [{"id": live.id, "name": live.name, "status": live.status} for live in plan.unmanaged],
    }
    return document | {"checksum": checksum(document)}


def checksum(document: Mapping[str, Any]) -> str:
    """A hash over all of a plan document but itself: whoever changes a saved plan has to make a new one."""
    rest = {key: value for key, value in document.items() if key != "checksum"}
    return "sha256:" + hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def summary(plan: Plan) -> dict[str, int]:
    """How many campaigns of each kind, and how many requests apply needs, reading included."""
    campaigns = plan.campaigns
    by_action = {action: sum(c.action is action for c in campaigns) for action in Action}
    return {
        "create": by_action[Action.CREATE],
        "update": by_action[Action.UPDATE],
        "status": sum(c.status is not None for c in campaigns),
        "unchanged": sum(c.action is Action.NONE and not c.status for c in campaigns),
        "unverified": sum(bool(c.unverified) for c in campaigns),
        "finished": by_action[Action.FINISHED],
        "error": by_action[Action.ERROR],
        "requests": plan.requests,
        "loosened": sum(c.loosens for c in campaigns),
        "may_pause": sum(c.may_pause for c in campaigns),
    }


def _campaign_json(campaign: CampaignPlan, base_url: str) -> dict[str, Any]:
    salted = salt(base_url, campaign.id or campaign.name)
    return {
        "id": campaign.id,
        "name": campaign.name,
        "file": campaign.file,
        "action": str(campaign.action),
        "changes": [_change_json(change, salted) for change in campaign.changes],
        "status": {"before": campaign.status.before, "after": campaign.status.after} if campaign.status else None,
        "may_pause": campaign.may_pause,
        "unverified": [
            {"field": u.verdict.field.name, "reason": u.verdict.reason, "send": u.send, "sha256": u.sha256}
            for u in campaign.unverified
        ],
        "notices": list(campaign.notices),
        "errors": list(campaign.errors),
        "live_status": campaign.live_status,
        "managed": dict(campaign.managed),
        "schedules": schedules_json(campaign.schedules),
    }


def _change_json(change: Change, salted: str) -> dict[str, Any]:
    before, after = shown(change.field, change.before, change.after, salted)
    return {
        "field": change.field.name,
        "before": before,
        "after": after,
        "line": change.position.line,
        "file": change.position.file,
        "direction": str(change.direction) if change.direction else None,
    }


def shown(of: Field, before: Canonical, after: Canonical, salted: str) -> tuple[Value, Value]:
    """Before and after as they may be shown: numbers of people only as counts and salted hashes."""
    if of.is_sensitive:
        was, becomes = tallies(before, after, salted)
        return asdict(was), asdict(becomes)
    return to_api(of, before), to_api(of, after)


def _essence(campaign: CampaignPlan, base_url: str) -> list[Value]:
    salted = salt(base_url, campaign.id or campaign.name)
    return [
        campaign.id,
        campaign.id is None and campaign.name,
        str(campaign.action),
        [[c.field.name, *shown(c.field, c.before, c.after, salted)] for c in campaign.changes],
        [campaign.status.before, campaign.status.after] if campaign.status else None,
        campaign.may_pause,
        [[u.verdict.field.name, u.sha256] for u in campaign.unverified if u.send],
    ]
