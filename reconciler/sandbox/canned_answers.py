"""Answers that come in place of the API's own: in its words, or in those of whatever stands before it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus

from reconciler.sandbox import rate_limit
from reconciler.sandbox.faults import Fault, FaultKind, Words
from reconciler.sandbox.http import JsonResponse, Request, Response, encoded, failure
from reconciler.sandbox.settings import SandboxSettings

_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"
# What PHP writes before an answer where a developer left its notices on.
NOTICE = b"<br />\n<b>Notice</b>:  Undefined index: calls in <b>/var/www/Campaign.php</b> on line <b>214</b><br />\n"
_TITLES = {
    200: "Checking your connection",
    403: "Attention Required!",
    499: "Client Closed Request",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
    530: "Origin DNS error",
}
_WORDS_OF_THE_API: Mapping[int, JsonResponse] = {
    200: JsonResponse(200, {"success": True}),
    401: JsonResponse(401, {"error": "UNAUTHORIZED", "message": "Invalid API token", "status_code": 401}),
    402: JsonResponse(402, {"error": {"code": "INSUFFICIENT_CREDITS", "message": "Not enough credits"}}),
    403: failure(403, "Campaign limit reached", "CAMPAIGN_LIMIT_REACHED"),
    404: failure(404, "Campaign not found"),
    409: failure(409, "Campaign is being changed by somebody else", "CAMPAIGN_LOCKED"),
    500: failure(500, "Internal server error."),
}
_NO_BODY = (204, 304)
_LONGEST_TEXT = 64


def canned(fault: Fault, request: Request, now: float, settings: SandboxSettings) -> Response:
    """The answer of a fault that answers in place of the API. `now` is an epoch second."""
    if fault.kind is FaultKind.GARBAGE:
        return Response(200, b'{"success": true, "data": {"id": "c-')
    status = fault.status
    if status == HTTPStatus.TOO_MANY_REQUESTS and fault.words is Words.API:
        return encoded(rate_limit.too_many(now, now + fault.seconds, settings))
    headers = {"Retry-After": str(math.ceil(fault.seconds))} if fault.has_retry_after else {}
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        headers = {"Location": "/login"}
    if status in _NO_BODY or fault.words is Words.EMPTY:
        return Response(status, b"", headers=headers)
    return _with_words(fault, request, headers)


def _with_words(fault: Fault, request: Request, headers: Mapping[str, str]) -> Response:
    status = fault.status
    match fault.words:
        case Words.HTML:
            title = _title(status) if status == HTTPStatus.OK else f"{status} {_title(status)}"
            return Response(status, _PAGE.format(title).encode(), "text/html; charset=utf-8", headers)
        case Words.TEXT:
            words = "404 page not found" if status == HTTPStatus.NOT_FOUND else _title(status).lower()
            return Response(status, f"{words[:_LONGEST_TEXT]}\n".encode(), "text/plain; charset=utf-8", headers)
        case Words.LARAVEL:
            route = f"The route {request.path.strip('/')} could not be found."
            message = route if status == HTTPStatus.NOT_FOUND else _title(status)
            return encoded(JsonResponse(status, {"message": message}, headers))
        case _:
            answer = _WORDS_OF_THE_API.get(status) or failure(status, _title(status))
            return encoded(JsonResponse(status, answer.content, headers))


def _title(status: int) -> str:
    if status in _TITLES:
        return _TITLES[status]
    known = [known.phrase for known in HTTPStatus if known == status]
    return known[0] if known else "Unknown Error"
