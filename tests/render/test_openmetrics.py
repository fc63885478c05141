"""The metrics of a run, read by the parser of those who made the format."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.render.openmetrics import EnvironmentMetrics, RunMetrics, render

_parser: Any = pytest.importorskip("prometheus_client.openmetrics.parser", reason="prometheus-client is not installed")

NORTH = EnvironmentMetrics("campaigns/_environment.yaml", 3, 1, 2, 12.5, 1, 4)
SOUTH = EnvironmentMetrics("https://talkover.example/api/v1")


def families(run: RunMetrics) -> dict[str, Any]:
    return {family.name: family for family in _parser.text_string_to_metric_families(render(run))}


def test_a_run_says_what_it_came_to_in_each_environment() -> None:
    found = families(RunMetrics("apply", 1799064000.5, 1, (NORTH, SOUTH)))

    values = {
        name: {sample.labels.get("environment", ""): sample.value for sample in family.samples}
        for name, family in found.items()
    }
    assert values == {
        "reconciler_run_timestamp_seconds": {"": 1799064000.5},
        "reconciler_run_exit_code": {"": 1},
        "reconciler_changes": {NORTH.environment: 3, SOUTH.environment: 0},
        "reconciler_failures": {NORTH.environment: 1, SOUTH.environment: 0},
        "reconciler_put_off": {NORTH.environment: 2, SOUTH.environment: 0},
        "reconciler_paused_seconds": {NORTH.environment: 12.5, SOUTH.environment: 0},
        "reconciler_left_paused": {NORTH.environment: 1, SOUTH.environment: 0},
        "reconciler_drift": {NORTH.environment: 4},
    }
    assert {family.type for family in found.values()} == {"gauge"}
    assert {family.unit for name, family in found.items() if name.endswith("_seconds")} == {"seconds"}
    assert {sample.labels["command"] for family in found.values() for sample in family.samples} == {"apply"}


def test_a_run_without_environments_has_its_exit_code() -> None:
    assert list(families(RunMetrics("plan", 1.0, 64))) == [
        "reconciler_run_timestamp_seconds",
        "reconciler_run_exit_code",
    ]


def test_the_text_ends_as_the_format_wants_it() -> None:
    assert render(RunMetrics("plan", 1.0, 0, (SOUTH,))).endswith("\n# EOF\n")


@given(name=st.text(min_size=1))
def test_any_name_of_an_environment_is_a_label(name: str) -> None:
    found = families(RunMetrics("plan", 1.0, 0, (EnvironmentMetrics(name, drift=1),)))

    (sample,) = found["reconciler_drift"].samples
    assert sample.labels["environment"] == name.encode("utf-8", "replace").decode()


def test_what_is_of_one_environment_is_united() -> None:
    assert NORTH.and_also(EnvironmentMetrics(NORTH.environment, changes=1)) == EnvironmentMetrics(
        NORTH.environment, 4, 1, 2, 12.5, 1, 4
    )
    assert SOUTH.and_also(SOUTH).drift is None
