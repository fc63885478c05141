"""A made-up company: twenty cities by three languages in two environments, from campaigns that were made by hand.

What a person has to touch is counted, and the page on sharing tells it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli import main as cli
from reconciler.sandbox import Sandbox
from tests.support.command_line import PLAIN, PLENTY

pytestmark = pytest.mark.thorough

STAGING, PRODUCTION = "campaigns/staging", "campaigns/production"
CITIES = [f"City {number:02}" for number in range(1, 21)]
LANGUAGES = {"English": "Ava", "Español": "Inés", "Français": "Zoé"}


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Sixty campaigns in staging, made by hand, and an empty production with agents of its own."""
    monkeypatch.chdir(tmp_path)
    with Sandbox(token="staging", more_tokens=["production"], settings=PLENTY) as sandbox:
        monkeypatch.setenv("TALKOVER_BASE_URL", sandbox.base_url)
        for name in ("staging", "production"):
            monkeypatch.setenv(f"TALKOVER_TOKEN_{name.upper()}", name)
            here = sandbox.environment(name)
            for agent in LANGUAGES.values():
                known = {"current_status": "published", "direction": "outbound"}
                here.put_agent({"id": f"{name}-{agent[0]}", "name": agent, **known})
            folder = tmp_path / "campaigns" / name
            folder.mkdir(parents=True)
            (folder / "_environment.yaml").write_text(f"token_env: TALKOVER_TOKEN_{name.upper()}\n")
        for city in CITIES:
            for language, agent in LANGUAGES.items():
                own = {"name": f"{city} {language}", "agent_id": f"staging-{agent[0]}", "status": "draft"}
                identity = f"{city}-{language[:2]}".replace(" ", "-").lower()
                sandbox.environment("staging").put_campaign({"id": identity, **PLAIN, **own})
        yield sandbox


def run(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert cli.run([*arguments]) == code, capsys.readouterr()
    return capsys.readouterr().out


def test_one_line_of_one_file_changes_sixty_campaigns(company: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "import", STAGING, "--agents-by-name", "--defaults", "--check")
    # By hand: what the import found alike becomes a part of both, one move and a line for each file.
    shared = Path(STAGING, "_defaults.yaml").rename("campaigns/_company.yaml")
    for file in Path(STAGING).glob("[!_]*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"^(?=id:)", "from: ../_company.yaml\n", text, count=1, flags=re.MULTILINE))
    run(capsys, "plan", STAGING, "--detailed-exitcode")

    assert len(run(capsys, "promote", STAGING, PRODUCTION).splitlines()) == 60
    run(capsys, "compare", STAGING, PRODUCTION)
    run(capsys, "apply", PRODUCTION, "--auto-approve")
    assert len(run(capsys, "pin", PRODUCTION).splitlines()) == 60
    made = company.environment("production").campaigns().values()
    assert {one["agent_id"] for one in made} == {"production-A", "production-I", "production-Z"}

    shared.write_text(shared.read_text(encoding="utf-8").replace("max_retries: 3", "max_retries: 2"))
    assert "max_retries: 2" in shared.read_text(encoding="utf-8")
    (line,) = [n for n, row in enumerate(shared.read_text().splitlines(), 1) if row.startswith("max_retries")]
    plans = json.loads(run(capsys, "plan", STAGING, PRODUCTION, "--format", "json"))["plans"]
    changes = [change for plan in plans for row in plan["campaigns"] for change in row["changes"]]
    assert len(changes) == 120
    assert {(one["file"], one["line"]) for one in changes} == {("campaigns/_company.yaml", line)}
    assert run(capsys, "plan", STAGING, PRODUCTION).count("the same in 59 other campaigns") == 2
    run(capsys, "apply", STAGING, PRODUCTION, "--auto-approve")
    run(capsys, "plan", STAGING, PRODUCTION, "--detailed-exitcode")
