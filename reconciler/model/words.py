"""Words that every room says alike."""

from __future__ import annotations


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 field`, `2 fields`; `plural` for a noun that does not just take an s."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
