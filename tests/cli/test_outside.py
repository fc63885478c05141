"""Files under review don't choose where secrets go: not the variable that is sent, nor the host that gets it."""

from __future__ import annotations

import json

import pytest

from reconciler.cli.environments import Environment
from reconciler.cli.outside import check_destination
from reconciler.model.errors import UsageError
from tests.support.command_line import Desk, desk

__all__ = ["desk"]

FILE = "campaigns/_environment.yaml"
ELSEWHERE = "https://calls.example.com/api/v1"
OTHER_HOST = "nothing is sent to calls.example.com, which only a file names"
OTHER_VARIABLE = "the variable does not begin with TALKOVER_: name it in RECONCILER_TOKEN_VARIABLES"
PAUSED = {"campaign": "c-1", "status_before": "active", "at": "2027-01-15T08:00:00+00:00", "reason": "409"}


@pytest.mark.parametrize("command", ["validate", "plan"])
def test_a_token_where_the_name_of_a_variable_belongs_is_a_problem_and_not_shown(desk: Desk, command: str) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 1\n")
    desk.write(FILE, "token_env: talq_1234567890abcdefXYZ\n")

    ran = desk.run(command)

    assert (ran.code, "talq" in ran.out + ran.err, desk.sandbox.requests) == (1, False, ())
    assert f"{FILE}:1:12: token_env:" in ran.out + ran.err


@pytest.mark.parametrize(
    "command",
    [("plan",), ("apply", "--auto-approve"), ("import", "campaigns"), ("pin",)],
    ids=lambda command: str(command[0]),
)
@pytest.mark.parametrize(
    ("text", "told"),
    [(f"base_url: {ELSEWHERE}\n", OTHER_HOST), ("token_env: CLOUD_SECRET\n", OTHER_VARIABLE)],
    ids=["host", "variable"],
)
def test_no_command_sends_a_secret_where_only_a_file_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], text: str, told: str
) -> None:
    desk.live("c-1")
    desk.write("campaigns/a.yaml", "name: Campaign c-1\nmax_retries: 2\n")
    desk.write(FILE, text)
    monkeypatch.setenv("CLOUD_SECRET", "s3cret-s3cret")

    ran = desk.run(*command)

    assert ran.code != 0
    assert told in ran.err
    assert (desk.sandbox.requests, "CLOUD_SECRET" in ran.err + ran.out) == ((), False)


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ({"base_url": ELSEWHERE}, "calls.example.com"),
        ({"token_env": "CLOUD_SECRET"}, OTHER_VARIABLE),
    ],
    ids=["host", "variable"],
)
def test_a_journal_does_not_choose_it_either(desk: Desk, place: dict[str, str], told: str) -> None:
    entry = {"base_url": desk.sandbox.base_url, "token_env": "TALKOVER_TOKEN", **PAUSED, **place}
    desk.write(".reconciler/journal.json", json.dumps({"version": 1, "paused": [entry]}))

    ran = desk.run("recover")

    assert ran.code == 3
    assert told in ran.err
    assert desk.sandbox.requests == ()


@pytest.mark.parametrize(
    ("variables", "option", "environment"),
    [
        ({}, None, Environment("https://app.talkover.ai/api/v1", "TALKOVER_TOKEN_EU")),
        ({}, None, Environment("http://127.0.0.1:1/api/v1")),
        ({}, ELSEWHERE, Environment(ELSEWHERE)),
        ({"TALKOVER_BASE_URL": "https://CALLS.example.com/x"}, None, Environment(ELSEWHERE)),
        ({"TALKOVER_HOSTS": "a.example, Calls.example.com"}, None, Environment(ELSEWHERE)),
        ({"RECONCILER_TOKEN_VARIABLES": "A, CLOUD_SECRET"}, None, Environment("http://localhost", "CLOUD_SECRET")),
    ],
    ids=["vendor", "loopback", "option", "variable", "list of hosts", "list of variables"],
)
def test_what_is_said_outside_the_files_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], option: str | None, environment: Environment
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    check_destination(environment, option)


@pytest.mark.parametrize(
    ("hosts", "base_url"),
    [("", ELSEWHERE), ("example.com", ELSEWHERE), ("", "https://app.talkover.ai.example.com/"), ("", "https://[")],
    ids=["other", "its domain", "looks like the vendor's", "none"],
)
def test_a_host_is_allowed_as_a_whole(monkeypatch: pytest.MonkeyPatch, hosts: str, base_url: str) -> None:
    monkeypatch.setenv("TALKOVER_HOSTS", hosts)

    with pytest.raises(UsageError, match=f"^{FILE}: nothing is sent to "):
        check_destination(Environment(base_url, file=FILE))


def test_validate_warns_of_both(desk: Desk) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\n")
    desk.write(FILE, f"base_url: {ELSEWHERE}\ntoken_env: CLOUD_SECRET\n")

    ran = desk.run("validate")

    assert ran.code == 0
    assert f"{FILE}:1:11: warning: base_url: {OTHER_HOST}" in ran.out
    assert f"{FILE}:2:12: warning: token_env: {OTHER_VARIABLE}" in ran.out


@pytest.mark.parametrize(
    "text",
    ["token_env: 12|s3cret-s3cret\n", "base_url: https://s3cret-s3cret@example.com/\n"],
    ids=["variable", "URL"],
)
def test_a_token_in_the_wrong_place_is_refused_and_not_shown(desk: Desk, text: str) -> None:
    desk.write("campaigns/a.yaml", "id: c-1\nmax_retries: 2\n")
    desk.write(FILE, text)

    ran = desk.run("validate")

    assert (ran.code, "s3cret" in ran.out + ran.err) == (1, False)
