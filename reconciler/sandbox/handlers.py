"""What each call of the API does, given the tables: a request goes in, an answer comes out."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from reconciler.sandbox import rules
from reconciler.sandbox.answer_shapes import View, shown_campaign, shown_list, shown_one
from reconciler.sandbox.call_queue import in_conflict, queued_now
from reconciler.sandbox.http import Json, JsonResponse, RefusalError, Request, below_prefix, decoded, failure, moment
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Stored, Tables

_PER_PAGE = 20
_MOST_PER_PAGE = 100
_MOST_CALLS_SHOWN = 50
_FILTERS = ("status", "campaign_type", "agent_id", "date_from", "date_to", "search")
_NOT_FOUND = "Campaign not found"
_QUEUED_CALLS = "Cannot update schedule while there are queued calls. Pause the campaign first."


@dataclass(frozen=True, slots=True)
class Context:
    """All that a handler may look at: the request, the tables, the settings, the time (epoch seconds).

    `keeps` is False where a change is to be answered as if it were kept, and then forgotten. What is shown is `behind`
    so many seconds, and shows the status `between` for that many seconds after a pause.
    """

    request: Request
    tables: Tables
    settings: SandboxSettings
    now: float
    keeps: bool = True
    behind: float = 0.0
    between: tuple[str, float] | None = None


Handler = Callable[..., JsonResponse]


def respond(context: Context) -> JsonResponse:
    """Answer one request that has passed the doors (token, rate limit)."""
    parts = tuple(below_prefix(context.request.path).strip("/").split("/"))
    for pattern, handlers in _ROUTES.items():
        arguments = _matched(pattern, parts)
        if arguments is None:
            continue
        handler = handlers.get(context.request.method)
        return handler(context, *arguments) if handler else _not_allowed(context.request, handlers)
    return JsonResponse(404, {"message": f"The route {context.request.path.strip('/')} could not be found."})


def _matched(pattern: str, parts: tuple[str, ...]) -> list[str] | None:
    """The parts that stand where the pattern has stars; None if the path is another one."""
    expected = pattern.split("/")
    if len(expected) != len(parts):
        return None
    pairs = list(zip(expected, parts, strict=True))
    if not all(part and name in (part, "*") for name, part in pairs):
        return None
    return [part for name, part in pairs if name == "*"]


def _not_allowed(request: Request, handlers: Mapping[str, Handler]) -> JsonResponse:
    allowed = ", ".join(handlers)
    message = f"The {request.method} method is not supported for this route. Supported methods: {allowed}."
    return JsonResponse(405, {"message": message}, {"Allow": allowed})


def _list_campaigns(context: Context) -> JsonResponse:
    query = {name: value.strip() for name, value in context.request.query.items() if value.strip()}
    _refuse_invalid(rules.errors_in_query(query))
    filters = {name: query[name] for name in _FILTERS if name in query}
    page, per_page = _page_of(query)
    paging = _paging(page, per_page, context.tables.count(filters))
    rows = context.tables.campaigns(filters, per_page, (page - 1) * per_page)
    answers = context.settings.answers
    shown = [shown_campaign(row.data, answers, View.LIST) for row in _as_seen(context, *rows)]
    return JsonResponse(200, shown_list(shown, answers, paging, "pagination"))


def _page_of(query: Mapping[str, str]) -> tuple[int, int]:
    return int(query.get("page", 1)), min(_MOST_PER_PAGE, int(query.get("per_page", _PER_PAGE)))


def _paging(page: int, per_page: int, total: int) -> dict[str, Json]:
    first = (page - 1) * per_page + 1
    is_empty = first > total
    return {
        "current_page": page,
        "last_page": max(1, -(-total // per_page)),
        "per_page": per_page,
        "total": total,
        "from": None if is_empty else first,
        "to": None if is_empty else min(total, first + per_page - 1),
    }


def _create_campaign(context: Context) -> JsonResponse:
    fields = rules.known_fields(_body(context.request))
    _refuse_invalid(rules.errors_in_creation(fields, _agent_ids(context)))
    stamps = {"created_at": moment(context.now), "updated_at": moment(context.now)}
    campaign = Stored(str(uuid.uuid4()), {})
    campaign = replace(campaign, data={"id": campaign.id, "status": "draft", **fields, **stamps})
    context.tables.put(campaign, context.now)
    return _written(context, campaign, 201, "Campaign created successfully")


def _get_campaign(context: Context, identifier: str) -> JsonResponse:
    seen = _as_seen(context, _found(context, identifier))
    if not seen:
        return failure(404, _NOT_FOUND)
    (campaign,) = seen
    answers = context.settings.answers
    shown = shown_campaign({**campaign.data, **_read_only_parts(context, campaign)}, answers, View.GET)
    return JsonResponse(200, shown_one(shown, answers))


def _read_only_parts(context: Context, campaign: Stored) -> dict[str, Json]:
    queued = queued_now(campaign, context.settings, context.now)
    calls = [{"id": f"{campaign.id}-{number + 1}", "status": "queued"} for number in range(queued)]
    return {
        "agent": context.tables.agent(campaign.data.get("agent_id", "")),
        "calls": campaign.data.get("calls", calls[:_MOST_CALLS_SHOWN]),
        "files": [],
        "stats": {"queued_calls": queued, "completed_calls": 0, "failed_calls": 0},
    }


def _update_campaign(context: Context, identifier: str) -> JsonResponse:
    campaign = _found(context, identifier)
    fields = rules.known_fields(_body(context.request))
    _refuse_invalid(rules.errors_in_update(fields, _agent_ids(context)))
    if campaign.status not in rules.TRANSITIONS:
        return failure(403, f"Cannot update a {campaign.status} campaign")
    if in_conflict(fields, context.settings) and queued_now(campaign, context.settings, context.now):
        context.tables.put(replace(campaign, refused=campaign.refused + 1), context.now)
        return failure(409, _QUEUED_CALLS, "CAMPAIGN_HAS_ACTIVE_CALLS")
    return _written(context, _changed(context, campaign, fields))


def _changed(context: Context, campaign: Stored, fields: Mapping[str, Json]) -> Stored:
    """Keep what differs; `updated_at` moves only if something does."""
    data = {**campaign.data, **fields}
    if not context.keeps or data == campaign.data:
        return campaign
    changed = replace(campaign, data={**data, "updated_at": moment(context.now)})
    context.tables.put(changed, context.now)
    return changed


def _set_status(context: Context, identifier: str) -> JsonResponse:
    campaign = _found(context, identifier)
    body = _body(context.request)
    _refuse_invalid(rules.errors_in_status(body))
    status = body["status"]
    if status not in rules.TRANSITIONS.get(campaign.status, ()):
        return failure(400, f"Cannot transition from {campaign.status} to {status} status", "INVALID_TRANSITION")
    if context.keeps:
        data = {**campaign.data, "status": status, "updated_at": moment(context.now)}
        paused_at = context.now if status == "paused" else None
        campaign = replace(campaign, data=data, paused_at=paused_at, refused=0)
        context.tables.put(campaign, context.now)
    return _written(context, campaign, message="Campaign status updated successfully")


def _delete_campaign(context: Context, identifier: str) -> JsonResponse:
    campaign = _found(context, identifier)
    if campaign.status == "active":
        return failure(403, "Cannot delete an active campaign")
    if queued_now(campaign, context.settings, context.now):
        return failure(409, "Campaign has active calls in progress")
    context.tables.delete(identifier)
    return JsonResponse(200, {"success": True, "message": "Campaign deleted successfully"})


def _list_agents(context: Context) -> JsonResponse:
    query = {name: value for name, value in context.request.query.items() if name in ("page", "per_page")}
    _refuse_invalid(rules.errors_in_query(query))
    page, per_page = _page_of(query)
    agents = context.tables.agents()
    paging = {name: value for name, value in _paging(page, per_page, len(agents)).items() if name not in ("from", "to")}
    rows = agents[(page - 1) * per_page : page * per_page]
    return JsonResponse(200, shown_list(rows, context.settings.answers, paging, "meta"))


def _get_agent(context: Context, identifier: str) -> JsonResponse:
    agent = context.tables.agent(identifier)
    return JsonResponse(200, shown_one(agent, context.settings.answers)) if agent else failure(404, "Agent not found")


def _written(context: Context, campaign: Stored, status: int = 200, message: str | None = None) -> JsonResponse:
    answers = context.settings.answers
    (seen,) = _as_seen(context, campaign) or [campaign]
    return JsonResponse(status, shown_one(shown_campaign(seen.data, answers, View.WRITE), answers, message))


def _as_seen(context: Context, *campaigns: Stored) -> list[Stored]:
    """The campaigns as an answer shows them: some time ago, and on the way to a pause, where that is wanted."""
    moment = context.now - context.behind
    seen = [context.tables.campaign_at(one.id, moment) if context.behind else one for one in campaigns]
    return [_on_its_way(one, moment, context.between) for one in seen if one]


def _on_its_way(campaign: Stored, now: float, between: tuple[str, float] | None) -> Stored:
    if between is None or campaign.status != "paused" or now - (campaign.paused_at or 0) >= between[1]:
        return campaign
    return replace(campaign, data={**campaign.data, "status": between[0]})


def _found(context: Context, identifier: str) -> Stored:
    campaign = context.tables.campaign(identifier)
    if campaign is None:
        raise RefusalError(failure(404, _NOT_FOUND))
    return campaign


def _agent_ids(context: Context) -> list[str]:
    return [agent["id"] for agent in context.tables.agents()]


def _body(request: Request) -> dict[str, Json]:
    """The JSON object that was sent, cleaned; anything else is refused."""
    if request.content_type.partition(";")[0].strip().lower() != "application/json":
        raise RefusalError(failure(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The Content-Type must be application/json."))
    try:
        body = rules.cleaned(decoded(request.body))
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise RefusalError(failure(400, "The body must be a JSON object."))
    return body


def _refuse_invalid(errors: rules.Errors) -> None:
    if errors:
        content = failure(422, "The given data was invalid.").content
        raise RefusalError(JsonResponse(422, {**content, "errors": dict(sorted(errors.items()))}))


_ROUTES: Mapping[str, Mapping[str, Handler]] = {
    "campaigns": {"GET": _list_campaigns, "POST": _create_campaign},
    "campaigns/*": {"GET": _get_campaign, "PUT": _update_campaign, "DELETE": _delete_campaign},
    "campaigns/*/status": {"PATCH": _set_status},
    "agents": {"GET": _list_agents},
    "agents/*": {"GET": _get_agent},
}
