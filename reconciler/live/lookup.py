"""Reads the live side of the campaigns at hand with as few requests as possible.

One or few campaigns are read by id. For many, list pages come first, and a campaign is read by itself only
where its list row lacks a managed field, or where that costs less than the pages that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.api.answers import Fetch, Page, read_campaign, read_page
from reconciler.api.endpoints import Request, get_campaign, list_campaigns
from reconciler.model.campaign import Desired, Live
from reconciler.model.canonical import OuterBounds, is_shown, live_canonical
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, Unreachable
from reconciler.model.fields import Fields

# Up to so many campaigns are read by id without a look at the list.
FEW = 5


@dataclass(frozen=True, slots=True)
class NotFound:
    """Why a file has no live campaign. `is_new` where none bears its name, so that it could be created."""

    reason: str
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class LiveRead:
    """What was found for each file, and with how many requests; `listed` if the whole list was read."""

    found: Mapping[str, Live | NotFound]
    requests: int
    listed: tuple[Live, ...] | None = None


@dataclass(slots=True)
class _Reader:
    fields: Fields
    fetch: Fetch
    requests: int = 0
    rows: dict[str, Live] = field(default_factory=dict)
    total: int | None = None
    has_all: bool = False

    def get(self, requests: Sequence[Request]) -> list[tuple[Request, Live | ApiError]]:
        """Read these campaigns; an error that would meet every campaign alike is raised."""
        self.requests += len(requests)
        results = [
            (request, _campaign(request, result))
            for request, result in zip(requests, self.fetch(requests), strict=True)
        ]
        errors = [result for _, result in results if isinstance(result, ApiError)]
        for error in errors:
            if isinstance(error, Refused) and error.is_unauthorized:
                raise error
        if (
            errors
            and len(errors) == len(results)
            and all(isinstance(e, (Unreachable, UnexpectedAnswer)) for e in errors)
        ):
            raise errors[0]
        return results

    def pages(self, numbers: Iterable[int]) -> list[Page]:
        """Read these pages of the list, and remember their rows."""
        requests = [list_campaigns(number) for number in numbers]
        self.requests += len(requests)
        pages = []
        for request, answer in zip(requests, self.fetch(requests), strict=True):
            if isinstance(answer, ApiError):
                raise answer
            pages.append(read_page(request, answer))
        self.rows.update((row.id, row) for page in pages for row in page.rows)
        self.total = pages[-1].total if pages else self.total
        return pages

    @property
    def is_short(self) -> bool:
        """Fewer rows were seen than the list is said to have."""
        return len(self.rows) < (self.total or 0)

    def lacks(self, desired: Desired, row: Live) -> bool:
        """Whether the row leaves a managed field, or a wanted status, unknown."""
        managed = (self.fields.writable[name] for name in desired.values)
        return not all(is_shown(of, row.values) for of in managed) or (
            desired.status is not None and row.status is None
        )

    def is_vague(self, desired: Desired, shown: Live) -> bool:
        """Whether only the outer bounds of managed windows are shown: another answer may tell more."""
        managed = [self.fields.writable[name] for name in desired.values]
        return any(
            isinstance(live_canonical(of, shown.values), OuterBounds)
            for of in managed
            if of.legacy_bounds and is_shown(of, shown.values)
        )

    def is_served(self, desired: Desired, page: Page) -> bool:
        """Whether the rows of such pages show all that is managed, judged by one of them."""
        return bool(page.rows) and not self.lacks(desired, page.rows[0])


def read_live(fields: Fields, desired: Sequence[Desired], fetch: Fetch, *, whole_list: bool = False) -> LiveRead:
    """Find the live campaign of every file, by id, or by exact name where the file has no id.

    Raises ApiError where nothing could be read at all: the token is wrong, the list cannot be had, no network.
    """
    reader = _Reader(fields, fetch)
    by_id = {d.id: d for d in desired if d.id}
    needs_names = whole_list or len(by_id) < len(desired)
    if needs_names or len(by_id) > FEW:
        _list(reader, by_id, needs_all=needs_names)
    found: dict[str, Live | NotFound] = {}
    wanted: list[Desired] = []
    vague: list[Desired] = []
    for one in desired:
        row = _row(reader, one)
        if row is None or (isinstance(row, Live) and reader.lacks(one, row)):
            wanted.append(one)
            continue
        found[one.file] = row
        if isinstance(row, Live) and reader.is_vague(one, row):
            vague.append(one)
    read = _by_id(reader, wanted)
    return LiveRead(
        {**found, **read, **_clearer(reader, vague, wanted, read)},
        reader.requests,
        tuple(reader.rows.values()) if reader.has_all else None,
    )


def _by_id(reader: _Reader, wanted: Sequence[Desired]) -> dict[str, Live | NotFound]:
    ids = [one.id or _named(reader, one)[0].id for one in wanted]
    results = reader.get([get_campaign(campaign) for campaign in ids]) if ids else []
    return {
        one.file: _missing(campaign, result) if isinstance(result, ApiError) else result
        for one, campaign, (_, result) in zip(wanted, ids, results, strict=True)
    }


def _clearer(
    reader: _Reader, vague: Sequence[Desired], others: Sequence[Desired], read: Mapping[str, Live | NotFound]
) -> dict[str, Live | NotFound]:
    """The campaigns whose rows show only the bounds of windows, by id, unless that shows no more: one tells for all."""

    def shows_no_more(one: Desired, shown: Live | NotFound) -> bool:
        return isinstance(shown, Live) and reader.is_vague(one, shown)

    if not vague or any(shows_no_more(one, read[one.file]) for one in others):
        return {}
    first = _by_id(reader, vague[:1])
    if shows_no_more(vague[0], first[vague[0].file]):
        return first
    return first | _by_id(reader, vague[1:])


def _list(reader: _Reader, by_id: Mapping[str, Desired], *, needs_all: bool) -> None:
    """Read the first page, then as much more of the list as pays off."""
    first = reader.pages([1])[0]
    if first.last is None:
        _turn_pages(reader, first, by_id, needs_all=needs_all)
        return
    left = range(2, first.last + 1)
    if left and not needs_all and _saved(reader, first, by_id) <= len(left):
        return
    reader.pages(left)
    if needs_all and (reader.is_short or reader.total != first.total):
        # Rows moved between pages while they were read; a second look finds what slipped through.
        reader.pages(range(1, first.last + 1))
    reader.has_all = not reader.is_short


def _turn_pages(reader: _Reader, page: Page, by_id: Mapping[str, Desired], *, needs_all: bool) -> None:
    """Without a word on how many pages there are: go on until one brings nothing new, as long as that pays off."""
    number = 1
    known = 0
    while len(reader.rows) > known and len(reader.rows) != reader.total:
        if not needs_all and _saved(reader, page, by_id) <= 1:
            return
        known = len(reader.rows)
        number += 1
        page = reader.pages([number])[0]
    reader.has_all = not reader.is_short


def _saved(reader: _Reader, page: Page, by_id: Mapping[str, Desired]) -> int:
    """How many requests by id more of such pages could save."""
    return sum(campaign not in reader.rows and reader.is_served(one, page) for campaign, one in by_id.items())


def _row(reader: _Reader, one: Desired) -> Live | NotFound | None:
    """The list row of a campaign; None where it has to be read by id."""
    if one.id:
        return reader.rows.get(one.id)
    named = _named(reader, one)
    if not named and not reader.has_all:
        seen = f"{len(reader.rows)} of {reader.total}"
        return NotFound(f"no campaign named {one.name!r} is in the list, which came incomplete ({seen}): try again")
    if not named:
        return NotFound(f"no live campaign is named {one.name!r}, and the file has no id", is_new=True)
    if len(named) > 1:
        ids = ", ".join(sorted(row.id for row in named))
        return NotFound(f"{len(named)} live campaigns are named {one.name!r} ({ids}): add the right id to the file")
    return named[0]


def _named(reader: _Reader, one: Desired) -> list[Live]:
    name = (one.name or "").strip()
    return [row for row in reader.rows.values() if row.name == name]


def _campaign(request: Request, result: object) -> Live | ApiError:
    if isinstance(result, ApiError):
        return result
    try:
        live = read_campaign(request, result)  # type: ignore[arg-type]  # what is no error is an answer
    except UnexpectedAnswer as error:
        return error
    if live.id.casefold() != request.path.rpartition("/")[2].casefold():
        return UnexpectedAnswer(str(request), "the answer is about another campaign")
    return live


def _missing(campaign: str, error: ApiError) -> NotFound:
    if isinstance(error, Refused) and error.is_missing:
        told = f"HTTP {error.status}: {error.words}"
        return NotFound(f"no campaign has the id {campaign} in this environment ({told}): check the id, or the token")
    return NotFound(f"it could not be read: {error}")


def find_by_name(fields: Fields, name: str, fetch: Fetch) -> tuple[Live, ...]:
    """Every live campaign with exactly this name, from the whole list; raises ApiError where that cannot be had."""
    reader = _Reader(fields, fetch)
    _list(reader, {}, needs_all=True)
    if not reader.has_all:
        raise UnexpectedAnswer(str(list_campaigns(1)), f"the list came incomplete: {len(reader.rows)} rows")
    return tuple(row for row in reader.rows.values() if row.name == name.strip())
