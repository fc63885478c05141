"""What click reads, and the values that commands are given: the types of both are the same."""

from __future__ import annotations

import dataclasses
import importlib
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from reconciler.cli import options
from reconciler.cli.main import cli
from reconciler.cli.option_groups import Network

NEEDED = {
    "calendar": ("BR", "2027"),
    "show": ("plan.json",),
    "undo": ("report.json",),
    "promote": ("a", "b"),
    "compare": ("a", "b"),
}


def values(module: types.ModuleType) -> Iterator[type[object]]:
    """The value that a command is given: its module has no other group of options of its own."""
    for kind in vars(module).values():
        if isinstance(kind, type) and kind.__module__ == module.__name__ and kind.__name__.endswith("Request"):
            yield kind


def given(kind: type[object], command: click.Command, arguments: tuple[str, ...]) -> object:
    """What the command's function would be given."""
    return options.parsed(kind, command.make_context("command", list(arguments)).params)


def types_of(value: object) -> Iterator[tuple[str, object, object]]:
    """Name, value and annotation of every field, in groups, too."""
    hints: Mapping[str, object] = typing.get_type_hints(type(value))
    for field in dataclasses.fields(value):  # type: ignore[arg-type]  # a group of options
        held = getattr(value, field.name)
        if dataclasses.is_dataclass(held):
            yield from types_of(held)
        else:
            yield field.name, held, hints[field.name]


def fits(value: object, annotation: object) -> bool:
    """Whether a value is what an annotation says: a class, a union, or a tuple of one kind of thing."""
    if isinstance(annotation, types.UnionType):
        return any(fits(value, part) for part in typing.get_args(annotation))
    if typing.get_origin(annotation) is tuple:
        kind, _ = typing.get_args(annotation)
        return isinstance(value, tuple) and all(fits(entry, kind) for entry in value)
    if annotation is Path:
        return isinstance(value, Path)
    return type(value) is annotation


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))
def test_every_command_is_given_what_its_value_promises(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    assert command.callback is not None
    module = importlib.import_module(command.callback.__module__)
    (kind,) = values(module)

    wrong = [
        (field, value, annotation)
        for field, value, annotation in types_of(given(kind, command, NEEDED.get(name, ())))
        if not fits(value, annotation)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        pytest.param(("--log", "requests.log"), "log", Path("requests.log"), id="a file"),
        pytest.param(("--state-dir", "state"), "state_dir", Path("state"), id="a folder"),
        pytest.param(("--timeout", "5"), "timeout", 5.0, id="seconds"),
        pytest.param(("--concurrency", "3"), "concurrency", 3, id="a number"),
        pytest.param(("--sandbox",), "sandbox", True, id="a flag"),
        pytest.param((), "deadline", None, id="nothing"),
    ],
)
def test_an_option_becomes_a_field_of_its_group(arguments: tuple[str, ...], field: str, value: object) -> None:
    found: list[Network] = []

    @options.command(Network, short_help="Look.")
    def command(network: Network) -> int:
        found.append(network)
        return 7

    code = command.main(list(arguments), standalone_mode=False)

    assert (code, getattr(found[0], field)) == (7, value)


def test_groups_can_be_made_in_code_with_the_defaults_of_their_options() -> None:
    network = Network(base_url=None, sandbox=True, deadline=None, log=None)

    assert (network.concurrency, network.timeout, network.state_dir) == (8, 30.0, Path(".reconciler"))


def context_of(name: str, *arguments: str) -> click.Context:
    """What click reads."""
    command = cli.get_command(click.Context(cli), name)
    assert command
    return command.make_context(name, list(arguments))


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("plan", ("--base", "")),
        ("plan", ("--name", "Sales", "--name", "")),
        ("plan", ("campaigns", "")),
        ("apply", ("--plan", "")),
        ("apply", ("--expect=",)),
        ("apply", ("--base-url", "")),
        ("recover", ("--state-dir", "")),
        ("show", ("",)),
    ],
    ids=lambda given: given if isinstance(given, str) else " ".join(given),
)
def test_what_is_empty_because_a_variable_is_not_set_is_wrong_usage(command: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(click.BadParameter, match="empty, as where a variable is not set"):
        context_of(command, *arguments)


def test_a_stop_needs_no_reason() -> None:
    assert context_of("stop", "--all", "--reason", "").params["reason"] == ""
