"""One sandbox for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reconciler.sandbox import Sandbox
from tests.support.client import (
    PLENTY,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(sample_data=True, settings=PLENTY) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    """The one sandbox of this file, with nothing set and nothing recorded."""
    running.settings, running.fault = PLENTY, None
    running.clear_requests()
    yield running
    running.fault = None
