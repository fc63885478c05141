"""Names for campaign files: made from campaigns' names, unique, and safe on every file system."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from reconciler.model.campaign import Live

_SUFFIX: Final = ".yaml"
_LONGEST: Final = 60
_PART_OF_ID: Final = 8
_OTHER: Final = re.compile(r"[^a-z0-9]+")
# Letters that do not fall apart into an ASCII letter and an accent.
_LETTERS: Final = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
# Windows takes these for devices, whatever follows after a dot.
_DEVICES: Final = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def slug(name: str) -> str:
    """A name in small ASCII letters, digits and single dashes, at most 60 of them: `Follow-up São Paulo` is
    `follow-up-sao-paulo`. Empty where nothing is left of it.
    """  # noqa: D205 - the example belongs to the sentence
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    letters = "".join(char for char in plain if not unicodedata.combining(char))
    made = _cut(_OTHER.sub("-", letters).strip("-"))
    return f"campaign-{made}" if made in _DEVICES else made


def _cut(text: str) -> str:
    """The text, shortened at the end of a word if one ends in its second half."""
    if len(text) <= _LONGEST:
        return text
    head, _, _ = text[: _LONGEST + 1].rpartition("-")
    return head if len(head) > _LONGEST // 2 else text[:_LONGEST]


def file_names(campaigns: Sequence[Live], taken: Iterable[str] = ()) -> dict[str, str]:
    """A file name for every campaign, by id. `taken` are the names in the folder, in whatever case.

    The order of the campaigns means nothing. Of several whose names make the same slug the first that was created
    has it alone, and the others add a part of their id: so a new campaign takes no other one's file name.
    """
    used = {name.casefold().removesuffix(".yml").removesuffix(_SUFFIX) for name in taken}
    names: dict[str, str] = {}
    for campaign in sorted(campaigns, key=_age):
        stem = next(stem for stem in _candidates(campaign) if stem not in used)
        used.add(stem)
        names[campaign.id] = stem + _SUFFIX
    return names


def _age(campaign: Live) -> tuple[str, int, str]:
    created = campaign.values.get("created_at")
    return created if isinstance(created, str) else "", len(campaign.id), campaign.id


def _candidates(campaign: Live) -> Iterator[str]:
    """Names from the nicest to one that nobody else has."""
    made, identifier = slug(campaign.name), slug(campaign.id)
    if made:
        yield made
    start = made or "campaign"
    yield f"{start}-{identifier[:_PART_OF_ID].strip('-')}".rstrip("-")
    yield f"{start}-{identifier}".rstrip("-")
    digest = hashlib.sha256(campaign.id.encode("utf-8", "surrogatepass")).hexdigest()
    yield from (f"{start}-{digest[:length]}" for length in range(_PART_OF_ID, len(digest) + 1))
