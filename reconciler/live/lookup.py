"""Reads the live side of the campaigns at hand with as few requests as possible.

One or few campaigns are read by id. For many, list pages come first, and a campaign is read by itself only
where its list row lacks a managed field, or where that costs less than the pages that are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.api.answers import ApiAnswer, Fetch, Page, read_campaign
from reconciler.api.endpoints import Request, get_campaign, list_campaigns
from reconciler.live.listing import CampaignList, Row
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.canonical import is_shown, shows_only_bounds
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, Unreachable
from reconciler.model.fields import Fields
from reconciler.model.trimmed import trimmed

if TYPE_CHECKING:
    from reconciler.live.reuse import Reuse

# Up to so many campaigns are read by id without a look at the list.
FEW = 5


class NotFound(NamedTuple):
    """Why a file has no live campaign. `is_new` where none bears its name, so that it could be created."""

    reason: str
    is_new: bool = False


class LiveRead(NamedTuple):
    """What was found for each file, and with how many requests; `listed` if the whole list was read.

    `rows` are those, by file, that left something unknown. `apart` is how many seconds the clocks differ that answers
    show: those of one server go alike, and one that is behind is an answer out of a cache.
    """

    found: Mapping[str, Live | NotFound]
    requests: int
    listed: tuple[Live, ...] | None = None
    rows: Mapping[str, Row] = MappingProxyType({})
    apart: float = 0.0


class LongReading(NamedTuple):
    """How many requests reading takes, and the fields that no row of the list shows, for which it takes them."""

    requests: int
    fields: tuple[str, ...]


def read_live(  # noqa: PLR0913 - the last three are seldom given
    fields: Fields,
    campaigns: Sequence[Desired],
    fetch: Fetch,
    *,
    whole_list: bool = False,
    reuse: Reuse | None = None,
    tell: Callable[[LongReading], None] | None = None,
) -> LiveRead:
    """Find the live campaign of every file, by id, or by exact name where the file has no id.

    With `reuse` those are not read by id that verdicts of earlier plans are sure about. `tell` is told before many
    are. Raises ApiError where nothing could be read at all: the token is wrong, the list cannot be had, no network.
    """
    counted = _CountedFetch(fetch)
    lookup = _Lookup(fields, counted, CampaignList(counted), reuse, tell, {})
    by_id = {desired.id: desired for desired in campaigns if desired.id}
    needs_names = whole_list or len(by_id) < len(campaigns)
    if needs_names or (reuse and len(by_id) > FEW):
        lookup.listed.read()
    elif len(by_id) > FEW:
        lookup.listed.read(lambda page: lookup.saved(page, by_id))
    found = lookup.find(campaigns)
    rows = tuple(lookup.listed.rows.values()) if lookup.listed.is_complete else None
    return LiveRead(found, counted.requests, rows, lookup.rows, counted.clocks_apart)


def find_by_name(name: str, fetch: Fetch) -> tuple[Live, ...]:
    """Every live campaign with exactly this name, from the whole list; raises ApiError where that cannot be had."""
    listed = CampaignList(fetch)
    listed.read()
    if not listed.is_complete:
        raise UnexpectedAnswer(str(list_campaigns(1)), f"the list came incomplete: {len(listed.rows)} rows")
    return tuple(listed.named(name))


def search_by_name(name: str, fetch: Fetch) -> tuple[Live, ...]:
    """The same in few requests: the API is asked for the name, and for the whole list where that comes incomplete."""
    listed = CampaignList(fetch, search=trimmed(name))
    listed.read()
    return tuple(listed.named(name)) if listed.is_complete else find_by_name(name, fetch)


class _CountedFetch:
    """Sends reads, and counts them. `clocks` are the seconds by which the server's clock was ahead of ours."""

    def __init__(self, fetch: Fetch) -> None:
        self.fetch = fetch
        self.requests = 0
        self.clocks: list[float] = []

    def __call__(self, requests: Sequence[Request]) -> Sequence[ApiAnswer | ApiError]:
        self.requests += len(requests)
        answers = self.fetch(requests)
        ahead = (answer.is_ahead_by for answer in answers if isinstance(answer, ApiAnswer))
        self.clocks.extend(seconds for seconds in ahead if seconds is not None)
        return answers

    @property
    def clocks_apart(self) -> float:
        """How many seconds the clocks differ that answers have shown."""
        return max(self.clocks) - min(self.clocks) if self.clocks else 0.0


