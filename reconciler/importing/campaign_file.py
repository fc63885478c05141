"""Live campaigns in, campaign files out: files that are valid and say nothing that is not so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple

from reconciler.desired.validate import check_merged, validate
from reconciler.files.names import DEFAULTS_FILE
from reconciler.importing import file_names as slugs
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import (
    Canonical,
    OuterBounds,
    canonical,
    is_shown,
    is_window,
    live_canonical,
    same,
    to_api,
)
from reconciler.model.document import Document, Problem, Value
from reconciler.model.fields import Compare, Field, Fields, Role
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.plan import diff
from reconciler.strict_yaml import quote as quoting
from reconciler.strict_yaml.parse import parse

# Fields with this in their title stand together.
_DO_NOT_CALL: Final = "do-not-call"
_FEWEST_THAT_SHARE: Final = 2
_LONGEST_SHOWN: Final = 100
# A day on which no end date has passed: what is live may well be over.
_LONG_AGO: Final = date.min


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How files are to be written. `schema` is the way to the schema from their folder; `agents` are names by id."""

    schema: str
    with_status: bool = False
    with_numbers: bool = False
    with_defaults: bool = False
    agents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """One campaign as a file. `left_out` are the fields that are shown but could not be written."""

    live: Live = field(repr=False)
    file: str
    text: str = field(repr=False)
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Export:
    """All files, sorted by name, the text of the defaults if there is any, and why campaigns cannot have a file."""

    campaigns: tuple[Exported, ...]
    defaults: str | None = None
    refused: Mapping[str, str] = field(default_factory=dict)

    @property
    def files(self) -> dict[str, str]:
        """Names and texts of all files; what campaigns inherit comes first."""
        shared = {DEFAULTS_FILE: self.defaults} if self.defaults is not None else {}
        return shared | {one.file: one.text for one in self.campaigns}


def export(fields: Fields, campaigns: Sequence[Live], manner: ExportOptions, taken: Iterable[str] = ()) -> Export:
    """Write live campaigns as files, so that their plan is empty. `taken` are the names of files that are there.

    What the API shows and no file can say is left out, with a comment in its place that says why.
    """
    names = slugs.file_names(campaigns, taken)
    drafts = [_draft(fields, live, names[live.id], manner) for live in campaigns]
    writer = _Writer(fields, manner)
    sound, refused = _mended(writer, sorted(drafts, key=lambda draft: draft.file))
    shared = _shared(writer, sound) if manner.with_defaults else {}
    made = tuple(
        Exported(draft.live, draft.file, writer.page(draft, shared).text, tuple(draft.faults)) for draft in sound
    )
    return Export(made, writer.defaults(shared, len(sound)) if shared else None, refused)


def unshown(fields: Fields, campaigns: Sequence[Live]) -> tuple[str, ...]:
    """The fields that no answer shows, so that nobody can tell what they are."""
    return tuple(
        name for name, of in fields.writable.items() if not any(is_shown(of, live.values) for live in campaigns)
    )


# What to say


@dataclass(slots=True)
class _Draft:
    """A file on its way: what it says, what it leaves out by intent, and what it cannot say."""

    live: Live
    file: str
    said: dict[str, Value] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def _draft(fields: Fields, live: Live, file: str, manner: ExportOptions) -> _Draft:
    draft = _Draft(live, file, {fields.named(Role.IDENTITY): live.id})
    status = fields.named(Role.STATUS)
    if not manner.with_status:
        draft.notes |= {} if live.is_finished else {status: "is left to the website (import --with-status writes it)"}
    elif live.status is not None:
        draft.said[status] = live.status
    for of in fields.writable.values():
        if is_shown(of, live.values):
            _decide(fields, of, draft, manner)
    return draft


