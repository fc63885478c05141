"""What is looked at to say what works here: files, git, the state folder, and each environment with few reads."""

from __future__ import annotations

import datetime
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler import __version__
from reconciler.api.answers import ApiAnswer, Send, read_campaign, read_page
from reconciler.api.endpoints import Request, get_campaign, list_campaigns
from reconciler.apply.context import recovers
from reconciler.apply.journal import StateFolder
from reconciler.cli.connection import connect
from reconciler.cli.environments import EnvironmentCampaigns, by_environment, default_environment, has_token
from reconciler.cli.holding import HoldFiles
from reconciler.cli.load import LoadedCampaigns, load
from reconciler.cli.option_groups import Network
from reconciler.cli.shutdown import Shutdown
from reconciler.files.find import folder_of
from reconciler.files.git import repository_of
from reconciler.live.checkup import Finding, Level, Seen, clock, rate_limit, readings, visibility
from reconciler.model.campaign import ByName, Live
from reconciler.model.errors import ApiError, ReconcilerError, Refused
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count

# All that is ever sent, and how long an answer is waited for, in seconds: that is under a minute, whatever happens.
MOST_REQUESTS = 8
LONGEST = 50.0
_TIMEOUT = 6.0
_TURN = 5.0
# A list, a campaign and the agents.
_FULL = 3
_OTHERWISE = "is the base URL the right one, with its /api/v1, and does the API work for others? Try again"
_ADVICE = {
    0: "is the host reachable from here? HTTPS_PROXY names a proxy, SSL_CERT_FILE the certificates of your own CA",
    401: "is it the token of this environment and host, and did nobody revoke it?",
    403: "the token is known, and may not read campaigns: ask whoever made it",
    429: "the rate limit is used up by whoever else has this token: wait a minute",
}
_AGENTS = Request("GET", "/agents", {"per_page": "100", "page": "1"})


# What is on this machine


def of_this_machine(paths: Sequence[str], network: Network) -> Iterator[Finding]:
    """Versions, git, and the state folder."""
    python = f"Python {platform.python_version()} on {sys.platform}"
    yield Finding(Level.OK, "versions", f"reconciler {__version__}, {python}")
    folder = next((Path(path) for path in paths if Path(path).is_dir()), Path())
    try:
        yield Finding(Level.OK, "git", f"the files are in the repository {repository_of(folder, os.environ).top.name}")
    except ReconcilerError as error:
        told = str(error) if "not installed" in str(error) else "the files are in no repository that git can read"
        yield Finding(Level.WARNING, "git", told, "--base and log need it; everything else works without")
    yield from _state(network.state_dir)
    yield from _holds(paths, network)


def _state(folder: Path) -> Iterator[Finding]:
    """Whether the state folder can be written to, and what its journal holds; nothing is made for that."""
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        advice = "apply writes there, before each pause, what it must resume: make it writable, or name a --state-dir"
        yield Finding(Level.FAILURE, "state folder", f"{folder} cannot be written to", advice)
    else:
        is_new = "" if folder.exists() else ", and is made by the first apply"
        yield Finding(Level.OK, "state folder", f"{folder} can be written to{is_new}")
    try:
        entries = StateFolder(folder).entries()
    except ReconcilerError as error:
        yield Finding(Level.FAILURE, "journal", str(error), "see docs/recovering.md")
        return
    if not entries:
        yield Finding(Level.OK, "journal", "nothing was left paused")
        return
    told = ", ".join(f"{entry.name or entry.campaign} at {entry.base_url} since {entry.at}" for entry in entries)
    told = f"{count(len(entries), 'campaign')} left paused: {told}"
    heals = recovers(entries[0].base_url)
    yield Finding(Level.WARNING, "journal", told, f"resume with: {heals} (the next apply does so, too)")


def _holds(paths: Sequence[str], network: Network) -> Iterator[Finding]:
    """What is held here, and by whom."""
    found = HoldFiles(network.state_dir).read([folder_of(path) for path in paths])
    for told in found.unreadable:
        advice = "mend it: until then nothing is started"
        yield Finding(Level.FAILURE, "holds", f"{told}, so that everything is held", advice)
    stamp = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    for hold in found.holds:
        yield Finding(Level.WARNING, "holds", hold.told(stamp), "nothing but reconciler release starts what it holds")
    if not found.holds and not found.unreadable:
        yield Finding(Level.OK, "holds", "nothing is held")


# The files


def of_files(paths: Sequence[str]) -> tuple[LoadedCampaigns, list[Finding]]:
    """The campaigns that can be read, and what is wrong with the files."""
    where = " ".join(paths) or "campaigns"
    try:
        loaded = load(paths)
    except ReconcilerError as error:
        advice = "reconciler init begins a repository, import writes files for live campaigns; or name your folder"
        return LoadedCampaigns((), ()), [Finding(Level.FAILURE, "files", str(error), advice)]
    errors = [problem for problem in loaded.problems if problem.is_error]
    warnings = len(loaded.problems) - len(errors)
    if errors:
        told = f"{count(len(errors), 'problem')} in {where}, first: {errors[0]}"
        return loaded, [Finding(Level.FAILURE, "files", told, "reconciler validate tells them all")]
    told = f"{count(len(loaded.desired), 'campaign')} in {where}, no problems"
    if warnings:
        told = f"{count(len(loaded.desired), 'campaign')} in {where}, {count(warnings, 'warning')}"
        return loaded, [Finding(Level.WARNING, "files", told, "reconciler validate tells them")]
    return loaded, [Finding(Level.OK, "files", told)]


