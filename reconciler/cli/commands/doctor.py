"""`reconciler doctor`: what works here, with few reads and nothing else."""

from __future__ import annotations

from reconciler import __version__
from reconciler.cli import checkup, options
from reconciler.cli.option_groups import Network
from reconciler.cli.shutdown import Shutdown
from reconciler.cli.terminal import has_colour, out, width
from reconciler.live.checkup import Finding, Level
from reconciler.model.errors import ReconcilerError
from reconciler.render import checkup as render


@options.values
class DoctorRequest:
    """Which files' environments are looked at, and how it is told."""

    paths: tuple[str, ...] = options.paths()
    form: str = options.forms("text", "json")
    network: Network = options.group(Network)


@options.command(DoctorRequest, short_help="Tell what works here: files, token, API, what answers show.")
def command(given: DoctorRequest) -> int:
    """Look at everything that a plan needs, and tell what works: each line ok, warning or failure, with what to do.

    Files, git, the state folder and its journal, the token and its host, the clock, the rate limit, which fields the
    API shows and which nobody can verify, and how it resolves what its documentation contradicts itself in. Sends
    nothing but GET, at most 8 of them, and ends within a minute. Only failures make the exit code 1.

    \b
    Examples:
      reconciler doctor --sandbox
      reconciler doctor campaigns/production
      reconciler doctor --format json > ticket.json
    """
    shutdown = Shutdown(min(given.network.deadline or checkup.LONGEST, checkup.LONGEST))
    with shutdown.handle_signals():
        loaded, of_files = checkup.of_files(given.paths)
        machine = [*checkup.of_this_machine(given.paths or ("campaigns",), given.network), *of_files]
        parts, requests = [render.Part("", tuple(machine))], 0
        try:
            places = checkup.environments(loaded, given.network)
        except ReconcilerError as error:
            places, wrong = (), Finding(Level.FAILURE, "environment", str(error), "see docs/files.md")
            parts.append(render.Part("", (wrong,)))
        share = checkup.MOST_REQUESTS // max(len(places), 1)
        for number, campaigns in enumerate(places):
            left = min(max(share, 1), checkup.MOST_REQUESTS - number)
            one = checkup.Checkup(campaigns, given.network, shutdown, left)
            parts.append(render.Part(str(campaigns.environment), tuple(one.findings())))
            requests += one.requests
    is_json = given.form == "json"
    out(
        render.to_json(parts, __version__, requests)
        if is_json
        else render.text(parts, width=width(), colour=has_colour())
    )
    return 1 if render.missing(parts) else 0
