"""Values that are people's data: counted, compared and hashed, never shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class SensitiveSet:
    """A set of people's numbers: it can be counted, compared and hashed, never shown or serialised by accident."""

    _numbers: frozenset[str] = field(repr=False)

    def __len__(self) -> int:
        return len(self._numbers)

    def __repr__(self) -> str:
        """Only how many."""
        return f"<{len(self._numbers)} hidden>"

    def __sub__(self, other: SensitiveSet) -> SensitiveSet:
        return SensitiveSet(self._numbers - other._numbers)

    def __or__(self, other: SensitiveSet) -> SensitiveSet:
        return SensitiveSet(self._numbers | other._numbers)

    def reveal(self) -> list[str]:
        """The numbers themselves, sorted: for the body of a request, and for nothing else."""
        return sorted(self._numbers)

    def digest(self, salt: str) -> str:
        """A SHA-256 that tells whether two sets are the same to whoever knows the salt (host and campaign)."""
        return hashlib.sha256("\n".join([salt, *self.reveal()]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class SensitiveCount:
    """What may be told of a hidden set: how many, and against the set before it, how many came and went."""

    count: int
    added: int
    removed: int
    sha256: str

    def __len__(self) -> int:
        return self.count


def tallies(before: object, after: object, salt: str) -> tuple[SensitiveCount, SensitiveCount]:
    """Two hidden sets as they may be told. A saved plan holds tallies already."""
    if isinstance(before, SensitiveCount) and isinstance(after, SensitiveCount):
        return before, after
    one, other = (side if isinstance(side, SensitiveSet) else SensitiveSet(frozenset()) for side in (before, after))
    was = SensitiveCount(len(one), 0, 0, one.digest(salt))
    return was, SensitiveCount(len(other), len(other - one), len(one - other), other.digest(salt))