class _Lookup(NamedTuple):
    """Finds campaigns, in the rows of the list that were read, and by id."""

    fields: Fields
    fetch: _CountedFetch
    listed: CampaignList
    reuse: Reuse | None
    tell: Callable[[LongReading], None] | None
    rows: dict[str, Row]

    def find(self, campaigns: Sequence[Desired]) -> dict[str, Live | NotFound]:
        """What there is of each file: its row where that says enough, else what is read by id."""
        found: dict[str, Live | NotFound] = {}
        unread: list[Desired] = []
        vague: list[Desired] = []
        for desired in campaigns:
            row = self._row(desired)
            if row is None or (isinstance(row, Live) and self._lacks(desired, row)):
                unread.append(desired)
                continue
            found[desired.file] = row
            if isinstance(row, Live) and self._is_vague(desired, row):
                vague.append(desired)
        taken = self._taken(unread)
        unread = [desired for desired in unread if desired.file not in taken]
        self._tell_of(unread)
        read = self._read(unread, one_is_known=any(isinstance(row, Live) for row in found.values()))
        shows_no_more = any(self._is_vague(desired, read[desired.file]) for desired in unread)
        return {**found, **taken, **read, **({} if shows_no_more else self._read_clearer(vague))}

    def _taken(self, unread: Sequence[Desired]) -> dict[str, Live]:
        """Those that need not be read, because verdicts are sure about them."""
        rows = [(desired, self._row(desired)) for desired in unread] if self.reuse else []
        known = [(desired, Row(row, self.listed.dates.get(row.id))) for desired, row in rows if isinstance(row, Live)]
        self.rows.update((desired.file, row) for desired, row in known)
        return self.reuse.take(known, self.listed) if self.reuse else {}

    def _tell_of(self, unread: Sequence[Desired]) -> None:
        """Say what is to be read, and for which fields."""
        rows = [(desired, self._row(desired)) for desired in unread] if self.tell else []
        known = [(desired, row) for desired, row in rows if isinstance(row, Live)]
        hidden = {name for desired, row in known for name in self._unknown(desired, row)}
        if self.tell and hidden:
            lacking = tuple(name for name in self.fields.writable if name in hidden)
            self.tell(LongReading(self.fetch.requests + len(unread), lacking))

    def saved(self, page: Page, by_id: Mapping[str, Desired]) -> int:
        """How many requests by id more of such pages could save, judged by the first row of this one."""
        unseen = (desired for campaign_id, desired in by_id.items() if campaign_id not in self.listed.rows)
        return sum(not self._lacks(desired, row) for desired in unseen for row in page.rows[:1])

    def _row(self, desired: Desired) -> Live | NotFound | None:
        """The row of a campaign; None where it has to be read by id."""
        if desired.id:
            return self.listed.rows.get(desired.id)
        named = self._named(desired)
        if len(named) == 1:
            return named[0]
        if named:
            ids = ", ".join(sorted(row.id for row in named))
            several = f"{len(named)} live campaigns are named {desired.name!r} ({ids})"
            return NotFound(f"{several}: add the right id to the file")
        if self.listed.is_complete:
            return NotFound(f"no live campaign is named {desired.name!r}, and the file has no id", is_new=True)
        missing = f"no campaign named {desired.name!r} is in the list, which came incomplete"
        return NotFound(f"{missing} ({len(self.listed.rows)} of {self.listed.total}): try again")

    def _named(self, desired: Desired) -> list[Live]:
        return self.listed.named(desired.name or "")

    def _lacks(self, desired: Desired, row: Live) -> bool:
        """Whether the row leaves a managed field, a wanted status, or the week of calls that would start unknown."""
        return bool(self._unknown(desired, row)) or (desired.status is not None and row.status is None)

    def _unknown(self, desired: Desired, row: Live) -> list[str]:
        """The fields, of those that matter here, that the row does not show."""
        is_start = desired.status == Status.ACTIVE != row.status and not row.is_finished
        if not is_start and desired.values.keys() <= row.values.keys():
            return []
        managed = [self.fields.writable[name] for name in desired.values]
        week = [f for f in self.fields.writable.values() if is_start and f.calendar and f.name not in desired.values]
        return [field.name for field in (*managed, *week) if not is_shown(field, row.values)]

    def _is_vague(self, desired: Desired, live: Live | NotFound) -> bool:
        """Whether only the outer bounds of managed windows are shown: another answer may tell more."""
        if isinstance(live, NotFound):
            return False
        windows = (field for field in self.fields.writable.values() if field.legacy_bounds)
        return any(field.name in desired.values and shows_only_bounds(field, live.values) for field in windows)

    def _read_clearer(self, vague: Sequence[Desired]) -> dict[str, Live | NotFound]:
        """Campaigns whose rows show only the bounds of windows, by id, unless that shows no more: one tells for all."""
        first = self._read(vague[:1])
        if any(self._is_vague(desired, first[desired.file]) for desired in vague[:1]):
            return first
        return first | self._read(vague[1:])

    def _read(self, campaigns: Sequence[Desired], *, one_is_known: bool = True) -> dict[str, Live | NotFound]:
        """These campaigns by id; raises an error that meets every campaign alike."""
        if not campaigns:
            return {}
        ids = [desired.id or self._named(desired)[0].id for desired in campaigns]
        requests = [get_campaign(campaign_id) for campaign_id in ids]
        results = [_campaign(*pair) for pair in zip(requests, self.fetch(requests), strict=True)]
        _raise_what_meets_all(results)
        is_known = one_is_known or any(isinstance(result, Live) for result in results)
        return {
            desired.file: (
                _not_found(campaign_id, result, "" if is_known else _nobody_known(len(ids)))
                if isinstance(result, ApiError)
                else result
            )
            for desired, campaign_id, result in zip(campaigns, ids, results, strict=True)
        }


