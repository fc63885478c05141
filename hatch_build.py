"""Says in the package's metadata where its home is: the repository that a release is made in, and no guess."""

from __future__ import annotations

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Home(MetadataHookInterface):
    """Fills in `project.urls` from what a runner says of its repository."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the links; a build on somebody's own machine has none."""
        server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
        home = f"{server}/{repository}"
        links = {
            "Homepage": home,
            "Documentation": f"{home}/blob/main/docs/guide.md",
            "Changelog": f"{home}/blob/main/CHANGELOG.md",
            "Issues": f"{home}/issues",
        }
        metadata["urls"] = links if server and repository else {}
