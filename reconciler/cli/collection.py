"""When garbage is looked for: not while modules are loaded and files are read, which leave none."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """No garbage is looked for meanwhile: of what is held, and has no circles in it, nothing is any.

    What is held by the end is not looked at ever again: it stays until the process ends.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
