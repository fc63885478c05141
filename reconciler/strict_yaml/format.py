"""The canonical form of a campaign file: fields in the schema's order, quotes where another tool would misread."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from reconciler.model.fields import Fields
from reconciler.strict_yaml.edit import checked, means, split_bom
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.order import is_ordered, ordered
from reconciler.strict_yaml.scalars import is_text
from reconciler.strict_yaml.tree import Edit, edited, scalars, tree

# A comment glued to its `#` may be a part of the value that was cut off: the warning about it must not vanish.
_CUT: Final = re.compile(r" +#(?=\S)")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text in its canonical form.

    `is_ordered` is False where fields stay out of order: sorting would change what they say, or they stand in `{…}`.
    """

    text: bytes
    is_ordered: bool


def formatted(text: bytes, file: str, fields: Fields) -> Formatted:
    """Bring the text of a campaign, defaults or environment file into its canonical form; its meaning stays.

    Raises FilesError for a text with errors.
    """
    document = checked(text, file)
    mark, given = split_bom(text)
    quoted = edited(given, _quotes(given))
    # An alias may have come before its anchor, a text may have lost the end of its last line: then without sorting.
    candidates = (ordered(quoted, fields), quoted, given)
    chosen = next(candidate for candidate in candidates if means(candidate.encode(), document))
    return Formatted(mark + chosen.encode(), is_ordered(chosen, fields))


def _quotes(text: str) -> Iterator[Edit]:
    """Put double quotes around what another tool would misread, where it stands alone or in single ones."""
    for part in scalars(tree(text)):
        if part.style not in ("", "'") or not is_misread(part.text):
            continue
        # An anchor may stand before it, and a text over several lines is not misread.
        start = part.end - len(part.text) - 2 * len(part.style)
        is_one_piece = text[start : part.end] == f"{part.style}{part.text}{part.style}"
        if is_one_piece and (part.style or (is_text(part.text) and not _CUT.match(text, part.end))):
            yield start, part.end, f'"{part.text}"'
