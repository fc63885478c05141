"""Holds plan documents to the schema that is published for them."""

from __future__ import annotations

import json
from typing import Any

from jsonschema import Draft202012Validator

from reconciler.model.fields import schema_folder

SCHEMA = json.loads((schema_folder() / "plan.schema.json").read_text(encoding="utf-8"))
_VALIDATOR = Draft202012Validator(SCHEMA)


def broken_rules(document: dict[str, Any]) -> list[str]:
    """What of the schema a plan breaks: path and message."""
    return [f"{error.json_path}: {error.message}" for error in _VALIDATOR.iter_errors(document)]
