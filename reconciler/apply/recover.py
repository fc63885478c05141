"""Puts back what an interrupted run left paused, as the journal says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.apply import resuming
from reconciler.apply.context import ApplyContext, PauseEntry, age
from reconciler.apply.failures import failure_of
from reconciler.apply.outcome import Failure, Outcome, Result
from reconciler.apply.pause import Pause
from reconciler.apply.session import CampaignSession, Held
from reconciler.model.campaign import FINISHED, Status
from reconciler.model.errors import ApiError, Interrupted, LeftPaused

# Seconds. An entry that is older was forgotten by everybody: a person decides.
_OLD = 7 * 24 * 3600.0


def recover(entries: Iterable[PauseEntry], context: ApplyContext) -> Iterator[Outcome]:
    """Resume what the journal says that we paused; what somebody ended is reported and cleared."""
    for entry in entries:
        yield _put_back(entry, _session(entry, context))


def heal(entry: PauseEntry, context: ApplyContext, wanted: str | None = None) -> Outcome | None:
    """The same for one entry, before an apply, which nobody has looked at.

    `wanted` is the status that the campaign's file wants. One that it wants paused, completed or cancelled is not
    resumed on the way: None for what the apply is about to end, as the file says. What is too old is told.
    """
    session = _session(entry, context)
    days = (age(entry, context.clock.stamp()) or 0.0) / 86400
    if wanted in FINISHED:
        context.tell(f"{session.name}: left paused {entry.reason}; its file wants it {wanted}, so it is not resumed")
        return None
    if session.hold:
        return _put_back(entry, session)
    if wanted == Status.PAUSED:
        return _left_to_its_file(entry, session)
    if days * 86400 > _OLD:
        msg = f"we paused it {days:.0f} days ago, too long ago to resume it unasked: run `reconciler recover`"
        return _unless_it_is_over(entry, session, msg)
    return _put_back(entry, session)


def settle(entry: PauseEntry, context: ApplyContext) -> Outcome | None:
    """After an apply that was to end a campaign of the journal: strike it off, or tell that it is left paused."""
    outcome = _unless_it_is_over(entry, _session(entry, context), "it is left paused: its file's status was not set")
    return outcome if outcome.failure else None


def resume(campaign_id: str, context: ApplyContext, entry: PauseEntry | None) -> Outcome:
    """Resume a campaign that a person names, after a look; `entry` is what the journal holds of it, if anything.

    Nothing is invented: what is active needs nothing, and what cannot be read is no more than a failure.
    """
    if entry:
        return _put_back(entry._replace(status_before=Status.ACTIVE), _session(entry, context))
    session = CampaignSession(campaign_id, campaign_id, context)
    try:
        if session.look(urgent=True) == Status.ACTIVE:
            session.notices.append("it is active: there is nothing to do")
        elif session.status != Status.PAUSED:
            session.notices.append(f"it is {session.status}, not paused: it was left so")
        else:
            session.set_status(Status.ACTIVE)
            session.done.append("it is active again")
    except Held as error:
        msg = f"{error}; end the hold first: `reconciler release --id {campaign_id}`"
        return session.outcome(Result.FAILED, Failure(msg))
    except (ApiError, Interrupted) as error:
        failure = failure_of(error)
        again = f"{failure.message}; once that is mended: `reconciler recover --id {campaign_id}`"
        return session.outcome(Result.FAILED, failure._replace(message=again))
    return session.outcome(Result.APPLIED)


def _session(entry: PauseEntry, context: ApplyContext) -> CampaignSession:
    return CampaignSession(entry.campaign, entry.name or entry.campaign, context, file=entry.file)


def _put_back(entry: PauseEntry, session: CampaignSession) -> Outcome:
    """Put one campaign back as it was before our pause; what became of it."""
    if entry.status_before != Status.ACTIVE:
        msg = f"the journal says that it was {entry.status_before} before, which we never pause: it is not obeyed"
        return _outcome(session, Failure(f"{msg}; look into it, then `{_forget(entry)}`"))
    failure = None
    try:
        resuming.end(Pause.of_journal(session, entry))
    except LeftPaused as error:
        failure = failure_of(error)
    if session.status == entry.status_before:
        why = " ".join(part for part in (entry.at and f"at {entry.at}", entry.reason) if part)
        session.done.append(f"it is {session.status} again" + (f" (paused {why})" if why else ""))
    return _outcome(session, failure)


def _left_to_its_file(entry: PauseEntry, session: CampaignSession) -> Outcome:
    """The file wants it paused: it stays so, and the journal forgets it once a look shows that it is."""
    outcome = _unless_it_is_over(entry, session, "it may be left paused: no look shows its status", Status.PAUSED)
    if outcome.failure is None and session.status == Status.PAUSED:
        session.done.append("it stays paused, as its file wants it")
    return _outcome(session, outcome.failure)


def _unless_it_is_over(entry: PauseEntry, session: CampaignSession, message: str, *more: str) -> Outcome:
    """One look: the entry is over where the campaign is active, finished, or what else is given; else the message."""
    pause = Pause.of_journal(session, entry)
    is_over = pause.is_over_at_a_look({Status.ACTIVE, *FINISHED, *more})
    return _outcome(session, None if is_over else Failure(message))


def _forget(entry: PauseEntry) -> str:
    return f"reconciler recover --forget {entry.campaign}"


def _outcome(session: CampaignSession, failure: Failure | None) -> Outcome:
    """What became of an entry: what could not be put back is left paused."""
    return session.outcome(Result.LEFT_PAUSED if failure else Result.APPLIED, failure)
