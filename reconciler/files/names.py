"""What campaign files are called, and the files beside them that hold what campaigns share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

# In lower case; a name may write them in any.
SUFFIXES: Final = (".yaml", ".yml")
# Without their suffixes.
DEFAULTS: Final = "_defaults"
ENVIRONMENT: Final = "_environment"
HOLDS: Final = "_holds"
# As we write it.
DEFAULTS_FILE: Final = DEFAULTS + SUFFIXES[0]


def _slips(suffix: str) -> Iterator[str]:
    """What a suffix becomes with a letter twice, two letters exchanged, or one left out, so that three are left."""
    for at in range(1, len(suffix)):
        yield suffix[:at] + suffix[at] + suffix[at:]
        yield suffix[:at] + suffix[at + 1 : at + 2] + suffix[at] + suffix[at + 2 :]
        yield suffix[:at] + suffix[at + 1 :]
    yield f"{suffix}.txt"


_SHORTEST_SUFFIX: Final = 4
_SLIPS: Final = tuple(
    {slip for suffix in SUFFIXES for slip in _slips(suffix) if len(slip) >= _SHORTEST_SUFFIX and slip not in SUFFIXES}
)
_KNOWN: Final = (DEFAULTS, ENVIRONMENT, HOLDS)
_LIKENESS: Final = 0.8
_SHORTEST_HINT: Final = 4


def is_yaml(name: str) -> bool:
    """Whether a file of this name is looked at: campaigns, and whatever begins with `_`."""
    return name.lower().endswith(SUFFIXES) and not name.startswith(".")


def is_nearly_yaml(name: str) -> bool:
    """Whether a file was probably meant to be looked at: `sales.yam`, or `sales.yaml.txt` as some editors make it."""
    return not name.startswith(".") and name.lower().endswith(_SLIPS)


def is_campaign(name: str) -> bool:
    """Whether a file of this name is a campaign."""
    return is_yaml(name) and not name.startswith("_")


def is_defaults(name: str) -> bool:
    """Whether a file of this name holds fields that campaigns inherit."""
    return _is_called(name, DEFAULTS)


def is_environment(name: str) -> bool:
    """Whether a file of this name says where campaigns belong."""
    return _is_called(name, ENVIRONMENT)


def is_holds(name: str) -> bool:
    """Whether a file of this name says which campaigns stay stopped."""
    return _is_called(name, HOLDS)


def is_read(name: str) -> bool:
    """Whether a file of this name is a campaign, or holds what campaigns share."""
    return is_yaml(name) and not is_holds(name)


def is_part(name: str) -> bool:
    """Whether a file of this name is a part: any with `_` that is none of the known ones. Campaigns may name it."""
    return is_yaml(name) and name.startswith("_") and not any(_is_called(name, known) for known in _KNOWN)


def called(stem: str, names: Iterable[str]) -> list[str]:
    """Those of the names that are this one with a suffix of ours; the first is the one to be read."""
    found = (name for name in names if _is_called(name, stem))
    return sorted(found, key=lambda name: (not name.endswith(SUFFIXES), name))


def meant(name: str) -> str | None:
    """The known file that somebody who wrote this stray name probably meant."""
    from difflib import get_close_matches  # noqa: PLC0415  only a slip of the pen pays for it

    written = _stem(name).casefold()
    near = get_close_matches(written, _KNOWN, n=1, cutoff=_LIKENESS)
    begun = [known for known in _KNOWN if len(written) >= _SHORTEST_HINT and known.startswith(written)]
    return next((known + SUFFIXES[0] for known in (*near, *begun)), None)


def _is_called(name: str, stem: str) -> bool:
    return is_yaml(name) and _stem(name) == stem


def _stem(name: str) -> str:
    return name.rpartition(".")[0]
