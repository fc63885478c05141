"""Stops campaigns at once: pauses whatever calls and is meant, and looks again until nothing of it calls any more."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.api.answers import read_page, read_status
from reconciler.api.endpoints import list_campaigns, set_status
from reconciler.apply.context import ApplyContext
from reconciler.apply.failures import failure_of
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.session import LAG, CampaignSession, backoff
from reconciler.model.campaign import FINISHED, Live, Status
from reconciler.model.errors import ApiError, Interrupted, Proof, is_unknown_to_the_api

# Statuses in which nobody is called. Any other is one, even one that we do not know.
_QUIET = FINISHED | {Status.PAUSED, Status.DRAFT}
# Certain refusals of a pause before a person is asked; a refusal may be of a request that came too late.
_REFUSALS_BORNE = 3
# Seconds: what the API itself does not know, or shows in a status that we do not, is not tried for longer; and no
# answer makes it wait for longer.
_PATIENCE, _LONGEST_WAIT = 30.0, 30.0
# Seconds between looks for what becomes active again, and pauses of one campaign before that is told as a failure.
_BETWEEN_LOOKS, _MOST_PAUSES = 3.0, 10
# Seconds after the last pause until a last look: a start may have been on its way, and reads lag behind writes.
_SETTLING = 2.0
# Looks that fail before that is told; each was repeated by the client.
_MOST_FAILED_LOOKS = 3
# Seconds by which a clock may be wrong; what was changed later than now is told by another one.
_CLOCK_SKEW = 300.0
# Seconds in which a running apply resumes what it paused, beyond its drain timeout.
_RESUMING = 30.0

Run = Callable[[Callable[[Live], Outcome], Sequence[Live]], Iterable[Outcome]]


@dataclass(slots=True)
class Stop:
    """The stop of one environment.

    `is_meant` says which live campaigns are; `note` is told, before anything is sent, which are to be paused; `run`
    does the work on several side by side. An apply that is at work elsewhere waits `drain_timeout` seconds at most.
    `ended_at` is when the last campaign was paused, in the clock's time.
    """

    context: ApplyContext
    is_meant: Callable[[Live], bool]
    note: Callable[[Sequence[Live]], None]
    run: Run
    drain_timeout: float
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    ended_at: float | None = None
    _at: dict[str, float] = field(default_factory=dict)
    _pauses: dict[str, int] = field(default_factory=dict)
    _watched: dict[str, float] | None = None

    def carry_out(self) -> Iterator[Outcome]:
        """Pause, look again, and so on; outcomes as they come. What went wrong is in them, and in `errors`."""
        clock, failed = self.context.clock, 0
        while True:
            try:
                active = self.active()
                due = [row for row in active if self._is_due(row)]
                yield from self._paused(due)
                if due:
                    continue
                is_fresh = any(self._is_fresh(row) for row in active)
                if not is_fresh and not self._is_watching():
                    if self._is_settled():
                        return
                    clock.wait(_SETTLING)
                    continue
                clock.wait(_BETWEEN_LOOKS if self._watched else LAG / 10)
            except ApiError as error:
                failed += 1
                if failed >= _MOST_FAILED_LOOKS:
                    self.errors.append(f"nobody can tell whether more campaigns call: {error}")
                    return
            except Interrupted as error:
                self.errors.append(f"{error}: nobody looks any more for what becomes active")
                return

    def active(self) -> list[Live]:
        """What calls now and is meant; raises ApiError, and Interrupted."""
        return [row for row in self._listed(Status.ACTIVE) if self._calls(row)]

    def _listed(self, status: Status) -> Iterator[Live]:
        """The campaigns that the API lists with a status, page by page, whatever it says of the number of pages."""
        number, known = 1, set[str]()
        while True:
            request = list_campaigns(number, status=status)
            page = read_page(request, self.context.send(request, urgent=True))
            fresh = [row for row in page.rows if row.id not in known]
            known.update(row.id for row in fresh)
            yield from fresh
            if not fresh or number >= (page.last or number + 1) or len(known) == page.total:
                return
            number += 1

    def _calls(self, row: Live) -> bool:
        return row.status not in _QUIET and self.is_meant(row)

    def _is_due(self, row: Live) -> bool:
        """Whether it is to be paused now: what we paused just now may be shown as it was before."""
        known = self.outcomes.get(row.id)
        if known is None:
            return True
        return known.failure is None and not self._is_fresh(row)

    def _is_fresh(self, row: Live) -> bool:
        known = self.outcomes.get(row.id)
        return known is not None and known.failure is None and self.context.clock.now() - self._at[row.id] < LAG

    def _paused(self, due: Sequence[Live]) -> Iterator[Outcome]:
        """Pause these, side by side; they are noted before, so that whatever happens somebody knows of them."""
        if not due:
            return
        self.note([row for row in due if row.id not in self.outcomes])
        for outcome in self.run(self._stopped, due):
            self.outcomes[str(outcome.id)] = outcome
            self._at[str(outcome.id)] = self.ended_at = self.context.clock.now()
            yield outcome

    def _stopped(self, row: Live) -> Outcome:
        session = CampaignSession(row.id, row.name or row.id, self.context)
        self._pauses[row.id] = self._pauses.get(row.id, 0) + 1
        is_vain = self._pauses[row.id] > _MOST_PAUSES
        failure = Failure("somebody starts it again and again") if is_vain else _failure(session)
        return session.outcome(Result.FAILED if failure else Result.APPLIED, failure)

    def _is_settled(self) -> bool:
        """Whether a look now shows what became of the last pause, and of a start that was on its way by then."""
        return self.ended_at is None or self.context.clock.now() - self.ended_at >= _SETTLING

    def _is_watching(self) -> bool:
        """Whether a pause of an apply that is at work elsewhere may end yet, and start calls again."""
        clock = self.context.clock
        if self._watched is None:
            paused = [row for row in self._listed(Status.PAUSED) if row.id not in self.outcomes and self.is_meant(row)]
            left = {row.id: self._seconds_left(row) for row in paused}
            self._watched = {row: clock.now() + seconds for row, seconds in left.items() if seconds > 0}
            if self._watched:
                self.context.tell(
                    "what calls is stopped; a campaign was paused shortly before, perhaps by an apply at work "
                    f"elsewhere: looking for {max(left.values()):.0f} s whether it starts again"
                )
        return any(until > clock.now() for row, until in self._watched.items() if row not in self.outcomes)

    def _seconds_left(self, row: Live) -> float:
        """How long an apply may still keep a campaign paused, by when it was changed last.

        What was not changed since it was created, and where no answer tells, there is no sign of an apply.
        """
        longest = self.drain_timeout + _RESUMING
        if row.values.get("updated_at") == row.values.get("created_at"):
            return 0.0
        try:
            at = datetime.datetime.fromisoformat(str(row.values.get("updated_at")))
            now = datetime.datetime.fromisoformat(self.context.clock.stamp())
            at = at if at.tzinfo else at.replace(tzinfo=datetime.UTC)
            ago = (now - at).total_seconds()
            return max(longest - max(ago, 0.0), 0.0) if ago > -_CLOCK_SKEW else 0.0
        except (ValueError, TypeError):
            return 0.0


def _failure(session: CampaignSession) -> Failure | None:
    """Pause one campaign, as hard as one is resumed; None where nobody is called any more."""
    clock, refusals = session.clock, 0
    since = clock.now()
    error: ApiError | None = None
    for wait in backoff(0.2, 5.0):  # pragma: no branch - patience ends it
        try:
            shown = read_status(session.send(set_status(session.id, Status.PAUSED), urgent=True, once=True))
        except ApiError as caught:
            error = caught
            refusals += error.proof is Proof.REFUSED
        else:
            error = None
            if shown in (None, Status.PAUSED):
                session.did("paused")
                return None
        seen = None if error is not None and error.proof is Proof.NOT_SENT else _seen(session)
        if seen in _QUIET:
            session.did("paused" if seen == Status.PAUSED else f"left: it is {seen}")
            return None
        pause = max(wait, min(error.retry_after or 0.0, _LONGEST_WAIT)) if error else wait
        # A status between two others is none that lasts: the refusal may be of a pause that is under way.
        is_over = clock.now() - since >= _PATIENCE
        is_refused = refusals >= _REFUSALS_BORNE and (is_over or seen in (None, Status.ACTIVE))
        is_gone = is_unknown_to_the_api(error) and is_over
        if is_refused or is_gone or not clock.wait_while_resuming(pause, since):
            break
    return failure_of(error) if error else Failure("the API accepts the pause, and the campaign stays as it is")


def _seen(session: CampaignSession) -> str | None:
    try:
        return session.look(urgent=True, once=True)
    except ApiError:
        return None
