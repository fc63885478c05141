"""`--metrics`: what a run came to is written at its end, however it ended."""

from __future__ import annotations

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, FaultRule
from tests.support.command_line import Desk, desk

__all__ = ["desk"]


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A desk with a campaign that differs from its file."""
    desk.live("c-1", max_retries=3)
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 2\n")
    return desk


def values(desk: Desk) -> dict[str, float]:
    """The value of each sample, without its labels; of several environments the sum."""
    found: dict[str, float] = {}
    for line in (desk.folder / "metrics.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name = line.partition("{")[0].removeprefix("reconciler_")
            found[name] = found.get(name, 0) + float(line.rpartition(" ")[2])
    del found["run_timestamp_seconds"]
    return found


def test_a_plan_tells_the_drift_and_an_apply_what_it_did(one: Desk) -> None:
    one.run("plan", "--metrics", "metrics.txt")
    planned = values(one)

    one.run("apply", "--auto-approve", "--metrics", "metrics.txt")
    applied = values(one)

    assert (planned["changes"], planned["drift"], planned["run_exit_code"]) == (0, 1, 0)
    assert (applied["changes"], applied["drift"], applied["failures"]) == (1, 0, 0)


def test_a_pause_is_told_with_its_seconds(one: Desk) -> None:
    one.live("c-1", queued=2)
    one.write("campaigns/c-1.yaml", "id: c-1\ndays_of_week: [1]\n")

    one.run("apply", "--auto-approve", "--metrics", "metrics.txt")

    assert (values(one)["paused_seconds"] > 0, values(one)["left_paused"]) == (True, 0)


def test_what_failed_differs_still(one: Desk) -> None:
    one.sandbox.fault = FaultRule.parse("PUT:422")

    ended = one.run("apply", "--auto-approve", "--metrics", "metrics.txt")

    assert (ended.code, values(one)["failures"], values(one)["drift"], values(one)["run_exit_code"]) == (1, 1, 1, 1)


@pytest.mark.parametrize(
    ("command", "file", "code"),
    [
        (("plan",), "id: c-1\nmax_retries: 99\n", 1),
        (("apply", "--auto-approve"), "id: c-1\nmax_retries: 99\n", 1),
        (("plan", "--detailed-exitcode"), "id: c-1\nmax_retries: 2\n", 2),
    ],
    ids=["plan", "apply", "changes are pending"],
)
def test_the_exit_code_is_told_though_nothing_was_begun(
    one: Desk, command: tuple[str, ...], file: str, code: int
) -> None:
    one.write("campaigns/c-1.yaml", file)

    assert (one.run(*command, "--metrics", "metrics.txt").code, values(one)["run_exit_code"]) == (code, code)


def test_each_environment_has_its_own_and_one_that_cannot_be_planned_has_failures(
    one: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALKOVER_TOKEN_TWO", SANDBOX_TOKEN)
    one.write("campaigns/two/_environment.yaml", "token_env: TALKOVER_TOKEN_TWO\n")
    one.write("campaigns/two/c-1.yaml", "id: c-1\nmax_retries: 1\n")
    one.write("campaigns/three/_environment.yaml", "token_env: TALKOVER_TOKEN_THREE\n")
    one.write("campaigns/three/c-1.yaml", "id: c-1\nmax_retries: 1\n")

    one.run("plan", "--metrics", "metrics.txt")

    text = (one.folder / "metrics.txt").read_text(encoding="utf-8")
    assert 'reconciler_drift{command="plan",environment="campaigns/two/_environment.yaml"} 1' in text
    assert 'reconciler_failures{command="plan",environment="campaigns/three/_environment.yaml"} 1' in text
    assert values(one)["drift"] == 2


def test_what_an_earlier_run_left_paused_is_told(one: Desk) -> None:
    one.write(
        ".reconciler/journal.json",
        f'{{"version": 2, "paused": [{{"campaign": "c-9", "base_url": "{one.sandbox.base_url}", "at": "", '
        '"status_before": "active", "reason": ""}]}',
    )

    one.run("plan", "--metrics", "metrics.txt")

    assert values(one)["left_paused"] == 1


def test_metrics_that_cannot_be_written_are_told(one: Desk) -> None:
    ended = one.run("plan", "--metrics", "nowhere/metrics.txt")

    assert (ended.code, "the metrics cannot be written to nowhere/metrics.txt" in ended.err) == (1, True)


@pytest.mark.parametrize(
    ("fault", "stopped", "failed"), [(None, 1, 0), ("GET:401", 0, 1)], ids=["a stop", "a token that is not accepted"]
)
def test_a_stop_tells_how_many_it_paused(one: Desk, fault: str | None, stopped: int, failed: int) -> None:
    one.sandbox.fault = FaultRule.parse(fault) if fault else None

    one.run("stop", "--all", "--drain-timeout", "0", "--metrics", "metrics.txt")

    assert (values(one)["changes"], values(one)["failures"], values(one)["run_exit_code"]) == (stopped, failed, failed)
