"""The HTTP library without its command line, which comes with it where rich and pygments are, and costs as much."""

from __future__ import annotations

import sys

__all__ = ["httpx"]

_COMMAND_LINE = "httpx._main"
# Python takes a module that is None for one that is not there, for which the library is prepared.
_was_loaded = _COMMAND_LINE in sys.modules
sys.modules.setdefault(_COMMAND_LINE, None)  # type: ignore[arg-type]  # see above

import httpx  # noqa: E402 - see above

if not _was_loaded:
    del sys.modules[_COMMAND_LINE]
