"""Carries a plan out with the `send`, the journal and the clock that it is given; yields outcomes.

A campaign that we pause is put back on every way out: after success, failure, a timeout or a signal. The
journal is on the disk before the pause and cleared after the resume, so that the next run can do it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from reconciler.api.endpoints import (
    ACTIVE_CALLS,
    ApiAnswer,
    create_campaign,
    get_campaign,
    read_campaign,
    read_status,
    shown_fields,
    update_campaign,
)
from reconciler.apply.pause import ApplyContext, CampaignSession, PauseEntry, backoff, is_certain
from reconciler.live.lookup import find_by_name
from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from reconciler.model.canonical import canonical, fingerprint, is_shown, same
from reconciler.model.document import Path, Problem, Value
from reconciler.model.errors import (
    ApiError,
    Interrupted,
    LeftPaused,
    ReconcilerError,
    Refused,
    StateError,
    UnexpectedAnswer,
    Unreachable,
)
from reconciler.model.fields import Fields
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.plan.diff import Change, UnverifiedField
from reconciler.plan.plan import Action, CampaignPlan, Plan
from reconciler.plan.values import as_text, salt

_CONFLICT = 409
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How apply goes about it. `drain_timeout` is in seconds."""

    drain_timeout: float = 300.0
    may_pause: bool = True
    allow_removals: bool = False


class Result(StrEnum):
    """What became of a campaign."""

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    FAILED = "failed"
    NOT_ATTEMPTED = "not attempted"
    LEFT_PAUSED = "left paused"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a campaign is not as its file says, with the request that failed, and where in the files to look."""

    message: str
    request: str | None = None
    status: int | None = None
    code: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one campaign. `seconds_paused` is how long we kept it from calling."""

    id: str | None
    name: str
    file: str
    result: Result
    done: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    failure: Failure | None = None
    requests: int = 0
    retries: int = 0
    seconds_paused: float = 0.0
    is_created: bool = False


class _Deferred(ReconcilerError):
    """The change was not made now, and nothing is broken: it can be made later."""


class _Overtaken(ReconcilerError):
    """Somebody changed the campaign since it was planned, so that a step is not possible any more."""


class _NotKept(ReconcilerError):
    """The API answered 200 and did not keep what was sent."""


Run = Callable[[Callable[[CampaignPlan], Outcome], Iterable[CampaignPlan]], Iterable[Outcome]]


def apply(plan: Plan, fields: Fields, hands: ApplyContext, options: ApplyOptions, run: Run = map) -> Iterator[Outcome]:
    """Carry out every campaign of the plan with `run`, which may do several at once; outcomes as they come."""
    yield from run(lambda campaign: apply_campaign(campaign, plan.base_url, fields, hands, options), plan.campaigns)


def apply_campaign(
    campaign: CampaignPlan, base_url: str, fields: Fields, hands: ApplyContext, options: ApplyOptions
) -> Outcome:
    """Carry out one campaign. What goes wrong is in the outcome; only what ends the process is raised."""
    work = _Work(campaign, base_url, fields, options, CampaignSession(campaign.id or "", campaign.name, hands))
    if campaign.action is Action.ERROR:
        return work.outcome(Result.FAILED, Failure("; ".join(campaign.errors)))
    if not campaign.has_steps:
        return work.outcome(Result.UNCHANGED)
    try:
        work.carry_out()
    except LeftPaused as error:
        return work.outcome(Result.LEFT_PAUSED, _failure(error, campaign))
    except _Deferred as error:
        return work.outcome(Result.DEFERRED, _failure(error, campaign))
    except Interrupted as error:
        return work.outcome(Result.FAILED if work.at.requests else Result.NOT_ATTEMPTED, Failure(str(error)))
    except ReconcilerError as error:
        return work.outcome(Result.FAILED, _failure(error, campaign))
    return work.outcome(Result.APPLIED)


