"""The command line: exit codes, what goes to which stream, and the whole line over HTTP in every shape of answers."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import __version__
from reconciler.cli import main as cli
from reconciler.sandbox import AnswerShape
from reconciler.sandbox.answer_shapes import _WORDS as WORDS
from tests.support.command_line import PLENTY, Desk, desk

__all__ = ["desk"]

ONE = """\
id: c-1
max_retries: 2
call_time_ranges:
  - { start: "10:00", end: "16:00" }
"""
# Every field, in other values than a campaign has at first.
EVERYTHING = """\
id: c-1
name: Everything
description: "  Five questions  "
campaign_type: custom
start_date: "2027-02-01"
end_date: "2099-04-30"
days_of_week: [6, 2, 4]
call_time_ranges:
  - { start: "13:00", end: "16:30" }
  - { start: "9:30", end: "12:00" }
timezone: Australia/Sydney
initial_call_delay: 60
max_retries: 1
retry_cooldown_hours: 48
retry_on_no_conversion: false
auto_complete: true
enable_post_completion_cooldown: true
post_completion_cooldown_hours: 24
success_cooldown_hours: 168
voicemail_cooldown_hours: 12
no_answer_cooldown_hours: 12
busy_cooldown_hours: 2
failed_cooldown_hours: 36
do_not_call_enabled: true
do_not_call_list_source: custom
do_not_call_custom_list: ["+12025550119", "+12025550164"]
auto_add_to_dnc_enabled: false
auto_dnc_trigger_statuses: [voicemail, completed]
auto_dnc_trigger_errors: [invalid_number]
"""


@pytest.fixture
def one(desk: Desk) -> Desk:
    """A desk with one file, whose campaign differs from it."""
    desk.live("c-1")
    desk.write("campaigns/c-1.yaml", ONE)
    return desk


# Exit codes


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nonsense",), "No such command 'nonsense'."),
        (("plan", "--nonsense"), "No such option"),
        (("plan", "--concurrency", "0"), "is not in the range"),
        (("plan", "--format", "xml"), "is not one of"),
        (("plan", "--timeout"), "requires an argument"),
        (("apply", "--base-url", "http://example.com/"), "refusing plain http to example.com"),
        (("plan", "--base-url", "nonsense"), "the base URL is no URL"),
        (("recover", "--id", "../x"), "cannot be an id"),
        (("recover", "c-1"), "unexpected extra argument"),
        (("apply", "--report", "/nowhere/report.json", "--auto-approve"), "the report cannot be written to /nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_usage_is_64_and_sends_nothing(one: Desk, arguments: tuple[str, ...], told: str) -> None:
    ran = one.run(*arguments)

    assert (ran.code, ran.out, one.sandbox.requests) == (64, "", ())
    assert told in ran.err


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("token", [None, "", "  "])
def test_without_a_token_the_variable_is_named(
    one: Desk, monkeypatch: pytest.MonkeyPatch, command: str, token: str | None
) -> None:
    monkeypatch.delenv("TALKOVER_TOKEN")
    if token is not None:
        monkeypatch.setenv("TALKOVER_TOKEN", token)
    ran = one.run(command)

    assert (ran.code, one.sandbox.requests) == (64, ())
    assert "no token: set the variable TALKOVER_TOKEN" in ran.err


def test_a_wrong_token_is_1_and_the_words_of_the_api(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKOVER_TOKEN", "talq_of_another_environment")
    ran = one.run("plan")

    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        "GET /campaigns/c-1: HTTP 401: Unauthorized (the token in TALKOVER_TOKEN is not accepted here)\n",
    )


def test_changes_are_2_only_when_that_is_asked_for(one: Desk) -> None:
    codes = [one.run("plan").code, one.run("plan", "--detailed-exitcode").code]
    applied = one.run("apply", "--auto-approve").code

    assert [*codes, applied, one.run("plan", "--detailed-exitcode").code] == [0, 2, 0, 0]


def test_without_a_network_it_is_told_which_host(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    monkeypatch.setattr("reconciler.api.retry.MOST_FAULTS", 1)
    ran = one.run("plan", "--base-url", f"http://{address}/api/v1")

    assert (ran.code, ran.out, ran.err) == (
        1,
        "",
        f"GET /campaigns/c-1: no connection to {address}: [Errno 111] Connection refused\n",
    )


@pytest.mark.parametrize("command", ["validate", "plan", "apply"])
def test_no_campaigns_under_a_path_is_an_error(desk: Desk, command: str) -> None:
    (desk.folder / "empty").mkdir()
    nowhere, empty = desk.run(command, "nowhere"), desk.run(command, "empty")

    assert (nowhere.code, empty.code, desk.sandbox.requests) == (1, 1, ())
    assert ("nowhere" in nowhere.err + nowhere.out, "empty" in empty.err + empty.out) == (True, True)


def test_no_such_campaign_names_file_and_id_and_the_others_go_on(one: Desk) -> None:
    one.write("campaigns/gone.yaml", "id: no-such-id\nmax_retries: 2\n")
    ran = one.run("apply", "--auto-approve")

    assert (ran.code, one.sandbox.campaign("c-1")["max_retries"]) == (1, 2)
    assert "campaigns/gone.yaml" in ran.out
    assert "no campaign has the id no-such-id in this environment (HTTP 404: Campaign not found)" in ran.out


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("html", "GET /campaigns/c-1: HTTP 200, but the answer is no JSON but text/html: is a proxy in between?"),
        ("403", "GET /campaigns/c-1: HTTP 403 CAMPAIGN_LIMIT_REACHED: Campaign limit reached"),
    ],
)
def test_an_answer_that_is_none_says_which_request(one: Desk, fault: str, told: str) -> None:
    one.sandbox.fault = fault
    ran = one.run("plan")

    words = " ".join((ran.out + ran.err).split())
    assert (ran.code, told in words, "Traceback" in words) == (1, True, False)


# Nothing is written by mistake


def test_without_a_terminal_apply_refuses_and_writes_nothing(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    ran = one.run("apply")

    assert (ran.code, one.writes) == (64, [])
    assert "there is no terminal to ask on, so pass --auto-approve" in ran.err


def test_without_any_input_apply_refuses_too(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert (one.run("apply").code, one.writes) == (64, [])


@pytest.mark.parametrize("fault", [None, "500", "lost%50", "409"])
def test_plan_sends_nothing_but_get(one: Desk, monkeypatch: pytest.MonkeyPatch, fault: str | None) -> None:
    monkeypatch.setattr("reconciler.api.retry._LONGEST_WAIT", 0.001)
    one.sandbox.fault = fault
    one.run("plan")

    assert {record.method for record in one.sandbox.requests} == {"GET"}


# The whole line


@pytest.mark.thorough
@pytest.mark.parametrize("words", ["", *WORDS, "legacy,missing,absent,timestamps-local,strings,objects,meta,extra"])
def test_apply_then_plan_is_empty_in_every_shape_of_answers(desk: Desk, words: str) -> None:
    desk.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse(words))
    desk.live("c-1", queued=3, auto_add_to_dnc_enabled=False)
    desk.write("campaigns/c-1.yaml", EVERYTHING)
    # Where no answer shows the list, only the file can say what is true.
    first = desk.run("apply", "--auto-approve", "--allow-dnc-removals")
    desk.sandbox.clear_requests()
    again, plan = desk.run("apply", "--auto-approve"), desk.run("plan", "--detailed-exitcode")

    assert (first.code, first.err.count("Traceback")) == (0, 0), first.out
    assert (again.code, plan.code, desk.writes) == (0, 0, []), plan.out
    assert desk.sandbox.campaign("c-1")["status"] == "active"


@pytest.mark.parametrize("words", ["", "legacy", "missing", "bare", "meta", "no-paging", "strings", "extra"])
def test_many_campaigns_are_found_in_the_list_in_every_shape_of_answers(desk: Desk, words: str) -> None:
    desk.sandbox.settings = replace(PLENTY, answers=AnswerShape.parse(words))
    for number in range(130):
        desk.live(f"c-{number}", name=f"Campaign {number:03}")
        desk.write(f"campaigns/c-{number}.yaml", f"name: Campaign {number:03}\nmax_retries: 3\n")
    ran = desk.run("plan", "--detailed-exitcode")

    assert ran.code == 0, ran.out
    assert len(desk.sandbox.requests) <= 10


# Streams


def test_json_is_alone_on_stdout(one: Desk) -> None:
    one.sandbox.put_campaign({"id": "c-1", "queued": 3})
    plan, applied = one.run("plan", "--format", "json"), one.run("apply", "--auto-approve", "--format", "json")

    assert plan.json["format_version"] == applied.json["format_version"] == "1.0"
    assert [row["outcome"] for row in applied.json["campaigns"]] == ["applied"]
    assert (plan.err, "pausing" in applied.err) == ("", True)


def test_text_on_stdout_is_the_plan_and_what_came_of_it(one: Desk) -> None:
    one.sandbox.put_campaign({"id": "c-1", "queued": 3})
    ran = one.run("apply", "--auto-approve")

    assert ("Plan for" in ran.out, "applied" in ran.out, "Plan for" in ran.err) == (True, True, False)
    assert ran.err.splitlines() == [line for line in ran.err.splitlines() if "pausing" in line or "again" in line]


def test_json_is_complete_even_where_nothing_was_applied(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    ran = one.run("apply", "--format", "json")

    assert [(row["id"], row["outcome"]) for row in ran.json["campaigns"]] == [("c-1", "not attempted")]
    assert (ran.code, ran.json["exit_code"]) == (64, 64)


def test_problems_in_files_are_on_stderr_of_commands_that_go_on_from_there(one: Desk) -> None:
    one.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 11\n")
    ran = one.run("plan")

    assert (ran.code, ran.out, one.sandbox.requests) == (1, "", ())
    assert ran.err.startswith("campaigns/c-1.yaml:2:14: max_retries: ")


def test_no_colours_where_there_is_no_terminal(one: Desk) -> None:
    ran = one.run("plan")

    assert "\x1b" not in ran.out + ran.err


def test_names_from_the_api_cannot_drive_the_terminal(desk: Desk) -> None:
    desk.live("c-1", name="\x1b[2J\x07Sales \ud800\u202e")
    desk.write("campaigns/c-1.yaml", "id: c-1\nmax_retries: 1\n")
    ran = desk.run("plan")

    assert (ran.code, "\x1b" in ran.out, "\x07" in ran.out, "\u202e" in ran.out) == (0, False, False, False)
    assert ran.out.encode()


def test_the_token_is_nowhere(one: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKOVER_TOKEN", "talq_5ecr3t")
    ran = [one.run("plan", "--log", "log.jsonl"), one.run("apply", "--auto-approve", "--report", "report.json")]
    written = [path.read_text() for path in one.folder.rglob("*") if path.is_file()]

    assert [text for text in (*(r.out + r.err for r in ran), *written) if "5ecr3t" in text] == []


def test_the_log_is_appended_to(one: Desk) -> None:
    for _ in range(2):
        one.run("plan", "--log", "log.jsonl")
    rows = [json.loads(line) for line in (one.folder / "log.jsonl").read_text().splitlines()]

    assert [(row["method"], row["path"], row["status"]) for row in rows] == [("GET", "/campaigns/c-1", 200)] * 2


# Processes


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with one campaign file."""
    (tmp_path / "campaigns").mkdir()
    (tmp_path / "campaigns" / "c-1.yaml").write_text(ONE)
    return tmp_path


