"""`python -m reconciler`, the same as the console script."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NoReturn


def main() -> NoReturn:
    """Load the command line and run it. Nothing of what is loaded is garbage: none is looked for meanwhile."""
    gc.disable()
    from reconciler.cli.main import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
