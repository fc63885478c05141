"""The text of a campaign file: paragraphs by topic, and comments where something is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from reconciler.importing.draft import Draft
from reconciler.model.campaign import Live
from reconciler.model.document import Value
from reconciler.model.fields import Fields, Reference
from reconciler.strict_yaml import quote

# Fields with this in their title stand together.
_DO_NOT_CALL: Final = "do-not-call"


class Page(NamedTuple):
    """The text of a file, and the field that each line belongs to, if it does to one."""

    text: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageWriter:
    """Puts drafts into words. `schema` is the way to the schema from the files' folder; `agents` are names by id.

    `by_name` are the ids of agents that may be written by their names, by name.
    """

    fields: Fields
    schema: str
    agents: Mapping[str, str]
    by_name: Mapping[str, str]

    def page(self, draft: Draft, shared: Mapping[str, Value]) -> Page:
        """The file of a campaign, without what it inherits."""
        blocks = {name: self._block(draft, name) for name in self.fields.names if name not in shared}
        rows = [("", line) for line in self._head(draft.live)]
        rows += self._paragraphs(blocks)
        return Page("".join(f"{line}\n" for _, line in rows), tuple(name for name, _ in rows))

    def defaults(self, shared: Mapping[str, Value], count: int) -> str:
        """The file of what all campaigns have in common."""
        head = [
            self._modeline,
            "",
            quote.note(
                f"What the {count} campaigns of this folder had in common when they were imported. It holds for"
            ),
            quote.note("every campaign file here and below, unless that says otherwise."),
        ]
        rows = self._paragraphs({name: self._said(name, shared[name]) for name in self.fields.names if name in shared})
        return "".join(f"{line}\n" for line in [*head, *(line for _, line in rows)])

    @property
    def _modeline(self) -> str:
        return f"# yaml-language-server: $schema={self.schema}"

    def _head(self, live: Live) -> Iterator[str]:
        yield self._modeline
        if live.is_finished:
            yield ""
            yield quote.note(f"This campaign is {live.status}, which is final: nothing can change it any more.")

    def _block(self, draft: Draft, name: str) -> list[str]:
        if name in draft.said:
            return self._said(name, draft.said[name])
        if name in draft.faults:
            return [quote.note(f"{name} is left out: {draft.faults[name]}")]
        return [quote.note(f"{name} {draft.notes[name]}")] if name in draft.notes else []

    def _said(self, name: str, value: Value) -> list[str]:
        field = self.fields.writable.get(name)
        comment = self.agents.get(str(value), "") if field and field.refers_to == Reference.AGENT else ""
        if comment and self.by_name.get(comment) == value:
            return quote.field(self._instead[name], comment, "")
        return quote.field(name, value, comment, is_long=field is not None and field.is_sensitive)

    @property
    def _instead(self) -> Mapping[str, str]:
        """What stands for a field by name."""
        return {one.stands_for: one.name for one in self.fields.local.values() if one.stands_for}

    def _paragraphs(self, blocks: Mapping[str, list[str]]) -> list[tuple[str, str]]:
        """The lines with their fields; a blank line where another topic begins."""
        rows: list[tuple[str, str]] = []
        before = ""
        for name, topic in _topics(self.fields):
            lines = blocks.get(name)
            if lines and topic != before:
                rows.append(("", ""))
                before = topic
            rows += [(name, line) for line in lines or ()]
        return rows


def _topics(fields: Fields) -> Iterator[tuple[str, str]]:
    """Every field with its topic: what the campaign is, when it calls, how it calls, whom it must not call."""
    topic = "what"
    for name in fields.names:
        field = fields.writable.get(name)
        if field and field.may_conflict:
            topic = "when"
        elif field and _DO_NOT_CALL in field.title:
            topic = "whom"
        elif topic != "what":
            topic = "how"
        yield name, topic
