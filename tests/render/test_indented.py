"""Documents are written as `json` writes them."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Value
from reconciler.render.indented import indented

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)


@given(VALUES)
def test_documents_are_written_as_json_writes_them(value: Value) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False)
