"""Lists that nobody reads, cut out of the text of an answer while it arrives.

A campaign's page may hold tens of thousands of calls with the numbers of the people called, and many pages are read
side by side: what is cut here is never held whole, neither as text nor as values.
"""

from __future__ import annotations

import re
from typing import Final

# The key of such a list, and where that begins. In valid JSON a quotation mark that no backslash stands before, with
# these letters and a colon behind it, begins a key and nothing else. (A pattern that begins with a plain letter is
# looked for ten times as fast.)
_KEY: Final = re.compile(rb'"(?<!\\")(?:calls|files)"(?P<list>\s*+:\s*+\[)?')
# So many bytes tell whether a list follows; one behind more blanks is kept, as everything else is.
_LONGEST: Final = 64
# What is in a list as far as a bracket that has no other there, or a text that has no end there. No repeat goes back.
_NO_LIST: Final = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"[^\]\["]*+|[^\]\["]++'
_INSIDE: Final = re.compile(rb"(?:" + _NO_LIST + rb"|\[(?:" + _NO_LIST + rb")*+\])*+", re.DOTALL)


class WithoutRows:
    """The text of an answer, part by part, with empty lists of calls and files."""

    def __init__(self) -> None:
        """Nothing has come yet."""
        self._kept = bytearray()
        # How far it was looked at; and inside of a list, how many brackets are open.
        self._seen = self._open = 0

    def add(self, part: bytes) -> None:
        """Take the next part."""
        self._kept += part
        while self._cut() if self._open else self._find():
            pass

    @property
    def content(self) -> bytes:
        """What is left of all parts."""
        return bytes(self._kept)

    def _find(self) -> bool:
        """Go to the next list; False where none is to be seen yet."""
        key = _KEY.search(self._kept, self._seen)
        begins = key is not None and key["list"] is not None
        still_open = len(self._kept) - _LONGEST
        if key is None or (not begins and key.start() > still_open):
            self._seen = max(self._seen, still_open)
            return False
        self._seen, self._open = key.end(), int(begins)
        return True

    def _cut(self) -> bool:
        """Cut out what is to be seen of a list; False where the rest of it is still to come."""
        kept, end = self._kept, self._seen
        while self._open and (inside := _INSIDE.match(kept, end)):
            end = inside.end()
            bracket = kept[end : end + 1]
            if not bracket or bracket not in b"[]":
                break
            self._open += 1 if bracket == b"[" else -1
            end += 1
        is_over = not self._open
        # The bracket at the end of the list stays.
        del kept[self._seen : end - is_over]
        self._seen += is_over
        return is_over
