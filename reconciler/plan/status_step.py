"""The change of status that a file asks for, or why it cannot be."""

from __future__ import annotations

from reconciler.model.campaign import FINISHED, Desired, Live, Status, may_become
from reconciler.plan.steps import StatusChange


def status_step(desired: Desired, live: Live) -> tuple[StatusChange | None, str | None]:
    """The change of status that the file asks for, or why it cannot be."""
    if desired.status is None or desired.status == live.status:
        return None, None
    if live.is_finished and desired.status not in FINISHED:
        return None, None  # told as a notice: nothing can change a finished campaign
    if live.status is None:
        return None, f"the file wants status {desired.status}, but the API shows no status"
    if may_become(live.status, desired.status):
        return step(live.status, desired.status, desired), None
    return None, f"status cannot become {desired.status}: the campaign is {live.status}{ways_from(live.status)}"


def step(before: str, after: str | None, desired: Desired) -> StatusChange:
    """The step to a status, at the place where the file asks for it."""
    return StatusChange(before, str(after), desired.document.position(("status",)))


def ways_from(status: str) -> str:
    """What a status may become, for the end of a sentence."""
    if status in FINISHED:
        return ", which is final"
    ways = [after for after in Status if may_become(status, after)]
    return f", from where it may become {' or '.join(ways)}" if ways else ", a status that is not known here"
