from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.load import without_errors
from reconciler.cli.main import run
from reconciler.cli.option_groups import Selection
from reconciler.model.errors import ReconcilerError
from tests.support.files import write


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose campaigns override what their defaults say."""
    monkeypatch.chdir(tmp_path)
    files = {
        ".git/HEAD": "",
        "campaigns/a.yaml": "name: A\nmax_retries: 3\n",
        "campaigns/_defaults.yaml": "max_retries: 3\n",
        "campaigns/_environment.yaml": "max_changes: 3\n",
    }
    write(files, tmp_path)
    return tmp_path


def test_a_default_that_every_file_overrides_is_validated_all_the_same(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write({"campaigns/_defaults.yaml": "max_retries: 11\n"}, here)

    assert run(["validate"]) == 1
    assert capsys.readouterr().out.startswith(
        "campaigns/_defaults.yaml:1:14: max_retries: 11 is too much: 0 to 10 is allowed"
    )


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("file", ["_defaults.yaml", "_environment.yaml"])
def test_what_campaigns_share_is_checked_by_its_own_name(
    file: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", f"campaigns/{file}"]) == 0

    write({f"campaigns/{file}": "colour: 3\n"}, here)
    capsys.readouterr()

    assert run(["validate", f"campaigns/{file}"]) == 1
    assert capsys.readouterr().out.startswith(f"campaigns/{file}:1:1: colour: no such field")


@pytest.mark.usefixtures("here")
def test_a_plan_without_any_campaign_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--sandbox", "campaigns/_defaults.yaml"]) == 1
    assert capsys.readouterr().err == "no campaign under campaigns/_defaults.yaml: it only holds what campaigns share\n"


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        pytest.param("max_changes: 1\n", 1, id="other limits: the same campaigns"),
        pytest.param("token_env: TALKOVER_TOKEN_STAGING\n", 0, id="another token"),
        pytest.param("base_url: https://staging.example/api/v1\n", 0, id="another host"),
    ],
)
@pytest.mark.usefixtures("here")
def test_one_campaign_may_be_in_two_environments_and_not_twice_in_one(settings: str, code: int) -> None:
    write({"staging/a.yaml": "name: A\n", "staging/_environment.yaml": settings}, Path())

    assert run(["validate", "campaigns", "staging"]) == code


@pytest.mark.parametrize("command", [["validate"], ["plan", "--sandbox"], ["apply", "--sandbox"], ["render"], ["fmt"]])
def test_every_command_refuses_a_file_that_nothing_reads(
    command: list[str], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write({"campaigns/_enviroment.yaml": "base_url: https://staging.example\n"}, here)

    assert run(command) == 1
    assert "campaigns/_enviroment.yaml:1:1: nothing reads this file: did you mean _environment.yaml?" in "".join(
        capsys.readouterr()
    )


@pytest.mark.parametrize(
    ("option", "allowed"),
    [
        pytest.param(
            ["--live-status", "bogus"], "'draft', 'active', 'paused', 'completed', 'cancelled'", id="a status"
        ),
        pytest.param(["--type", "bogus"], "'sales', 'follow_up', 'reminder', 'custom'", id="a type"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "apply", "pin"])
@pytest.mark.usefixtures("here")
def test_a_value_that_can_only_be_a_slip_is_wrong_usage(
    command: str, option: list[str], allowed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, *option]) == 64
    assert f"'bogus' is not one of {allowed}." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("Sales [EU]", ["Sales [EU]"]),
        ("Sales ?", ["Sales ?"]),
        ("Oth?r", ["Other"]),
        ("Sales [E]", ["Sales E"]),
        ("Sales*", ["Sales ?", "Sales E", "Sales [EU]"]),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_name_is_found_as_it_is_and_as_a_pattern(asked: str, found: list[str]) -> None:
    names = ["Sales [EU]", "Sales ?", "Sales E", "Other"]
    write({f"campaigns/{number}.yaml": f"name: '{name}'\n" for number, name in enumerate(names)}, Path())

    chosen = without_errors(["campaigns"], Selection(names=(asked,), types=())).desired

    assert sorted(desired.label for desired in chosen) == found


@pytest.mark.parametrize(
    ("names", "types", "told"),
    [
        (
            ("Sales E", "sales u"),
            (),
            "none of 2 campaigns has the name 'sales u': did you mean 'Sales US' or 'Sales E'?",
        ),
        (("Nobody",), (), "none of 2 campaigns has the name 'Nobody'"),
        (("Sales *",), ("reminder",), "none of 2 campaigns has the name and type that were asked for"),
        ((), ("reminder",), "none of 2 campaigns has the type that was asked for"),
    ],
)
@pytest.mark.usefixtures("here")
def test_a_name_that_no_campaign_has_is_told_beside_others(
    names: tuple[str, ...], types: tuple[str, ...], told: str
) -> None:
    write({"campaigns/a.yaml": "name: Sales US\n", "campaigns/b.yaml": "name: Sales E\n"}, Path())

    with pytest.raises(ReconcilerError) as raised:
        without_errors(["campaigns"], Selection(names=names, types=types))
    assert str(raised.value).startswith(told)
