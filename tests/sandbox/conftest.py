"""A sandbox, a client that talks to it, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

PLENTY = SandboxSettings(rate_limit=100_000, drain_seconds=0)


def talking_to(sandbox: Sandbox, token: str = SANDBOX_TOKEN) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=sandbox.base_url, headers=headers, verify=False, trust_env=False)  # noqa: S501 - loopback


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(settings=PLENTY, clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with talking_to(sandbox) as client:
        yield client
