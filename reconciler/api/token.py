"""The secret that opens an account."""

from __future__ import annotations

from reconciler.model.errors import UsageError


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
        """The text without the token."""
        return text.replace(self._text, "***")