@pytest.mark.processes
def test_a_pipe_that_is_closed_is_no_traceback(outside: Path) -> None:
    command = f'"{sys.executable}" -m reconciler plan --sandbox | true; exit ${{PIPESTATUS[0]}}'
    told = subprocess.run(["bash", "-c", command], cwd=outside, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (1, "")


@pytest.mark.processes
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no full device")  # noqa: PTH110 - a device
def test_output_that_nobody_can_take_is_told(outside: Path) -> None:
    command = f'"{sys.executable}" -m reconciler validate --format json > /dev/full'
    told = subprocess.run(["bash", "-c", command], cwd=outside, capture_output=True, text=True, check=False)

    assert (told.returncode, told.stderr) == (1, "the output cannot be used: No space left on device\n")


@pytest.mark.processes
def test_the_module_and_the_console_script_are_the_same() -> None:
    script = Path(sys.executable).with_name("reconciler")
    told = [
        subprocess.run([*command, "--version"], capture_output=True, text=True, check=True).stdout
        for command in ([sys.executable, "-m", "reconciler"], [str(script)])
    ]

    assert told == [f"reconciler, version {__version__}\n"] * 2


def test_every_command_of_the_group_can_be_loaded() -> None:
    context = cli.cli.make_context("reconciler", ["validate"])

    assert all(cli.cli.get_command(context, name) for name in cli.cli.list_commands(context))
    assert cli.cli.get_command(context, "nonsense") is None


@pytest.mark.parametrize(
    ("typed", "meant"), [("pln", "plan"), ("aply", "apply"), ("formt", "fmt"), ("diff", "plan"), ("lint", "validate")]
)
def test_a_command_that_is_misspelt_or_called_otherwise_is_guessed(
    typed: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([typed]) == 64
    assert f"there is no command {typed}: did you mean {meant}?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (["apply", "--yes"], "Did you mean --auto-approve?"),
        (["apply", "-y"], "Did you mean --auto-approve?"),
        (["plan", "--output", "x"], "Did you mean --out?"),
        (["apply", "--dry-run"], "`reconciler plan` shows what apply would do, and writes nothing."),
        (["plan", "--live-stat", "x"], "--live-status"),
        (["plan", "--json"], "Did you mean --format json?"),
        (["plan", "--yes"], "A plan asks nothing, and writes nothing."),
        (["fmt", "--write"], "`reconciler fmt` writes the files by itself; with --check it only looks."),
        (["validate", "--fix"], "validate writes nothing; `reconciler fmt` brings files into one order"),
    ],
    ids=lambda words: " ".join(words) if isinstance(words, list) else "",
)
def test_an_option_that_another_tool_calls_otherwise_is_guessed(
    typed: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(typed) == 64
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("delete", "nothing here deletes a campaign: `status: cancelled` in its file, and apply, end it for good"),
        ("start", "write `status: active` into the campaign's file, and apply"),
        ("login", "there is no login: the token stands in the variable TALKOVER_TOKEN"),
    ],
)
def test_what_no_command_does_is_told_with_the_way_to_it(
    typed: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([typed]) == 64
    assert f"there is no command {typed}: {told}" in capsys.readouterr().err


def test_an_option_that_the_command_has_not_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["plan", "--yes"]) == 64
    assert "--auto-approve" not in capsys.readouterr().err
