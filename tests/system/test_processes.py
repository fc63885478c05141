"""Real processes, real signals, real HTTP: whatever ends an apply, no campaign is left paused in silence."""

from __future__ import annotations

import codecs
import os
import pty
import random
import resource
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.sandbox import Fault, Sandbox, SandboxSettings
from tests.support.processes import COMMAND, Workplace, until

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
NEVER_DRAINED = SandboxSettings(rate_limit=100_000, drain_seconds=3600)
APPLY = ("apply", "--auto-approve", "--report", "report.json")
RESUME_REFUSED = 2


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Workplace]:
    """Two campaigns: one with queued calls, whose change needs a pause, and one without."""
    with Sandbox(settings=NEVER_DRAINED) as sandbox:
        place = Workplace(tmp_path, sandbox)
        place.campaign("queued", queued=5)
        place.campaign("quiet")
        yield place


def calls(at: Workplace, method: str, status: int | None = None) -> int:
    return sum(r.method == method and status in (None, r.status) for r in at.sandbox.requests)


def in_the_drain(at: Workplace) -> bool:
    return at.is_paused("queued") and calls(at, "PUT", 409) >= 2


def outcomes(at: Workplace) -> dict[str, str]:
    return {row["id"]: row["outcome"] for row in at.report["campaigns"]}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_in_a_drain_resumes_the_campaign_and_ends_in_time(at: Workplace, number: signal.Signals) -> None:
    with at.started(*APPLY) as run:
        until(lambda: in_the_drain(at) and at.changed() == ["quiet"])
        seconds = run.signal(number)

    assert (run.process.returncode, seconds < 5, at.journal) == (1, True, [])
    assert at.statuses() == {"queued": "active", "quiet": "active"}
    assert outcomes(at) == {"queued": "failed", "quiet": "applied"}
    assert at.report["campaigns"][0]["error"]["message"] == f"stopped by {number.name}"
    assert at.report["campaigns"][0]["seconds_paused"] > 0


def test_a_kill_leaves_a_whole_report_of_what_was_done(at: Workplace) -> None:
    with at.started(*APPLY) as run:
        until(lambda: in_the_drain(at) and at.changed() == ["quiet"])
        until(lambda: outcomes(at) == {"queued": "left paused", "quiet": "applied"}, "the report")
        run.signal(signal.SIGKILL)

    assert (at.report["finished_at"], at.report["exit_code"], at.statuses()["queued"]) == (None, None, "paused")
    assert outcomes(at) == {"queued": "left paused", "quiet": "applied"}
    assert [change["field"] for change in at.report["campaigns"][1]["changes"]] == ["call_time_ranges"]


def test_an_undo_that_is_killed_is_healed_and_ended_by_the_next(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=1)
    assert (at.ran(*APPLY).returncode, sorted(at.changed())) == (0, ["queued", "quiet"])
    at.sandbox.settings = NEVER_DRAINED
    at.sandbox.put_campaign({**at.sandbox.campaign("queued"), "queued": 5})

    undo = ("undo", "report.json", "--auto-approve")
    with at.started(*undo, "--report", "undone.json") as run:
        until(lambda: at.is_paused("queued") and at.changed() == ["queued"])
        run.signal(signal.SIGKILL)
    assert (at.journal, at.statuses()["queued"]) == (["queued"], "paused")

    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=0)
    again = at.ran(*undo, "--timeout", "3")
    assert (again.returncode, at.changed(), at.journal) == (0, [], [])
    assert at.statuses() == {"queued": "active", "quiet": "active"}


def test_a_deadline_is_a_signal(at: Workplace) -> None:
    with at.started(*APPLY, "--deadline", "1.5") as run:
        code = run.end()

    assert (code, at.statuses()["queued"], at.journal) == (1, "active", [])
    assert at.report["campaigns"][0]["error"]["message"] == "stopped by the deadline of 1.5 s"


