"""Text without what nobody sees at its ends."""

from __future__ import annotations

from typing import Final

# Beyond what Python calls white space: controls, joiners, marks of direction, fillers, the byte-order mark. Laravel
# trims some of them as well. What is no blank inside of an emoji (U+FE0F, the tags of flags) is not among them.
_FIRST_AND_LAST: Final = (
    (0x00, 0x20), (0x7F, 0xA0), (0xAD, 0xAD), (0x61C, 0x61C), (0x115F, 0x1160), (0x1680, 0x1680), (0x180E, 0x180E),
    (0x2000, 0x200F), (0x2028, 0x202F), (0x205F, 0x206F), (0x2800, 0x2800), (0x3000, 0x3000), (0x3164, 0x3164),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB),
)  # fmt: skip
_INVISIBLE: Final = "".join(chr(code) for first, last in _FIRST_AND_LAST for code in range(first, last + 1))


def trimmed(text: str) -> str:
    """The text without blanks and invisible characters before and behind it."""
    return text.strip(_INVISIBLE)
