"""The initial state: valid by the server's own rules, and put there once."""

from __future__ import annotations

from pathlib import Path

from reconciler.sandbox import Bench, Sandbox, rules, sample_data
from tests.sandbox.conftest import PLENTY, talking_to

STATUSES = {
    "sales-us-q1": "active",
    "follow-up-br": "active",
    "reminder-uk": "active",
    "winback-us": "paused",
    "survey-everything": "draft",
    "autumn-offer-2026": "completed",
    "pilot-heat-pumps": "cancelled",
    "made-by-hand": "active",
}


def test_the_seed_follows_the_rules_of_the_server() -> None:
    agents = [agent["id"] for agent in sample_data.AGENTS]

    errors = {
        campaign.id: rules.errors_in_creation(rules.known_fields(campaign.data), agents)
        for campaign in sample_data.campaigns()
    }

    assert errors == {identifier: {} for identifier in STATUSES}


def test_the_survey_sets_every_field() -> None:
    (survey,) = [campaign for campaign in sample_data.campaigns() if campaign.id == "survey-everything"]

    assert rules.known_fields(survey.data).keys() == rules.FIELDS


def test_an_empty_database_gets_the_seed() -> None:
    with Sandbox(sample_data=True, settings=PLENTY) as sandbox, talking_to(sandbox) as client:
        rows = client.get("/campaigns").json()["data"]
        change = client.put("/campaigns/sales-us-q1", json={"days_of_week": [1]})

        assert {row["id"]: row["status"] for row in rows} == STATUSES
        assert (sandbox.campaign("sales-us-q1")["queued"], change.status_code) == (12, 409)


def test_without_a_seed_there_are_agents_only() -> None:
    with Sandbox(settings=PLENTY) as sandbox, talking_to(sandbox) as client:
        assert sandbox.campaigns() == {}
        assert client.get("/agents").json()["data"] == [*sample_data.AGENTS]


def test_what_was_changed_or_deleted_is_not_seeded_again(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    with Bench(database, sample_data=True) as bench:
        bench.put_campaign({"id": "reminder-uk", "max_retries": 9})
        bench.remove_campaign("made-by-hand")
        bench.put_agent({"id": sample_data.AGENT_SALES, "name": "Renamed"})
        before = bench.campaigns()

    with Sandbox(database, sample_data=True) as sandbox, talking_to(sandbox) as client:
        assert sandbox.campaigns() == before
        assert client.get(f"/agents/{sample_data.AGENT_SALES}").json()["data"]["name"] == "Renamed"


def test_a_database_without_seed_can_get_it_later(tmp_path: Path) -> None:
    with Bench(tmp_path / "sandbox.db") as bench:
        bench.put_campaign({"id": "c-1"})

    with Bench(tmp_path / "sandbox.db", sample_data=True) as bench:
        assert set(bench.campaigns()) == {*STATUSES, "c-1"}


def test_every_number_is_of_the_range_for_fiction() -> None:
    numbers = [
        number for campaign in sample_data.campaigns() for number in campaign.data.get("do_not_call_custom_list", [])
    ]

    assert len(numbers) == 5
    assert [number for number in numbers if number[5:10] != "55501"] == []
