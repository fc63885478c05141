"""What was changed by hand, campaign by campaign: the live values that its files do not say, ready to be written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reconciler.live.lookup import NotFound
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.canonical import Canonical, OuterBounds, canonical, live_canonical
from reconciler.model.document import Value
from reconciler.model.fields import Field, Fields, Role
from reconciler.model.sensitive import SensitiveSet
from reconciler.model.words import count
from reconciler.model.written import to_api
from reconciler.plan import diff
from reconciler.plan.attempts import AttemptsChange, attempts
from reconciler.plan.diff import Change, Direction, UnverifiedField
from reconciler.plan.schedules import Schedules, schedules
from reconciler.plan.steps import StatusChange
from reconciler.strict_yaml.quote import inline


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, and why there are ids that no name means: ids that files may say by name."""

    known: Mapping[str, str] = field(default_factory=dict)
    usable: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What is to be adopted: only these fields if any is named; numbers of people and the status where asked for."""

    fields: frozenset[str] = frozenset()
    with_numbers: bool = False
    with_status: bool = False
    into_defaults: bool = False
    names: Names = Names()

    def covers(self, field: Field) -> bool:
        """Whether a field is asked for."""
        return (field.adds_to_live and self.with_numbers) or not self.fields or field.name in self.fields


@dataclass(frozen=True, slots=True)
class Adoption:
    """A field to be adopted: from what the file says to what is live, and how the file is to say that.

    `said_as` is the other field that says the same by name, where the file has that.
    """

    change: Change
    value: Value = field(repr=False)
    said_as: str = ""

    @property
    def name(self) -> str:
        """The name of the field, as the file has it."""
        return self.said_as or self.change.field.name


@dataclass(frozen=True, slots=True)
class CampaignPull:
    """What there is to adopt of one campaign. `live` is None where there is none, which a notice or error tells.

    `into` are the files that get each field, once that is known.
    """

    desired: Desired
    live: Live | None
    adoptions: tuple[Adoption, ...] = ()
    status: StatusChange | None = None
    unverified: tuple[UnverifiedField, ...] = ()
    notices: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    schedules: Schedules = None
    attempts: AttemptsChange | None = None

    @property
    def is_pending(self) -> bool:
        """There is something to adopt."""
        return bool(self.adoptions or self.status)

    @property
    def loosens(self) -> bool:
        """What is adopted lets more be done to the people called than the file did."""
        return any(one.change.direction is Direction.LOOSENS for one in self.adoptions)

    def without(self, name: str, reason: str) -> CampaignPull:
        """The same, but for a field that cannot be adopted, with the reason as an error."""
        is_of_week = any(one.name == name and one.change.field.calendar for one in self.adoptions)
        return replace(
            self,
            adoptions=tuple(one for one in self.adoptions if one.name != name),
            status=None if name == "status" else self.status,
            schedules=None if is_of_week else self.schedules,
            attempts=None,
            errors=(*self.errors, f"{name} is not adopted: {reason}"),
        )


def adopted(
    fields: Fields,
    desired: Desired,
    live: Live | NotFound,
    options: PullOptions,
    *,
    paused_by: str = "",
) -> CampaignPull:
    """What there is to adopt of one campaign, in the schema's order.

    `paused_by` says what paused it meanwhile, so that its status is no wish of anybody for its file.
    """
    if isinstance(live, NotFound):
        if live.is_new:
            return CampaignPull(desired, None, notices=(f"nothing to adopt: {live.reason}",))
        return CampaignPull(desired, None, errors=(live.reason,))
    found = _Campaign(fields, desired, live, options)
    difference = diff.compare(fields, desired, live)
    adoptions = tuple(found.adoptions(difference.changes))
    status, told = found.status(paused_by)
    values = {**desired.values, **{one.name: to_api(one.change.field, one.change.after) for one in adoptions}}
    new = desired._replace(values=values)
    before, after = (schedules(fields, one, live) for one in (desired, new))
    said, becomes = attempts(fields, desired, live, before), attempts(fields, new, live, after)
    return CampaignPull(
        desired,
        live,
        adoptions,
        status,
        tuple(one for one in difference.unverified if options.covers(one.field)),
        (*found.notices(difference), *told),
        tuple(found.errors(difference.changes)),
        (before[1], after[1]) if before and after else None,
        AttemptsChange(said.after, becomes.after, said.is_exact and becomes.is_exact) if said and becomes else None,
    )


@dataclass(frozen=True, slots=True)
class _Campaign:
    """One campaign, in its file and live."""

    fields: Fields
    desired: Desired
    live: Live
    options: PullOptions

    def adoptions(self, changes: Sequence[Change]) -> Iterator[Adoption]:
        """The fields that differ, the other way round, and the numbers that only live has."""
        for change in changes:
            field = change.field
            if self.options.covers(field) and not field.adds_to_live and not self._why_not(change):
                said = canonical(field, self.desired.values[field.name])
                becomes = to_api(field, change.before)
                if isinstance(becomes, list):
                    becomes = list_like(field, self.desired.values[field.name], becomes)
                key = self._by_name(field)
                called = self._called(said), self._called(change.before)
                yield Adoption(
                    Change(field, said, change.before, change.position, called if field.refers_to else ("", "")),
                    self.options.names.usable[str(change.before)] if key else becomes,
                    key,
                )
        for field in self.fields.writable.values():
            if field.adds_to_live and self.options.with_numbers:
                yield from self._numbers(field)

    def _numbers(self, field: Field) -> Iterator[Adoption]:
        """Entries that only live has, behind those of the file; what is inherited is united with the file's own."""
        said, shown = self._people(field)
        new = shown - said
        if not len(new):
            return
        document = self.desired.document
        united = document.united.get(field.name)
        whole: list[Value] = document.values.get(field.name, [])  # all may come from lists in files of their own
        is_others = field.is_united and field.name in document.inherited
        own = [] if is_others else whole[: united.own] if united else whole
        position = document.key_position((field.name,))
        yield Adoption(Change(field, said, said | shown, position), [*own, *new.reveal()])

    def _people(self, field: Field) -> tuple[SensitiveSet, SensitiveSet]:
        """Who is on the list of the file, and of the live campaign; nobody where that is not known."""
        nobody = SensitiveSet(frozenset())
        if field.name not in self.desired.values or field.name not in self.live.values:
            return nobody, nobody
        said = canonical(field, self.desired.values[field.name])
        shown = live_canonical(field, self.live.values)
        is_known = isinstance(said, SensitiveSet) and isinstance(shown, SensitiveSet)
        return (said, shown) if is_known else (nobody, nobody)  # type: ignore[return-value]  # both are sets

    def _by_name(self, field: Field) -> str:
        """The field that says this one by name, if that is what the file has."""
        said = self.desired.document.values
        others = (name for name, one in self.fields.local.items() if one.stands_for == field.name and name in said)
        return next(others, "")

    def _called(self, value: Canonical) -> str:
        return self.options.names.known.get(str(value), "")

    def _is_bounds(self, change: Change) -> bool:
        return isinstance(live_canonical(change.field, self.live.values), OuterBounds)

    def _why_not(self, change: Change) -> str:
        """Why no file can say what is live, if that is so."""
        field = change.field
        if self._is_bounds(change) and len(self.desired.values[field.name]) > 1:
            return "the API shows only its outer bounds, not the windows between them"
        if self._by_name(field) and str(change.before) not in self.options.names.usable:
            return self.options.names.refused.get(str(change.before), f"nobody knows what {change.before} is called")
        if change.before is None and to_api(field, None) is None and not field.is_nullable:
            where = change.position
            return f"it is not set live, which no file can say: take it out of {where.file}:{where.line} to leave it so"
        return ""

    def status(self, paused_by: str) -> tuple[StatusChange | None, Sequence[str]]:
        """The status to adopt, or what to say of one that is not."""
        said, shown = self.desired.status, self.live.status
        if said is None or said == shown:
            return None, ()
        if shown is None or shown not in {*Status}:
            return None, [f"status is not adopted: the file says {said}, and the API shows {shown or 'none'}"]
        if paused_by:
            return None, [f"status is not adopted: {paused_by}"]
        if not self.options.with_status:
            return None, [f"status is {shown}, the file says {said}: --with-status adopts it"]
        position = self.desired.document.position((self.fields.named(Role.STATUS),))
        return StatusChange(said, shown, position), ()

    def notices(self, difference: diff.Difference) -> Iterator[str]:
        """What is worth knowing besides what is adopted."""
        if self.live.is_finished:
            yield f"the campaign is {self.live.status}, which is final"
        for one in difference.unverified:
            if self.options.covers(one.field):
                yield f"{one.field.name} is not adopted: {one.reason}"
        for kept in difference.kept:
            if not self.options.with_numbers and self.options.covers(kept.field):
                yield f"{kept.field.name}: {count(kept.count, 'number')} only live: --with-numbers adds them"
        for change in difference.changes:
            if not self.options.covers(change.field):
                continue
            if self._is_bounds(change) and not self._why_not(change):
                yield f"{change.field.name}: the API shows only its outer bounds, and no breaks between them"
            if change.field.adds_to_live:
                said, shown = self._people(change.field)
                missing = count(len(said - shown), "number")
                yield f"{change.field.name}: {missing} of the file not live: numbers are only added, never taken out"

    def errors(self, changes: Sequence[Change]) -> Iterator[str]:
        """What differs, and cannot be adopted."""
        for change in changes:
            covered = self.options.covers(change.field) and not change.field.adds_to_live
            if covered and (reason := self._why_not(change)):
                yield f"{self._by_name(change.field) or change.field.name} is not adopted: {reason}"