def _campaign(request: Request, result: ApiAnswer | ApiError) -> Live | ApiError:
    """The campaign that was asked for; an error takes its place."""
    if isinstance(result, ApiError):
        return result
    try:
        live = read_campaign(request, result)
    except UnexpectedAnswer as error:
        return error
    if live.id.casefold() != request.path.rpartition("/")[2].casefold():
        return UnexpectedAnswer(str(request), "the answer is about another campaign")
    return live


def _raise_what_meets_all(results: Sequence[Live | ApiError]) -> None:
    """Raise a refused token, and the first error where no campaign could be read for want of an answer."""
    errors = [result for result in results if isinstance(result, ApiError)]
    for error in errors:
        if isinstance(error, Refused) and error.is_unauthorized:
            raise error
    unanswered = [error for error in errors if isinstance(error, (Unreachable, UnexpectedAnswer))]
    if unanswered and len(unanswered) == len(results):
        raise unanswered[0]


def _nobody_known(asked: int) -> str:
    """What it points at where no id is known, of several."""
    return f"none of {asked} ids is known there, so check the token and the base URL" if asked > 1 else ""


def _not_found(campaign_id: str, error: ApiError, advice: str) -> NotFound:
    if isinstance(error, Refused) and error.is_missing:
        said = f"HTTP {error.status}: {error.words}"
        told = f"no campaign has the id {campaign_id} in this environment ({said})"
        return NotFound(f"{told}: {advice or 'check the id, or the token'}")
    return NotFound(f"it could not be read: {error}")
