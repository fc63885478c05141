"""Plans as lines for scripts."""

from __future__ import annotations

import pytest

from reconciler.render import summary
from tests.support.plans import planned

WRITTEN = {
    "a.yaml": "max_retries: 9",
    "b.yaml": "auto_complete: true",
    "c.yaml": "status: active",
    "d.yaml": "max_retries: 3",
}


def test_what_a_pipeline_decides_by_is_told() -> None:
    plan = planned(WRITTEN, {"c.yaml": {"status": "draft"}})

    assert summary.render(plan) == (
        f"changes=3\nloosened=1\nstarted=1\npending=true\nquiet=false\ndigest={plan.digest}"
    )


@pytest.mark.parametrize(
    ("file", "pending"),
    [
        pytest.param("max_retries: 3", "false", id="in sync"),
        pytest.param("auto_complete: true", "false", id="only what nobody can check"),
        pytest.param("status: paused", "true", id="a change of status"),
        pytest.param("status: draft", "true", id="what cannot be planned"),
    ],
)
def test_pending_is_what_differs_or_cannot_be_planned(file: str, pending: str) -> None:
    assert f"\npending={pending}\n" in summary.render(planned({"a.yaml": file}))


def test_a_plan_of_nothing_is_quiet() -> None:
    assert "\nquiet=true\n" in summary.render(planned({}))


def test_no_name_of_a_campaign_is_in_it() -> None:
    plan = planned({"a.yaml": "max_retries: 9"}, {"a.yaml": {"name": "changes=0"}})

    assert summary.render(plan).count("changes=") == 1
