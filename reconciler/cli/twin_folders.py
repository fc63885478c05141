"""The folders of two environments, as `promote` and `compare` take them, and the campaigns in them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reconciler.cli.load import without_errors
from reconciler.files.find import has_campaigns
from reconciler.model.campaign import Desired
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.model.name_patterns import names_meant


def two_folders(first: str, second: str, *, may_begin: bool) -> None:
    """Raise UsageError where these cannot be two environments: one is no folder, or is inside of the other.

    The second need not be there where it `may_begin`; else raises ReconcilerError: a slip is no missing twin.
    """
    if not may_begin and not Path(second).exists():
        msg = f"{second} does not exist"
        raise ReconcilerError(msg)
    for folder in (first, second):
        if Path(folder).exists() and not Path(folder).is_dir():
            msg = f"{folder} is a file: name the folders of two environments"
            raise UsageError(msg)
    one, other = (os.path.realpath(folder) for folder in (first, second))
    if os.path.commonpath([one, other]) in (one, other):
        msg = f"{first} and {second} are not two environments: one is inside of the other"
        raise UsageError(msg)


def campaigns_in(first: str, second: str, names: Sequence[str]) -> tuple[tuple[Desired, ...], tuple[Desired, ...]]:
    """The campaigns of both folders and below that have one of the names; the second may have none, or not be there.

    Raises FilesError for problems, and ReconcilerError where the first has no such campaign; tells warnings.
    """
    has_second = has_campaigns(Path(second))
    found = without_errors([first, second] if has_second else [first])
    meant = names_meant(names, (one.label for one in found.desired))
    wanted = [one for one in found.desired if not names or one.label in meant]
    sides = [tuple(one for one in wanted if Path(one.file).is_relative_to(folder)) for folder in (first, second)]
    if not sides[0]:
        msg = f"no campaign under {first}" + (" has a name that was asked for" if names else "")
        raise ReconcilerError(msg)
    return sides[0], sides[1]
