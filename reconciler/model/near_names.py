"""Which of the known names somebody meant, who wrote one that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_SHORTEST_PIECE: Final = 3


def near_names(wanted: str, known: Iterable[str], most: int = 1) -> tuple[str, ...]:
    """Up to `most` of the known names: those of another case, those that contain what was written, then the alike.

    Names of agents and campaigns are long, and people write how they begin: 'Ava' means 'Ava, solar sales'.
    """
    names = sorted(known)
    return tuple(dict.fromkeys(_likeliest_first(wanted.strip().casefold(), names)))[:most]


def _likeliest_first(wanted: str, names: list[str]) -> Iterator[str]:
    from difflib import get_close_matches  # noqa: PLC0415 - only mistakes need it

    yield from (name for name in names if name.strip().casefold() == wanted)
    if len(wanted) >= _SHORTEST_PIECE:
        yield from (name for name in names if wanted in name.casefold())
    spellings = {name.casefold(): name for name in reversed(names)}
    yield from (spellings[match] for match in get_close_matches(wanted, spellings, n=len(spellings) or 1))
