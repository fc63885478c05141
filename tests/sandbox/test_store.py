"""State that lasts, and that many may share."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from reconciler.sandbox import Bench, Sandbox
from reconciler.sandbox.store import Store, Stored
from tests.sandbox.conftest import PLENTY, talking_to
from tests.sandbox.test_handlers import NEW

COUNT_TO_25 = """
import sys
from dataclasses import replace
from pathlib import Path
from reconciler.sandbox.store import Store, Stored

store = Store(Path(sys.argv[1]))
for _ in range(25):
    with store.transaction() as tables:
        campaign = tables.campaign("c-1") or Stored("c-1", {"status": "draft"})
        tables.put(replace(campaign, refused=campaign.refused + 1))
store.close()
"""


def test_state_in_a_file_is_kept_between_runs(tmp_path: Path) -> None:
    database = tmp_path / "deeper" / "sandbox.db"
    with Sandbox(database, settings=PLENTY) as sandbox, talking_to(sandbox) as client:
        created = client.post("/campaigns", json=NEW).json()["data"]["id"]
        before = sandbox.campaign(created)

    with Sandbox(database, settings=PLENTY) as sandbox:
        assert sandbox.campaigns() == {created: before}


def test_state_in_memory_is_gone_afterwards() -> None:
    with Bench() as bench:
        bench.put_campaign({"id": "c-1"})
        with Bench() as other:
            assert other.campaigns() == {}


@pytest.mark.processes
def test_several_processes_share_a_file_without_losing_a_write(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    command = [sys.executable, "-W", "error", "-c", COUNT_TO_25, str(database)]
    processes = [subprocess.Popen(command) for _ in range(3)]

    assert [process.wait(60) for process in processes] == [0, 0, 0]
    store = Store(database)
    with store.transaction() as tables:
        assert tables.campaign("c-1") == Stored("c-1", {"status": "draft"}, refused=75)
    store.close()


def test_many_threads_are_served_without_losing_a_write(sandbox: Sandbox, client: httpx.Client) -> None:
    def create(number: int) -> int:
        return client.post("/campaigns", json={**NEW, "name": f"campaign {number}"}).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(create, range(80)))

    assert statuses == [201] * 80
    assert {state["name"] for state in sandbox.campaigns().values()} == {f"campaign {number}" for number in range(80)}
    assert [record.number for record in sandbox.requests] == list(range(1, 81))


def test_a_block_that_raises_changes_nothing() -> None:
    store = Store(None)

    def put_and_fail() -> None:
        with store.transaction() as tables:
            tables.put(Stored("c-1", {"status": "draft"}))
            raise KeyError

    with pytest.raises(KeyError):
        put_and_fail()
    with store.transaction() as tables:
        assert tables.campaign("c-1") is None
    store.close()
