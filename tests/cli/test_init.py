from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from reconciler.cli.commands.init import gitlab_folder, workflow_folder
from reconciler.cli.installed_from import origin
from reconciler.cli.main import run

SCHEMAS = Path(__file__).parents[2] / "schemas"
WORKFLOWS = [
    f".github/workflows/{name}.yml"
    for name in ("apply", "calendar", "drift", "plan", "recover", "release-holds", "stop")
]
WRITTEN = [
    "campaigns/example.yaml",
    "schemas/campaign.schema.json",
    "schemas/environment.schema.json",
    "schemas/holds.schema.json",
    *WORKFLOWS,
    ".gitignore",
]
NEXT = """\

Next:
  reconciler validate
  reconciler plan --sandbox  # against a stand-in for the API: needs no account
  reconciler plan            # against your account: needs TALKOVER_TOKEN
"""
HASH = "3d3c42e5aac5ba805825da76410c181273ba90b1"
ACTION = f"acme/reconciler/.github/actions/campaigns@{HASH}"
WHERE = "\nThe workflows need to know where reconciler is on GitHub: see `uses: ./.github/actions/campaigns` in them.\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, without a token."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TALKOVER_TOKEN", raising=False)
    return tmp_path


def files(folder: str = ".") -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_an_empty_folder_gets_all_that_a_repository_begins_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init"]) == 0

    assert capsys.readouterr() == ("".join(f"wrote {name}\n" for name in WRITTEN) + WHERE + NEXT, "")
    for name in WORKFLOWS:
        assert Path(name).read_bytes() == (workflow_folder() / Path(name).name).read_bytes()
    assert sorted(files()) == sorted(WRITTEN)
    assert Path(".gitignore").read_text(encoding="utf-8") == ".reconciler/\n"
    for schema in ("campaign.schema.json", "environment.schema.json"):
        assert json.loads(Path("schemas", schema).read_bytes()) == json.loads((SCHEMAS / schema).read_bytes())


def test_the_example_is_sound_formatted_and_finds_its_schema(capsys: pytest.CaptureFixture[str]) -> None:
    run(["init"])
    capsys.readouterr()

    assert run(["validate"]) == 0
    assert run(["fmt", "--check"]) == 0
    assert capsys.readouterr().err == "1 campaign checked, no problems\n0 of 1 file would change\n"
    _, _, schema = Path("campaigns/example.yaml").read_text(encoding="utf-8").partition("$schema=")
    assert Path("campaigns", schema.partition("\n")[0]).is_file()


def test_the_example_is_a_draft_to_be_created_in_the_sandbox(capsys: pytest.CaptureFixture[str]) -> None:
    run(["init"])
    capsys.readouterr()

    assert run(["plan", "--sandbox", "--format", "json"]) == 0

    (campaign,) = json.loads(capsys.readouterr().out)["campaigns"]
    assert (campaign["action"], campaign["status"], campaign["errors"]) == ("create", None, [])


def test_a_folder_can_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "deep/calls"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("wrote deep/calls/campaigns/example.yaml\n")
    assert "Next:\n  cd deep/calls\n  reconciler validate\n" in out
    assert sorted(files()) == sorted(f"deep/calls/{name}" for name in WRITTEN)


