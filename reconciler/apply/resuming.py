"""Ends a pause on every way out, harder than anything else is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reconciler.api.answers import read_status
from reconciler.api.endpoints import set_status
from reconciler.apply.failures import why_left_paused
from reconciler.apply.pause import LONGEST_WAIT, THEIRS, Pause
from reconciler.apply.pause_state import State
from reconciler.apply.session import LAG, Held, backoff
from reconciler.model.campaign import Status
from reconciler.model.errors import ApiError, LeftPaused, Proof, Refused, StateError, is_unknown_to_the_api
from reconciler.model.holds import Hold, Stopped

# Certain refusals of an end that the file wants, before the campaign is put back as it was.
_REFUSALS_BORNE = 3


def end(pause: Pause) -> None:
    """End the pause with `target`, harder than anything else is tried; safe to be called by two threads.

    Raises LeftPaused when it cannot be done, and Refused where only a target of the file was: then the campaign
    is as it was.
    """
    if not pause.is_open:
        return
    if pause.state is State.ANNOUNCED:
        pause.clear()
        return
    try:
        status = _ended(pause)
    except Held as error:
        _hand_over(pause, error.hold)
        return
    except Refused:
        pause.target = pause.entry.status_before
        end(pause)
        raise
    if pause.is_open:
        pause.session.status = status
        pause.clear()
        pause.session.pause_ended(status, pause.entry.status_before, pause.target)


def _ended(pause: Pause) -> str:
    """Set the status until it is certain what it is: the status then.

    A resume is sent whenever a look shows the status before (a resume of what is active is a harmless refusal),
    paused, a status that we don't know, or none at all.
    """
    clock, answers = pause.session.clock, _Answers()
    since = clock.now()
    error: ApiError | None = None
    check = pause.session.check_hold if pause.target == Status.ACTIVE else None
    if check:
        check()
    for wait in backoff(0.2, 5.0):  # pragma: no branch - patience ends it
        seen = pause.look(urgent=True)
        if not pause.is_open or seen in THEIRS or _is_over(pause, seen, answers):
            return seen if seen in THEIRS else pause.target
        if answers.accepted_at is None or clock.now() - answers.accepted_at >= LAG:
            error = _resume(pause, check)
            answers.note(error, clock.now())
            if error is None and pause.session.status == pause.target and pause.is_settled:
                return pause.target
            if error is not None and answers.refused >= _REFUSALS_BORNE and pause.target != pause.entry.status_before:
                raise error
        delay = wait if error is None else max(wait, min(error.retry_after or 0.0, LONGEST_WAIT))
        is_enough = is_unknown_to_the_api(error) and clock.now() - since >= pause.patience_with_404
        if not clock.wait_while_resuming(delay, since) or is_enough:
            break
    pause.state = State.LEFT
    raise LeftPaused(why_left_paused(pause.session.id, error)) from error


@dataclass(slots=True)
class _Answers:
    """What the API said to the tries of one end; `accepted_at` is when, if the last one was accepted."""

    accepted_at: float | None = None
    accepted: int = 0
    refused: int = 0

    def note(self, error: ApiError | None, now: float) -> None:
        self.accepted_at = now if error is None else None
        self.accepted += error is None
        self.refused += error is not None and error.proof is Proof.REFUSED


def _is_over(pause: Pause, seen: str | None, answers: _Answers) -> bool:
    """Whether a look settles it: it is as it should be, and nothing can make it paused any more.

    Where nobody can look, it is over once the API accepted a try, and then another, or found nothing to do for it;
    never where a pause of another run is all that is known.
    """
    if seen is None:
        return pause.is_certain and answers.accepted > 0 and answers.accepted + answers.refused > 1
    if answers.accepted_at is None:
        return pause.is_tried and seen == pause.entry.status_before == pause.target and pause.is_late
    if seen == Status.PAUSED or not pause.is_settled:
        return False
    return pause.is_seen or pause.session.clock.now() - answers.accepted_at >= LAG


def _hand_over(pause: Pause, hold: Hold) -> None:
    """Somebody stopped the campaign: the entry moves into the hold, which is what ends it. Raises LeftPaused."""
    entry, context = pause.entry, pause.session.context
    try:
        context.holds.take_over(hold, Stopped(entry.campaign, entry.name, entry.status_before))
    except StateError as error:
        pause.state = State.LEFT
        msg = f"it is left paused, as it is held, and the hold cannot be written: {error}"
        raise LeftPaused(msg) from error
    pause.clear()
    told = hold.told(context.clock.stamp())
    pause.session.notices.append(f"{told}: it stays paused, until `reconciler release`")


def _resume(pause: Pause, check: Callable[[], None] | None) -> ApiError | None:
    """One try of the target: None where the API accepted it; the session then holds the status that it showed.

    `check` is called just before: it raises Held where somebody stopped the campaign meanwhile.
    """

    def goes() -> None:
        if check:
            check()
        pause.is_tried = True

    request = set_status(pause.session.id, pause.target)
    try:
        answer = pause.session.send(request, urgent=True, once=True, goes=goes)
    except ApiError as error:
        return error
    pause.session.status = read_status(answer)
    return None
