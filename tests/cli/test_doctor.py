"""`doctor`: what works here, with few reads, and without a secret."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, FaultRule, SandboxSettings
from tests.support.command_line import PLENTY, Desk, desk

__all__ = ["desk"]

pytestmark = pytest.mark.processes

NUMBER = "+12025550147"
LEFT = """\
{"version": 2, "paused": [{"campaign": "c-1", "base_url": "https://a.example/api/v1", "status_before": "active",
 "at": "2027-01-04T09:00:00+00:00", "reason": "to change days_of_week", "name": "Sales"}]}
"""


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A desk with a campaign, and a file for it."""
    desk.live("c-1", do_not_call_custom_list=[NUMBER], do_not_call_list_source="custom")
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 3\n")
    return desk


def checks(desk: Desk, *options: str) -> dict[str, str]:
    """The level of each check."""
    document = desk.run("doctor", "--format", "json", *options).json
    return {row["check"]: row["level"] for row in document["checks"]}


def test_everything_works(one: Desk) -> None:
    ended = one.run("doctor")

    assert (ended.code, ended.out.splitlines()[-1], one.writes) == (0, "ready to plan", [])
    assert len(one.sandbox.requests) <= 8
    assert "ok       files: 1 campaign in campaigns, no problems" in ended.out


def test_a_ticket_holds_no_secret(one: Desk) -> None:
    ended = one.run("doctor", "--format", "json")
    document = ended.json

    assert (ended.code, document["ready"], document["missing"], document["verdict"]) == (0, True, [], "ready to plan")
    assert document["requests"] == len(one.sandbox.requests)
    assert (NUMBER in ended.out, SANDBOX_TOKEN in ended.out) == (False, False)


def test_no_repository_is_a_warning_and_one_is_fine(one: Desk) -> None:
    assert checks(one)["git"] == "warning"

    subprocess.run(["git", "init", "-q"], check=True)
    assert checks(one)["git"] == "ok"


