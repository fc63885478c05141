"""What an answer proves of its request: the one place where that is decided. Pure; nothing else looks at statuses.

| answer | proof | because |
| --- | --- | --- |
| 2xx with a JSON object | done | the API's own form of success; `{"success": false}` is none |
| 204, 2xx that is empty or no JSON object | unknown | a proxy's page, a notice of PHP before the JSON: who spoke? |
| 400, 401, 402, 403, 409, 422 in the API's words | refused | the API decides before it acts (its page, section 4) |
| 401 with any JSON object | refused | authentication comes before everything; Laravel says only `message` |
| the same statuses in other words, or HTML | unknown | a firewall in front can say them on the way back, too |
| 429 | not sent | turned away before anything is done (RFC 6585, 4); never a reason to think that it worked |
| connection refused, no such host, its turn did not come | not sent | no byte of the request has left |
| 404 | unknown | an ingress in a rollout, a missing route, another token's environment, and a deletion look alike |
| 3xx | unknown | somebody else answered; where it points nothing is sent |
| 408, 425, 499 | unknown | a proxy gave up, while the server may be at work |
| every 5xx, 52x | unknown | the server broke down before, while or after it acted; a gateway lost its answer |
| lost: timeout, connection broken | unknown | the same, without words |

The API's words are a JSON object that holds `success: false`, `errors`, `error` or `code`.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.document import Value
from reconciler.model.errors import Proof

_SUCCESS, _REDIRECT, _NO_CONTENT = 200, 300, 204
_UNAUTHORIZED, TOO_MANY = 401, 429
_REFUSALS = frozenset({400, _UNAUTHORIZED, 402, 403, 409, 422})
_WORDS = ("errors", "error", "code")


def proof_of(status: int, body: Value) -> Proof:
    """What an answer with this HTTP status and this JSON (None for no JSON) proves of its request."""
    is_object = isinstance(body, Mapping)
    if _SUCCESS <= status < _REDIRECT:
        is_success = is_object and status != _NO_CONTENT and body.get("success") is not False
        return Proof.DONE if is_success else Proof.UNKNOWN
    if status == TOO_MANY:
        return Proof.NOT_SENT
    is_refusal = is_of_the_api(body) or (status == _UNAUTHORIZED and is_object)
    return Proof.REFUSED if status in _REFUSALS and is_refusal else Proof.UNKNOWN


def is_of_the_api(body: Value) -> bool:
    """Whether an error speaks in the API's own words."""
    return isinstance(body, Mapping) and (body.get("success") is False or any(body.get(word) for word in _WORDS))
