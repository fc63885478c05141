"""The last run as OpenMetrics text, for a push gateway or a textfile collector.

The format: https://prometheus.io/docs/specs/om/open_metrics_spec/
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class EnvironmentMetrics(NamedTuple):
    """What a run came to in one environment: numbers of campaigns, and seconds that we kept them from calling.

    `drift` is how many differ from their files at the end of the run; None where nobody knows.
    """

    environment: str
    changes: int = 0
    failures: int = 0
    put_off: int = 0
    paused_seconds: float = 0.0
    left_paused: int = 0
    drift: int | None = None

    def and_also(self, other: EnvironmentMetrics) -> EnvironmentMetrics:
        """What both came to together, under the name of this one."""
        return EnvironmentMetrics(
            self.environment,
            self.changes + other.changes,
            self.failures + other.failures,
            self.put_off + other.put_off,
            self.paused_seconds + other.paused_seconds,
            self.left_paused + other.left_paused,
            None if self.drift is other.drift is None else (self.drift or 0) + (other.drift or 0),
        )


class RunMetrics(NamedTuple):
    """A run: the command, when it ended (epoch seconds), its exit code, and what it came to in each environment."""

    command: str
    ended_at: float
    exit_code: int
    environments: tuple[EnvironmentMetrics, ...] = ()


def render(run: RunMetrics) -> str:
    """The text, which ends with `# EOF` and a line break."""
    of_run = {"command": run.command}
    each = [({**of_run, "environment": one.environment}, one) for one in run.environments]
    families = (
        _family("run_timestamp_seconds", "When the last run ended.", [(of_run, run.ended_at)]),
        _family("run_exit_code", "The exit code of the last run.", [(of_run, run.exit_code)]),
        _family("changes", "Campaigns that the last run changed.", [(on, one.changes) for on, one in each]),
        _family("failures", "Campaigns that the last run failed at.", [(on, one.failures) for on, one in each]),
        _family("put_off", "Campaigns that the last run put off.", [(on, one.put_off) for on, one in each]),
        _family(
            "paused_seconds",
            "Seconds that the last run kept campaigns from calling.",
            [(on, one.paused_seconds) for on, one in each],
        ),
        _family("left_paused", "Campaigns that are left paused by us.", [(on, one.left_paused) for on, one in each]),
        _family(
            "drift",
            "Campaigns that differ from their files since the last run.",
            [(on, one.drift) for on, one in each if one.drift is not None],
        ),
    )
    return "\n".join([*(line for family in families for line in family), "# EOF", ""])


def _family(name: str, told: str, samples: Sequence[tuple[Mapping[str, str], float]]) -> Iterator[str]:
    """A gauge with its samples; nothing where there are none."""
    if not samples:
        return
    name = f"reconciler_{name}"
    yield f"# TYPE {name} gauge"
    if name.endswith("_seconds"):
        yield f"# UNIT {name} seconds"
    yield f"# HELP {name} {_escaped(told)}"
    for labels, value in samples:
        said = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{said}}} {_number(value)}"


def _escaped(text: str) -> str:
    """Text as the format writes it inside of quotes, and as UTF-8 can write it."""
    text = text.encode("utf-8", "replace").decode()
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _number(value: float) -> str:
    return str(int(value)) if math.isfinite(value) and value == int(value) else f"{value:.3f}"
