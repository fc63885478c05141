"""Holds as the documents of plans have them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.model.holds import Hold, Selected, Stopped


def hold_json(hold: Hold) -> dict[str, Any]:
    """A hold as plans have it: who stopped what, when, why, and what was paused then."""
    return {
        "since": hold.since,
        "by": hold.by,
        "reason": hold.reason,
        "until": hold.until or None,
        "base_url": hold.base_url,
        "token_env": hold.token_env,
        "selected": _selected_json(hold.selected),
        "stopped": [one._asdict() for one in hold.stopped],
        "released": _selected_json(hold.released),
    }


def hold_of(row: Mapping[str, Any]) -> Hold:
    """A hold as `hold_json` wrote it."""
    selected, released = (_selected(row[key]) for key in ("selected", "released"))
    stopped = tuple(Stopped(**one) for one in row["stopped"])
    at = {key: row[key] for key in ("since", "by", "reason", "base_url", "token_env")}
    return Hold(**at, selected=selected, until=row["until"] or "", stopped=stopped, released=released)


def _selected_json(selected: Selected) -> dict[str, Any]:
    lists = {"names": selected.names, "ids": selected.ids, "paths": selected.paths}
    return {"all": selected.everything, **{key: list(found) for key, found in lists.items()}}


def _selected(row: Mapping[str, Any]) -> Selected:
    return Selected(row["all"], *(tuple(row[key]) for key in ("names", "ids", "paths")))
