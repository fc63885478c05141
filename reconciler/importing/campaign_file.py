"""Live campaigns in, campaign files out: files that are valid and say nothing that is not so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from reconciler.desired.validate import check_merged, validate
from reconciler.files.names import DEFAULTS_FILE
from reconciler.importing.draft import Draft, draft_of
from reconciler.importing.file_names import file_names
from reconciler.importing.page import Page, PageWriter
from reconciler.live.agents import Agents, with_ids
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import is_shown
from reconciler.model.document import Document, Problem, Value
from reconciler.model.fields import Fields, Role
from reconciler.plan import diff
from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.quote import inline

_FEWEST_THAT_SHARE: Final = 2
_LONGEST_SHOWN: Final = 100
# A day on which no end date has passed: what is live may well be over.
_LONG_AGO: Final = date.min


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """How files are to be written. `schema` is the way to the schema from their folder; `agents` are names by id.

    `by_name` are the ids of agents that may be written by their names, by name.
    """

    schema: str
    with_status: bool = False
    with_numbers: bool = False
    with_defaults: bool = False
    agents: Mapping[str, str] = field(default_factory=dict)
    by_name: Mapping[str, str] = field(default_factory=dict)


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


def export(fields: Fields, campaigns: Sequence[Live], options: ExportOptions, taken: Iterable[str] = ()) -> Export:
    """Write live campaigns as files, so that their plan is empty. `taken` are the names of files that are there.

    What the API shows and no file can say is left out, with a comment in its place that says why.
    """
    names = file_names(campaigns, taken)
    wanted = {"with_status": options.with_status, "with_numbers": options.with_numbers}
    drafts = [draft_of(fields, live, names[live.id], **wanted) for live in campaigns]
    writer = PageWriter(fields, options.schema, options.agents, options.by_name)
    sound, refused = _mended(writer, sorted(drafts, key=lambda draft: draft.file))
    shared = _shared(writer, sound) if options.with_defaults else {}
    made = tuple(
        Exported(draft.live, draft.file, writer.page(draft, shared).text, tuple(draft.faults)) for draft in sound
    )
    return Export(made, writer.defaults(shared, len(sound)) if shared else None, refused)


def unshown(fields: Fields, campaigns: Sequence[Live]) -> tuple[str, ...]:
    """The fields that no answer shows, so that nobody can tell what they are."""
    return tuple(
        name
        for name, managed in fields.writable.items()
        if not any(is_shown(managed, live.values) for live in campaigns)
    )


def _shared(writer: PageWriter, drafts: Sequence[Draft]) -> dict[str, Value]:
    """What all campaigns say alike, but for what makes them themselves, and people's numbers."""
    if len(drafts) < _FEWEST_THAT_SHARE:
        return {}
    first, *others = drafts
    return {
        name: first.said[name]
        for name, managed in writer.fields.writable.items()
        if name in first.said
        and not (managed.role is Role.NAME or managed.is_sensitive)
        and all(name in other.said and _is_same(first.said[name], other.said[name]) for other in others)
    }


def _is_same(one: Value, other: Value) -> bool:
    return inline(one) == inline(other)


# Whether it can be said


def _mended(writer: PageWriter, drafts: Sequence[Draft]) -> tuple[list[Draft], dict[str, str]]:
    """The drafts without what their files could not say, and the campaigns that can have no file, by id.

    Each text is read, checked and compared as it will be; what comes out wrong is left out, until nothing does.
    """
    identity = writer.fields.named(Role.IDENTITY)
    sound: list[Draft] = []
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


def _faults(writer: PageWriter, drafts: Sequence[Draft]) -> dict[str, dict[str, str]]:
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
    for campaign in with_ids(desired, Agents(writer.by_name))[0]:
        if found := _untrue(writer.fields, campaign, live_of[campaign.file]):
            faults[campaign.file] = found
    return faults


def _blamed(fields: Fields, draft: Draft, page: Page, problem: Problem) -> tuple[str, str]:
    """The field that a problem with the text is in: that of its line; where it has none, the one with the most text."""
    line = problem.position.line
    owner = page.owners[line - 1] if line <= len(page.owners) else ""
    if owner not in draft.said:
        owner = max(draft.said, key=lambda name: len(inline(draft.said[name])))
    managed = fields.writable.get(owner)
    shown = "it" if managed and managed.is_sensitive else inline(draft.said[owner])[:_LONGEST_SHOWN]
    return owner, f"no file can hold {shown}: {problem.message}"


def _untrue(fields: Fields, desired: Desired, live: Live) -> dict[str, str]:
    """What a plan would find in a file that says what is live."""
    merged = {str(problem.path[0]): problem.message for problem in check_merged(fields, desired, live)}
    changes = diff.compare(fields, desired, live).changes
    return {change.field.name: "no file can say its value" for change in changes} | merged