# The environments


def environments(loaded: LoadedCampaigns, network: Network) -> tuple[EnvironmentCampaigns, ...]:
    """The environments that the files name, or the one that holds where they name none. Raises UsageError."""
    return by_environment(loaded, network) or (EnvironmentCampaigns(default_environment(network), ()),)


@dataclass(slots=True)
class Checkup:
    """One look at an environment: at most `budget` requests, each of them sent once."""

    campaigns: EnvironmentCampaigns
    network: Network
    shutdown: Shutdown
    budget: int
    requests: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        """What was found; everything that goes wrong is a finding, too."""
        environment = self.campaigns.environment
        if self.budget < 1:
            advice = "name its folder to look at it alone"
            yield Finding(Level.WARNING, "api", f"not asked: {MOST_REQUESTS} requests are all that is sent", advice)
            return
        network = replace(self.network, timeout=min(self.network.timeout, _TIMEOUT))
        try:
            with connect(network, environment, self.shutdown, read_only=True, headers=self._heard) as connection:
                variable = "the sandbox" if network.sandbox else environment.token_env
                yield Finding(Level.OK, "token", f"from {variable}, for {environment.base_url}")
                yield Finding(Level.OK, "way", connection.client.way)
                yield from self._asked(connection.client.send)
        except ApiError as error:
            yield _failure(error)
        except ReconcilerError as error:
            check = "way" if has_token(environment, network) and "token" not in str(error) else "token"
            yield Finding(Level.FAILURE, check, str(error), "until then nothing can be read")

    def _heard(self, headers: Mapping[str, str]) -> None:
        self.headers = self.headers or headers

    def _asked(self, send: Send) -> Iterator[Finding]:
        request = list_campaigns(1)
        answer = self._sent(send, request)
        page = read_page(request, answer)
        total = page.total if page.total is not None else len(page.rows)
        yield Finding(Level.OK, "api", f"the token is accepted: {count(total, 'live campaign')}")
        yield clock(self.headers, time.time())
        yield rate_limit(self.headers)
        row = self._chosen(page.rows)
        if row is None:
            yield Finding(Level.WARNING, "answers", "there is no live campaign whose answer could be looked at")
            return
        seen = Seen(row, None, answer.body, None, page.rows)
        if self.budget >= _FULL:
            try:
                request = get_campaign(row.id)
                single = self._sent(send, request)
                seen = replace(seen, page=read_campaign(request, single), page_body=single.body)
            except ReconcilerError as error:
                yield _failure(error)
        fields = campaign_fields()
        yield from visibility(fields, {name for one in self.campaigns.desired for name in one.values}, seen)
        yield from readings(fields, seen)
        if self.budget >= _FULL:
            yield self._agents(send)

    def _chosen(self, rows: Sequence[Live]) -> Live | None:
        """The campaign that is looked at: one that a file names, else the first."""
        ids = {one.id for one in self.campaigns.desired}
        return next((row for row in rows if row.id in ids), rows[0] if rows else None)

    def _agents(self, send: Send) -> Finding:
        """Whether the agents that files name are there."""
        agents = [one.values["agent_id"] for one in self.campaigns.desired if one.values.get("agent_id")]
        ids = {str(agent) for agent in agents if not isinstance(agent, ByName)}
        names = {str(agent) for agent in agents if isinstance(agent, ByName)}
        try:
            page = read_page(_AGENTS, self._sent(send, _AGENTS))
        except ReconcilerError as error:
            told = f"their list cannot be read: {error}"
            status = error.status if isinstance(error, Refused) else None
            return Finding(Level.WARNING, "agents", told, "a plan asks for single agents, and may work", status)
        missing = sorted((ids - {row.id for row in page.rows}) | (names - {row.name for row in page.rows}))
        if missing and (page.last or 1) <= 1:
            told = f"there is no agent here with the id or name {', '.join(missing)}"
            return Finding(Level.WARNING, "agents", told, "each environment has agents of its own: plan tells where")
        found = count(page.total or len(page.rows), "agent")
        return Finding(Level.OK, "agents", f"{found}, and those that the files name are not known to be missing")

    def _sent(self, send: Send, request: Request) -> ApiAnswer:
        """One request, sent once."""
        self.requests += 1
        return send(request, fresh_for=_TURN)


def _failure(error: ReconcilerError) -> Finding:
    """A request that failed, with the HTTP status, and what to do."""
    status = error.status if isinstance(error, Refused) else None
    return Finding(Level.FAILURE, "api", str(error), _ADVICE.get(status or 0, _OTHERWISE), status)