@dataclass(slots=True)
class _Work:
    """The work on one campaign, and what is known of it so far; `unseen` are fields that no answer shows once sent."""

    campaign: CampaignPlan
    base_url: str
    fields: Fields
    options: ApplyOptions
    at: CampaignSession
    seconds_paused: float = 0.0
    unseen: frozenset[str] = frozenset()
    is_created: bool = False

    def outcome(self, result: Result, failure: Failure | None = None) -> Outcome:
        """The outcome, with everything that was counted."""
        return Outcome(
            id=self.at.id or None,
            name=self.campaign.name,
            file=self.campaign.file,
            result=result,
            done=tuple(self.at.done),
            notices=tuple(self.at.notices),
            failure=failure,
            requests=self.at.requests,
            retries=self.at.retries,
            seconds_paused=round(self.seconds_paused, 3),
            is_created=self.is_created,
        )

    def carry_out(self) -> None:
        """Every step of this campaign: creation, or a pause that the file wants and the PUT; then the status."""
        wanted = self.campaign.status
        self.at.status = self.campaign.live_status
        if wanted and self.campaign.pauses_first:
            self._step_to(wanted.after)
        if self.campaign.action is Action.CREATE:
            self._create()
        elif self.campaign.sent:
            self._update_if_possible()
        if wanted and self.at.status != wanted.after:
            self._step_to(wanted.after)

    def _create(self) -> None:
        """The POST, never twice: after a lost answer the campaign is looked up by its name."""
        body = diff.body_of(self.campaign.changes)
        request = create_campaign(body)
        try:
            answer = self.at.send(request)
            live = read_campaign(request, answer)
        except ApiError as error:
            if is_certain(error) or (isinstance(error, Unreachable) and not error.sent):
                raise
            answer, live = ApiAnswer({}), self._looked_up(error)
        self.at.id, self.at.status = live.id, live.status or Status.DRAFT
        self.is_created = True
        self.at.done.append(f"created as {self.at.status}, id {live.id}")
        self._verify(body, answer)
        self._remember(self.campaign.changes)

    def _looked_up(self, error: ApiError) -> Live:
        found = find_by_name(self.fields, self.campaign.name, lambda requests: [self.at.send(r) for r in requests])
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(sorted(live.id for live in found))
            msg = f"{error}; {len(found)} live campaigns bear its name by now ({ids}): put the right id into the file"
            raise UnexpectedAnswer(error.request, msg) from error
        raise error

    def _step_to(self, status: str) -> None:
        before = self.at.status
        if not may_become(before, status):
            msg = f"the file wants it {status}, but somebody made it {before} meanwhile: plan again"
            raise _Overtaken(msg)
        self.at.set_status(status)
        self.at.done.append(f"status {before} -> {status}")

    def _update_if_possible(self) -> None:
        """The update; the end of a campaign does not wait for fields that nobody can verify."""
        status = self.campaign.status
        try:
            self._update()
        except _Deferred as deferred:
            if self.campaign.changes or not (status and status.after in FINISHED):
                raise
            self.at.notices.append(f"not updated: {deferred}")

    def _update(self) -> None:
        """The PUT, with whatever a conflict takes, and a look at what the API kept."""
        body = diff.body_of(self.campaign.sent)
        answer = self._put(body)
        if isinstance(answer, ApiAnswer):
            self._verify(body, answer)
        else:
            self._after_conflict(body, answer)
        self._remember([c for c in self.campaign.sent if isinstance(c, UnverifiedField) or c.field.name in self.unseen])

    def _after_conflict(self, body: Mapping[str, Value], conflict: Refused) -> None:
        if not self.campaign.changes:
            msg = "calls are queued, and the update holds nothing but unverified fields: it is not worth a pause"
            raise _Deferred(msg) from conflict
        if self.at.status == Status.PAUSED:
            self._verify(body, self._put_until_drained(body))
            return
        if self.at.status != Status.ACTIVE:
            raise conflict
        if not self.options.may_pause:
            msg = "calls are queued, and pausing is not allowed here (--no-pause)"
            raise _Deferred(msg) from conflict
        if self.at.look() != Status.ACTIVE:
            self.at.notices.append(f"somebody made the campaign {self.at.status} meanwhile: it was not touched")
            raise conflict
        self._put_while_paused(body)

    def _put_while_paused(self, body: Mapping[str, Value]) -> None:
        """Pause, change, put back. Whatever happens after the journal was written, the status is put back."""
        at, clock = self.at, self.at.hands.clock
        reason = _reason(self.campaign)
        entry = PauseEntry(at.id, self.base_url, Status.ACTIVE, clock.stamp(), reason, at.hands.token_env)
        wanted = self._wanted()
        target, is_paused = Status.ACTIVE, False
        began = clock.now()
        try:
            at.pause(entry)
            try:
                answer = self._put_until_drained(body)
                if wanted in FINISHED:
                    self._verify(body, answer)  # nothing can be mended once it has ended
                target, is_paused = wanted, read_status(answer) == Status.PAUSED
            finally:
                at.put_back(entry, target, is_paused=is_paused)
        finally:
            self.seconds_paused = clock.now() - began
        if wanted not in FINISHED:
            self._verify(body, answer)

    def _wanted(self) -> Status:
        """The status that the campaign ends with when all went well."""
        return Status(self.campaign.status.after) if self.campaign.status else Status.ACTIVE

    def _put_until_drained(self, body: Mapping[str, Value]) -> ApiAnswer:
        """Repeat the PUT to a paused campaign, with growing waits, until its queue is empty or the time is over."""
        clock = self.at.hands.clock
        deadline = clock.now() + self.options.drain_timeout
        for pause in backoff(0.5, 10.0):
            answer = self._put(body)
            if isinstance(answer, ApiAnswer):
                return answer
            left = deadline - clock.now()
            if left <= 0:
                msg = f"calls were still queued after {self.options.drain_timeout:g} s of waiting: nothing was updated"
                raise _Deferred(msg) from answer
            clock.wait(min(pause, left))
        raise AssertionError  # pragma: no cover - the waits never end

    def _put(self, body: Mapping[str, Value]) -> ApiAnswer | Refused:
        """The PUT: its answer, or the one refusal that a pause can help with. Anything else is raised."""
        try:
            answer = self.at.send(update_campaign(self.at.id, body))
        except Refused as refused:
            if not _is_conflict(refused):
                raise
            return refused
        self.at.done.append(f"updated {count(len(body), 'field')}")
        return answer

    def _verify(self, body: Mapping[str, Value], answer: ApiAnswer) -> None:
        """Compare what was sent with what the PUT's answer shows, else with one GET. Raises _NotKept."""
        shown = dict(shown_fields(answer))
        if not all(is_shown(change.field, shown) for change in self.campaign.changes):
            request = get_campaign(self.at.id)
            shown = {**read_campaign(request, self.at.send(request)).values, **shown}
        live = Live(self.at.id, self.campaign.name, None, shown)
        lost = diff.compare(self.fields, self._sent_as_desired(body), live, allow_removals=self.options.allow_removals)
        self.unseen = frozenset(unverified.field.name for unverified in lost.unverified)
        if lost.changes:
            raise _NotKept("; ".join(_not_kept(change) for change in lost.changes))

    def _sent_as_desired(self, body: Mapping[str, Value]) -> Desired:
        return replace(self.campaign.desired, values=body, status=None)

    def _remember(self, sent: Iterable[Change | UnverifiedField]) -> None:
        """Record values that were sent and may not be shown, so that they are not sent again without need."""
        salted = salt(self.base_url, self.at.id)
        hashes = {
            c.field.name: fingerprint(c.field, c.after if isinstance(c, Change) else c.value, salted) for c in sent
        }
        if not hashes:
            return
        try:
            self.at.hands.journal.remember(self.base_url, self.at.id, hashes)
        except StateError as error:
            self.at.notices.append(f"{', '.join(hashes)} will be sent again next time: {error}")


