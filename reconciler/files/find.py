"""Which files some paths mean: below folders, by pattern, links followed, and the folders they inherit from."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from reconciler.files.disk import Identity, identity
from reconciler.files.names import (
    DEFAULTS,
    ENVIRONMENT,
    SUFFIXES,
    is_campaign,
    is_defaults,
    is_environment,
    is_nearly_yaml,
    is_read,
    is_yaml,
)
from reconciler.model.errors import ReconcilerError

# A file as its folder, named as it was typed, and its name.
Found = tuple[Path, str]

# What the folder of campaigns is called where nobody called it otherwise.
CAMPAIGNS: Final = "campaigns"
# A few links can make more ways through folders than anybody could wait for.
MOST_FOLDERS: Final = 20_000


def files_meant(path: str) -> Iterator[Found]:
    """All files that one PATH means, a file, a folder, or a glob pattern: campaigns, names that begin with `_`, slips.

    Raises ReconcilerError for a path that does not exist, is no such file, or has no campaigns under it.
    """
    is_empty = True
    for one in _meant(path):
        is_folder = os.path.isdir(one)  # noqa: PTH112  Path.is_dir may raise
        for folder, name in _walk(one) if is_folder else [_checked(one)]:
            is_empty = is_empty and is_folder and not is_campaign(name)
            yield folder, name
    if is_empty:
        raise ReconcilerError(f"no campaign files under {path}: their names end with .yaml or .yml")


def files_below(folder: Path) -> Iterable[Found]:
    """The same for all in a folder and below: none where it is not there.

    Raises ReconcilerError for a folder that cannot be read.
    """
    return _walk(folder) if os.path.isdir(folder) else ()  # noqa: PTH112  as above


def has_campaigns(folder: Path) -> bool:
    """Whether there is a campaign file in a folder or below; raises ReconcilerError for one that cannot be read."""
    return any(is_campaign(name) for _, name in files_below(folder))


def folder_of(path: str) -> Path:
    """The folder that a path is, or is in."""
    return Path(path) if Path(path).is_dir() else Path(path).parent


def whole_folder(folder: Path) -> Path:
    """The top of the folder of campaigns that a folder belongs to: called so, or with files that campaigns share."""
    tops = [above for above in lineage(folder) if above.name == CAMPAIGNS or _has_shared(above)]
    return tops[-1] if tops else next(lineage(folder))


def _has_shared(folder: Path) -> bool:
    names = names_in(folder, [name + suffix for name in (DEFAULTS, ENVIRONMENT) for suffix in SUFFIXES])
    return any(is_defaults(name) or is_environment(name) for name in names)


def with_shared(paths: Sequence[str]) -> tuple[str, ...]:
    """The names of all campaign files under the paths, and of the defaults, environment files and parts among them.

    Raises ReconcilerError for a path that does not exist, is no such file, or has no campaigns under it.
    """
    found = {str(folder / name) for path in paths for folder, name in files_meant(path) if is_read(name)}
    return tuple(sorted(found))


def names_in(folder: Path, wanted: Sequence[str]) -> Sequence[str]:
    """The names in a folder. One that may not be listed, or is not there, has those of the `wanted` that are there."""
    try:
        return os.listdir(folder)  # noqa: PTH208  names are all that is needed
    except OSError:
        return [name for name in wanted if os.path.lexists(folder / name)]


def lineage(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the top of the git repository, else of the disk."""
    # Not Path.resolve, which would follow links: what is inherited goes by the path as it was typed.
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100
    for above in (absolute, *absolute.parents):
        yield above
        if os.path.lexists(above / ".git"):
            return


def bounds(folder: str) -> tuple[Path, str]:
    """What files that are named from a folder have to stay in, links followed, and what to call it."""
    *_, top = lineage(Path(folder))
    if os.path.lexists(top / ".git"):
        return top.resolve(), "repository"
    return Path.cwd().resolve(), "working directory (there is no git repository here)"


def _meant(path: str) -> Sequence[Path]:
    """The files and folders that one PATH means: itself, or what a pattern matches, as a shell would expand it."""
    if os.path.lexists(path):
        return [Path(path)]
    import glob  # noqa: PLC0415 - hardly anybody gives patterns

    if not glob.has_magic(path):
        hint = f": a saved plan is applied with `apply --plan {path}`" if path.endswith(".json") else ""
        raise ReconcilerError(f"{path} does not exist{hint}")
    matches = map(Path, sorted(glob.glob(path, recursive=True)))  # noqa: PTH207  Path.glob takes no absolute patterns
    return [match for match in matches if match.is_dir() or is_yaml(match.name)]


def _checked(path: Path) -> Found:
    if is_yaml(path.name):
        return path.parent, path.name
    if path.suffix == ".json":
        raise ReconcilerError(f"{path} is no campaign file: is it a saved plan? `apply --plan {path}` applies that")
    raise ReconcilerError(f"{path} is no campaign file: name it without a leading dot, ending with .yaml or .yml")


def _walk(top: Path) -> Iterator[Found]:
    """The files below a folder. Links are followed, as often as they lead there, but not in circles."""
    ahead: list[tuple[Path, frozenset[Identity]]] = [(top, frozenset())]
    opened = 0
    while ahead:
        folder, around = ahead.pop()
        opened += 1
        if opened > MOST_FOLDERS:
            raise ReconcilerError(f"more than {MOST_FOLDERS:,} folders under {top}: do links lead round and round?")
        which, entries = _listed(folder)
        if which in around:
            continue
        within = around | {which}
        ahead.extend((folder / name, within) for name, is_folder in entries if is_folder and not name.startswith("."))
        files = (name for name, is_folder in entries if not is_folder)
        yield from ((folder, name) for name in files if is_yaml(name) or is_nearly_yaml(name))


def _listed(folder: Path) -> tuple[Identity, list[tuple[str, bool]]]:
    """What is in a folder, by name, and whether it is a folder; raises ReconcilerError where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return identity(folder.stat()), sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError as error:
        raise ReconcilerError(f"cannot read the folder {folder}: {error.strerror}") from error
