"""Begins a pause: each try is sent once, after a look, so that what somebody did meanwhile is never taken for ours."""

from __future__ import annotations

from reconciler.apply import resuming
from reconciler.apply.failures import Overtaken
from reconciler.apply.pause import LONGEST_WAIT, THEIRS, Pause
from reconciler.apply.pause_state import State
from reconciler.apply.session import backoff
from reconciler.model.campaign import Status
from reconciler.model.errors import ApiError, Interrupted, Proof

# Tries of a pause that prove nothing, and that were turned away, before it is given up.
_MOST_FAULTS, _MOST_TURNS = 5, 10


def begin(pause: Pause) -> bool:
    """Pause the campaign, which was active at a look just now. Whatever goes wrong, it is put back.

    Returns False where somebody else paused it meanwhile: that pause is theirs. Raises ApiError, Overtaken,
    StateError where the journal cannot be written, and Interrupted.
    """
    pause.session.context.journal.announce(pause.entry)
    pause.session.context.noted()
    which = f"{pause.session.name} (id {pause.session.id})"
    pause.session.context.tell(f"{which}: pausing {pause.entry.reason}, because calls are queued")
    try:
        if _is_ours(pause):
            return True
    except BaseException:
        resuming.end(pause)
        raise
    resuming.end(pause)
    return False


def _is_ours(pause: Pause) -> bool:
    """Try until the pause is ours; False where it is somebody else's."""
    faults = turns = 0
    for wait in backoff(0.5, 5.0):  # pragma: no branch - the tries are counted
        error = _try(pause)
        if error is None:
            return True
        if error.proof is Proof.REFUSED and pause.state is State.ANNOUNCED:
            raise error
        turns += error.proof is Proof.NOT_SENT
        faults += error.proof is not Proof.NOT_SENT
        pause.session.clock.wait(max(wait, min(error.retry_after or 0.0, LONGEST_WAIT)))
        seen = pause.look()
        if seen == Status.PAUSED or (seen is not None and seen not in set(Status)):
            pause.was_seen()
            return pause.state is State.ACCEPTED
        if seen in THEIRS:
            msg = f"somebody made the campaign {seen} meanwhile: it was not touched"
            raise Overtaken(msg)
        if faults >= _MOST_FAULTS or turns >= _MOST_TURNS or seen is None:
            raise error
        pause.session.context.noted()
    raise AssertionError  # pragma: no cover - see above


def _try(pause: Pause) -> ApiError | None:
    """One try of the pause: None where the API accepted it, else what is known instead."""
    before = pause.state
    try:
        pause.session.send_pause(pause.note_try)
    except ApiError as error:
        if error.proof is not Proof.UNKNOWN:
            pause.take_back_try(before)
        pause.doubts += error.proof is Proof.UNKNOWN
        return error
    except Interrupted:
        pause.take_back_try(before)
        raise
    pause.state, pause.session.status = State.ACCEPTED, Status.PAUSED
    return None


def check(pause: Pause) -> None:
    """Raise Overtaken where it surely does not hold any more, long after it was accepted: nobody waits then."""
    if not pause.is_late:
        return
    seen = pause.look()
    if seen == pause.entry.status_before:
        msg = f"the API accepted the pause, but the campaign is {seen}: it was ignored, or somebody resumed it"
        raise Overtaken(msg)
    if seen in THEIRS:
        msg = f"somebody made the campaign {seen} while it was paused for this"
        raise Overtaken(msg)