def test_no_git_is_a_warning(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    ended = one.run("doctor")

    assert (ended.code, "warning  git: git is not installed" in ended.out) == (0, True)


@pytest.mark.parametrize(
    ("file", "text", "level"),
    [
        pytest.param("campaigns/c-1.yaml", "id: c-1\nmax_retries: 99\n", "failure", id="a problem"),
        pytest.param("campaigns/c-1.yaml", "id: c-1\ntimezone: US/Eastern\n", "warning", id="a warning"),
    ],
)
def test_files(one: Desk, file: str, text: str, level: str) -> None:
    one.write(file, text)

    assert checks(one)["files"] == level


def test_no_files_are_a_failure_and_the_api_is_asked_all_the_same(desk: Desk) -> None:
    ended = desk.run("doctor")

    assert (ended.code, "not ready to plan: files" in ended.out) == (1, True)
    assert "there is no live campaign whose answer could be looked at" in " ".join(ended.out.split())


@pytest.mark.parametrize(
    ("journal", "level"), [("{", "failure"), (LEFT, "warning")], ids=["damaged", "a campaign left paused"]
)
def test_the_journal(one: Desk, journal: str, level: str) -> None:
    one.write(".reconciler/journal.json", journal)

    assert checks(one)["journal"] == level


def test_a_state_folder_that_is_a_file_is_a_failure(one: Desk) -> None:
    assert checks(one, "--state-dir", "campaigns/c-1.yaml/x")["state folder"] == "failure"


def test_nothing_is_made_in_the_state_folder(one: Desk) -> None:
    one.run("doctor", "--state-dir", "state")

    assert not Path("state").exists()


def test_no_token_is_a_failure(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALKOVER_TOKEN")

    ended = one.run("doctor")

    assert (ended.code, "not ready to plan: token" in " ".join(ended.out.split())) == (1, True)
    assert list(one.sandbox.requests) == []


@pytest.mark.parametrize(
    ("variable", "value", "check"),
    [
        pytest.param("TALKOVER_TOKEN", "a token", "token", id="no token"),
        pytest.param("HTTPS_PROXY", "'http://proxy'", "way", id="a proxy that cannot be read"),
    ],
)
def test_what_keeps_it_from_asking_is_told(
    one: Desk, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, check: str
) -> None:
    monkeypatch.setenv("TALKOVER_BASE_URL", "https://talkover.invalid/api/v1")
    monkeypatch.setenv(variable, value)

    ended = one.run("doctor", "--format", "json")

    assert (ended.code, [row["check"] for row in ended.json["checks"] if row["level"] == "failure"]) == (1, [check])


@pytest.mark.parametrize(
    ("fault", "status", "advice"),
    [
        pytest.param("GET:401", 401, "did nobody revoke it", id="a refused token"),
        pytest.param("GET:403", 403, "may not read campaigns", id="a token for less"),
        pytest.param("GET:404", 404, "is the base URL the right one", id="another place"),
        pytest.param("GET:429", 429, "wait a minute", id="a limit that is used up"),
        pytest.param("GET:500", 500, "Try again", id="an API in trouble"),
        pytest.param("GET:drop", None, "reachable from here", id="no answer"),
    ],
)
def test_a_failure_has_its_status_and_says_what_to_do(one: Desk, fault: str, status: int | None, advice: str) -> None:
    one.sandbox.fault = FaultRule.parse(fault)

    ended = one.run("doctor", "--format", "json")

    found = next(row for row in ended.json["checks"] if row["check"] == "api")
    assert (ended.code, found["level"], found["status"], advice in found["advice"]) == (1, "failure", status, True)
    assert len(one.sandbox.requests) == 1


def test_each_line_says_its_status(one: Desk) -> None:
    one.sandbox.fault = FaultRule.parse("GET:503")

    assert "HTTP 503" in one.run("doctor").out


def test_a_campaign_that_cannot_be_read_is_a_failure_and_the_rest_is_told(one: Desk) -> None:
    one.sandbox.fault = FaultRule.parse("GET:500@2")

    ended = one.run("doctor", "--format", "json")

    assert [row["check"] for row in ended.json["checks"] if row["level"] == "failure"] == ["api"]
    assert "fields shown" in checks(one)


@pytest.mark.parametrize(
    ("agent", "level"),
    [
        pytest.param("agent_id: 4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01", "ok", id="there"),
        pytest.param("agent_id: 00000000-0000-0000-0000-000000000000", "warning", id="of another environment"),
        pytest.param("agent: Ava", "ok", id="a name"),
        pytest.param("agent: Eva", "warning", id="a name that nobody has"),
    ],
)
def test_agents(one: Desk, agent: str, level: str) -> None:
    one.sandbox.put_agent({"id": "4b1d7f0e-2c55-4c0a-9a53-0d1f6a2e8c01", "name": "Ava"})
    one.write("campaigns/c-1.yaml", f"id: c-1\n{agent}\n")

    assert checks(one)["agents"] == level


def test_agents_that_cannot_be_read_are_a_warning(one: Desk) -> None:
    one.sandbox.fault = FaultRule.parse("GET:403@3")

    assert checks(one)["agents"] == "warning"


def test_an_api_that_shows_less_is_told(one: Desk) -> None:
    one.sandbox.settings = SandboxSettings(rate_limit=PLENTY.rate_limit, answers=AnswerShape.parse("legacy,missing"))
    one.write("campaigns/c-1.yaml", "id: c-1\nauto_complete: true\n")

    assert checks(one)["fields unverified"] == "warning"


def test_many_environments_are_asked_as_far_as_eight_requests_go(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10):
        monkeypatch.setenv(f"TALKOVER_TOKEN_{number}", SANDBOX_TOKEN)
        one.write(f"campaigns/{number}/_environment.yaml", f"token_env: TALKOVER_TOKEN_{number}\n")
        one.write(f"campaigns/{number}/c.yaml", "id: c-1\nmax_retries: 3\n")

    ended = one.run("doctor")

    assert (ended.code, len(one.sandbox.requests)) == (0, 8)
    assert "not asked: 8 requests are all that is sent" in " ".join(ended.out.split())


def test_a_host_that_is_none_is_told(one: Desk) -> None:
    ended = one.run("doctor", "--base-url", "ftp://nowhere")

    assert (ended.code, "not ready to plan: environment" in ended.out) == (1, True)


def test_what_is_held_is_a_warning_and_holds_that_nobody_can_read_a_failure(one: Desk) -> None:
    assert checks(one)["holds"] == "ok"

    one.run("stop", "--all", "--reason", "wrong prompt", "--drain-timeout", "0")
    assert (checks(one)["holds"], "wrong prompt" in one.run("doctor").out) == ("warning", True)

    one.write("campaigns/_holds.yaml", "holds: 7\n")
    ended = one.run("doctor")
    assert (ended.code, "failure  holds: " in ended.out) == (1, True)