def _decide(fields: Fields, of: Field, draft: _Draft, manner: ExportOptions) -> None:
    """Say one field, or note why not; what is unset is neither."""
    shown = live_canonical(of, draft.live.values)
    if isinstance(shown, OuterBounds):
        draft.notes[of.name] = (
            f"is left out: the API shows only the outer bounds {shown.start}-{shown.end}, "
            "and there may be breaks between them"
        )
    elif _is_unset(of, shown, draft.live.values[of.name]):
        if of.is_nullable:
            draft.said[of.name] = None
    elif _is_odd(of, shown):
        shown_as = "" if of.is_sensitive else f": {json.dumps(draft.live.values[of.name])}"
        draft.faults[of.name] = f"the API shows it in an unknown form{shown_as}"
    elif isinstance(shown, SensitiveSet) and (why := _why_hidden(fields, of, draft.live, manner)):
        draft.notes[of.name] = f"is left out: {count(len(shown), 'number')}, {why}"
    else:
        draft.said[of.name] = to_api(of, shown)


def _is_unset(of: Field, shown: Canonical, value: Value) -> bool:
    """Null, or empty. An empty list of what is no secret says something: none of them."""
    return (
        shown is None or value in (None, "") or (of.is_sensitive and isinstance(shown, SensitiveSet) and not len(shown))
    )


def _is_odd(of: Field, shown: Canonical) -> bool:
    """Whether there is something in it that has no form of its own, so that it cannot be written."""
    if isinstance(shown, frozenset):
        return not all(map(is_window, shown)) if of.compare is Compare.WINDOWS else any(map(_is_stand_in, shown))
    return _is_stand_in(shown)


def _is_stand_in(value: object) -> bool:
    return isinstance(value, tuple)


def _why_hidden(fields: Fields, of: Field, live: Live, manner: ExportOptions) -> str:
    """Why people's numbers are not written, if they are not."""
    if not manner.with_numbers:
        return "people's data (import --with-numbers writes them)"
    for other, wanted in of.needs.items():
        companion = fields.writable[other]
        actual = live_canonical(companion, live.values) if is_shown(companion, live.values) else None
        if not same(actual, canonical(companion, wanted)):
            return f"without effect while {other} is not {wanted}"
    return ""


# How to say it


class _Page(NamedTuple):
    """The text of a file, and the field that each line belongs to, if it does to one."""

    text: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Puts drafts into words."""

    fields: Fields
    manner: ExportOptions

    def page(self, draft: _Draft, shared: Mapping[str, Value]) -> _Page:
        """The file of a campaign, without what it inherits."""
        blocks = {name: self._block(draft, name) for name in self.fields.names if name not in shared}
        rows = [("", line) for line in self._head(draft.live)]
        rows += self._paragraphs(blocks)
        return _Page("".join(f"{line}\n" for _, line in rows), tuple(name for name, _ in rows))

    def defaults(self, shared: Mapping[str, Value], count: int) -> str:
        """The file of what all campaigns have in common."""
        head = [
            self._modeline,
            "",
            quoting.note(
                f"What the {count} campaigns of this folder had in common when they were imported. It holds for"
            ),
            quoting.note("every campaign file here and below, unless that says otherwise."),
        ]
        rows = self._paragraphs({name: self._said(name, shared[name]) for name in self.fields.names if name in shared})
        return "".join(f"{line}\n" for line in [*head, *(line for _, line in rows)])

    @property
    def _modeline(self) -> str:
        return f"# yaml-language-server: $schema={self.manner.schema}"

    def _head(self, live: Live) -> Iterator[str]:
        yield self._modeline
        if live.is_finished:
            yield ""
            yield quoting.note(f"This campaign is {live.status}, which is final: nothing can change it any more.")

    def _block(self, draft: _Draft, name: str) -> list[str]:
        if name in draft.said:
            return self._said(name, draft.said[name])
        if name in draft.faults:
            return [quoting.note(f"{name} is left out: {draft.faults[name]}")]
        return [quoting.note(f"{name} {draft.notes[name]}")] if name in draft.notes else []

    def _said(self, name: str, value: Value) -> list[str]:
        of = self.fields.writable.get(name)
        comment = self.manner.agents.get(str(value), "") if of and of.refers_to == "agent" else ""
        return quoting.field(name, value, comment, is_long=of is not None and of.is_sensitive)

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
        of = fields.writable.get(name)
        if of and of.may_conflict:
            topic = "when"
        elif of and _DO_NOT_CALL in of.title:
            topic = "whom"
        elif topic != "what":
            topic = "how"
        yield name, topic


def _shared(writer: _Writer, drafts: Sequence[_Draft]) -> dict[str, Value]:
    """What all campaigns say alike, but for what makes them themselves, and people's numbers."""
    if len(drafts) < _FEWEST_THAT_SHARE:
        return {}
    first, *others = drafts
    return {
        name: first.said[name]
        for name, of in writer.fields.writable.items()
        if name in first.said
        and not (of.role is Role.NAME or of.is_sensitive)
        and all(name in other.said and _is_same(first.said[name], other.said[name]) for other in others)
    }


