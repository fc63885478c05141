"""The canonical form of a campaign file: fields in the schema's order, quotes where another tool would misread."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from reconciler.model.document import Document
from reconciler.model.fields import Fields
from reconciler.strict_yaml.edit import checked, means, split_bom
from reconciler.strict_yaml.events import Event, YAMLError, events, is_misread, parts_of
from reconciler.strict_yaml.order import is_ordered, ordered
from reconciler.strict_yaml.plain import LONGEST, Plain, read_plain
from reconciler.strict_yaml.scalars import is_text
from reconciler.strict_yaml.settled import is_settled
from reconciler.strict_yaml.tree import Edit, Element, edited, scalars, tree, tree_of

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
    mark, given, document, all_events, plain = _read(text, file)
    if plain and is_settled(given, plain, fields):
        return Formatted(text, is_ordered=True)
    root = tree_of(parts_of(all_events))
    edits = [*quotes(given, root)]
    quoted = edited(given, edits)
    # An alias may have come before its anchor, a text may have lost the end of its last line: then without sorting.
    stays = is_ordered(root, fields)
    candidates = (ordered(quoted, tree(quoted) if edits else root, fields), (quoted, stays), (given, stays))
    chosen = next(one for one in candidates if one[0] == given or means(one[0].encode(), document))
    return Formatted(mark + chosen[0].encode(), chosen[1])


class _Read(NamedTuple):
    """A text without its byte order mark, what it says, and its events; `plain` where it could be read so."""

    mark: bytes
    text: str
    document: Document
    events: list[Event]
    plain: Plain | None = None


def _read(text: bytes, file: str) -> _Read:
    """Go through a text, most of them only once; raises FilesError for one with errors."""
    with contextlib.suppress(UnicodeDecodeError, YAMLError):
        mark, given = split_bom(text)
        if len(given) < LONGEST:
            found = [*iter(events(given.encode()), None)]
            if plain := read_plain(given, partial(next, iter(found), None)):
                return _Read(mark, given, Document(file, plain.values), found, plain)
    document = checked(text, file)
    mark, given = split_bom(text)
    return _Read(mark, given, document, [*iter(events(given.encode()), None)])


def quotes(text: str, root: Element) -> Iterator[Edit]:
    """Put double quotes around what another tool would misread, where it stands alone or in single ones."""
    for part in scalars(root):
        if part.style not in ("", "'") or not is_misread(part.text):
            continue
        # An anchor may stand before it, and a text over several lines is not misread.
        start = part.end - len(part.text) - 2 * len(part.style)
        is_one_piece = text[start : part.end] == f"{part.style}{part.text}{part.style}"
        if is_one_piece and (part.style or (is_text(part.text) and not _CUT.match(text, part.end))):
            yield start, part.end, f'"{part.text}"'
