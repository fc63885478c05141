"""The HTTP library, without what it loads wherever that happens to be installed, and what we have no use for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

__all__ = ["httpx", "load_connections"]


@contextlib.contextmanager
def _without(module: str) -> Iterator[None]:
    """Python takes a module that is None for one that is not there; both libraries are prepared for that."""
    was_loaded = module in sys.modules
    sys.modules.setdefault(module, None)  # type: ignore[arg-type]  # see above
    try:
        yield
    finally:
        if not was_loaded:
            del sys.modules[module]


# Its command line, where there are rich and pygments: they cost as much as the library.
with _without("httpx._main"):
    import httpx


def load_connections() -> None:
    """Load what the library makes connections with, which it would only do at the first one.

    Where there is trio, for asynchronous work, that would be loaded with it.
    """
    with _without("trio"):
        import httpcore  # noqa: F401, PLC0415 - many commands only look at URLs
