"""Which files some paths mean: below folders, by pattern, links followed once, and the folders they inherit from."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from reconciler.files.disk import Identity, identity
from reconciler.files.names import is_campaign, is_read
from reconciler.model.errors import ReconcilerError

# A file as its folder, named as it was typed, and its name.
Found = tuple[Path, str]


def campaign_files(path: str) -> Iterator[Found]:
    """All campaign files that one PATH means: a file, a folder, or a glob pattern.

    Raises ReconcilerError for a path that does not exist, is no campaign file, or has none under it.
    """
    return _some(path, _meant(path, is_campaign))


def campaigns_below(folder: Path) -> Iterable[Found]:
    """All campaign files in a folder and below: none where it is not there.

    Raises ReconcilerError for a folder that cannot be read.
    """
    return _walk(folder, is_campaign) if os.path.isdir(folder) else ()  # noqa: PTH112  Path.is_dir may raise


def has_campaigns(folder: Path) -> bool:
    """Whether there is a campaign file in a folder or below; raises ReconcilerError for one that cannot be read."""
    return any(campaigns_below(folder))


def with_shared(paths: Sequence[str]) -> tuple[str, ...]:
    """The names of all campaign files under the paths, and of the defaults and environment files among them.

    Raises ReconcilerError for a path that does not exist, is no such file, or has none under it.
    """
    found = (str(folder / name) for path in paths for folder, name in _some(path, _meant(path, is_read)))
    return tuple(sorted(dict.fromkeys(found)))


def lineage(folder: Path) -> Iterator[Path]:
    """A folder and those above it, up to the top of the git repository, else of the disk."""
    # Not Path.resolve, which would follow links: what is inherited goes by the path as it was typed.
    absolute = Path(os.path.abspath(folder))  # noqa: PTH100
    for above in (absolute, *absolute.parents):
        yield above
        if os.path.lexists(above / ".git"):
            return


def _some(path: str, found: Iterable[Found]) -> Iterator[Found]:
    """What was found under a path, which is an error where that is nothing."""
    is_empty = True
    for file in found:
        is_empty = False
        yield file
    if is_empty:
        raise ReconcilerError(f"no campaign files under {path}: their names end with .yaml or .yml")


def _meant(path: str, is_wanted: Callable[[str], bool]) -> Iterable[Found]:
    """All files with a wanted name that one PATH means."""
    if os.path.lexists(path):
        is_folder = os.path.isdir(path)  # noqa: PTH112  as above
        return _walk(Path(path), is_wanted) if is_folder else [_checked(Path(path), is_wanted)]
    if not glob.has_magic(path):
        raise ReconcilerError(f"{path} does not exist")
    matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  Path.glob takes no absolute patterns
    return (file for match in matches for file in _matched(Path(match), is_wanted))


def _matched(path: Path, is_wanted: Callable[[str], bool]) -> Iterable[Found]:
    if path.is_dir():
        return _walk(path, is_wanted)
    return [(path.parent, path.name)] if is_wanted(path.name) else []


def _checked(path: Path, is_wanted: Callable[[str], bool]) -> Found:
    if is_wanted(path.name):
        return path.parent, path.name
    if path.name.startswith("_"):
        raise ReconcilerError(f"{path} is no campaign: names that start with `_` hold what campaigns share")
    raise ReconcilerError(f"{path} is no campaign file: name it without a leading dot, ending with .yaml or .yml")


def _walk(top: Path, is_wanted: Callable[[str], bool]) -> Iterator[Found]:
    """The files with a wanted name below a folder. Links are followed, but not in circles."""
    ahead, seen = [top], set[Identity]()
    while ahead:
        folder = ahead.pop()
        which, entries = _listed(folder)
        if which in seen:
            continue
        seen.add(which)
        ahead.extend(folder / name for name, is_folder in entries if is_folder and not name.startswith("."))
        yield from ((folder, name) for name, is_folder in entries if not is_folder and is_wanted(name))


def _listed(folder: Path) -> tuple[Identity, list[tuple[str, bool]]]:
    """What is in a folder, by name, and whether it is a folder; raises ReconcilerError where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return identity(folder.stat()), sorted((entry.name, entry.is_dir()) for entry in entries)
    except OSError as error:
        raise ReconcilerError(f"cannot read the folder {folder}: {error.strerror}") from error
