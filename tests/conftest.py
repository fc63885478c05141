"""What holds for every test: a clean environment, and no network but this machine's."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import Any

import hypothesis
import pytest

# How long an example takes says more about the machine than about the code; CI wants the same examples each time.
hypothesis.settings.register_profile("tests", deadline=None, derandomize=bool(os.environ.get("CI")))
hypothesis.settings.load_profile("tests")

_connect = socket.socket.connect


class RealNetworkInTestError(RuntimeError):
    """A test tried to reach another machine."""


def _guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever an address family takes
    if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
        raise RealNetworkInTestError(address[0])
    _connect(self, address)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("TALKOVER_", "GITHUB_", "COLUMNS", "NO_COLOR"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", _guarded)
