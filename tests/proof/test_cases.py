"""One folder is one behaviour: these files and this live state make this plan, and applying it sends these requests.

cases/<behaviour>/campaigns/*.yaml   the files
                  live.json          what the API shows, field by field as it spells it; whose calls are queued;
                                     what was sent before; whether removals are allowed
                  plan.json          the plan's campaigns and summary, but for what is in every plan anyway
                  requests.json      what is read, what apply sends, and what becomes of each file
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from reconciler.apply.campaign import apply
from reconciler.apply.context import ApplyContext, ApplyOptions
from reconciler.apply.outcome import Outcome
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.live.lookup import read_live
from reconciler.model.campaign import Desired
from reconciler.model.canonical import canonical
from reconciler.model.document import Value
from reconciler.plan.context import PlanContext
from reconciler.plan.document import to_json
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.plan.values import recorded
from tests.support.api import Api, Clock, Memory
from tests.support.campaigns import FIELDS, HOST, KEY
from tests.support.plan_schema import broken_rules

CASES = Path(__file__).parents[1] / "cases"
TODAY = datetime.date(2026, 6, 1)
# In every plan, and of no use to a reader of a case.
LEFT_OUT = {
    *(
        "agents",
        "attempts",
        "besides",
        "calling",
        "final",
        "hold",
        "legal",
        "managed",
        "reach",
        "schedules",
        "starts",
        "warnings",
    )
}


@dataclass
class World:
    """A case, read."""

    desired: Sequence[Desired]
    api: Api
    memory: Memory
    allow_dnc_removals: bool

    def plan(self) -> Plan:
        terms = PlanContext(
            HOST, TODAY.isoformat(), "0", record=self.memory.record, allow_dnc_removals=self.allow_dnc_removals, key=KEY
        )
        return make_plan(FIELDS, self.desired, read_live(FIELDS, self.desired, self.api.fetch), terms)

    def apply(self, plan: Plan) -> list[Outcome]:
        context = ApplyContext(self.api.send, self.memory, Clock(), lambda _: None, key=KEY)
        return list(apply(plan, FIELDS, context, ApplyOptions(allow_dnc_removals=self.allow_dnc_removals)))


def world(case: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.chdir(case)
    read = files.read(["campaigns"])
    desired, problems = validate(read.documents, FIELDS, TODAY)
    assert [str(problem) for problem in (*read.problems, *problems) if problem.is_error] == []
    live = json.loads((case / "live.json").read_text(encoding="utf-8"))
    campaigns = {row["id"]: row for row in live["campaigns"]}
    sent = {
        campaign: {name: hash_of(campaign, name, value) for name, value in values.items()}
        for campaign, values in live.get("sent_before", {}).items()
    }
    never, in_list = (frozenset(live.get(key, ())) for key in ("hidden", "hidden_in_list"))
    api = Api(campaigns, set(live.get("queued", ())), never, in_list)
    return World(desired, api, Memory(record=sent), live.get("allow_dnc_removals", False))


def hash_of(campaign: str, name: str, value: Value) -> str:
    of = FIELDS.writable[name]
    return recorded(of, canonical(of, value), campaign, KEY)


def told(plan: Plan) -> dict[str, Any]:
    """What a case expects of a plan."""
    document = to_json(plan)
    assert broken_rules(document) == []
    rows = [{key: row[key] for key in row if key not in LEFT_OUT} for row in document["campaigns"]]
    return {"summary": document["summary"], "campaigns": rows}


NAMES = sorted(path.name for path in CASES.iterdir() if path.is_dir())


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_as_expected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = json.loads((CASES / name / "plan.json").read_text(encoding="utf-8"))

    assert told(world(CASES / name, monkeypatch).plan()) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_requests_are_as_expected(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = json.loads((CASES / name / "requests.json").read_text(encoding="utf-8"))
    case = world(CASES / name, monkeypatch)
    plan = case.plan()
    read = list(case.api.asked)
    case.api.asked.clear()
    outcomes = {outcome.file: str(outcome.result) for outcome in case.apply(plan)}

    assert {"read": read, "apply": case.api.asked, "outcomes": outcomes} == expected
    assert plan.requests == len(read) + len(case.api.asked)


@pytest.mark.parametrize("name", NAMES)
def test_after_the_apply_nothing_is_left_to_do_and_nobody_is_left_paused(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world(CASES / name, monkeypatch)
    case.apply(case.plan())
    again = case.plan()

    assert [campaign.file for campaign in again.campaigns if campaign.has_steps] == []
    assert case.memory.announced == case.memory.cleared


@pytest.mark.parametrize("name", NAMES)
def test_making_a_plan_sends_nothing_but_get(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world(CASES / name, monkeypatch)
    case.plan()

    assert [request for request in case.api.asked if not str(request).startswith("GET ")] == []
