"""Large documents as JSON, two spaces deep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from reconciler.model.document import Value

_scalar: Final = json.JSONEncoder(ensure_ascii=False).encode


def indented(value: Value, margin: str = "") -> str:
    """What `json.dumps` writes with an indent of two; keys are texts.

    It is put together part by part: `json` holds every comma of it by itself until the end.
    """
    if not isinstance(value, (Mapping, list)) or not value:
        return _scalar(value)
    inner = margin + "  "
    if isinstance(value, list):
        begin, end, rows = "[", "]", [f"{inner}{indented(entry, inner)}" for entry in value]
    else:
        rows = [f"{inner}{_scalar(key)}: {indented(entry, inner)}" for key, entry in value.items()]
        begin, end = "{", "}"
    return "\n".join([begin, ",\n".join(rows), margin + end])