def _is_conflict(refused: Refused) -> bool:
    """The one refusal that a pause can help with; every other 409 is a failure."""
    return refused.status == _CONFLICT and refused.code == ACTIVE_CALLS


def _reason(campaign: CampaignPlan) -> str:
    return "to change " + ", ".join(change.field.name for change in campaign.changes)


def _not_kept(change: Change) -> str:
    sent, has = (as_text(change.field, value) for value in (change.after, change.before))
    return f"the API did not keep {change.field.name}: sent {sent}, has {has}"


def _failure(error: ReconcilerError, campaign: CampaignPlan | None = None) -> Failure:
    """Tell an error as a failure; what a 422 says of a field is told where the field stands in the files."""
    cause = error.__cause__ if isinstance(error.__cause__, ApiError) else error
    first = _first_cause(cause) if isinstance(error, LeftPaused) else None
    refused = cause if isinstance(cause, Refused) else None
    is_invalid = refused is not None and refused.status == _UNPROCESSABLE
    return Failure(
        message=f"{error}; before that: {first}" if first else str(error),
        request=cause.request if isinstance(cause, ApiError) else None,
        status=refused.status if refused else None,
        code=refused.code if refused else None,
        problems=_problems(refused, campaign) if refused and campaign and is_invalid else (),
    )


def _first_cause(error: BaseException) -> ReconcilerError | None:
    """What went wrong before the error that came while things were put back."""
    first = None
    context = error.__context__
    while context is not None:
        first = context if isinstance(context, ReconcilerError) else first
        context = context.__context__
    return first


def _problems(refused: Refused, campaign: CampaignPlan) -> tuple[Problem, ...]:
    """The field errors of a 422, at the file and line of what they are about."""
    problems = []
    for key, message in refused.fields.items():
        path = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
        in_file = _in_file(path, campaign)
        problems.append(Problem(campaign.desired.document.position(in_file), f"the API says: {message}", in_file))
    return tuple(sorted(problems, key=lambda problem: problem.position))


def _in_file(path: Path, campaign: CampaignPlan) -> Path:
    """The path in the file of what stands at `path` in the request, where lists are sorted."""
    name, rest = str(path[0]), path[1:]
    sent = diff.body_of(campaign.sent).get(name)
    written = campaign.desired.values.get(name)
    if not rest or not isinstance(sent, list) or not isinstance(written, list) or not isinstance(rest[0], int):
        return path
    of = next(c.field for c in campaign.sent if c.field.name == name)
    entry = sent[rest[0] : rest[0] + 1]
    places = [i for i, value in enumerate(written) if same(canonical(of, [value]), canonical(of, entry))]
    return (name, places[0], *rest[1:]) if places else (name,)


def recover(entries: Iterable[PauseEntry], hands: ApplyContext) -> Iterator[Outcome]:
    """Resume what the journal says that we paused, if it is still paused; anything else is reported and cleared."""
    for entry in entries:
        at = CampaignSession(entry.campaign, entry.campaign, hands)
        result, failure = Result.APPLIED, None
        try:
            at.put_back(entry, entry.status_before)
        except LeftPaused as error:
            result, failure = Result.LEFT_PAUSED, _failure(error)
        if at.status == entry.status_before:
            at.done.append(f"it is {at.status} again (paused at {entry.at} {entry.reason})")
        yield Outcome(
            id=entry.campaign,
            name=at.name,
            file="",
            result=result,
            done=tuple(at.done),
            notices=tuple(at.notices),
            failure=failure,
            requests=at.requests,
            retries=at.retries,
        )
