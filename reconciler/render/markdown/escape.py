"""Text from outside made harmless inside of Markdown, which is read as HTML after that."""

from __future__ import annotations

import re

from reconciler.render.printable import clean

# What means something inside of a line of Markdown or HTML, in a table, or as the beginning of a link.
_ACTIVE = re.compile(r"[\\`*_~\[\]<>&|!$@#]|:(?=//)|(?<=www)\.", re.IGNORECASE)
# What pages make links or mentions of after they have read all that: @people, #1 and GH-1; on GitLab !1, $1, &1, %1,
# ~label and %"milestone" as well.
_MENTION = re.compile(r"(@|#|gh-|[!$&](?=\d)|[~%](?=[\w\"]))", re.IGNORECASE)
_WORD_JOINER = "\u2060"


def code(text: str) -> str:
    """Text from outside as code, where pages neither link nor mention; nothing in it is Markdown or HTML."""
    return f"<code>{_spelled(clean(text)) or ' '}</code>"


def prose(text: str) -> str:
    """Text from outside within a line; nothing in it is Markdown, HTML, a mention or a link."""
    return _spelled(_MENTION.sub(rf"\1{_WORD_JOINER}", clean(text)))


def _spelled(text: str) -> str:
    """Every character that could mean something as a character reference, which never does."""
    return _ACTIVE.sub(lambda match: f"&#{ord(match[0])};", text)


def cut(text: str, most: int) -> str:
    """At most so many characters."""
    return text if len(text) <= most else text[: most - 3] + "..."
