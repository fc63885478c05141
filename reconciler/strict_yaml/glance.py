"""Tells of most texts at a glance whether formatting changes them, without taking them apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from reconciler.model.document import Value
from reconciler.model.fields import Fields
from reconciler.strict_yaml.events import AliasEvent, Event, ScalarEvent, is_misread
from reconciler.strict_yaml.order import is_rising, rank_in, rank_inside
from reconciler.strict_yaml.reading import Reading
from reconciler.strict_yaml.scalars import is_text
from reconciler.strict_yaml.tree import BLOCK, pairs, within

# A line of blanks, which may belong to a text in a block.
_BLANKS: Final = re.compile(r"\n +\n")
# The header of a text in a block to which the blank lines below belong, from its end: quickly found.
_KEEPS_BLANKS: Final = re.compile(r"\+(?:(?<=[|>]\+)|(?<=[|>][0-9]\+))")
# Blank lines too many, and comments below others that are indented less: what becomes of these is not seen at once.
_LOOSE: Final = re.compile(r"\n\n\n|\n +\n|\n\n\Z|\n#[^\n]*\n\n? +#")


class Glance(NamedTuple):
    """What is seen of a text at a glance.

    `changes` is whether formatting changes it, None where that is not seen; else all its fields will be in order.
    `is_risky` where only reading it again tells whether a text means the same once it is formatted. Of all others it is
    known: fields with lines of their own say the same wherever they stand, as long as anchors are above their aliases.
    """

    changes: bool | None
    is_risky: bool


def glance(reading: Reading, fields: Fields) -> Glance:
    """Look at a text that was read."""
    text = reading.text.replace("\r\n", "\n")
    breaks = len(reading.text) - len(text)
    look = _Look(text, reading, 1 if breaks else 0)
    if "\r" in text or (breaks and breaks != text.count("\n")) or look.is_risky(fields):
        return Glance(None, is_risky=True)
    return Glance(look.changes(fields) if look.has_entries() else None, is_risky=False)


class _Look(NamedTuple):
    """A text whose line breaks are one character, and how many more they were."""

    text: str
    reading: Reading
    more: int

    def _index(self, mark: Any) -> int:  # noqa: ANN401  the library's marks are a class that its stubs don't name
        """Where a mark of the text as it was is in this one."""
        return mark.index - mark.line * self.more  # type: ignore[no-any-return]  # as above

    def is_risky(self, fields: Fields) -> bool:
        """Whether sorted fields may say something else: aliases need their anchors, and ends of texts their lines."""
        text = self.text
        if not text.endswith("\n") or _KEEPS_BLANKS.search(text):
            return True
        if not self.reading.plain and ("<<" in text or ("&" in text and self._loses_anchors(fields))):
            return True
        return bool(_BLANKS.search(text)) and any(
            _BLANKS.search(text, self._index(event.start_mark), self._index(event.end_mark))
            for event in self.reading.events
            if type(event) is ScalarEvent and event.style in BLOCK
        )

    def _loses_anchors(self, fields: Fields) -> bool:
        """Whether an alias may come before its anchor once fields are sorted, or another anchor between the two."""
        rank = rank_in(fields.names)
        anchors: dict[str | None, tuple[int, int]] = {}
        for number, (key, value) in enumerate(pairs(self.reading.tree())):
            place = rank(key.text), number
            for event in (element.begun for one in (key, value) for element in within(one)):
                if type(event) is AliasEvent:
                    if anchors[event.anchor] > place:
                        return True
                elif event.anchor in anchors:
                    return True
                elif event.anchor:
                    anchors[event.anchor] = place
        return False

    def has_entries(self) -> bool:
        """Whether each field begins a line of its own, without anything before it."""
        root, first = self.reading.events[2:4]
        if root.flow_style or root.start_mark.column:
            return False
        return bool(root.start_mark.index == first.start_mark.index) and "\n?" not in self.text

    def changes(self, fields: Fields) -> bool | None:
        """Whether formatting changes a text with entries; None where that is not seen."""
        values, plain = self.reading.values, self.reading.plain
        if not is_rising(values, rank_in(fields.names)):
            return True
        if not plain:
            return None
        misread = _misread(self.text, plain.begun)
        if any(map(_is_a_value, misread)):
            return True
        is_settled = not misread and self._is_tidy() and _is_sorted_inside(values, fields)
        return False if is_settled else None

    def _is_tidy(self) -> bool:
        """Whether no line would be added, moved or left out."""
        above = self.text[: self._index(self.reading.events[2].start_mark)]
        return not (above.startswith((" ", "\n")) or "\n " in above or _LOOSE.search(self.text))


def _is_sorted_inside(values: Mapping[str, Value], fields: Fields) -> bool:
    """Whether the keys of mappings in lists stand in the schema's order."""
    return all(
        is_rising(item, rank)
        for name, value in values.items()
        if isinstance(value, list) and (rank := rank_inside(name, fields))
        for item in value
        if isinstance(item, dict)
    )


def _misread(text: str, begun: list[Event]) -> list[str]:
    """What another tool would misread: without quotes, or in single ones."""
    bare = [event.value for event in begun if type(event) is ScalarEvent and not event.style]
    found = [*filter(_is_misread_text, bare)]
    if "'" in text:
        single = [event.value for event in begun if type(event) is ScalarEvent and event.style == "'"]
        found += filter(is_misread, single)
    return found


@lru_cache(maxsize=10_000)
def _is_misread_text(bare: str) -> bool:
    return is_misread(bare) and is_text(bare)


def _is_a_value(misread: str) -> bool:
    """Whether this is a value on one line for certain: keys have names, and what is on several lines has blanks."""
    return not misread.isidentifier() and " " not in misread
