"""What composing makes of single nodes: scalars are read or refused, mappings merged."""

from __future__ import annotations

import re
from typing import Any, Final

from reconciler.model.document import Path, Value
from reconciler.strict_yaml.events import UNWANTED, Event
from reconciler.strict_yaml.positions import Node, offset_of
from reconciler.strict_yaml.problems import BLOCK_HEADER, Problems
from reconciler.strict_yaml.scalars import CUT, KNOWN, NUMBER_START, BadNumberError, number

_UNWANTED_ESCAPED: Final = re.compile(rf"[{UNWANTED}\ud800-\udfff]")
_MAYBE_CUT: Final = re.compile(r" #\S")
# libyaml takes `|#` for a block with a comment, other tools don't. An anchor may come before it.
_MAYBE_GLUED: Final = re.compile(r"[|>][-+0-9]*#")
_GLUED: Final = re.compile(r"(?:&\S++(?:\s++|#[^\r\n]*+)*+)?[|>][-+0-9]*#")


class Missing:
    """Stands for a value that was refused (its problem is told), or was never written."""


REFUSED: Final = Missing()
EMPTY: Final = Missing()


class Scalars:
    """Reads the scalars of one text, and tells what is wrong with them."""

    def __init__(self, text: str, problems: Problems) -> None:
        self._text = text
        self._problems = problems
        # What is nowhere in the text need not be looked for at every value.
        self._may_be_cut = " #" in text and _MAYBE_CUT.search(text) is not None
        # Whether a quoted text has several lines, or a block text none: other tools may read these otherwise.
        self.runs_on = False
        self._has_traps = "\\" in text or ("#" in text and _MAYBE_GLUED.search(text) is not None)

    def read(self, event: Event, path: Path, part: str | int | None = None) -> Value:
        """The value of a scalar, or what stands for none; `part` is the last one of its path.

        The path is put together only where something is told: most scalars are sound.
        """
        text: str = event.value
        if style := event.style:
            if event.start_mark.line != event.end_mark.line if style in "'\"" else not text.strip("\n"):
                self.runs_on = True
            return self._quoted(event, path, part) if self._has_traps else text
        if self._may_be_cut:
            self._warn_if_cut(event, _joined(path, part))
        if text in KNOWN:
            return KNOWN[text]
        if not text:
            return EMPTY
        if text[0] in NUMBER_START:
            return self._number(event, _joined(path, part))
        return text

    def is_cut(self, event: Event) -> bool:
        """Whether a comment without a space begins behind a scalar: part of the value may have been meant by it."""
        return self._may_be_cut and CUT.match(self._text, event.end_mark.index) is not None

    def refuse(self, event: Event, message: str, path: Path) -> Missing:
        """Tell why a value does not count."""
        self._problems.tell(offset_of(event.start_mark), message, path)
        return REFUSED

    def _quoted(self, event: Event, path: Path, part: str | int | None) -> Value:
        """The text of a quoted or block scalar, in a file that holds escapes or something like `|#`."""
        if event.style == '"' and _UNWANTED_ESCAPED.search(event.value):
            return self.refuse(event, "an escape here makes a control character", _joined(path, part))
        if event.style in "|>" and _GLUED.match(self._text, event.start_mark.index):
            return self.refuse(event, BLOCK_HEADER, _joined(path, part))
        return event.value

    def _warn_if_cut(self, event: Event, path: Path) -> None:
        if event.value and (cut := CUT.match(self._text, event.end_mark.index)):
            message = "from here on a comment: put the value in quotes if it belongs to it, else put a space after `#`"
            self._problems.tell(offset_of(event.end_mark) + len(cut[0]) - 1, message, path, is_warning=True)

    def _number(self, event: Event, path: Path) -> Value:
        try:
            return number(event.value)
        except BadNumberError as error:
            return self.refuse(event, str(error), path)


def _joined(path: Path, part: str | int | None) -> Path:
    return path if part is None else (*path, part)


def merge_sources(value: Value, place: Any) -> list[tuple[dict[str, Value], Node]] | None:  # noqa: ANN401  a Node where the value is a collection
    """The mappings that the value of a `<<` merges, with where they stand; None where it can merge nothing."""
    if isinstance(value, dict):
        return [(value, place)]
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return [(item, place.items[index]) for index, item in enumerate(value)]
    return None


def merge(values: dict[str, Value], node: Node, sources: list[tuple[dict[str, Value], Node]]) -> None:
    """Add what is merged: the first source of a key wins, and the mapping's own keys win over all."""
    if "<<" in node.keys and "<<" not in values:
        del node.keys["<<"], node.items["<<"]
    for source, place in sources:
        for key in source:
            if key not in node.keys:
                values[key] = source[key]
                node.items[key] = place.items[key]
                node.keys[key] = place.keys[key]


def copied(value: Value) -> Value:
    """A value of its own, with all that is in it: what an alias repeats may not change with its anchor."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [copied(inner) for inner in value]
    return value
