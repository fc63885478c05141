"""The YAML library: its events of a text, and what its like would misread."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

import yaml
from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from reconciler.model.errors import ReconcilerError

# Here, and not at the first file: a command that reads YAML must not ask the API for anything before it says so.
if not yaml.__with_libyaml__:  # pragma: no cover - a process of its own sees it, in tests/strict_yaml/test_events.py
    raise ReconcilerError(
        "PyYAML was built without libyaml, which campaign files are read with: install a wheel of PyYAML, "
        "as `pip install --force-reinstall --only-binary :all: PyYAML` does"
    )

# The library's own names are here for the modules that read what it says, so that they need not know it.
__all__ = [
    "UNWANTED",
    "UTF8_MARK",
    "AliasEvent",
    "Begin",
    "DocumentStartEvent",
    "Event",
    "MappingEndEvent",
    "MappingStartEvent",
    "NextEvent",
    "ScalarEvent",
    "SequenceEndEvent",
    "SequenceStartEvent",
    "StreamEndEvent",
    "YAMLError",
    "events",
    "is_misread",
    "replay",
]

# C0 but \n and \r, DEL, C1 with NEL, the Unicode line breaks, byte order marks, and what no YAML parser takes.
UNWANTED: Final = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
UTF8_MARK: Final = b"\xef\xbb\xbf"

# One of the library's events. Its stubs say that all marks may be None, which those of a text never are.
Event = Any
# What gives the next event at each call, or raises YAMLError.
NextEvent: TypeAlias = Callable[[], Event]
# What gives them from the first on.
Begin: TypeAlias = Callable[[], NextEvent]

# Characters: events take much more memory than the text that they are of.
_LONGEST_KEPT: Final = 2**16


def events(text: bytes) -> NextEvent:
    """The events of a text, one at each call, then None; raises YAMLError where there can be none."""
    next_event: NextEvent = yaml.CSafeLoader(text).get_event
    return next_event


def replay(text: str) -> Begin:
    """What begins the events of a text anew, as often as it is called; those of a short one are made only once."""
    again = partial(events, text.encode())
    if len(text) > _LONGEST_KEPT:
        return again
    try:
        kept = [*iter(again(), None)]
    except YAMLError:
        return again
    return lambda: partial(next, iter(kept), None)


# Besides YAML 1.1 as the library reads it: what else its specification says, what 1.2 and Ruby take for numbers, and
# times, dates and telephone numbers of any form, though only some of them are misread.
_NUMBER_LIKE: Final = re.compile(r"[-+.]?[0-9][-+0-9_,.:/() ]*(?:[eE][-+]?[0-9]+)?|[yYnN]|0o[0-7]+")


@lru_cache(maxsize=10_000)
def is_misread(text: str) -> bool:
    """Whether another YAML tool may take this text, without quotes, for a number, date, boolean or null."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
    return bool(_NUMBER_LIKE.fullmatch(text)) or any(pattern.match(text) for _, pattern in resolvers)