def test_a_signal_in_a_wait_for_the_rate_limit_resumes_out_of_the_reserve(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, rate_limit=12)
    with at.started(*APPLY) as run:
        until(lambda: at.is_paused("queued") and "rate limited, waiting" in run.text)
        seconds = run.signal(signal.SIGTERM)

    assert (run.process.returncode, seconds < 5, at.journal) == (1, True, [])
    assert (at.statuses()["queued"], calls(at, "GET", 429) + calls(at, "PATCH", 429)) == ("active", 0)


def held(method: str, path: str, first: int = 1) -> Callable[[int, str, str], Fault | None]:
    """The server acts on these requests, from the first of them on, and holds the answer."""
    seen = 0

    def fault(_number: int, its_method: str, its_path: str) -> Fault | None:
        nonlocal seen
        seen += (its_method, its_path) == (method, path)
        is_held = (its_method, its_path) == (method, path) and seen >= first
        return Fault.parse("slow:60") if is_held else None

    return fault


@pytest.mark.parametrize(
    ("method", "path", "first", "status"),
    [
        pytest.param("PUT", "/campaigns/queued", 1, "failed", id="the first PUT"),
        pytest.param("PATCH", "/campaigns/queued/status", 1, "failed", id="the pause"),
        pytest.param("PUT", "/campaigns/queued", 2, "failed", id="the PUT after the pause"),
    ],
)
def test_a_signal_while_an_answer_is_held_resumes_the_campaign(
    at: Workplace, method: str, path: str, first: int, status: str
) -> None:
    hold = held(method, path, first)
    released: list[bool] = []

    def fault(number: int, its_method: str, its_path: str) -> Fault | None:
        return None if released else hold(number, its_method, its_path)

    at.sandbox.fault = fault
    with at.started(*APPLY) as run:
        until(lambda: [r.call for r in at.sandbox.requests].count(f"{method} {path}") >= first and at.changed())
        released.append(True)
        seconds = run.signal(signal.SIGTERM)

    assert (run.process.returncode, seconds < 5, at.statuses()["queued"]) == (1, True, "active")
    assert outcomes(at) == {"queued": status, "quiet": "applied"}
    # What had no answer may still come to act, so the journal keeps it, and the next run looks at it.
    assert at.ran("recover").returncode == 0
    assert at.journal == []


def test_a_signal_while_the_answer_to_the_resume_is_held_tries_again(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_seconds=0.1)
    hold = held("PATCH", "/campaigns/queued/status", 2)
    at.sandbox.fault = lambda *request: hold(*request) if calls(at, "PATCH") < RESUME_REFUSED else None
    with at.started(*APPLY) as run:
        until(lambda: calls(at, "PATCH") >= RESUME_REFUSED)
        seconds = run.signal(signal.SIGTERM)

    # It is active at a look, which is too soon after the pause to be believed: the next run looks again.
    assert (run.process.returncode, seconds < 5, at.statuses()["queued"], at.journal) == (3, True, "active", ["queued"])


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_while_the_plan_is_made_ends_in_time_and_reports_everything(
    at: Workplace, number: signal.Signals
) -> None:
    at.sandbox.fault = "GET:slow:60"
    with at.started(*APPLY) as run:
        until(lambda: calls(at, "GET"))
        seconds = run.signal(number)

    assert (run.process.returncode, seconds < 5, at.sandbox.writes) == (1, True, ())
    assert outcomes(at) == {"queued": "not attempted", "quiet": "not attempted"}
    assert run.text == f"stopped by {number.name}\n"


def test_a_second_signal_does_not_cut_the_resume_short(at: Workplace) -> None:
    with at.started(*APPLY) as run:
        until(lambda: in_the_drain(at))
        at.sandbox.fault = "slow:0.4"
        began = time.monotonic()
        while run.process.poll() is None:
            run.process.send_signal(random.choice(SIGNALS))  # noqa: S311 - any of them
            time.sleep(0.01)
        seconds = time.monotonic() - began

    assert (run.process.returncode, seconds < 5, at.statuses()["queued"], at.journal) == (1, True, "active", [])