def _is_same(one: Value, other: Value) -> bool:
    return quoting.inline(one) == quoting.inline(other)


# Whether it can be said


def _mended(writer: _Writer, drafts: Sequence[_Draft]) -> tuple[list[_Draft], dict[str, str]]:
    """The drafts without what their files could not say, and the campaigns that can have no file, by id.

    Each text is read, checked and compared as it will be; what comes out wrong is left out, until nothing does.
    """
    identity = writer.fields.named(Role.IDENTITY)
    sound: list[_Draft] = []
    refused: dict[str, str] = {}
    while drafts:
        faults = _faults(writer, drafts)
        sound += [draft for draft in drafts if draft.file not in faults]
        drafts = [draft for draft in drafts if draft.file in faults]
        refused |= {d.live.id: faults[d.file][identity] for d in drafts if identity in faults[d.file]}
        drafts = [draft for draft in drafts if draft.live.id not in refused]
        for draft in drafts:
            for name, reason in faults[draft.file].items():
                del draft.said[name]
                draft.faults[name] = reason
    return sorted(sound, key=lambda draft: draft.file), refused


def _faults(writer: _Writer, drafts: Sequence[_Draft]) -> dict[str, dict[str, str]]:
    """By file, the fields that cannot be said as they are, with the reason."""
    faults: dict[str, dict[str, str]] = {}
    documents: dict[str, Document] = {}
    for draft in drafts:
        page = writer.page(draft, {})
        document, problems = parse(page.text.encode(), draft.file)
        if document is None or problems:
            faults[draft.file] = dict(_blamed(writer.fields, draft, page, problem) for problem in problems)
        else:
            documents[draft.file] = document
    desired, problems_in_rules = validate(tuple(documents.values()), writer.fields, _LONG_AGO)
    for problem in problems_in_rules:
        if problem.is_error:
            faults.setdefault(problem.position.file, {})[str(problem.path[0])] = problem.message
    live_of = {draft.file: draft.live for draft in drafts}
    for one in desired:
        if found := _untrue(writer.fields, one, live_of[one.file]):
            faults[one.file] = found
    return faults


def _blamed(fields: Fields, draft: _Draft, page: _Page, problem: Problem) -> tuple[str, str]:
    """The field that a problem with the text is in: that of its line; where it has none, the one with the most text."""
    line = problem.position.line
    owner = page.owners[line - 1] if line <= len(page.owners) else ""
    if owner not in draft.said:
        owner = max(draft.said, key=lambda name: len(quoting.inline(draft.said[name])))
    of = fields.writable.get(owner)
    shown = "it" if of and of.is_sensitive else quoting.inline(draft.said[owner])[:_LONGEST_SHOWN]
    return owner, f"no file can hold {shown}: {problem.message}"


def _untrue(fields: Fields, one: Desired, live: Live) -> dict[str, str]:
    """What a plan would find in a file that says what is live."""
    merged = {str(problem.path[0]): problem.message for problem in check_merged(fields, one, live)}
    changes = diff.compare(fields, one, live).changes
    return {change.field.name: "no file can say its value" for change in changes} | merged
