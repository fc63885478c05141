"""`python -m reconciler`, the same as the console script."""

from __future__ import annotations

import gc


def main() -> None:
    """Load the command line and run it. Nothing of what is loaded is garbage: none is looked for meanwhile."""
    gc.disable()
    from reconciler.cli.main import main as run  # noqa: PLC0415 - see above

    run()


if __name__ == "__main__":
    main()