def test_a_signal_that_is_ignored_stays_ignored(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_seconds=0.5)

    def as_nohup_does() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with at.started(*APPLY, preexec_fn=as_nohup_does) as run:
        until(lambda: at.is_paused("queued"))
        run.process.send_signal(signal.SIGHUP)
        code = run.end()

    assert (code, sorted(at.changed()), at.statuses()["queued"]) == (0, ["queued", "quiet"], "active")


def test_at_random_moments_a_signal_leaves_nothing_paused(at: Workplace) -> None:
    chance = random.Random(2027)  # noqa: S311 - moments, not secrets
    at.sandbox.settings = replace(NEVER_DRAINED, drain_seconds=0.3)
    ends = []
    for _ in range(10):
        at.campaign("queued", queued=5, call_time_ranges=[{"start": "09:00", "end": "17:00"}])
        with at.started(*APPLY) as run:
            time.sleep(chance.uniform(0.3, 1.3))
            seconds = run.signal(signal.SIGTERM)
        ends.append((seconds < 5, at.statuses()["queued"]))

    assert ends == [(True, "active")] * 10


# Sudden deaths


_POINTS = [
    pytest.param("PATCH", 1, "drop", id="before the pause"),
    pytest.param("PATCH", 1, "lost", id="after the pause"),
    pytest.param("PUT", 2, "drop", id="before the change"),
    pytest.param("PUT", 2, "lost", id="after the change"),
    pytest.param("PATCH", 2, "drop", id="before the resume"),
    pytest.param("PATCH", 2, "lost", id="after the resume"),
]


def killed_at(at: Workplace, method: str, count: int, kind: str) -> None:
    """Run an apply that is killed, as nobody can catch it, at its n-th request of a method."""
    processes: list[subprocess.Popen[bytes]] = []
    seen = 0

    def fault(_number: int, its_method: str, path: str) -> Fault | None:
        nonlocal seen
        seen += its_method == method and path.startswith("/campaigns/queued")
        if its_method != method or seen != count or not path.startswith("/campaigns/queued"):
            return None
        until(lambda: processes)
        processes[0].kill()
        processes[0].wait()
        return Fault.parse(kind)

    at.sandbox.fault = fault
    with at.started(*APPLY) as run:
        processes.append(run.process)
        assert run.end() == -signal.SIGKILL
    at.sandbox.fault = None


@pytest.mark.parametrize(("method", "count", "kind"), _POINTS)
def test_after_a_kill_the_next_apply_sets_everything_right(at: Workplace, method: str, count: int, kind: str) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=0)
    killed_at(at, method, count, kind)
    # A pause may arrive as late as `--timeout` after its last try: the entry of one that looks ended is kept so long.
    again = at.ran(*APPLY, "--timeout", "3")

    assert (again.returncode, at.statuses(), sorted(at.changed()), at.journal) == (
        0,
        {"queued": "active", "quiet": "active"},
        ["queued", "quiet"],
        [],
    )


@pytest.mark.parametrize(("method", "count", "kind"), _POINTS[1:5:3])
def test_after_a_kill_recover_resumes_and_nothing_else(at: Workplace, method: str, count: int, kind: str) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=0)
    killed_at(at, method, count, kind)
    at.sandbox.clear_requests()
    first, second = at.ran("recover"), at.ran("recover")

    assert ([record.call for record in at.sandbox.writes], at.statuses()["queued"], at.journal) == (
        ["PATCH /campaigns/queued/status"],
        "active",
        [],
    )
    assert (first.returncode, second.returncode, second.stderr) == (
        0,
        0,
        "the journal is empty: nothing was left paused\n",
    )


