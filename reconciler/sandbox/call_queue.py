"""The queue of calls: when it stands in the way of an update, and how it drains after a pause."""

from __future__ import annotations

import math
from collections.abc import Collection

from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Stored

SCHEDULE = frozenset({"start_date", "end_date", "days_of_week", "call_time_ranges", "timezone"})


def queued_now(campaign: Stored, settings: SandboxSettings, now: float) -> int:
    """How many calls are queued at `now`: all while active, fewer and fewer after a pause, else none."""
    size = campaign.queued if settings.queued is None else settings.queued
    if campaign.status == "active":
        return size
    if campaign.status != "paused" or campaign.paused_at is None:
        return 0
    if settings.drain_after_puts is not None:
        return size if campaign.refused < settings.drain_after_puts else 0
    return _draining(size, now - campaign.paused_at, settings.drain_seconds)


def _draining(size: int, elapsed: float, seconds: float) -> int:
    if elapsed >= seconds:
        return 0
    return math.ceil(size * (1 - elapsed / seconds))


def in_conflict(fields: Collection[str], settings: SandboxSettings) -> bool:
    """Whether a PUT with these fields is refused while calls are queued."""
    return bool(fields) if settings.conflicts == "all" else not SCHEDULE.isdisjoint(fields)
