"""How the stand-in behaves: queue, rate limit, shape of answers, faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from reconciler.sandbox.answer_shapes import AnswerShape
from reconciler.sandbox.faults import FaultRule

SANDBOX_TOKEN = "talq_sandbox"


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """All that can be set about the stand-in; the defaults are the documented API on a quiet day.

    `drain_seconds`: how long after a pause the queue still holds calls.
    `drain_after_puts`: instead of time, so many conflicting PUTs are still refused after a pause.
    `conflicts`: which fields a PUT may not carry while calls are queued.
    `queued`: queued calls of every active campaign, instead of each campaign's own number.
    `rate_limit`, `rate_window`: requests in a fixed window of so many seconds that starts at the first one.
    `reset_as`, `rate_headers`, `retry_after`: how the limit is told, see `rate_limit`.
    `latency`: seconds before every answer. `says_date`: whether answers have a `Date`.
    `list_kept`: for how many seconds a cache has kept the list, by its `Date`.
    `random_seed`: decides which requests a fault by percentage hits.
    """

    drain_seconds: float = 3.0
    drain_after_puts: int | None = None
    conflicts: Literal["schedule", "all"] = "schedule"
    queued: int | None = None
    rate_limit: int = 100
    rate_window: float = 60.0
    reset_as: Literal["epoch", "seconds"] = "epoch"
    rate_headers: Literal["always", "on_429", "never"] = "always"
    retry_after: Literal["seconds", "zero", "date", "body", "none"] = "seconds"
    answers: AnswerShape = field(default_factory=AnswerShape)
    faults: tuple[FaultRule, ...] = ()
    latency: float = 0.0
    says_date: bool = True
    list_kept: float = 0.0
    random_seed: int = 0
