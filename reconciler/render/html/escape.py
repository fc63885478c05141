"""Text from outside as HTML."""

from __future__ import annotations

from html import escape

from reconciler.render.words import clean


def text(of: str) -> str:
    """Text from anywhere, for an element or for an attribute in double quotes."""
    return escape(clean(of))


def named(of: str) -> str:
    """A name from outside, which may be written from right to left."""
    return f"<bdi>{text(of)}</bdi>"


def arrow(before: str, after: str) -> str:
    """`40 h → 45 h`, or one of them if they are the same."""
    return before if before == after else f"{before} → {after}"
