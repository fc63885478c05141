"""Values that are people's data: counted, compared and hashed, never shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class HashKey:
    """A key for hashes of people's data, made from the token (see `Token.hash_key`).

    Ten billion numbers are tried in hours: a hash that anybody can make tells the number. Nobody can turn these back
    without the token.
    """

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        """`key` is 32 bytes that nobody can guess."""
        self._key = key

    def __repr__(self) -> str:
        return "***"

    def hash(self, text: str) -> str:
        """The HMAC-SHA256 of a text, in hexadecimal digits."""
        import hmac  # noqa: PLC0415 - files are checked without a token, and without hashes

        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), "sha256").hex()

    @property
    def name(self) -> str:
        """What tells this key from others: hashes of two keys cannot be compared."""
        return self.hash("the name of this key")


class Salt(NamedTuple):
    """What ties hashes to one campaign of one host, and the key of those of people's data, if there is a token."""

    text: str
    key: HashKey | None = None


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
        """Both; where one holds all of the other it is that one, which thousands of campaigns may share."""
        if other._numbers <= self._numbers:
            return self
        return other if self._numbers <= other._numbers else SensitiveSet(self._numbers | other._numbers)

    def __and__(self, other: SensitiveSet) -> SensitiveSet:
        return SensitiveSet(self._numbers & other._numbers)

    def reveal(self) -> list[str]:
        """The numbers themselves, sorted: for the body of a request, and for nothing else."""
        return sorted(self._numbers)

    def digest(self, salt: Salt) -> str:
        """What tells whether two sets are the same, under the key of the token; empty where there is no key."""
        return salt.key.hash("\n".join([salt.text, *self.reveal()])) if salt.key else ""


@dataclass(frozen=True, slots=True)
class SensitiveCount:
    """What may be told of a hidden set: how many, and against the set before it, how many came and went.

    `hash` is empty where there was no token to make it with.
    """

    count: int
    added: int
    removed: int
    hash: str

    def __len__(self) -> int:
        return self.count


def tallies(before: object, after: object, salt: Salt) -> tuple[SensitiveCount, SensitiveCount]:
    """Two hidden sets as they may be told. A saved plan holds tallies already."""
    if isinstance(before, SensitiveCount) and isinstance(after, SensitiveCount):
        return before, after
    one, other = (side if isinstance(side, SensitiveSet) else SensitiveSet(frozenset()) for side in (before, after))
    was = SensitiveCount(len(one), 0, 0, one.digest(salt))
    return was, SensitiveCount(len(other), len(other - one), len(one - other), other.digest(salt))