def list_like(field: Field, was: Value, becomes: list[Value]) -> list[Value]:
    """A list that means what `becomes` does: entries that stay as `was` spells them, and where they stood.

    What comes takes the places of what goes; a list that was sorted stays so.
    """
    old: list[Value] = was if isinstance(was, list) else []
    new = {_key(field, entry): entry for entry in becomes}
    stays = [_key(field, entry) in new for entry in old]
    seen = {_key(field, entry) for entry in old}
    fresh = iter([entry for key, entry in new.items() if key not in seen])
    placed = [entry if stay else next(fresh, None) for entry, stay in zip(old, stays, strict=True)]
    found = [entry for entry in placed if entry is not None] + list(fresh)
    return sorted(found, key=_order) if _is_sorted(old) and not _is_sorted(found) else found


def _key(field: Field, entry: Value) -> Canonical:
    return canonical(field, [entry])


def _order(entry: Value) -> tuple[str, str]:
    """Numbers by size, windows by their start, words by the alphabet."""
    if isinstance(entry, dict):
        return "", f"{entry.get('start', '')!s:0>8} {entry.get('end', '')!s:0>8}"
    return ("", f"{entry:020}") if isinstance(entry, int) else ("text", inline(entry))


def _is_sorted(entries: Sequence[Value]) -> bool:
    keys = [_order(entry) for entry in entries]
    return keys == sorted(keys)
