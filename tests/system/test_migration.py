"""A made-up account moves in: imported, edited, applied, in two environments, in every shape of answer."""

from __future__ import annotations

import random

import pytest

from reconciler.sandbox import AnswerShape, Sandbox, SandboxSettings
from tests.support.command_line import PLAIN, Desk, desk

__all__ = ["desk"]

# So many campaigns where a shape makes a difference to what is read, and so many elsewhere.
MANY, SOME = 300, 60
WORDS = (
    "Sales",
    "Café Zürich",
    "Rückruf",
    "São Paulo",
    "東京",
    "Win-back",
    "Q1",
    "Umfrage",
    "🎉 party",
    "Don't call",
    "A/B",
)
HOSTILE = (
    *("../../etc/passwd", "CON", "nul.yaml", "_defaults", ".hidden", "-rf", "a" * 255, "name: x # y", "{{ name }}"),
    *("*bold* @all", "no", "1.10", "2027-01-01", "null", "~", "'quoted'", '"double"', "back\\slash", "tab\there"),
    *("trailing.", "<script>", "a|b"),
)
SHAPES = [
    "",
    "legacy",
    "both,seconds",
    "missing",
    "legacy,missing",
    "bare,meta",
    "no-paging",
    "strings",
    "objects",
    "nulls",
    "absent",
    "extra",
    "timestamps",
    "source-campaign",
]


def settle(sandbox: Sandbox, seed: int, how_many: int) -> None:
    """Fill a sandbox with campaigns as people leave them."""
    chance = random.Random(seed)  # noqa: S311 - made-up campaigns
    for number in range(how_many):
        name = (
            HOSTILE[number]
            if number < len(HOSTILE)
            else f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number % 150}"
        )
        sandbox.put_campaign(
            {
                **PLAIN,
                "id": f"c-{seed}-{number}",
                "name": name,
                "status": chance.choice(["draft", "active", "paused", "active", "completed", "cancelled"]),
                "max_retries": chance.randint(0, 9),
                "timezone": chance.choice(["Europe/London", "Asia/Kolkata", "America/Sao_Paulo"]),
                "days_of_week": sorted(chance.sample(range(1, 8), chance.randint(1, 7))),
                "end_date": chance.choice([None, "2027-12-31"]),
                "do_not_call_enabled": chance.choice([True, False]),
            }
        )


def as_edited(desk: Desk, folder: str) -> int:
    """Raise the retries in every file that says them; how many files are there."""
    files = sorted((desk.folder / folder).glob("*.yaml"))
    for file in files:
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("max_retries: 9\n", "max_retries: 8\n"), encoding="utf-8")
    return len(files)


@pytest.mark.parametrize("shapes", SHAPES, ids=lambda shapes: shapes or "as the pages say")
def test_an_account_moves_in(desk: Desk, shapes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    options = SandboxSettings(rate_limit=1_000_000, drain_after_puts=1, answers=AnswerShape.parse(shapes))
    with Sandbox(settings=options, token="talq_staging") as staging:
        desk.sandbox.settings = options
        how_many = MANY if shapes in ("", "legacy,missing") else SOME
        settle(desk.sandbox, 1, how_many)
        settle(staging, 2, how_many)
        monkeypatch.setenv("TALKOVER_STAGING_TOKEN", "talq_staging")
        desk.write(
            "campaigns/staging/_environment.yaml", f"base_url: {staging.base_url}\ntoken_env: TALKOVER_STAGING_TOKEN\n"
        )

        production = desk.run("import", "campaigns/production")
        monkeypatch.setenv("TALKOVER_TOKEN", "talq_staging")
        second = desk.run("import", "campaigns/staging", "--base-url", staging.base_url)
        monkeypatch.setenv("TALKOVER_TOKEN", "talq_sandbox")

        assert (production.code, second.code) == (0, 0), production.err + second.err
        assert desk.run("validate").code == 0
        assert desk.run("plan", "--detailed-exitcode").code == 0
        assert [as_edited(desk, f"campaigns/{name}") for name in ("production", "staging")] == [
            how_many,
            how_many + 1,
        ]
        applied = desk.run("apply", "--auto-approve", "--format", "json")

        assert applied.code == 0, applied.err
        assert desk.run("plan", "--detailed-exitcode").code == 0
        assert {w.call.split()[0] for w in (*desk.sandbox.writes, *staging.writes)} == {"PUT"}
        assert all(set(w.body or {}) == {"max_retries"} for w in (*desk.sandbox.writes, *staging.writes))
