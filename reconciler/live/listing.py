"""The list of campaigns, read page by page as far as that pays off."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from reconciler.api.answers import Fetch, Page, read_page
from reconciler.api.endpoints import list_campaigns
from reconciler.model.campaign import Live
from reconciler.model.errors import ApiError
from reconciler.model.trimmed import trimmed


class Row(NamedTuple):
    """A row of the list, and when the server answered with it, by its own clock (epoch second)."""

    live: Live
    date: float | None


@dataclass(slots=True)
class CampaignList:
    """The rows that were read so far, by id. `total` is how many the list is said to have, where that is told.

    `dates` say when the server answered with each row (epoch second), where it says that.
    With `search` the API is asked for those alone that bear this name.
    """

    fetch: Fetch
    search: str = ""
    rows: dict[str, Live] = field(default_factory=dict)
    total: int | None = None
    is_complete: bool = False
    dates: dict[str, float | None] = field(default_factory=dict)
    _by_name: dict[str, list[Live]] = field(default_factory=dict, init=False, repr=False)

    def read(self, saved: Callable[[Page], int] | None = None) -> None:
        """Read the first page, then as much more as pays off: everything, where `saved` is None.

        `saved` says how many requests by id the other pages could save, judged by one page. Raises ApiError where a
        page cannot be had.
        """
        first = self._pages([1])[0]
        if first.last is None:
            self._turn_pages(first, saved)
            return
        left = range(2, first.last + 1)
        if left and saved is not None and saved(first) <= len(left):
            return
        self._pages(left)
        if saved is None and (self._is_short or self.total != first.total):
            # Rows moved between pages while they were read; a second look finds what slipped through.
            self._pages(range(1, first.last + 1))
        self.is_complete = not self._is_short

    def named(self, name: str) -> list[Live]:
        """The rows with exactly this name, but for blanks around it."""
        if self.rows and not self._by_name:
            for row in self.rows.values():
                self._by_name.setdefault(row.name, []).append(row)
        return self._by_name.get(trimmed(name), [])

    @property
    def _is_short(self) -> bool:
        """Whether fewer rows were seen than the list is said to have."""
        return len(self.rows) < (self.total or 0)

    def _turn_pages(self, page: Page, saved: Callable[[Page], int] | None) -> None:
        """Without a word on how many pages there are: go on until one brings nothing new, as long as that pays off."""
        number, known = 1, 0
        while len(self.rows) > known and len(self.rows) != self.total:
            if saved is not None and saved(page) <= 1:
                return
            known = len(self.rows)
            number += 1
            page = self._pages([number])[0]
        self.is_complete = not self._is_short

    def _pages(self, numbers: Iterable[int]) -> list[Page]:
        """Read these pages, and remember their rows."""
        requests = [list_campaigns(number, self.search) for number in numbers]
        pages = []
        for request, answer in zip(requests, self.fetch(requests), strict=True):
            if isinstance(answer, ApiError):
                raise answer
            page = read_page(request, answer)
            self.dates.update((row.id, answer.date) for row in page.rows)
            pages.append(page)
        self.rows.update((row.id, row) for page in pages for row in page.rows)
        self._by_name.clear()
        self.total = pages[-1].total if pages else self.total
        return pages
