"""Every line of a page knows its field, so that what is wrong with a text can be blamed on one."""

from __future__ import annotations

from reconciler.importing.draft import draft_of
from reconciler.importing.page import PageWriter
from reconciler.model.campaign import Live
from tests.support.campaigns import FIELDS

VALUES = {"id": "c-1", "name": "Sales", "description": "one\ntwo", "max_retries": 2, "timezone": "UTC"}
LIVE = Live("c-1", "Sales", "draft", VALUES)
DRAFT = draft_of(FIELDS, LIVE, "sales.yaml", with_status=True, with_numbers=False)
WRITER = PageWriter(FIELDS, "x.json", {}, {})


def test_every_line_belongs_to_its_field_or_to_none() -> None:
    page = WRITER.page(DRAFT, {})

    said = [(owner, line) for owner, line in zip(page.owners, page.text.splitlines(), strict=True) if owner]
    assert said == [
        ("id", 'id: "c-1"'),
        ("status", 'status: "draft"'),
        ("name", 'name: "Sales"'),
        ("description", "description: |-"),
        ("description", "  one"),
        ("description", "  two"),
        ("timezone", 'timezone: "UTC"'),
        ("max_retries", "max_retries: 2"),
    ]


def test_what_is_inherited_is_not_said_again() -> None:
    page = WRITER.page(DRAFT, {"timezone": "UTC"})

    assert "timezone" not in page.owners
    assert WRITER.defaults({"timezone": "UTC"}, 2).endswith('\n\ntimezone: "UTC"\n')
