"""HTTP responses made JSON, or one of our errors; and what of them may be told to people.

What a message holds is cleaned in this order: the token is cut out, then what could be people's numbers, then the
rest of a text that is too long. Otherwise a token, half cut away, would not be known any more.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from reconciler.api.certainty import is_of_the_api, proof_of
from reconciler.api.endpoints import Request
from reconciler.api.known import known_part, with_shared_lists
from reconciler.api.token import Token
from reconciler.model.document import Value
from reconciler.model.errors import Proof, Redirected, Refused, UnexpectedAnswer
from reconciler.model.redaction import without_numbers

_OK, _REDIRECT, _ERROR = 200, 300, 400
_LARGE = 1_000_000
_LONGEST_MESSAGE, _LONGEST_CODE, _LONGEST_KIND = 300, 64, 40
# As Laravel answers for a path that it does not know: `{"message": ""}`.
_WORDLESS = "the answer says nothing more: is the base URL the right one?"
_FIELD_OF_AN_ERROR = ("field", "path", "param", "attribute")


class HttpResponse(NamedTuple):
    """A response that came whole: the HTTP status, the content without calls, and the headers."""

    status: int
    content: bytes
    headers: Mapping[str, str] = MappingProxyType({})

    def __repr__(self) -> str:
        """Without the content, which may hold people's numbers."""
        return f"HttpResponse(status={self.status})"


def read_response(request: Request, response: HttpResponse, *, base_url: str, token: Token) -> Value:
    """The JSON of a successful response. Raises Refused for 400 and above, Redirected, and UnexpectedAnswer.

    The last is for what is no JSON, and for the answer to a write that does not prove that it was done.
    `base_url` and `token` are those of the request, to be named, and to be kept out of messages.
    """
    if response.status >= _ERROR:
        raise _refused(request, response, token)
    if response.status < _OK or response.status >= _REDIRECT:
        msg = f"HTTP {response.status}, a redirect, which is not followed: is {base_url} the right base URL?"
        raise Redirected(str(request), msg)
    try:
        body: Value = _decoded(response.content)
    except ValueError:
        msg = f"HTTP {response.status}, but {_no_json(response)}: is a proxy in between?"
        raise UnexpectedAnswer(str(request), token.cut_from(msg)) from None
    if request.is_write and proof_of(response.status, body) is not Proof.DONE:
        msg = f"HTTP {response.status}, but the answer does not say that it was done"
        raise UnexpectedAnswer(str(request), msg)
    return known_part(body)


def _refused(request: Request, response: HttpResponse, token: Token) -> Refused:
    body = json_or_none(response.content)
    error = refusal(request, response.status, body, token)
    words = error.words
    if not words and not error.code:
        words = token.cut_from(_no_json(response)) if body is None else _WORDLESS
    if error.is_unauthorized:
        words = f"{words or 'unauthorized'} (the token in {token.source} is not accepted here)"
    return Refused(
        str(request),
        error.status,
        words,
        error.code,
        error.fields,
        proof=error.proof,
        is_of_the_api=error.is_of_the_api,
    )


def _no_json(response: HttpResponse) -> str:
    """What an answer is that is no JSON: Laravel's debug mode off, and many a proxy, answer with nothing at all."""
    return f"the answer is no JSON{_kind(response)}" if response.content.strip() else "the answer is empty"


def _kind(response: HttpResponse) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0]
    if not kind.isprintable() or not 0 < len(kind) <= _LONGEST_KIND:
        return ""
    return f", though it says that it is {kind}" if "json" in kind else f" but {kind}"


def _decoded(content: bytes) -> Any:  # noqa: ANN401 - whatever the answer holds
    """The JSON of an answer; raises ValueError for anything else, NaN and a thousand brackets in a row included."""
    try:
        # A page of campaigns with ten thousand numbers each is never held as a whole, if these are the same ones.
        hook = with_shared_lists if len(content) > _LARGE else None
        return json.loads(content, parse_constant=_refuse_constant, parse_float=_finite, object_hook=hook)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _finite(text: str) -> float | str:
    """The number; its text where no number of ours is as large, so that it is an unexpected value and no Infinity."""
    number = float(text)
    return number if math.isfinite(number) else text


def _refuse_constant(name: str) -> Any:  # noqa: ANN401 - as json wants it
    raise ValueError(f"{name} is no JSON")


def json_or_none(content: bytes) -> Value:
    """The JSON of an answer; None for anything else."""
    try:
        return _decoded(content)
    except ValueError:
        return None


def fit_to_be_told(text: str, token: Token | None = None) -> str:
    """The text of an answer without the token, without everything that could be a phone number, and not too long."""
    text = without_numbers(token.cut_from(text) if token else text)
    return text if len(text) <= _LONGEST_MESSAGE else text[:_LONGEST_MESSAGE] + "…"


def refusal(request: Request, status: int, body: Value, token: Token | None = None) -> Refused:
    """Read an error answer in any of the documented shapes, with its words fit to be told.

    The dotted paths of a 422 are its words, too; errors in a list, without paths, are told behind the message.
    """
    proof = proof_of(status, body)
    if not isinstance(body, Mapping):
        return Refused(str(request), status, "", proof=proof)
    error = body.get("error")
    inner = error if isinstance(error, Mapping) else {}
    code = body.get("code") or body.get("error_code") or inner.get("code") or (error if error is not inner else None)
    message = body.get("message") or inner.get("message")
    errors = body.get("errors") or inner.get("errors")
    listed = "; ".join(map(_listed, errors)) if isinstance(errors, list) else ""
    return Refused(
        str(request),
        status,
        fit_to_be_told(": ".join(str(told) for told in (message, listed) if told), token),
        code=fit_to_be_told(str(code), token)[:_LONGEST_CODE] if code else None,
        fields={fit_to_be_told(str(path), token): fit_to_be_told(_first(told), token) for path, told in errors.items()}
        if isinstance(errors, Mapping)
        else {},
        proof=proof,
        is_of_the_api=is_of_the_api(body),
    )


def _first(messages: Value) -> str:
    return str(messages[0] if isinstance(messages, list) and messages else messages)


def _listed(error: Value) -> str:
    """One of several errors in a list: a text, or an object that tells a message, and perhaps the field."""
    if not isinstance(error, Mapping):
        return _first(error)
    field = next((error[name] for name in _FIELD_OF_AN_ERROR if error.get(name)), None)
    message = error.get("message") or error.get("detail") or error.get("code") or ""
    return ": ".join(str(told) for told in (field, message) if told)


def retry_after(body: Value) -> float | None:
    """The seconds to wait that a 429 tells in its body (`error.details.retry_after`)."""
    try:
        seconds = float(body["error"]["details"]["retry_after"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None  # neither nan nor the past