def test_what_somebody_else_did_meanwhile_is_left_so_and_struck_from_the_journal(at: Workplace) -> None:
    killed_at(at, "PATCH", 1, "lost")
    at.sandbox.put_campaign({"id": "queued", "status": "completed"})
    at.sandbox.clear_requests()
    told = at.ran("recover")

    assert (told.returncode, at.sandbox.writes, at.journal) == (0, (), [])
    assert "somebody made the campaign completed while we had paused it: it was left so" in told.stderr


def test_without_a_journal_recover_resumes_the_campaign_that_is_named(at: Workplace) -> None:
    at.sandbox.put_campaign({"id": "queued", "status": "paused"})
    told = at.ran("recover", "--id", "queued")

    assert (told.returncode, at.statuses()["queued"], at.journal) == (0, "active", [])


def test_a_campaign_that_cannot_be_resumed_is_told_last_and_ends_with_3_until_recover_heals(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=1)
    hold: list[int] = []

    def refuse_the_resume(_number: int, method: str, _path: str) -> Fault | None:
        hold.extend([1] * (method == "PATCH"))
        return Fault.parse("403") if method == "PATCH" and len(hold) >= RESUME_REFUSED else None

    at.sandbox.fault = refuse_the_resume
    with at.started(*APPLY) as run:
        until(lambda: len(hold) > RESUME_REFUSED and "quiet" in at.changed())
        run.process.send_signal(signal.SIGTERM)
        code = run.end()

    assert (code, at.statuses()["queued"], at.journal) == (3, "paused", ["queued"])
    assert outcomes(at) == {"queued": "left paused", "quiet": "applied"}
    assert (at.report["exit_code"], at.report["summary"]["left_paused"]) == (3, 1)
    block = run.text.splitlines()[-3:]
    assert (block[0], block[2].startswith("!!! resume with: reconciler recover")) == (
        "!!! 1 CAMPAIGN IS LEFT PAUSED, AND MAKES NO CALLS",
        True,
    )
    assert at.ran("recover", "--deadline", "1").returncode == 3

    at.sandbox.fault = None
    assert (at.ran("recover").returncode, at.statuses()["queued"], at.journal) == (0, "active", [])


# The world around


def test_a_reader_that_goes_away_stops_nothing(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_seconds=0.5)
    with at.started(*APPLY, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.process.stdout
        assert run.process.stderr
        until(lambda: at.is_paused("queued"))
        run.process.stdout.close()
        run.process.stderr.close()
        code = run.end()

    assert (code, sorted(at.changed()), at.statuses()["queued"], at.journal) == (
        1,
        ["queued", "quiet"],
        "active",
        [],
    )
    assert outcomes(at) == {"queued": "applied", "quiet": "applied"}


def test_a_plan_that_nobody_can_read_is_not_applied(at: Workplace) -> None:
    with at.started(*APPLY, stdout=subprocess.PIPE) as run:
        assert run.process.stdout
        run.process.stdout.close()
        code = run.end()

    assert (code, at.sandbox.writes, outcomes(at)) == (1, (), {"queued": "not attempted", "quiet": "not attempted"})


def test_on_a_full_disk_nothing_is_paused_and_the_rest_is_done(at: Workplace) -> None:
    def fill_the_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    (at.folder / ".reconciler").mkdir()
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with at.started("apply", "--auto-approve", preexec_fn=fill_the_disk, **streams) as run:
        printed = run.process.communicate(timeout=20)[0].decode()

    assert (run.process.returncode, at.changed(), calls(at, "PATCH")) == (1, ["quiet"], 0)
    assert ".reconciler/journal.json cannot be written: File too large" in printed


def test_a_state_folder_that_cannot_be_used_is_told_before_anything_is_sent(at: Workplace) -> None:
    (at.folder / "file").write_text("")
    told = at.ran(*APPLY, "--state-dir", "file/state")

    assert (told.returncode, told.stderr, at.sandbox.requests) == (
        1,
        "file/state cannot be made: Not a directory\n",
        (),
    )


def test_a_damaged_journal_is_told_and_nothing_is_written(at: Workplace) -> None:
    (at.folder / ".reconciler").mkdir()
    (at.folder / ".reconciler" / "journal.json").write_text("{")
    for command in (APPLY, ("recover",)):
        told = at.ran(*command)
        assert (told.returncode, at.sandbox.writes) == (1, ())
        assert "journal.json is damaged, or was written by something else" in told.stderr


def test_the_second_apply_is_told_about_the_first(at: Workplace) -> None:
    with at.started(*APPLY) as run:
        until(lambda: in_the_drain(at))
        told = at.ran("apply", "--auto-approve")
        run.signal(signal.SIGTERM)

    assert (told.returncode, told.stderr) == (
        1,
        f".reconciler is in use by process {run.process.pid}: wait until it is done, or use another --state-dir\n",
    )


# The question


class Terminal:
    """A process with a terminal of its own."""

    def __init__(self, at: Workplace, *arguments: str) -> None:
        self.shown = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        pid, self.descriptor = pty.fork()
        if pid == 0:
            os.chdir(at.folder)
            os.execve(COMMAND[0], [*COMMAND, *arguments], at.environment)  # noqa: S606 - the command line itself
        self.pid = pid

    def read(self) -> str:
        """What has come since, and was there before."""
        try:
            self.shown += self._decoder.decode(os.read(self.descriptor, 65536))
        except OSError:  # the other end is gone
            return self.shown
        return self.shown

    def until(self, text: str) -> None:
        """Wait for a text."""
        while text not in self.read():
            pass

    def end(self) -> int:
        """Wait for the end; returns the exit code."""
        before = ""
        while before != self.read():
            before = self.shown
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self.descriptor)
        return code


