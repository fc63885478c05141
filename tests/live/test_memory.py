"""What was read a moment ago is not asked again."""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request, get_campaign
from reconciler.live.memory import Memory
from reconciler.model.errors import ApiError, Unreachable


def test_only_what_was_not_answered_is_asked() -> None:
    asked: list[str] = []

    def fetch(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        asked.extend(map(str, requests))
        return [
            Unreachable(str(r), "no answer") if len(asked) == 2 and "b" in r.path else ApiAnswer(r.path)
            for r in requests
        ]

    memory = Memory(fetch)
    first = memory([get_campaign("a"), get_campaign("b")])
    second = memory([get_campaign("b"), get_campaign("c"), get_campaign("a")])
    third = memory([get_campaign("a"), get_campaign("b")])

    assert (first[0], type(first[1])) == (ApiAnswer("/campaigns/a"), Unreachable)
    assert second == [ApiAnswer(f"/campaigns/{one}") for one in "bca"]
    assert third == [ApiAnswer(f"/campaigns/{one}") for one in "ab"]
    assert asked == [f"GET /campaigns/{one}" for one in "abbc"]
