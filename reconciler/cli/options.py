"""The options that several commands share, and the values they become."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Network:
    """How to reach the API, and where to keep what must survive a crash. Times are in seconds."""

    base_url: str | None
    sandbox: bool
    concurrency: int
    timeout: float
    deadline: float | None
    state_dir: Path
    log: Path | None


_Taken = TypeVar("_Taken")


def options_from(kind: type[_Taken], given: Mapping[str, object]) -> _Taken:
    """Gather a group of options into its value."""
    return kind(**{part.name: given[part.name] for part in fields(kind)})  # type: ignore[arg-type]  # a dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """Which of the campaigns under the paths are meant; an empty tuple means all."""

    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    live_status: tuple[str, ...] = ()


def selection(command: _Command) -> _Command:
    """`--name`, `--type`, `--live-status`: the same for all commands that take campaigns."""
    live_status = click.option(
        "--live-status",
        "live_status",
        multiple=True,
        metavar="STATUS",
        help="Only campaigns that have this status now; repeatable.",
    )
    return names_and_types(live_status(command))


def names_and_types(command: _Command) -> _Command:
    """`--name` and `--type`: what can be selected without the network."""
    for option in (
        click.option("--type", "types", multiple=True, metavar="TYPE", help="Only campaigns of this type; repeatable."),
        click.option(
            "--name",
            "names",
            multiple=True,
            metavar="GLOB",
            help="Only campaigns with such a name, as in 'Sales *'; repeatable.",
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class LimitOptions:
    """The limits that were given for this once; None where the environment's file decides."""

    max_changes: str | None
    max_loosened: str | None
    max_paused: str | None


def limits(command: _Command) -> _Command:
    """`--max-changes`, `--max-loosened`, `--max-paused`: how much may happen at once."""
    for option in (
        click.option("--max-paused", metavar="N", help="Refuse a plan that may pause more campaigns."),
        click.option("--max-loosened", metavar="N", help="Refuse a plan that loosens more campaigns."),
        click.option(
            "--max-changes",
            metavar="N|P%",
            help="Refuse a plan that changes more campaigns (percent from 10 campaigns on).",
        ),
    ):
        command = option(command)
    return command


def paths(command: _Command) -> _Command:
    """Files, folders, or patterns; the folder `campaigns` where none is given."""
    return click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path())(command)


def network(command: _Command) -> _Command:
    """Everything that commands need which talk to the API."""
    for option in reversed(
        [
            click.option("--base-url", metavar="URL", help="Where the API is. [env: TALKOVER_BASE_URL]"),
            click.option(
                "--sandbox", is_flag=True, help="Use the embedded stand-in for the API, kept in the state folder."
            ),
            click.option(
                "--concurrency", type=click.IntRange(1, 32), default=8, show_default=True, help="Requests side by side."
            ),
            click.option(
                "--timeout",
                type=click.FloatRange(0.1, 600),
                default=30.0,
                show_default=True,
                metavar="S",
                help="Seconds to wait for one answer.",
            ),
            click.option(
                "--deadline",
                type=click.FloatRange(1),
                metavar="S",
                help="Stop after so many seconds, as if a signal had come.",
            ),
            click.option(
                "--state-dir",
                type=click.Path(path_type=Path, file_okay=False),
                default=".reconciler",
                show_default=True,
                metavar="DIR",
                help="Where the journal and the record are kept.",
            ),
            click.option(
                "--log",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                help="Append one JSON object a line for every request.",
            ),
        ]
    ):
        command = option(command)
    return command


def allow_dnc_removals(command: _Command) -> _Command:
    """The one flag under which numbers may leave a do-not-call list."""
    return click.option(
        "--allow-dnc-removals",
        is_flag=True,
        help="Make the file the whole truth about do-not-call numbers: live numbers that it lacks are removed.",
    )(command)


def forms(*names: str) -> Callable[[_Command], _Command]:
    """`--format`, with the forms that a command has."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True, help="Form of the output."
    )
