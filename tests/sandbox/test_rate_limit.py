"""The rate limit of the stand-in: its window, and the forms in which it is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from reconciler.sandbox import Sandbox, SandboxSettings
from tests.sandbox.conftest import PLENTY, Clock, talking_to

TOO_MANY = {"success": False, "message": "Too many requests. Please try again later."}
LIMITED = SandboxSettings(rate_limit=2, rate_window=60)


def test_the_limit_is_a_fixed_window_from_the_first_request(clock: Clock) -> None:
    seen = []
    with Sandbox(settings=LIMITED, clock=clock) as sandbox, talking_to(sandbox) as client:
        for moment in (0, 30, 59, 59.5, 60):
            clock.now = 1_800_000_000 + moment
            answer = client.get("/agents")
            seen.append(
                (answer.status_code, answer.headers["X-RateLimit-Remaining"], answer.headers["X-RateLimit-Reset"])
            )

    assert seen == [
        (200, "1", "1800000060"),
        (200, "0", "1800000060"),
        (429, "0", "1800000060"),
        (429, "0", "1800000060"),
        (200, "1", "1800000120"),
    ]


def test_refused_requests_count_and_wrong_tokens_do_not(clock: Clock) -> None:
    with Sandbox(settings=LIMITED, clock=clock) as sandbox, talking_to(sandbox) as client:
        statuses = [
            client.get("/agents", headers={"Authorization": "Bearer talq_other"}).status_code,
            client.get("/health").status_code,
            client.get("/campaigns/none").status_code,
            client.post("/campaigns", json={}).status_code,
            client.get("/agents").status_code,
        ]

    assert statuses == [401, 200, 404, 422, 429]


@pytest.mark.parametrize(
    ("options", "header", "content"),
    [
        (replace(LIMITED, retry_after="seconds"), "48", TOO_MANY),
        (replace(LIMITED, retry_after="zero"), "0", TOO_MANY),
        (replace(LIMITED, retry_after="date"), "Fri, 15 Jan 2027 08:01:00 GMT", TOO_MANY),
        (
            replace(LIMITED, retry_after="body"),
            None,
            {
                "error": {
                    "code": "RATE_LIMIT_EXCEEDED",
                    "message": TOO_MANY["message"],
                    "details": {"retry_after": 48},
                }
            },
        ),
        (replace(LIMITED, retry_after="none"), None, TOO_MANY),
    ],
    ids=["seconds", "zero", "date", "body", "none"],
)
def test_a_429_says_when_to_come_again(
    clock: Clock, options: SandboxSettings, header: str | None, content: dict[str, Any]
) -> None:
    with Sandbox(settings=options, clock=clock) as sandbox, talking_to(sandbox) as client:
        client.get("/agents")
        client.get("/agents")
        clock.now += 12.5
        answer = client.get("/agents")

    assert (answer.status_code, answer.headers.get("Retry-After"), answer.json()) == (429, header, content)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (
            replace(LIMITED, rate_headers="always", reset_as="seconds"),
            [("2", "1", "60"), ("2", "0", "60"), ("2", "0", "60")],
        ),
        (
            replace(LIMITED, rate_headers="on_429", reset_as="seconds"),
            [(None, None, None), (None, None, None), ("2", "0", "60")],
        ),
        (replace(LIMITED, rate_headers="never", reset_as="seconds"), [(None, None, None)] * 3),
    ],
    ids=["always", "on a 429", "never"],
)
def test_the_rate_headers_come_when_they_are_wanted(
    clock: Clock, options: SandboxSettings, expected: list[tuple[str | None, ...]]
) -> None:
    with Sandbox(settings=options, clock=clock) as sandbox, talking_to(sandbox) as client:
        answers = [client.get("/agents") for _ in range(3)]

    names = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
    assert [tuple(answer.headers.get(name) for name in names) for answer in answers] == expected


def test_options_can_be_set_anew_while_it_serves(sandbox: Sandbox, client: httpx.Client) -> None:
    before = client.get("/agents").status_code
    sandbox.settings = replace(PLENTY, rate_limit=0)

    assert (before, client.get("/agents").status_code, sandbox.settings.rate_limit) == (200, 429, 0)