def test_with_a_token_import_is_offered_last(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALKOVER_TOKEN", "talq_secret")

    assert run(["init"]) == 0

    out = capsys.readouterr().out
    assert out.endswith(
        "\n\nTALKOVER_TOKEN is set. To get a file for each campaign that you have:\n  reconciler import\n"
    )
    assert "talq_secret" not in out


def test_the_action_of_the_workflows_can_be_named() -> None:
    assert run(["init", "--action", ACTION]) == 0

    for name in WORKFLOWS:
        text = Path(name).read_text(encoding="utf-8")
        used = [
            step["uses"] for job in yaml.safe_load(text)["jobs"].values() for step in job["steps"] if "uses" in step
        ]
        assert ACTION in used
        assert [action for action in used if action.startswith("./")] == []
        assert "In another repository" not in text


def test_what_was_installed_from_github_names_its_action(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed = {"url": "https://github.com/acme/reconciler", "vcs_info": {"vcs": "git", "commit_id": HASH}}
    noted = tmp_path / "installed" / "reconciler-0.1.0.dist-info"
    noted.mkdir(parents=True)
    (noted / "METADATA").write_text("Metadata-Version: 2.1\nName: reconciler\nVersion: 0.1.0\n")
    (noted / "direct_url.json").write_text(json.dumps(installed))
    monkeypatch.syspath_prepend(noted.parent)

    assert run(["init", "github"]) == 0
    assert WHERE not in capsys.readouterr().out
    assert all(f"uses: {ACTION}\n" in Path("github", name).read_text(encoding="utf-8") for name in WORKFLOWS)

    assert run(["init", "--ci", "gitlab", "gitlab"]) == 0
    assert yaml.safe_load(Path("gitlab/.gitlab-ci.yml").read_bytes())["variables"] == {
        "RECONCILER_REPOSITORY": "https://github.com/acme/reconciler",
        "RECONCILER_COMMIT": HASH,
    }


@pytest.mark.parametrize(
    ("url", "commit", "expected"),
    [
        ("https://github.com/acme/reconciler.git", HASH, ("https://github.com/acme/reconciler", ACTION)),
        ("https://ada:secret@github.com/acme/reconciler", HASH, ("https://github.com/acme/reconciler", ACTION)),
        ("https://git.example/acme/reconciler", HASH, ("https://git.example/acme/reconciler", None)),
        ("ssh://git@github.com/acme/reconciler.git", HASH, ("https://github.com/acme/reconciler", ACTION)),
        ("http://github.com/acme/reconciler", HASH, None),
        ("https://github.com/acme/reconciler", "main", None),
        ("https://github.com/acme", HASH, None),
        ("file:///acme/reconciler", HASH, None),
        ("https://github.com/acme/reconciler", None, None),
        ("https://[", HASH, None),
    ],
)
def test_where_the_package_comes_from_is_read_without_secrets(
    url: str, commit: str | None, expected: tuple[str, str | None] | None
) -> None:
    found = origin(json.dumps({"url": url, "vcs_info": {"commit_id": commit}}))

    assert (found and (found.repository, found.action)) == expected


def test_a_package_that_was_installed_in_another_way_comes_from_nowhere() -> None:
    assert [origin(noted) for noted in ("", "{}", '{"url": "file:///x", "dir_info": {}}', "[]")] == [None] * 4


def test_gitlab_gets_its_jobs_instead(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--ci", "gitlab"]) == 0

    assert "\nThe jobs need some variables of the project" in capsys.readouterr().out
    for name in ("campaigns.yml", "note.py"):
        assert Path(".gitlab", name).read_bytes() == (gitlab_folder() / name).read_bytes()
    assert yaml.safe_load(Path(".gitlab-ci.yml").read_bytes()) == {"include": [{"local": ".gitlab/campaigns.yml"}]}
    assert not Path(".github").exists()


def test_an_action_is_none_of_gitlab(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--ci", "gitlab", "--action", ACTION]) == 64

    assert "--action is for --ci github" in capsys.readouterr().err
    assert files() == {}


@pytest.mark.parametrize("action", ["reconciler", "acme/reconciler@main", "./x@" + "0" * 40, "a/b@" + "0" * 41])
def test_an_action_without_a_full_hash_is_refused(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "--action", action]) == 64

    assert "write OWNER/REPO/.github/actions/campaigns@HASH" in capsys.readouterr().err
    assert files() == {}


def test_what_is_there_is_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    mine = {
        "campaigns/sales.yaml": b"name: x\n",
        "schemas/campaign.schema.json": b"{}",
        ".gitignore": b"/.reconciler\r\n",
        ".github/workflows/plan.yml": b"on: push\n",
    }
    for name, content in mine.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)

    assert run(["init"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert [line for line in told if line.startswith("left")] == [
        "left campaigns: it is there already, so it gets no example",
        "left schemas/campaign.schema.json: it is there already",
        "left .github/workflows/plan.yml: it is there already",
        "left .gitignore: it names .reconciler/ already",
    ]
    assert {name: content for name, content in files().items() if name in mine} == mine
    assert not Path("campaigns/example.yaml").exists()


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"", b".reconciler/\n"),
        (b"*.pyc\n", b"*.pyc\n.reconciler/\n"),
        (b"*.pyc", b"*.pyc\n.reconciler/\n"),
        (b"\xff.reconciler/x\n", b"\xff.reconciler/x\n.reconciler/\n"),
    ],
)
def test_a_gitignore_gets_one_line_more(was: bytes, becomes: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    Path(".gitignore").write_bytes(was)

    assert run(["init"]) == 0

    assert Path(".gitignore").read_bytes() == becomes
    assert "\nadded .reconciler/ to .gitignore\n" in capsys.readouterr().out


def test_a_second_init_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run(["init"])
    before = files()
    capsys.readouterr()

    assert run(["init"]) == 0

    assert files() == before
    assert "wrote" not in capsys.readouterr().out


def test_a_file_is_no_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("calls").touch()

    assert run(["init", "calls"]) == 64
    assert "Directory 'calls' is a file." in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("schemas").touch()

    assert run(["init"]) == 1

    assert capsys.readouterr().err == "cannot write schemas/campaign.schema.json: File exists\n"
