"""What campaign files are called, and the files beside them that hold what campaigns share."""

from __future__ import annotations

from typing import Final

SUFFIXES: Final = (".yaml", ".yml")
# Without their suffixes.
DEFAULTS: Final = "_defaults"
ENVIRONMENT: Final = "_environment"
# As we write it.
DEFAULTS_FILE: Final = DEFAULTS + SUFFIXES[0]

_SHARED: Final = frozenset(name + suffix for name in (DEFAULTS, ENVIRONMENT) for suffix in SUFFIXES)


def is_campaign(name: str) -> bool:
    """Whether a file of this name is a campaign."""
    return name.endswith(SUFFIXES) and not name.startswith(("_", "."))


def is_defaults(name: str) -> bool:
    """Whether a file of this name holds fields that campaigns inherit."""
    return name in _SHARED and name.startswith(DEFAULTS)


def is_environment(name: str) -> bool:
    """Whether a file of this name says where campaigns belong."""
    return name in _SHARED and name.startswith(ENVIRONMENT)


def is_read(name: str) -> bool:
    """Whether a file of this name is a campaign, or holds what campaigns share."""
    return is_campaign(name) or name in _SHARED
