"""The stand-in as an ASGI application, and connections that can be closed without an answer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from starlette.requests import ClientDisconnect
from starlette.requests import Request as StarletteRequest
from starlette.responses import Response as StarletteResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from reconciler.sandbox.http import Reply, Request, Response


def asgi(handle: Callable[[Request], Reply], leaving: asyncio.Event | None = None) -> ASGIApp:
    """The stand-in as an ASGI application.

    Waiting answers are given up when `leaving` is set. Closing a connection without an answer needs ClosableProtocol;
    any other makes an error 500 of it.
    """
    ends = leaving or asyncio.Event()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(ClientDisconnect):
            reply = handle(await _read(StarletteRequest(scope, receive)))
            left = reply.delay > 0 and await _is_set_within(ends, reply.delay)
            if reply.response is None or left:
                await _close(scope, receive)
            elif reply.pace:
                await _drip(reply.response, reply.pace, ends, send)
            else:
                await _starlette(reply.response)(scope, receive, send)

    return app


async def _read(request: StarletteRequest) -> Request:
    return Request(
        method=request.method,
        path=request.scope["path"],
        query=dict(request.query_params),
        body=await request.body(),
        content_type=request.headers.get("content-type", ""),
        authorization=request.headers.get("authorization"),
    )


def _starlette(response: Response) -> StarletteResponse:
    return StarletteResponse(
        response.body, response.status, headers=dict(response.headers), media_type=response.content_type
    )


async def _drip(response: Response, pace: float, ends: asyncio.Event, send: Send) -> None:
    """Send the body a byte at a time; what is not sent when the server ends never will be."""
    head = _starlette(response)
    await send({"type": "http.response.start", "status": head.status_code, "headers": head.raw_headers})
    for byte in response.body:
        await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
        if await _is_set_within(ends, pace):
            return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        return await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False


async def _close(scope: Scope, receive: Receive) -> None:
    transport = scope.get("state", {}).get("transport")
    if transport is not None:
        transport.close()
        await receive()


class ClosableProtocol(H11Protocol):
    """HTTP/1.1, with the connection in each request's state, so that it can be closed without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Remember the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}
