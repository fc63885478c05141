"""The canonical form of a campaign file: fields in the schema's order, quotes where another tool would misread."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property

from reconciler.model.fields import Fields
from reconciler.strict_yaml.entries import has_entries
from reconciler.strict_yaml.events import is_misread
from reconciler.strict_yaml.glance import glance
from reconciler.strict_yaml.order import Span, is_ordered, moves, ordered
from reconciler.strict_yaml.page import Page, lines_of
from reconciler.strict_yaml.reading import Reading, means, read
from reconciler.strict_yaml.scalars import CUT, is_text
from reconciler.strict_yaml.tree import Edit, Element, edited, scalars


class Formatted:
    """What formatting makes of a text.

    Of most texts it is seen at a glance whether it changes them. Whoever asks for the text gets one that was read
    again, and means the same.
    """

    def __init__(self, reading: Reading, fields: Fields) -> None:
        self._reading = reading
        self._fields = fields
        self._glance = glance(reading, fields)

    @property
    def changes(self) -> bool:
        """Whether this is another text."""
        return self._likely[0] != self._reading.text if self._glance.changes is None else self._glance.changes

    @property
    def is_ordered(self) -> bool:
        """False where fields stay out of order: sorting would change what they say, or they stand in `{…}`."""
        return self._glance.changes is not None or self._likely[1]

    @property
    def text(self) -> bytes:
        """The text in its canonical form."""
        return self._reading.mark + self._proven[0].encode()

    @property
    def _likely(self) -> tuple[str, bool]:
        """What comes of it: where nothing is at risk, all that can be done, without reading it again."""
        return self._proven if self._glance.is_risky else self._candidates[0]

    @cached_property
    def _proven(self) -> tuple[str, bool]:
        """The first candidate that means the same."""
        given, said = self._reading.text, self._reading.values
        return next(one for one in self._candidates if one[0] == given or means(one[0].encode(), said))

    @cached_property
    def _candidates(self) -> Sequence[tuple[str, bool]]:
        """The text with all that can be done to it, with its quotes only, and as it is; and whether it is in order.

        With its fields sorted an alias may come before its anchor, or a text lose the end of its last line.
        """
        text, fields, root = self._reading.text, self._fields, self._reading.tree()
        stays = is_ordered(root, fields)
        edits = [*quotes(text, root)]
        page, inside = Page(text), _sorted_inside(text, edits, [*moves(text, root, fields)])
        best = (ordered(page, root, fields, lines_of(inside)), True) if has_entries(page, root) else (inside, stays)
        return best, (edited(text, edits), stays), (text, stays)


def formatted(text: bytes, file: str, fields: Fields) -> Formatted:
    """Bring the text of a campaign, defaults or environment file into its canonical form; its meaning stays.

    Raises FilesError for a text with errors.
    """
    return Formatted(read(text, file), fields)


def _sorted_inside(text: str, edits: Sequence[Edit], found: Sequence[tuple[Span, Span]]) -> str:
    """A text with all edits done, and with each place of what moves holding what moves there."""
    pieces, at = [], 0
    for (start, end), source in found:
        pieces += [_piece(text, edits, (at, start)), _piece(text, edits, source)]
        at = end
    return "".join([*pieces, _piece(text, edits, (at, len(text)))])


def _piece(text: str, edits: Sequence[Edit], span: Span) -> str:
    """A piece of a text, with the edits in it done."""
    start, end = span
    return edited(text, edits[bisect_left(edits, (start,)) : bisect_left(edits, (end,))], start, end)


def quotes(text: str, root: Element) -> Iterator[Edit]:
    """Put double quotes around what another tool would misread, where it stands alone or in single ones."""
    for one in scalars(root):
        style = one.style
        if style not in ("", "'") or not is_misread(said := one.text):
            continue
        # An anchor may stand before it, a text over several lines is not misread, and the warning of a cut must stay.
        end = one.end
        start = end - len(said) - 2 * len(style)
        is_one_piece = text[start:end] == f"{style}{said}{style}"
        if is_one_piece and (style or (is_text(said) and not CUT.match(text, end))):
            yield start, end, f'"{said}"'
