"""What is wrong with a YAML text: problems at their place, as many as anybody mends at once, as they may be shown."""

from __future__ import annotations

from typing import Final

from reconciler.model.document import Mark, Path, Position, Problem
from reconciler.strict_yaml.positions import LINE_BREAK, Offset, mark_of

# Nobody mends more at once, and a hostile file must not fill the memory with complaints.
MAX_PROBLEMS: Final = 1_000
NO_BREAK_SPACE: Final = "\xa0"

TAG: Final = "tags are not allowed: remove the `!…`, or put the value in quotes if it belongs to it"
BLOCK_HEADER: Final = "the text belongs on the lines below the `|` or `>`, indented"


class Stop(Exception):
    """Nothing after this can be read."""

    def __init__(self, mark: Mark, message: str) -> None:
        self.mark = mark
        self.message = message
        super().__init__(message)


class Problems:
    """The problems of one file, in the order in which they are found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.found: list[Problem] = []

    def __len__(self) -> int:
        return len(self.found)

    def tell(self, offset: Offset, message: str, path: Path, *, is_warning: bool = False) -> None:
        """Add a problem with the value at `path`; raises Stop where there are too many to go on."""
        self.found.append(problem_at(self.file, mark_of(offset), message, path, is_warning=is_warning))
        if len(self.found) >= MAX_PROBLEMS:
            raise Stop(mark_of(offset), f"{MAX_PROBLEMS} problems: nothing after this was read")

    def forget_from(self, count: int) -> None:
        """Take back all problems but the first `count`."""
        del self.found[count:]


def problem_at(file: str, mark: Mark, message: str, path: Path = (), *, is_warning: bool = False) -> Problem:
    """A problem as it may be shown: of keys, nobody sees more than a short and printable part."""
    from reconciler.model.redaction import shown_key  # noqa: PLC0415 - most texts have no problem

    shown = tuple(part if isinstance(part, int) else shown_key(part) for part in path)
    return Problem(Position(file, *mark), message, shown, is_warning)


def space_hint(text: str, start: int) -> str:
    """Tell of a no-break space on the line that starts there: it looks like a space, and is none."""
    line = LINE_BREAK.split(text[start : start + 1000], maxsplit=1)[0]
    return "; there is a no-break space on this line: write an ordinary one" if NO_BREAK_SPACE in line else ""
