"""Real processes of the command line, in a folder of their own, against a sandbox over real HTTP."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli import main as cli
from reconciler.sandbox import SANDBOX_TOKEN, Sandbox

COMMAND = (sys.executable, "-m", "reconciler")
_PATIENCE = 20.0
WINDOWS = [{"start": "10:00", "end": "16:00"}]
_FILE = """\
id: {id}
call_time_ranges:
  - {{ start: "10:00", end: "16:00" }}
"""


def until(condition: Callable[[], object], what: str = "the condition") -> None:
    """Wait until something is so; a test that waits in vain fails."""
    end = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.002)


@dataclass
class Run:
    """A process of the command line; what it prints, both streams in the order of their lines, is in a file."""

    process: subprocess.Popen[bytes]
    output: Path

    @property
    def text(self) -> str:
        """What was printed so far."""
        return self.output.read_text(encoding="utf-8")

    def signal(self, number: signal.Signals) -> float:
        """Send a signal and wait for the end; returns how many seconds that took."""
        began = time.monotonic()
        self.process.send_signal(number)
        self.end()
        return time.monotonic() - began

    def end(self) -> int:
        """Wait for the end; returns the exit code."""
        return self.process.wait(_PATIENCE)


@dataclass(frozen=True)
class Ended:
    """What a command that came to its end did."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Workplace:
    """A folder with campaign files, and a sandbox that holds their campaigns."""

    folder: Path
    sandbox: Sandbox
    around: Mapping[str, str] = field(default_factory=dict)

    def campaign(self, identifier: str, *, queued: int = 0, file: str | None = None, **live: Any) -> None:  # noqa: ANN401 - JSON
        """A live campaign, and a file that wants other calling hours."""
        self.sandbox.put_campaign({"id": identifier, "status": "active", "queued": queued, **live})
        path = self.folder / "campaigns" / f"{identifier}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(file or _FILE.format(id=identifier), encoding="utf-8")

    @property
    def environment(self) -> dict[str, str]:
        """What a process finds around it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TALKOVER")}
        return {
            **kept,
            "TALKOVER_TOKEN": SANDBOX_TOKEN,
            "TALKOVER_BASE_URL": self.sandbox.base_url,
            **self.around,
        }

    @contextmanager
    def started(self, *arguments: str, **given: Any) -> Iterator[Run]:  # noqa: ANN401 - as Popen takes them
        """A process that is running; it is killed at the end of the block, if it still lives."""
        output = self.folder / "output.txt"
        with output.open("wb") as file:
            streams = {"stdin": subprocess.DEVNULL, "stdout": file, "stderr": file}
            where = {"cwd": self.folder, "env": self.environment}
            process = subprocess.Popen([*COMMAND, *arguments], **{**streams, **where, **given})
        with process:
            try:
                yield Run(process, output)
            finally:
                process.kill()

    def ran(self, *arguments: str) -> Ended:
        """The command line from its start to its end, in this process: nobody interrupts it."""
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
            for name in os.environ.keys() - self.environment.keys():
                patch.delenv(name)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr("sys.stdin", io.StringIO())
            patch.chdir(self.folder)
            code = cli.run(list(arguments))
        return Ended(code, out.getvalue(), err.getvalue())

    def statuses(self) -> dict[str, str]:
        """The live status of every campaign."""
        return {identifier: state["status"] for identifier, state in self.sandbox.campaigns().items()}

    def changed(self) -> list[str]:
        """The campaigns that have the calling hours that their files want."""
        return [name for name, state in self.sandbox.campaigns().items() if state["call_time_ranges"] == WINDOWS]

    @property
    def report(self) -> Any:  # noqa: ANN401 - JSON
        """The report that `--report report.json` made."""
        return json.loads((self.folder / "report.json").read_text(encoding="utf-8"))

    @property
    def journal(self) -> list[str]:
        """The campaigns that the journal holds."""
        file = self.folder / ".reconciler" / "journal.json"
        return [row["campaign"] for row in json.loads(file.read_text())["paused"]] if file.exists() else []

    def is_paused(self, identifier: str) -> bool:
        """Whether a campaign is paused just now."""
        return bool(self.sandbox.campaign(identifier)["status"] == "paused")
