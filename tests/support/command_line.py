"""The command line against a sandbox over real HTTP, in a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from reconciler.cli import main as cli
from reconciler.model.document import Value
from reconciler.sandbox import SANDBOX_TOKEN, Sandbox, SandboxSettings

PLENTY = SandboxSettings(rate_limit=100_000, drain_after_puts=1)
# What a campaign of the sandbox has where a test says nothing.
PLAIN: dict[str, Value] = {
    "campaign_type": "sales",
    "agent_id": "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01",
    "start_date": "2027-01-04",
    "days_of_week": [1, 2, 3, 4, 5],
    "call_time_ranges": [{"start": "09:00", "end": "17:00"}],
    "timezone": "America/New_York",
    "max_retries": 3,
    "retry_cooldown_hours": 24,
    "status": "active",
}


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was printed
        """Its output, read as JSON."""
        return json.loads(self.out)


@dataclass
class Desk:
    """Somebody at a terminal: a folder with campaign files, a sandbox, and the command line."""

    folder: Path
    sandbox: Sandbox
    capture: pytest.CaptureFixture[str]

    def write(self, file: str, text: str) -> None:
        """Write a file of the folder."""
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")

    def live(self, campaign: str, **values: Value) -> None:
        """Put a campaign into the sandbox."""
        self.sandbox.put_campaign({"id": campaign, "name": f"Campaign {campaign}", **PLAIN, **values})

    def run(self, *arguments: str) -> Ran:
        """Run the command line in this process."""
        code = cli.run(list(arguments))
        captured = self.capture.readouterr()
        return Ran(code, captured.out, captured.err)

    @property
    def writes(self) -> list[str]:
        """Every request that was no GET."""
        return [request.call for request in self.sandbox.writes]


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk in an empty folder, with the variables set as a user would."""
    with Sandbox(settings=PLENTY) as sandbox:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("TALKOVER_TOKEN", SANDBOX_TOKEN)
        monkeypatch.setenv("TALKOVER_BASE_URL", sandbox.base_url)
        yield Desk(tmp_path, sandbox, capsys)
