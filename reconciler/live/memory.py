"""Answers of one run, so that nothing is asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reconciler.api.answers import ApiAnswer, Fetch
from reconciler.api.endpoints import Request
from reconciler.model.errors import ApiError


@dataclass(frozen=True, slots=True)
class Memory:
    """Sends reads, and remembers their answers: for whoever goes on with what was read a moment ago.

    What went wrong is not remembered.
    """

    ask: Fetch
    answers: dict[str, ApiAnswer] = field(default_factory=dict, repr=False)

    def __call__(self, requests: Sequence[Request]) -> Sequence[ApiAnswer | ApiError]:
        """Answers from memory; only what was not answered yet is asked."""
        new = [request for request in requests if str(request) not in self.answers]
        asked = dict(zip(map(str, new), self.ask(new), strict=True)) if new else {}
        self.answers.update({sent: answer for sent, answer in asked.items() if isinstance(answer, ApiAnswer)})
        return [asked.get(str(request)) or self.answers[str(request)] for request in requests]
