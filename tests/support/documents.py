"""Campaign documents made from text, with the places that the text gives everything."""

from __future__ import annotations

from textwrap import dedent

from reconciler.model.document import Document
from reconciler.strict_yaml.parse import parse


def document(text: str, file: str = "c.yaml", defaults: Document | None = None) -> Document:
    """The document of a text, over its defaults; problems that reading told are dropped."""
    own, _ = parse(dedent(text).encode(), file)
    assert own is not None
    if defaults is None:
        return own
    inherited = dict.fromkeys(defaults.values.keys() - own.values.keys(), defaults)
    return own._replace(values={**defaults.values, **own.values}, inherited=inherited)
