"""The sample campaigns are sound, and the plan of them against the seeded stand-in shows what it is meant to show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from reconciler.api.answers import ApiAnswer, read_campaign
from reconciler.api.endpoints import get_campaign
from reconciler.cli import main as cli
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.live.lookup import LiveRead
from reconciler.model.campaign import Live
from reconciler.model.fields import campaign_fields
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.context import PlanContext
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action
from reconciler.sandbox import sample_data
from reconciler.sandbox.answer_shapes import AnswerShape, View, shown_campaign
from reconciler.sandbox.store import Stored

FOLDER = Path(__file__).parents[2] / "campaigns"
TODAY = date(2026, 12, 15)
FIELDS = campaign_fields()


def sample_files() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@pytest.fixture(scope="module")
def plan() -> Plan:
    desired, _ = validate(files.read([str(FOLDER)]).documents, FIELDS, TODAY)
    live = {campaign.id: campaign for campaign in map(_live, sample_data.campaigns())}
    return make_plan(
        FIELDS, desired, LiveRead({d.file: live[d.id or ""] for d in desired}, len(desired)), PlanContext("http://x")
    )


def _live(stored: Stored) -> Live:
    shown = shown_campaign(stored.data, AnswerShape(), View.GET)
    return read_campaign(get_campaign(stored.id), ApiAnswer(shown))


def _of(plan: Plan, file: str) -> CampaignPlan:
    return next(campaign for campaign in plan.campaigns if Path(campaign.file).name == file)


def _changes(campaign: CampaignPlan) -> dict[str, str]:
    return {change.field.name: str(change.direction) for change in campaign.changes}


def test_the_samples_are_five_campaigns_without_a_problem_or_a_warning() -> None:
    reading = files.read([str(FOLDER)])
    desired, problems = validate(reading.documents, FIELDS, TODAY)

    assert (reading.problems, problems) == ((), ())
    assert [(Path(one.file).name, one.id) for one in desired] == [
        ("follow-up-sao-paulo.yaml", "follow-up-br"),
        ("reminder-london.yaml", "reminder-uk"),
        ("sales-q1.yaml", "sales-us-q1"),
        ("survey-sydney.yaml", "survey-everything"),
        ("winback-chicago.yaml", "winback-us"),
    ]


def test_every_sample_tells_editors_its_schema() -> None:
    modeline = "# yaml-language-server: $schema=../schemas/campaign.schema.json"

    assert {path.name: path.read_text(encoding="utf-8").partition("\n")[0] for path in sample_files()} == {
        path.name: modeline for path in sample_files()
    }


def test_every_number_in_the_samples_is_of_the_range_for_fiction() -> None:
    numbers = [number for path in sample_files() for number in re.findall(r"\+\d+", path.read_text(encoding="utf-8"))]

    assert len(numbers) == 5
    assert [number for number in numbers if not re.fullmatch(r"\+1(202|312)55501\d\d", number)] == []


def test_the_survey_says_something_of_every_field() -> None:
    survey = next(d for d in files.read([str(FOLDER / "survey-sydney.yaml")]).documents)

    assert {
        name
        for name in {*FIELDS.names} - {*FIELDS.local}
        if ((name,) not in survey.marks or survey.inherited.get(name))
    } == set()


def test_sales_may_pause_for_its_lunch_break(plan: Plan) -> None:
    sales = _of(plan, "sales-q1.yaml")

    assert _changes(sales) == {"call_time_ranges": "tightens", "max_retries": "tightens"}
    assert sales.may_pause


def test_follow_up_spares_saturdays_and_gets_a_default(plan: Plan) -> None:
    follow_up = _of(plan, "follow-up-sao-paulo.yaml")

    assert _changes(follow_up) == {
        "days_of_week": "tightens",
        "retry_cooldown_hours": "tightens",
        "do_not_call_enabled": "tightens",
    }
    assert [Path(change.position.file).name for change in follow_up.changes][-1] == "_defaults.yaml"


def test_reminder_is_in_sync(plan: Plan) -> None:
    reminder = _of(plan, "reminder-london.yaml")

    assert (reminder.action, reminder.has_steps, reminder.notices) == (Action.NONE, False, ())


def test_winback_adds_one_number_and_keeps_the_one_that_the_api_added(plan: Plan) -> None:
    winback = _of(plan, "winback-chicago.yaml")
    numbers = winback.changes[0]

    assert _changes(winback) == {"do_not_call_custom_list": "tightens", "auto_dnc_trigger_errors": "tightens"}
    assert (len(numbers.before), len(numbers.after)) == (3, 4)  # type: ignore[arg-type]  # both are hidden numbers
    assert [notice for notice in winback.notices if "1 live entry" in notice and "kept" in notice] != []


def test_the_survey_is_started(plan: Plan) -> None:
    survey = _of(plan, "survey-sydney.yaml")

    assert survey.starts
    assert _changes(survey) == {"max_retries": "tightens"}


def test_the_samples_are_formatted(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["fmt", "--check", str(FOLDER)]) == 0, capsys.readouterr().err
