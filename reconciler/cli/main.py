"""The command line: finds the command, and turns every error into a message and an exit code."""

from __future__ import annotations

import gc
import importlib
import io
import keyword
import os
import sys
from typing import NoReturn

import click

from reconciler import __version__
from reconciler.cli.collection import without_collection
from reconciler.model.errors import FilesError, ReconcilerError, StalePlan, UsageError
from reconciler.render.inert import WRITTEN_OUT

# Each command is a module of its own that is loaded when it is called: `--help` stays quick.
_COMMANDS = {
    "validate": "Check campaign files. Needs no network and no token.",
    "plan": "Show what apply would change for the people who are called.",
    "apply": "Bring live campaigns to what their files say.",
    "import": "Write a file for every live campaign that has none.",
    "recover": "Resume campaigns that an interrupted apply left paused.",
    "stop": "Pause what calls, at once, and keep it so.",
    "release": "End holds, and resume what they stopped.",
    "undo": "Take back what one apply did, as its report says.",
    "render": "Print campaigns with their defaults, and where each field comes from.",
    "fmt": "Bring files into canonical order and quoting. Needs no network.",
    "pull": "Write what was changed by hand into the files.",
    "log": "Tell the history of campaigns in words of plans. Needs no network.",
    "pin": "Write ids into files that have none.",
    "promote": "Write the files that another environment lacks.",
    "compare": "Show where campaigns differ from their twins in another environment.",
    "doctor": "Tell what works here: files, token, API, what answers show.",
    "legal": "Print the rules on calls of a place, with their sources.",
    "calendar": "Draft a calendar of public holidays. Needs no network.",
    "init": "Begin a repository of campaigns.",
    "show": "Show a saved plan or a report. Needs no network.",
    "sandbox": "Serve a stand-in for the API on this machine.",
}

_EXITS = """\b
Exit codes:
  0   done, or nothing to do
  1   failed, in whole or in part; problems in files
  2   changes are pending: only with `plan --detailed-exitcode`, `pull --check` and `compare`
  3   a campaign is left paused and needs `recover`
  4   the saved plan is stale: plan again
  64  wrong usage
"""


class _Commands(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the order of a working day."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command."""
        if cmd_name not in _COMMANDS:
            return None
        module = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        with without_collection():
            command = importlib.import_module(f"reconciler.cli.commands.{module}").command
        # Until here nobody looked for garbage: see `reconciler.__main__`.
        gc.enable()
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is asked for, or the one that was probably meant."""
        if args[0] not in _COMMANDS:
            from reconciler.cli.other_tools import instead_of_command  # noqa: PLC0415 - only a slip pays for it

            if told := instead_of_command(args[0], _COMMANDS):
                raise click.UsageError(told, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands, epilog=_EXITS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="reconciler")
def cli() -> None:
    """Campaigns as code: review and apply outbound calling campaigns from YAML files.

    \b
    Try it without an account:
      reconciler plan --sandbox
      reconciler apply --sandbox
    """


def main() -> NoReturn:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=WRITTEN_OUT)
    code = run()
    try:
        if sys.stdout:
            sys.stdout.flush()
    except OSError:
        # What nobody takes must not raise once more when Python flushes its streams.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # What there is now ends with the process: Python need not go through all of it once more for garbage.
    gc.freeze()
    sys.exit(code)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; every expected error becomes a message on stderr and its exit code."""
    try:
        return int(cli.main(arguments, prog_name="reconciler", standalone_mode=False) or 0)
    except click.UsageError as error:
        (_hinted(error) if isinstance(error, click.NoSuchOption) else error).show()
        return UsageError.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing was written", err=True)
        return ReconcilerError.exit_code
    except click.ClickException as error:
        error.show()
        return ReconcilerError.exit_code
    except ReconcilerError as error:
        _tell(error)
        return error.exit_code
    except BrokenPipeError:
        return ReconcilerError.exit_code  # the reader went away (`| head`), and wants to be told nothing more
    except OSError as error:
        _tell(ReconcilerError(f"{error.filename or 'the output'} cannot be used: {error.strerror or error}"))
        return ReconcilerError.exit_code


def _hinted(error: click.NoSuchOption) -> click.UsageError:
    """The error, with the option of the command that was meant, where another tool calls it otherwise."""
    from reconciler.cli.other_tools import instead_of_option  # noqa: PLC0415 - only a slip pays for it

    context = error.ctx or click.Context(cli)
    options = {name for option in context.command.params for name in option.opts}
    told = instead_of_option(error.option_name, context.info_name or "", options)
    return click.UsageError(f"{error.message} {told}", error.ctx) if told else error


def _tell(error: ReconcilerError) -> None:
    # Only needed when something went wrong.
    from reconciler.cli.terminal import tell  # noqa: PLC0415 - see above
    from reconciler.render import problems  # noqa: PLC0415 - see above
    from reconciler.render.printable import clean  # noqa: PLC0415 - see above

    if isinstance(error, FilesError):
        tell(problems.render(error.problems))
        return
    lines = [str(error), *(f"  {move}" for move in (error.moves if isinstance(error, StalePlan) else ()))]
    for line in lines:
        tell(clean(line))
