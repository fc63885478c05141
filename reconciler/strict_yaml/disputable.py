"""Whether a text is worth a look for what YAML tools dispute: asked of every text, where the look is seldom needed."""

from __future__ import annotations

import re
from typing import Final

# Literal beginnings, behind which is looked back: most texts are passed over as fast as a character can be found.
_MAYBE_GLUED: Final = re.compile(r"""#(?<=["'\]},:]#)""")
_MAYBE_KEY: Final = re.compile(r"\?(?=\S)(?<=[\s\[{,:]\?)")
_MAYBE_NAME: Final = re.compile(r"[&*][\w-]+[^\s\w-]")


def may_be_disputed(text: str) -> bool:
    """Whether something in a text is worth `disputes`, besides values of several lines: cheap, and often wrong."""
    has_names = ("&" in text or "*" in text) and _MAYBE_NAME.search(text)
    return bool(_MAYBE_GLUED.search(text) or _MAYBE_KEY.search(text) or has_names)
