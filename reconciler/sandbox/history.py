"""What campaigns were some time ago, for reads that lag behind writes."""

from __future__ import annotations

from typing import Generic, TypeVar

# Seconds; nothing that lags further behind is of use to anybody.
_KEPT = 120.0
ALWAYS = float("-inf")

T = TypeVar("T")


class History(Generic[T]):
    """The versions of values by their id, each with the epoch second since which it holds. Kept in memory."""

    def __init__(self) -> None:
        self._versions: dict[str, list[tuple[float, T]]] = {}

    def knows(self, identifier: str) -> bool:
        """Whether there is any version of this value."""
        return identifier in self._versions

    def add(self, identifier: str, value: T, since: float) -> None:
        """Note a version; forget those that were over long ago."""
        versions = self._versions.setdefault(identifier, [])
        versions.append((since, value))
        while len(versions) > 1 and versions[1][0] < since - _KEPT:
            del versions[0]

    def at(self, identifier: str, moment: float) -> T | None:
        """The version of that epoch second, or None where there was none yet."""
        earlier = [value for since, value in self._versions.get(identifier, []) if since <= moment]
        return earlier[-1] if earlier else None
