from __future__ import annotations

import gc

import pytest

from reconciler.cli.collection import without_collection


@pytest.mark.parametrize("was_enabled", [True, False])
def test_garbage_collection_is_put_off_while_files_are_read(was_enabled: bool) -> None:  # noqa: FBT001
    is_enabled = gc.isenabled()
    (gc.enable if was_enabled else gc.disable)()
    try:
        with without_collection():
            assert not gc.isenabled()
        assert gc.isenabled() is was_enabled
    finally:
        (gc.enable if is_enabled else gc.disable)()
