"""`reconciler sandbox`: serves the stand-in for the API."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli import options
from reconciler.cli.terminal import out
from reconciler.model.errors import UsageError

if TYPE_CHECKING:
    from reconciler.sandbox import SandboxSettings


@options.values
class SandboxRequest:
    """Where the stand-in listens, and how badly it behaves. Times are in seconds."""

    host: str = options.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    public: bool = options.flag("--public", help="Allow an address that other machines can reach.")
    port: int = options.option(
        "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0 takes a free one."
    )
    database: Path = options.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path(".reconciler/sandbox.db"),
        show_default=True,
        metavar="FILE",
        help="Where the state is kept between runs.",
    )
    random_seed: int = options.option(
        "--seed", type=int, default=0, show_default=True, help="Seed of everything random (faults by percent)."
    )
    queued: int | None = options.option(
        "--queued", type=click.IntRange(0), metavar="N", help="Calls queued in every active campaign."
    )
    drain: float = options.option(
        "--drain",
        type=options.Number(0),
        default=3.0,
        show_default=True,
        metavar="S",
        help="Seconds a queue drains after a pause.",
    )
    rate_limit: int = options.option(
        "--rate-limit",
        type=click.IntRange(1),
        default=100,
        show_default=True,
        metavar="N",
        help="Requests a minute.",
    )
    latency: float = options.option(
        "--latency",
        type=options.Number(0),
        default=0.0,
        show_default=True,
        metavar="S",
        help="Seconds every answer takes.",
    )
    faults: tuple[str, ...] = options.repeatable(
        "--fault", metavar="RULE", help="A fault, such as 500@3, PUT:lost%10, slow:2.5@4 (see above); repeatable."
    )
    tokens: tuple[str, ...] = options.repeatable(
        "--token", metavar="TOKEN", help="Opens one more environment, empty at first; repeatable."
    )
    answers: str = options.option(
        "--answers",
        default="",
        metavar="SHAPES",
        help="Shapes of answers, by comma: legacy, seconds, timestamps, missing, bare, …",
    )


@options.command(SandboxRequest, short_help="Serve a stand-in for the API on this machine.")
def command(given: SandboxRequest) -> int:
    """Serve a stand-in for the Talkover API, until Ctrl-C. Its token is talq_sandbox.

    It behaves as the API's pages say, and as badly as its options say. State is kept in a file between runs.

    A fault is [METHOD:]KIND, and then @N, @N-M or @N- (the numbers of the requests that it hits, of that method or of
    all) or %PERCENT; without these it hits every request. The first fault that hits counts. KIND is one of these:

    \b
      404, 502-html, 503-laravel:7   any status, in the words of: api, html, text,
                                     laravel, empty; 503-laravel and 429 say when
      drop, garbage, html            no answer; half an answer; a page with 200
      …-after, …-late:2              the API acts before one of these, or later
      lost                           drop-after: the API acted, nobody hears it
      slow:2.5, drip:1               it answers late; a byte at a time
      notice                         PHP's words stand before its answer
      ignore                         it answers 200 and keeps nothing
      lag:0.5                        it shows what was half a second ago
      pausing:2, stopping:2          it shows that status, so long after a pause
      opt-out                        a number comes onto the do-not-call list first

    \b
    Examples:
      reconciler sandbox --port 8080
      reconciler sandbox --queued 5 --fault PUT:500@1 --answers legacy,missing
      reconciler sandbox --fault PATCH:504-late:2@1 --fault GET:lag:0.5
      TALKOVER_TOKEN=talq_sandbox reconciler plan --base-url http://127.0.0.1:8080/api/v1
    """
    try:
        _serve(given)
    except (ValueError, OSError) as error:
        raise UsageError(str(error)) from None
    return 0


def _serve(given: SandboxRequest) -> None:
    """Serve until Ctrl-C; raises ValueError for what the stand-in does not know, and OSError where it cannot listen."""
    # Only this command pays for the server.
    from reconciler.sandbox import serve  # noqa: PLC0415 - see above

    settings = _settings(given)
    given.database.parent.mkdir(parents=True, exist_ok=True)
    serve(
        given.host,
        given.port,
        database=given.database,
        more_tokens=given.tokens,
        settings=settings,
        allow_public=given.public,
        announce=lambda url: out(f"serving {url}"),
    )


def _settings(given: SandboxRequest) -> SandboxSettings:
    """How the stand-in behaves; raises ValueError for a fault or a shape that it does not know."""
    from reconciler.sandbox import AnswerShape, FaultRule, SandboxSettings  # noqa: PLC0415 - see above

    return SandboxSettings(
        drain_seconds=given.drain,
        queued=given.queued,
        rate_limit=given.rate_limit,
        latency=given.latency,
        random_seed=given.random_seed,
        faults=tuple(FaultRule.parse(fault) for fault in given.faults),
        answers=AnswerShape.parse(given.answers),
    )
