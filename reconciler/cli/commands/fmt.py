"""`reconciler fmt`: brings files into canonical order and quoting, and changes nothing of what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reconciler.cli import options
from reconciler.cli.collection import without_collection
from reconciler.cli.terminal import out, say
from reconciler.files import disk
from reconciler.files.find import with_shared
from reconciler.files.names import is_environment, is_part
from reconciler.files.unnamed import never_named
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.model.fields import Fields, campaign_fields, environment_fields
from reconciler.model.words import count
from reconciler.render.printable import clean
from reconciler.strict_yaml.format import Formatted, formatted


@options.values
class FormatRequest:
    """Which files are formatted, or only looked at."""

    paths: tuple[str, ...] = options.paths()
    check: bool = options.flag("--check", help="Write nothing; name the files that would change, and exit with 1.")


@options.command(FormatRequest, short_help="Bring files into canonical order and quoting. Needs no network.")
def command(given: FormatRequest) -> int:
    """Sort the fields of files as the schema does, and quote what another YAML tool would misread.

    Comments stay: those on lines of their own with the field below, those behind a value with the value. The meaning
    of a file never changes. Defaults, environment files and parts under the paths are
    formatted, too.

    \b
    Examples:
      reconciler fmt
      reconciler fmt --check campaigns
    """
    found = with_shared(given.paths or ["campaigns"])
    if refused := never_named([file for file in found if is_part(Path(file).name)]):
        raise FilesError(refused)
    with without_collection():
        changed, failed = _all_formatted(found, check=given.check)
    say(_summary(len(found), changed, failed, "would change" if given.check else "changed"))
    return 1 if failed or (given.check and changed) else 0


def _all_formatted(files: Sequence[str], *, check: bool) -> tuple[int, int]:
    """Format files one by one; how many of them that changes, and how many could not be."""
    changed, failed = 0, 0
    for file in files:
        try:
            changed += _formatted(file, check=check)
        except ReconcilerError as error:
            failed += 1
            for line in error.problems if isinstance(error, FilesError) else [error]:
                say(str(line))
    return changed, failed


def _formatted(file: str, *, check: bool) -> bool:
    """Format one file; whether that changes it."""
    text = disk.content(file)
    result = formatted(text, file, _fields_of(file))
    if not result.is_ordered:
        say(_left(file, result))
    if not result.changes:
        return False
    if not check:
        disk.rewrite(file, text, result.text)
    out(clean(file))
    return True


def _fields_of(file: str) -> Fields:
    return environment_fields() if is_environment(Path(file).name) else campaign_fields()


def _left(file: str, result: Formatted) -> str:
    quoted = ", with quotes" if result.changes else ""
    return f"{file}: fields stay out of order{quoted}: they stand in brackets, or sorting would change what they say"


def _summary(found: int, changed: int, failed: int, verb: str) -> str:
    counted = f"{changed} of {count(found, 'file')} {verb}"
    return counted + (f"; {failed} could not be read or written" if failed else "")
