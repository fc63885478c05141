"""An embedded stand-in for the Talkover API, over real HTTP."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reconciler.sandbox.answer_shapes import AnswerShape
    from reconciler.sandbox.asgi_app import asgi
    from reconciler.sandbox.bench import Bench
    from reconciler.sandbox.environment import Environment
    from reconciler.sandbox.faults import Effect, Fault, FaultKind, FaultRule, Words
    from reconciler.sandbox.foreground import serve
    from reconciler.sandbox.http import RecordedRequest, Reply, Request, Response
    from reconciler.sandbox.server import Sandbox
    from reconciler.sandbox.settings import SANDBOX_TOKEN, SandboxSettings

__all__ = [
    "SANDBOX_TOKEN",
    "AnswerShape",
    "Bench",
    "Effect",
    "Environment",
    "Fault",
    "FaultKind",
    "FaultRule",
    "RecordedRequest",
    "Reply",
    "Request",
    "Response",
    "Sandbox",
    "SandboxSettings",
    "Words",
    "asgi",
    "serve",
]

_HOMES = {
    "SANDBOX_TOKEN": "settings",
    "SandboxSettings": "settings",
    "AnswerShape": "answer_shapes",
    "Bench": "bench",
    "Effect": "faults",
    "Environment": "environment",
    "Fault": "faults",
    "FaultKind": "faults",
    "FaultRule": "faults",
    "RecordedRequest": "http",
    "Reply": "http",
    "Request": "http",
    "Response": "http",
    "Sandbox": "server",
    "Words": "faults",
    "asgi": "asgi_app",
    "serve": "foreground",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the server's libraries cost time, and may not be installed."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
