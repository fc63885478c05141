"""The groups of options that several commands share."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from reconciler.cli import options
from reconciler.model.errors import UsageError
from reconciler.model.fields import campaign_fields

if TYPE_CHECKING:
    from reconciler.apply.context import WhenClosed


class CampaignType(click.ParamType[str]):
    """One of the types that the schema has, which is read only where a type is given."""

    name = "type"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The type; what can only be a slip is wrong usage, and not a selection of nothing."""
        return str(self._choice().convert(value, param, ctx))

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """The types that begin like this."""
        return self._choice().shell_complete(ctx, param, incomplete)

    def _choice(self) -> click.Choice[str]:
        return click.Choice(campaign_fields().schema["properties"]["campaign_type"]["enum"])


@options.values
class Network:
    """How to reach the API, and where to keep what must survive a crash. Times are in seconds."""

    base_url: str | None = options.option(
        "--base-url", metavar="URL", help="Where the API is. [env: TALKOVER_BASE_URL]"
    )
    sandbox: bool = options.flag("--sandbox", help="Use the embedded stand-in for the API, kept in the state folder.")
    concurrency: int = options.option(
        "--concurrency",
        type=click.IntRange(1, 32),
        default=8,
        show_default=True,
        help="Requests side by side; from 8 on, reads become up to 32 while the API stays as quick.",
    )
    timeout: float = options.option(
        "--timeout",
        type=options.Number(0.1, 600),
        default=30.0,
        show_default=True,
        metavar="S",
        help="Seconds to wait for one answer.",
    )
    deadline: float | None = options.option(
        "--deadline",
        type=options.Number(1),
        metavar="S",
        help="Stop after so many seconds, as if a signal had come.",
    )
    state_dir: Path = options.option(
        "--state-dir",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path(".reconciler"),
        show_default=True,
        metavar="DIR",
        help="Where the journal and the record are kept.",
    )
    log: Path | None = options.file("--log", help="Append one JSON object a line for every request.")


@options.values
class Selection:
    """Which of the campaigns under the paths are meant; an empty tuple means all."""

    names: tuple[str, ...] = options.repeatable(
        "--name", metavar="NAME", help="Only campaigns with this name, or one like it as in 'Sales *'; repeatable."
    )
    types: tuple[str, ...] = options.repeatable(
        "--type", type=CampaignType(), metavar="TYPE", help="Only campaigns of this type; repeatable."
    )


class LimitText(click.ParamType[str]):
    """A limit, as the environment's file may say it, too; what is none is wrong usage before anything is read."""

    name = "limit"

    def __init__(self, *, percent: bool = False) -> None:
        """With `percent` it may be a percentage."""
        self.percent = percent

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002 - as click has it
        """The text, once it is a limit; raises UsageError."""
        from reconciler.plan import guardrails  # noqa: PLC0415 - plans, for commands that make them

        guardrails.limit(value, param.opts[0] if param else self.name, percent=self.percent)
        return value


@options.values
class LimitOptions:
    """How much may happen at once, as given for this once; None where the environment's file decides."""

    max_changes: str | None = options.option(
        "--max-changes",
        type=LimitText(percent=True),
        metavar="N|P%",
        help="Refuse a plan that changes more campaigns (percent from 10 campaigns on).",
    )
    max_loosened: str | None = options.option(
        "--max-loosened", type=LimitText(), metavar="N", help="Refuse a plan that loosens more campaigns."
    )
    max_started: str | None = options.option(
        "--max-started", type=LimitText(), metavar="N", help="Refuse a plan that starts the calls of more campaigns."
    )
    max_paused: str | None = options.option(
        "--max-paused", type=LimitText(), metavar="N", help="Refuse a plan that may pause more campaigns."
    )
    over_limits: bool = options.flag(
        "--over-limits", help="Let a plan over any limit through this once, and tell in it which it is over."
    )


@options.values
class ReportOptions:
    """How a report is shown, and the file that it is written to, too."""

    form: str = options.forms("text", "json")
    report: Path | None = options.file("--report", help="Write the JSON report there, too.")


@options.values
class CalendarOptions:
    """How days without calls are heeded; `ahead` is in seconds."""

    ahead: float = options.option(
        "--ahead",
        type=options.Duration(),
        default=0.0,
        metavar="90m",
        help="Do what falls due for days without calls until the next run, too.",
    )
    only_calendar: bool = options.flag(
        "--only-calendar", help="Only what days without calls make due; silent where nothing is."
    )


@options.values
class CarryOutOptions:
    """What an apply, of files or of a way back, may do unasked; `drain_timeout` is in seconds."""

    auto_approve: bool = options.flag("--auto-approve", help="Don't ask: go on at once.")
    allow_start: bool = options.flag(
        "--allow-start", help="Start calls unasked: without it --auto-approve puts every start off."
    )
    drain_timeout: float = options.drain_timeout("Seconds to wait for queued calls after a pause.")
    no_pause: bool = options.flag("--no-pause", help="Never pause a campaign: put off what needs it.")
    fail_fast: bool = options.flag("--fail-fast", help="Begin no further campaign after one that failed.")


@options.values
class ClosedOptions:
    """What may pause is to be carried out only while nobody would be called; `wait` is in seconds."""

    when: str | None = options.option(
        "--when",
        type=click.Choice(["closed"]),
        help="Carry out what may pause only while nobody would be called, and put off the rest.",
    )
    wait: float | None = options.option(
        "--wait",
        type=options.Duration(),
        metavar="3h",
        help="With --when closed, wait so long for each campaign's own next gap, lunch breaks included.",
    )
    spared: str | None = options.option(
        "--except",
        type=click.Choice(["tightens", "nothing"]),
        help="With --when closed: what is carried out at once all the same (tightens unless said).",
    )

    def check(self) -> None:
        """Raise UsageError where something is said that means nothing without --when."""
        for name, value in (("--wait", self.wait), ("--except", self.spared)):
            if value is not None and self.when is None:
                msg = f"{name} belongs to --when closed: give both, or neither"
                raise UsageError(msg)

    def check_one(self, environments: Sequence[object]) -> None:
        """Raise UsageError where one environment would wait for another."""
        if self.wait and len(environments) > 1:
            names = ", ".join(map(str, environments))
            msg = f"--wait is for one environment, since the others would wait for it: name the folder of one ({names})"
            raise UsageError(msg)

    def from_now(self, stamp: str) -> WhenClosed | None:
        """The same for an apply that begins at this moment (ISO 8601)."""
        if self.when is None:
            return None
        from reconciler.apply.context import WhenClosed  # noqa: PLC0415 - for apply alone

        until = datetime.datetime.fromisoformat(stamp) + datetime.timedelta(seconds=self.wait or 0.0)
        return WhenClosed(until, self.spared != "nothing")
