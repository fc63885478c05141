"""Where this package was installed from, as installers note it: for pipelines that install the same."""

from __future__ import annotations

import json
import re
from importlib.metadata import PackageNotFoundError, distribution
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_GITHUB: Final = "github.com"
_REPOSITORY: Final = re.compile(r"/(\w[\w.-]*/[\w.-]+?)(?:\.git)?/?", re.ASCII)
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")


class Origin(NamedTuple):
    """A repository that anybody may fetch from, without a name or a password in its URL, and a full hash."""

    repository: str
    commit: str

    @property
    def action(self) -> str | None:
        """What workflows of GitHub use; None where it is not on GitHub."""
        url = urlsplit(self.repository)
        return f"{url.path[1:]}/.github/actions/campaigns@{self.commit}" if url.hostname == _GITHUB else None


def installed_from() -> Origin | None:
    """The repository and the commit; None where it was installed in another way."""
    try:
        noted = distribution("reconciler").read_text("direct_url.json")
    except PackageNotFoundError:
        return None
    return origin(noted or "")


def origin(noted: str) -> Origin | None:
    """The same from what an installer noted in `direct_url.json`, as PEP 610 says."""
    try:
        found = json.loads(noted)
        url, commit = urlsplit(found["url"]), found["vcs_info"]["commit_id"]
        repository = _REPOSITORY.fullmatch(url.path)
        if url.scheme in ("https", "ssh") and url.hostname and repository and _COMMIT.fullmatch(commit):
            return Origin(f"https://{url.hostname}/{repository[1]}", commit)
    except (ValueError, KeyError, TypeError):
        pass
    return None
