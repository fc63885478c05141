"""How much of the limit is left, where answers tell little."""

from __future__ import annotations

from reconciler.api.rate_budget import GLANCE, RateBudget
from reconciler.api.rate_limit_headers import RateLimitHeaders


def test_where_nobody_said_until_when_an_answer_under_way_is_waited_for() -> None:
    budget = RateBudget()
    budget.answered(budget.permit(), RateLimitHeaders(limit=2, remaining=1), now=0.0)
    under_way = budget.permit()

    assert budget.seconds_to_wait(0.0) == GLANCE

    budget.answered(under_way, RateLimitHeaders(limit=2, remaining=0), now=1.0)
    assert budget.seconds_to_wait(1.0) == 0.0
