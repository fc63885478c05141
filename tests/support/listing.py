"""A list of campaigns as the API shows it, page by page, and as badly as a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.api.answers import ApiAnswer
from reconciler.api.endpoints import Request
from reconciler.live.lookup import LiveRead, read_live
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Value
from reconciler.model.errors import ApiError, Refused
from tests.support.campaigns import FIELDS, wanted

Row = dict[str, Value]
IDS = tuple(range(1, 251))


def row(number: int, **values: Value) -> Row:
    return {"id": f"c-{number}", "name": f"Campaign {number}", "status": "draft", "max_retries": 3, **values}


def rows(count: int) -> list[Row]:
    return [row(number) for number in range(1, count + 1)]


@dataclass
class Server:
    """Answers reads from its rows; what the list leaves out only the campaign's own page shows."""

    rows: Sequence[Row]
    per_page: int = 100
    paging: str | None = "pagination"
    told: Sequence[str] = ("last_page", "total")
    omits: Sequence[str] = ()
    one: Callable[[Row], Value] = lambda found: {"success": True, "data": found}
    page: Callable[[int], int] = lambda number: number
    before_page: Callable[[int], None] = lambda _: None
    failing: Mapping[str, ApiError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> ApiAnswer | ApiError:
        assert request.method == "GET"
        self.asked.append(str(request).removeprefix("GET ").replace("per_page=100&", ""))
        campaign = request.path.removeprefix("/campaigns").strip("/")
        if campaign in self.failing:
            return self.failing[campaign]
        if not campaign:
            return ApiAnswer(self._list(int(request.query["page"])))
        for found in self.rows:
            if str(found["id"]).casefold() == campaign.casefold():
                return ApiAnswer(self.one(found))
        return Refused(str(request), 404, "Campaign not found")

    def _list(self, number: int) -> Value:
        self.before_page(number)
        start = (self.page(number) - 1) * self.per_page
        shown = [
            {name: value for name, value in found.items() if name not in self.omits}
            for found in self.rows[start : start + self.per_page]
        ]
        last = max(-(-len(self.rows) // self.per_page), 1)
        paging = {"current_page": number, "last_page": last, "total": len(self.rows)}
        kept = {name: value for name, value in paging.items() if name in self.told}
        return {"success": True, "data": shown} | ({self.paging: kept} if self.paging else {})


def by_id(*numbers: int, **values: Value) -> list[Desired]:
    return [wanted(values or {"max_retries": 3}, campaign=f"c-{n}", file=f"{n}.yaml") for n in numbers]


def by_name(*numbers: int) -> list[Desired]:
    return [wanted({"name": f"Campaign {n}"}, campaign=None, file=f"{n}.yaml") for n in numbers]


def read(server: Server, desired: Sequence[Desired], *, whole_list: bool = False) -> LiveRead:
    reading = read_live(FIELDS, desired, server.fetch, whole_list=whole_list)

    assert reading.requests == len(server.asked)
    return reading


def found_ids(reading: LiveRead) -> dict[str, str]:
    return {file: live.id for file, live in reading.found.items() if isinstance(live, Live)}
