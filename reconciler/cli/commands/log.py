"""`reconciler log`: the history of campaigns from git, in the words of plans."""

from __future__ import annotations

import functools
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from reconciler import __version__
from reconciler.cli import options
from reconciler.cli.history import Follower, Target
from reconciler.cli.past_campaigns import past_campaigns
from reconciler.cli.terminal import has_colour, out, width
from reconciler.files.commits import History
from reconciler.files.git import Repository, objects, repository_of
from reconciler.files.names import is_yaml
from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.plan.log import Log
from reconciler.render import log as render

_FOLDER: Final = "campaigns"
_AGO: Final = re.compile(r"([0-9]{1,5}) ?(hour|day|week|month|year)s?(?: ago)?")
_DAYS: Final = {"hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}


@options.values
class LogRequest:
    """Which history is to be told, and from when on."""

    campaign: str | None = options.argument(metavar="[CAMPAIGN]", required=False)
    form: str = options.forms("text", "json", "markdown")
    since: str | None = options.option(
        "--since", metavar="DATE", help="Only commits since then: 2027-01-31, a time in ISO 8601, or '2 weeks'."
    )


@options.command(LogRequest, short_help="Tell the history of campaigns in words of plans. Needs no network.")
def command(given: LogRequest) -> int:
    """Tell each commit that changed what is effective: in a campaign's file, its defaults or its environment.

    CAMPAIGN is a file, a folder, or the name or id of a campaign in the folder `campaigns`; all of them by default. A
    campaign is followed back through other names of its file.

    \b
    Examples:
      reconciler log
      reconciler log campaigns/sales-q1.yaml --since '3 months'
      reconciler log 'Sales US Q1' --format markdown
    """
    since = _since(given.since) if given.since else None
    repository = repository_of(Path.cwd(), os.environ)
    target = _target(given.campaign, repository)
    with objects(repository) as source:
        history = History(source)

        @functools.cache
        def name_of(key: str) -> str:
            return os.path.relpath(os.path.join(repository.top, key), os.path.realpath("."))  # noqa: PTH118

        with past_campaigns(history, name_of, lambda name: _key(name, repository)) as past:
            follower = Follower(history, past, target)
            commits = tuple(follower.commits(since))
    if given.campaign and not (commits or follower.is_found or target == Target(target.folder)):
        when = " since then" if since else ""
        msg = f"no campaign {given.campaign} is in any commit{when}: give its file, name or id"
        raise ReconcilerError(msg)
    if not (commits or given.campaign or since or os.path.lexists(_FOLDER)):
        msg = f"there is no folder {_FOLDER} here, and none in any commit: name a folder or a campaign"
        raise ReconcilerError(msg)
    cut = "this clone is shallow: what was before is not here (fetch more history, as with `fetch-depth: 0`)"
    _show(Log(__version__, commits, given.campaign, (cut,) if history.is_cut else ()), given.form)
    return 0


def _show(log: Log, form: str) -> None:
    if form == "json":
        out(render.as_json(log))
    elif form == "markdown":
        out(render.markdown(log))
    else:
        out(render.render(log, width=width(), colour=has_colour()))


def _since(text: str) -> float:
    """The time that is meant, in seconds; raises UsageError for what is none."""
    if ago := _AGO.fullmatch(text.strip()):
        return (datetime.now(UTC) - timedelta(days=int(ago[1]) * _DAYS[ago[2]])).timestamp()
    try:
        found = datetime.fromisoformat(text.strip())
        return found.timestamp()
    except (ValueError, OverflowError):
        msg = f"--since {text}: not a date: write 2027-01-31, 2027-01-31T09:00, or '2 weeks'"
        raise UsageError(msg) from None


def _target(campaign: str | None, repository: Repository) -> Target:
    """What is meant: a file or folder that is there or is spelt like one, else a name or an id."""
    if campaign is None:
        return Target(_key(_FOLDER, repository))
    path = Path(campaign)
    if path.is_dir():
        key = _key(campaign, repository)
        return Target("" if key == "." else key)
    if os.path.lexists(campaign) or (is_yaml(path.name) and not _has_blank(campaign)):
        return Target("", file=_key(campaign, repository))
    return Target(_key(_FOLDER, repository), label=campaign)


def _has_blank(text: str) -> bool:
    return bool(re.search(r"\s", text))


def _key(path: str, repository: Repository) -> str:
    """A path from the top of the repository; raises ReconcilerError for one outside of it."""
    folder, name = os.path.split(os.path.abspath(path))  # noqa: PTH100  links stay
    found = os.path.relpath(os.path.join(os.path.realpath(folder), name), os.path.realpath(repository.top))  # noqa: PTH118
    if Path(found).parts[:1] == (os.pardir,):
        msg = f"{path} is outside of the git repository {repository.top}: nothing is known of its past"
        raise ReconcilerError(msg)
    return found
