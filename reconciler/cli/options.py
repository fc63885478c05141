"""Options as values: a group of options is a frozen class, and a command is given one value of its own.

    @options.values
    class ShowRequest:
        file: Path = options.file_argument()
        form: str = options.forms("text", "json")

    @options.command(ShowRequest, short_help="Show a saved plan.")
    def command(given: ShowRequest) -> int: ...

Click knows what can be written, the class what it becomes; a test holds the types of both against each other.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, dataclass_transform

import click

from reconciler.model.campaign import Status

_Value = TypeVar("_Value")
_MAKE, _GROUP = "make", "group"


def option(*names: str, **attributes: Any) -> Any:  # noqa: ANN401 - as `dataclasses.field`
    """A field that an option fills; the attributes are those of `click.Option`. No value is empty by mistake."""
    return _field(lambda name: _Option([*names, name], **attributes), attributes)


def argument(**attributes: Any) -> Any:  # noqa: ANN401 - as `dataclasses.field`
    """A field that an argument fills; the attributes are those of `click.Argument`."""
    return _field(lambda name: _Argument([name], **attributes), attributes)


def group(kind: type[_Value]) -> _Value:
    """A field that is a group of options by itself."""
    return dataclasses.field(metadata={_GROUP: kind})  # type: ignore[no-any-return]  # a specifier


def _field(make: Callable[[str], click.Parameter], attributes: Mapping[str, Any]) -> Any:  # noqa: ANN401 - see above
    default = attributes.get("default", dataclasses.MISSING)
    return dataclasses.field(default=default, metadata={_MAKE: make})


class _Option(click.Option):
    """An option whose value is not empty by mistake."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:  # noqa: ANN401 - as click has it
        """Make it what the type says, or fail in click's way."""
        return super().type_cast_value(ctx, _not_empty(self, ctx, value))


class _Argument(click.Argument):
    """The same of an argument."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:  # noqa: ANN401 - as click has it
        """Make it what the type says, or fail in click's way."""
        return super().type_cast_value(ctx, _not_empty(self, ctx, value))


def _not_empty(parameter: click.Parameter, context: click.Context, value: _Value) -> _Value:
    """The value, unless it is empty where that is not the default: `--base "$BASE"` of a variable that is not set."""
    if parameter.default != "" and "" in (value if isinstance(value, tuple | list) else (value,)):
        msg = "empty, as where a variable is not set: give it a value, or leave it out"
        raise click.BadParameter(msg, context, parameter)
    return value


class Number(click.FloatRange):
    """A number in a range; `nan` and `inf`, which are in every range and in none, are wrong usage."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - as click has it
        """Make it a number, or fail in click's way."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is no number of seconds: give one like 30 or 2.5", param, ctx)
        return number


_YEAR = 366 * 86400


class Duration(click.ParamType[float]):
    """A length of time in words, as `90m`, `3h` or `2d`, a year at most; a bare number is seconds. It is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - as click has it
        """The seconds; what is none is wrong usage."""
        if isinstance(value, float):  # the default
            return value
        match = re.fullmatch(r"([0-9]{1,7})([smhd]?)", str(value).strip())
        if not match:
            self.fail(f"{str(value)[:40]!r} is no length of time: write 45s, 90m, 3h or 2d", param, ctx)
        seconds = float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]
        if seconds > _YEAR:
            self.fail(f"{value} is longer than a year: write 45s, 90m, 3h or 2d", param, ctx)
        return seconds


def paths() -> tuple[str, ...]:
    """Files, folders, or patterns; the folder `campaigns` where none is given."""
    return argument(metavar="[PATH]...", nargs=-1, type=click.Path())  # type: ignore[no-any-return]  # a specifier


def flag(*names: str, **attributes: object) -> bool:
    """An option that is there or not."""
    return option(*names, is_flag=True, **attributes)  # type: ignore[no-any-return]  # a specifier


def repeatable(*names: str, **attributes: object) -> tuple[str, ...]:
    """An option that may be given several times."""
    return option(*names, multiple=True, **attributes)  # type: ignore[no-any-return]  # a specifier


def file(*names: str, **attributes: object) -> Path | None:
    """An option that names a file."""
    of_file = click.Path(path_type=Path, dir_okay=False)
    return option(*names, type=of_file, metavar="FILE", **attributes)  # type: ignore[no-any-return]  # a specifier


def forms(*names: str) -> str:
    """`--format`, with the forms that a command has; the first is the usual one."""
    choice = click.Choice(names)
    return option("--format", type=choice, default=names[0], show_default=True, help="Form of the output.")  # type: ignore[no-any-return]  # a specifier


def live_status() -> tuple[str, ...]:
    """`--live-status`: needs the network, which `--name` and `--type` do not."""
    return repeatable(
        "--live-status",
        type=click.Choice([*map(str, Status)]),
        metavar="STATUS",
        help=f"Only campaigns that have this status now: {', '.join(Status)}; repeatable.",
    )


def drain_timeout(means: str) -> float:
    """How long an apply waits for queued calls once a campaign is paused, in seconds."""
    given: float = option(
        "--drain-timeout", type=Number(0, 86400), default=300.0, show_default=True, metavar="S", help=means
    )
    return given


def allow_dnc_removals() -> bool:
    """The one flag under which numbers may leave a do-not-call list."""
    return flag(
        "--allow-dnc-removals",
        help="Make the file the whole truth about do-not-call numbers: live numbers that it lacks are removed.",
    )


# What makes them values, and a command


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(
        option, argument, group, paths, flag, repeatable, file, forms, live_status, allow_dnc_removals,
    ),
)  # fmt: skip
def values(kind: type[_Value]) -> type[_Value]:
    """Make a class a group of options, with a field for each: frozen to the type checker, which costs no time."""
    return dataclasses.dataclass(slots=True, kw_only=True, eq=False, repr=False)(kind)


def command(kind: type[_Value], *, short_help: str) -> Callable[[Callable[[_Value], int]], click.Command]:
    """Make a function of one value, which returns the exit code, a command with the options of that value."""

    def made(function: Callable[[_Value], int]) -> click.Command:
        @functools.wraps(function)
        def called(**given: object) -> int:
            return function(parsed(kind, given))

        return click.command(short_help=short_help, params=[*_parameters(kind)])(called)

    return made


def parsed(kind: type[_Value], given: Mapping[str, object]) -> _Value:
    """The value of a group, from what click read: the one place where options become typed."""
    parts = {
        part.name: parsed(part.metadata[_GROUP], given) if _GROUP in part.metadata else given[part.name]
        for part in _fields(kind)
    }
    return kind(**parts)


def _parameters(kind: type[object]) -> Iterator[click.Parameter]:
    """The options and arguments of a group, in the order of its fields."""
    for part in _fields(kind):
        if _GROUP in part.metadata:
            yield from _parameters(part.metadata[_GROUP])
        else:
            yield part.metadata[_MAKE](part.name)


def _fields(kind: type[object]) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(kind)  # type: ignore[arg-type]  # `values` made it a dataclass
