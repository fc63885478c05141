"""How often one person may be called, in the words of every form."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.plan.plan import Plan
from reconciler.render import github, text
from reconciler.render.attempts import one_person
from reconciler.render.html import page
from reconciler.render.markdown import page as markdown
from tests.plan.test_attempts import CREATED, MORE, NEW, WHOLE
from tests.support.plans import planned


def plan_of(file: str, live: Mapping[str, Value] | NotFound) -> Plan:
    return planned({"c.yaml": file}, {"c.yaml": live})


@pytest.mark.parametrize(
    ("file", "live", "expected"),
    [
        pytest.param(MORE, WHOLE, "up to 11 calls in 10 h (was 4 in 3 days)", id="more"),
        pytest.param("max_retries: 0", WHOLE, "up to 1 call (was 4 in 3 days)", id="only one"),
        pytest.param("max_retries: 1", {**WHOLE, "max_retries": 0}, "up to 2 calls in 24 h (was 1)", id="one more"),
        pytest.param("max_retries: 2", {**WHOLE, "busy_cooldown_hours": "?"}, None, id="the least that is known"),
        pytest.param(CREATED + MORE, NEW, "at least 11 calls in 10 h", id="a creation"),
        pytest.param(CREATED + "max_retries: 2", NEW, "at least 3 calls, nobody knows how soon", id="no wait known"),
        pytest.param("status: active", {**WHOLE, "status": "paused"}, "up to 4 calls in 3 days", id="a start"),
    ],
)
def test_what_is_said(file: str, live: Mapping[str, Value] | NotFound, expected: str | None) -> None:
    expected = expected or "at least 3 calls in 2 days (was 4 in 3 days)"
    assert one_person(plan_of(file, live).campaigns[0]) == f"one person: {expected}"


@pytest.mark.parametrize(
    ("file", "live"),
    [
        pytest.param("description: New", WHOLE, id="it stays"),
        pytest.param("max_retries: 3", WHOLE, id="nothing changes"),
        pytest.param(MORE, {**WHOLE, "timezone": "Mars/Olympus"}, id="no hours are known"),
    ],
)
def test_else_nothing_is_said(file: str, live: Mapping[str, Value]) -> None:
    assert one_person(plan_of(file, live).campaigns[0]) == ""


def test_more_calls_are_told_in_every_form_as_what_loosens() -> None:
    plan, told = plan_of("busy_cooldown_hours: 2", WHOLE), "one person: up to 4 calls in 6 h (was 4 in 3 days)"

    assert told in text.render(plan)
    assert f"- **{told}**" in markdown.render(plan)
    assert told in page.render(plan)
    assert github.render(plan).startswith("::warning file=c.yaml")
    assert told in github.render(plan)
