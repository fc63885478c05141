"""The secret that opens an account."""

from __future__ import annotations

import hashlib
import hmac
from itertools import takewhile

from reconciler.model.errors import UsageError
from reconciler.model.sensitive import HashKey

# Fewer characters than these are words like any other.
_SHORTEST = 8


class Token:
    """The secret. It has no form that could be printed by accident."""

    __slots__ = ("_text", "source")

    def __init__(self, text: str, source: str) -> None:
        """`source` is the variable that it was read from; raises UsageError for what cannot be a token."""
        self._text = text.strip()
        self.source = source
        if not self._text or not self._text.isascii() or not self._text.isprintable() or " " in self._text:
            msg = f"the token in {source} has characters that no token has (blanks, line breaks, accents)"
            raise UsageError(msg)

    def __repr__(self) -> str:
        return "***"

    def header(self) -> str:
        """The value of the Authorization header."""
        return f"Bearer {self._text}"

    def cut_from(self, text: str) -> str:
        """The text without the token, without its part behind a `|`, and without what a server cut short of either."""
        text = _without(self._text, text)
        behind = self._text.partition("|")[2]
        return _without(behind, text) if len(behind) >= _SHORTEST else text

    def fingerprint(self, base_url: str) -> str:
        """What tells this token from others at one host, in journals and records; it cannot be turned back."""
        return self._derived(f"fingerprint of the token for {base_url}").hex()[:16]

    def hash_key(self, purpose: str) -> HashKey:
        """The key of hashes that nobody can make, or try numbers with, who has not this token."""
        return HashKey(self._derived(f"key for {purpose}"))

    def _derived(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose: HKDF with SHA-256, RFC 5869."""
        extracted = hmac.digest(b"reconciler", self._text.encode(), hashlib.sha256)
        return hmac.digest(extracted, purpose.encode() + b"\x01", hashlib.sha256)


def _without(secret: str, text: str) -> str:
    """The text without the secret, and without any beginning of it that would give away half of it."""
    shortest = max(len(secret) // 2, min(len(secret), _SHORTEST))
    parts = text.split(secret[:shortest])
    for number, behind in enumerate(parts[1:], start=1):
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(behind, secret[shortest:], strict=False))
        parts[number] = behind[len(list(alike)) :]
    return "***".join(parts)
