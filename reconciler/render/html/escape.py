"""HTML put together so that the type checker sees what is not escaped yet: `Markup` is, `str` is not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from markupsafe import Markup, escape

from reconciler.render.printable import clean

NOTHING = Markup()

# Of a text that is escaped: what `Markup(text)` does once it has looked whether that is Markup.
_markup: Callable[[str], Markup] = functools.partial(str.__new__, Markup)


def html(template: str, *parts: object, **named_parts: object) -> Markup:
    """A template of our own, filled as `str.format` does; every part that is no Markup yet is cleaned and escaped."""
    filled = {name: _escaped(part) for name, part in named_parts.items()}
    return _markup(template.format(*map(_escaped, parts), **filled))  # templates are written in this room


def _escaped(part: object) -> object:
    """The part, as it may stand in a page: a number, and letters and digits alone, need no escaping."""
    if isinstance(part, (Markup, int)) or (isinstance(part, str) and part.isalnum()):
        return part
    return text(str(part))


def joined(parts: Iterable[Markup], between: str = "") -> Markup:
    """The parts one behind the other, without those that are empty."""
    return _markup(str.join(escape(between), filter(None, parts)))  # all of them are Markup


def text(plain: str) -> Markup:
    """Text from anywhere, for an element or for an attribute in double quotes."""
    return escape(clean(plain))


def bidi(name: str) -> Markup:
    """A name from outside, which may be written from right to left."""
    return html("<bdi>{}</bdi>", name)


def arrow(before: str, after: str) -> str:
    """`40 h → 45 h`, or one of them if they are the same."""
    return before if before == after else f"{before} → {after}"
