"""The folder that an import writes to: what is there already, whose environment it is, and where the schema is."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.environments import Environment, by_environment
from reconciler.cli.load import LoadedCampaigns, today
from reconciler.cli.option_groups import Network
from reconciler.desired.validate import check_settings
from reconciler.files import find
from reconciler.files import read as files
from reconciler.files.disk import write_new
from reconciler.files.names import is_defaults
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Document, Value
from reconciler.model.errors import FilesError
from reconciler.model.fields import environment_fields, schema_folder
from reconciler.model.trimmed import trimmed

_SCHEMA = Path("schemas", "campaign.schema.json")


@dataclass(frozen=True, slots=True)
class Target:
    """A folder with its environment; `ids` and `unpinned` names are those that files in it and below mean."""

    folder: Path
    environment: Environment
    ids: frozenset[str]
    unpinned: frozenset[str]

    def names(self) -> tuple[str, ...]:
        """Everything that is in the folder itself, by name."""
        return tuple(sorted(os.listdir(self.folder))) if self.folder.is_dir() else ()  # noqa: PTH208 - names are wanted

    def has_campaigns(self) -> bool:
        """Whether there is a campaign file in the folder or below, of whatever environment."""
        return find.has_campaigns(self.folder)

    def has_defaults(self) -> bool:
        """Whether the folder has a file of defaults."""
        return any(map(is_defaults, self.names()))

    def covers(self, live: Live) -> bool:
        """Whether a file means this campaign already: by its id, or by its name where the file has no id."""
        return live.id in self.ids or live.name in self.unpinned


def target(folder: Path, network: Network) -> Target:
    """Look at a folder, which need not be there. Raises FilesError where a file cannot be read for sure.

    What a file with errors means is not known, so that its campaign might get a second file.
    """
    settings = _settings(folder)
    reading = files.read_folder(folder)
    if any(problem.is_error for problem in reading.problems):
        raise FilesError(reading.problems)
    own = [d.values for d in reading.documents if _values(reading.environments.get(d.file)) == _values(settings)]
    ids = frozenset(str(values["id"]) for values in own if "id" in values)
    unpinned = frozenset(trimmed(str(values.get("name", ""))) for values in own if "id" not in values) - {""}
    return Target(folder, _environment(settings, network), ids, unpinned)


def _values(settings: Document | None) -> Mapping[str, Value]:
    """What tells environments apart."""
    values = settings.values if settings else {}
    return {key: value for key, value in values.items() if key in ("base_url", "token_env")}


def _environment(settings: Document | None, network: Network) -> Environment:
    """As for a campaign file that is in the folder."""
    file = "a new file"
    desired = Desired(Document(file, {}), None, None, {})
    loaded = LoadedCampaigns((desired,), (), {file: settings} if settings else {})
    (campaigns,) = by_environment(loaded, network)
    return campaigns.environment


def _settings(folder: Path) -> Document | None:
    """What the environment files of a folder and of those above it say; raises FilesError for wrong ones."""
    settings, problems = files.settings_of(folder)
    if found := problems or check_settings([settings] if settings else [], environment_fields(), today()):
        raise FilesError(found)
    return settings


def schema_from(folder: Path) -> str:
    """The way from a folder to the schema of campaigns, for editors; where there is none, a copy is put into it."""
    for above in find.lineage(folder):
        if (above / _SCHEMA).is_file():
            return Path(os.path.relpath(above / _SCHEMA, folder)).as_posix()
    write_new(folder / _SCHEMA, (schema_folder() / _SCHEMA.name).read_text(encoding="utf-8"))
    return _SCHEMA.as_posix()