QUESTION = "Apply this plan? Only `yes` does: "


@pytest.mark.parametrize("answer", ["y", "YES", "yes please", "\x04"])
def test_only_yes_counts(at: Workplace, answer: str) -> None:
    terminal = Terminal(at, "apply")
    terminal.until(QUESTION)
    os.write(terminal.descriptor, f"{answer}\n".encode())

    assert (terminal.end(), at.sandbox.writes) == (1, ())
    assert "not approved: nothing was written" in terminal.shown


def test_yes_applies(at: Workplace) -> None:
    at.sandbox.settings = replace(NEVER_DRAINED, drain_after_puts=0)
    terminal = Terminal(at, "apply")
    terminal.until(QUESTION)
    os.write(terminal.descriptor, b"yes\n")

    assert (terminal.end(), sorted(at.changed())) == (0, ["queued", "quiet"])


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_while_the_question_stands_writes_nothing(at: Workplace, number: signal.Signals) -> None:
    terminal = Terminal(at, *APPLY[:1], *APPLY[2:])
    terminal.until(QUESTION)
    began = time.monotonic()
    os.kill(terminal.pid, number)
    code = terminal.end()

    assert (code, time.monotonic() - began < 5, at.sandbox.writes) == (1, True, ())
    assert outcomes(at) == {"queued": "not attempted", "quiet": "not attempted"}
    assert f"stopped by {number.name}" in terminal.shown


def test_what_moves_while_the_question_stands_makes_the_plan_stale(at: Workplace) -> None:
    terminal = Terminal(at, "apply")
    terminal.until(QUESTION)
    at.sandbox.put_campaign({"id": "quiet", "call_time_ranges": [{"start": "08:00", "end": "20:00"}]})
    os.write(terminal.descriptor, b"yes\n")

    assert (terminal.end(), at.sandbox.writes) == (4, ())


@pytest.mark.parametrize(("around", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_colours_are_for_terminals_that_want_them(
    at: Workplace,
    around: dict[str, str],
    is_coloured: bool,  # noqa: FBT001 - a table
) -> None:
    terminal = Terminal(replace(at, around={"TERM": "xterm", **around}), "plan")

    assert (terminal.end(), "\x1b[1m" in terminal.shown) == (0, is_coloured)
