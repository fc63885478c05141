"""What is to be stopped or released: which environments, which campaigns of them, whatever is wrong with the files."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.api.base_url import checked_base_url
from reconciler.api.endpoints import TOKEN_VARIABLE, checked_id
from reconciler.cli.ci import run_origin
from reconciler.cli.environments import Environment, default_environment
from reconciler.cli.option_groups import Network
from reconciler.cli.terminal import say
from reconciler.files import read as files
from reconciler.files.find import CAMPAIGNS, files_meant, whole_folder
from reconciler.files.names import is_campaign, is_environment
from reconciler.model.document import Document
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.model.holds import Selected, both
from reconciler.render.printable import clean


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options ask for: everything, by name, by id, and under which paths."""

    everything: bool
    names: tuple[str, ...]
    ids: tuple[str, ...]
    paths: tuple[str, ...]

    @classmethod
    def checked(cls, everything: bool, names: Sequence[str], ids: Sequence[str], paths: Sequence[str]) -> Asked:  # noqa: FBT001 - as the option
        """What was asked; raises UsageError where nothing is named, and for what cannot be an id."""
        if not (everything or names or ids or paths):
            msg = "say what is meant: --all, a PATH, --name or --id"
            raise UsageError(msg)
        if everything and (names or ids):
            msg = "--all is everything: give it without --name and --id"
            raise UsageError(msg)
        return cls(everything, tuple(names), tuple(checked_id(one) for one in ids), tuple(paths))


@dataclass(frozen=True, slots=True)
class Target:
    """One environment, and what of it is meant."""

    environment: Environment
    selected: Selected


def targets(asked: Asked, network: Network, tell: Callable[[str], None] = say) -> tuple[tuple[Target, ...], bool]:
    """The environments that are meant, and whether something of what was asked could not be made out, which is told.

    Nothing that is wrong with campaign files stands in the way: of them nothing but ids and names are needed, and only
    where a PATH is less than an environment.
    """
    default = default_environment(network)
    found: dict[Environment, Selected] = {}
    is_whole = True
    given = asked.paths or ((CAMPAIGNS,) if Path(CAMPAIGNS).is_dir() else ())
    for path in given:
        try:
            places = _places(path)
        except ReconcilerError as error:
            if asked.paths:
                tell(str(error))
                is_whole = False
            continue
        for folder, settings in places.items():
            try:
                environment = default if network.sandbox else _environment(settings, network, default)
            except ReconcilerError as error:
                tell(f"{folder}: {error}")
                is_whole = False
                continue
            selected, is_sure = _selected(asked, path, settings, tell)
            known = found.get(environment)
            found[environment] = both(known, selected) if known else selected
            is_whole &= is_sure
    if not found and not asked.paths:
        found[default] = Selected(asked.everything, asked.names, asked.ids)
    return tuple(Target(environment, selected) for environment, selected in found.items()), is_whole


def _places(path: str) -> dict[Path, Document | None]:
    """The folders with campaigns that a path means, with their settings; raises ReconcilerError for none.

    What campaigns share, or holds, makes no environment, unless there is nothing else.
    """
    meant = list(files_meant(path))
    own = {folder for folder, name in meant if is_campaign(name) or is_environment(name)}
    folders = own or {folder for folder, _ in meant}
    return {folder: files.settings_of(folder)[0] for folder in sorted(folders)}


def _environment(settings: Document | None, network: Network, default: Environment) -> Environment:
    """Where the campaigns of these settings are; an option beats the file."""
    if settings is None:
        return default
    base_url = settings.values.get("base_url")
    is_own = isinstance(base_url, str) and not network.base_url
    token_env = settings.values.get("token_env", TOKEN_VARIABLE)
    return Environment(
        checked_base_url(str(base_url)) if is_own else default.base_url,
        token_env if isinstance(token_env, str) else TOKEN_VARIABLE,
    )


def _selected(asked: Asked, path: str, settings: Document | None, tell: Callable[[str], None]) -> tuple[Selected, bool]:
    """What of an environment is meant below a path, and whether that is sure."""
    if asked.everything or not asked.paths:
        return Selected(asked.everything, asked.names, asked.ids), True
    if asked.names or asked.ids:
        return Selected(False, asked.names, asked.ids), True
    if _is_whole(Path(path), settings):
        return Selected(True, paths=(path,)), True
    return _of_files(path, tell)


def _is_whole(path: Path, settings: Document | None) -> bool:
    """Whether a path is the folder that an environment begins in, or one above it: then all of it is meant."""
    if not path.is_dir():
        return False
    top = Path(settings.file).parent if settings else whole_folder(path)
    return Path(os.path.realpath(top)).is_relative_to(os.path.realpath(path))


def _of_files(path: str, tell: Callable[[str], None]) -> tuple[Selected, bool]:
    """The campaigns that files mean, by their ids, else their names, as far as that can be read."""
    names: list[str] = []
    ids: list[str] = []
    reading = files.read([path])
    unknown = {str(folder / name) for folder, name in files_meant(path) if is_campaign(name)}
    for document in reading.documents:
        identity, name = document.values.get("id"), document.values.get("name")
        if isinstance(identity, str) or isinstance(name, str):
            unknown.discard(document.file)
        if isinstance(identity, str):
            ids.append(identity)
        elif isinstance(name, str):
            names.append(name)
    for file in sorted(unknown):
        tell(f"{file}: nobody can read which campaign it means: name it with --id or --name, or stop its whole folder")
    return Selected(False, tuple(names), tuple(ids), (path,)), not unknown


def who() -> str:
    """Who asks for it, by the variables of a CI or of the shell."""
    names = (os.environ.get(name) for name in ("USER", "LOGNAME", "USERNAME"))
    found = run_origin(os.environ).actor or next(filter(None, names), None)
    return clean(found or _account())[:200]


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "somebody"
