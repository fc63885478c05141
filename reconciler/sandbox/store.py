"""The state of the stand-in, in SQLite: agents and campaigns."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from reconciler.sandbox.history import ALWAYS, History
from reconciler.sandbox.http import Json

_TABLES = (
    "CREATE TABLE IF NOT EXISTS agents (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, data TEXT NOT NULL)",
    (
        "CREATE TABLE IF NOT EXISTS campaigns (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        " data TEXT NOT NULL, queued INTEGER NOT NULL, paused_at REAL, refused INTEGER NOT NULL)"
    ),
)
_SECONDS_TO_WAIT_FOR_OTHER_PROCESSES = 15.0

# Of each documented filter, the condition that it puts on the stored JSON.
_CONDITIONS: Mapping[str, str] = {
    "status": "json_extract(data, '$.status') = ?",
    "campaign_type": "json_extract(data, '$.campaign_type') = ?",
    "agent_id": "json_extract(data, '$.agent_id') = ?",
    "date_from": "json_extract(data, '$.start_date') >= ?",
    "date_to": "json_extract(data, '$.start_date') <= ?",
    "search": (
        "instr(lower(json_extract(data, '$.name') || char(10)"
        " || coalesce(json_extract(data, '$.description'), '')), lower(?)) > 0"
    ),
}


@dataclass(frozen=True, slots=True)
class Stored:
    """One campaign as it is kept.

    `data` holds `id`, `status`, the timestamps, and the fields that were ever set. `queued` is how many calls are
    queued while it is active; `paused_at` (epoch seconds) and `refused` (conflicting PUTs since then) drain them.
    """

    id: str
    data: Mapping[str, Json] = field(repr=False)
    queued: int = 0
    paused_at: float | None = None
    refused: int = 0

    @property
    def status(self) -> str:
        """The status of the campaign."""
        return str(self.data["status"])


class Tables:
    """What can be read and written inside one transaction."""

    def __init__(self, connection: sqlite3.Connection, history: History[Stored]) -> None:
        self._connection = connection
        self._history = history

    def agents(self) -> list[Json]:
        """All agents, in the order in which they came."""
        rows = self._connection.execute("SELECT data FROM agents ORDER BY position")
        return [json.loads(data) for (data,) in rows]

    def agent(self, identifier: str) -> Json | None:
        """One agent, or None."""
        row = self._connection.execute("SELECT data FROM agents WHERE id = ?", (identifier,)).fetchone()
        return json.loads(row[0]) if row else None

    def put_agent(self, agent: Mapping[str, Json]) -> None:
        """Keep an agent, in the place of the one with its id."""
        self._connection.execute(
            "INSERT INTO agents (id, data) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data",
            (agent["id"], json.dumps(agent)),
        )

    def campaign(self, identifier: str) -> Stored | None:
        """One campaign, or None."""
        row = self._connection.execute(
            "SELECT id, data, queued, paused_at, refused FROM campaigns WHERE id = ?", (identifier,)
        ).fetchone()
        return _stored(row) if row else None

    def campaign_at(self, identifier: str, moment: float) -> Stored | None:
        """What a campaign was at an epoch second, as far as this process knows; None if there was none yet."""
        return self._history.at(identifier, moment) if self._history.knows(identifier) else self.campaign(identifier)

    def campaigns(self, filters: Mapping[str, str], limit: int = -1, offset: int = 0) -> list[Stored]:
        """The campaigns that pass all filters, in the order in which they came; a limit of -1 means all."""
        where, values = _where(filters)
        rows = self._connection.execute(
            f"SELECT id, data, queued, paused_at, refused FROM campaigns{where}"  # noqa: S608 - text of this module
            " ORDER BY position LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        return [_stored(row) for row in rows]

    def count(self, filters: Mapping[str, str]) -> int:
        """How many campaigns pass all filters."""
        where, values = _where(filters)
        row = self._connection.execute(f"SELECT count(*) FROM campaigns{where}", values).fetchone()  # noqa: S608 - same
        return int(row[0])

    def put(self, campaign: Stored, since: float = ALWAYS) -> None:
        """Keep a campaign, in the place of the one with its id; for reads that lag, since that epoch second."""
        before = None if self._history.knows(campaign.id) else self.campaign(campaign.id)
        if before is not None:
            self._history.add(campaign.id, before, ALWAYS)
        self._history.add(campaign.id, campaign, since)
        self._connection.execute(
            "INSERT INTO campaigns (id, data, queued, paused_at, refused) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET data = excluded.data, queued = excluded.queued,"
            " paused_at = excluded.paused_at, refused = excluded.refused",
            (campaign.id, json.dumps(campaign.data), campaign.queued, campaign.paused_at, campaign.refused),
        )

    def delete(self, identifier: str) -> None:
        """Forget a campaign."""
        self._connection.execute("DELETE FROM campaigns WHERE id = ?", (identifier,))

    def fill(self, agents: Iterable[Mapping[str, Json]], campaigns: Iterable[Stored]) -> None:
        """Put the initial state into a database that never had one; any other is left as it is."""
        for agent in agents:
            if self.agent(agent["id"]) is None:
                self.put_agent(agent)
        if self._connection.execute("PRAGMA user_version").fetchone() != (0,):
            return
        for campaign in campaigns:
            self.put(campaign)
            self._connection.execute("PRAGMA user_version = 1")


def _stored(row: tuple[str, str, int, float | None, int]) -> Stored:
    identifier, data, queued, paused_at, refused = row
    return Stored(identifier, json.loads(data), queued, paused_at, refused)


def _where(filters: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    if not filters:
        return "", ()
    return " WHERE " + " AND ".join(_CONDITIONS[name] for name in filters), tuple(filters.values())


class Store:
    """The database: a file that several processes may share, or memory of this process (None)."""

    def __init__(self, database: Path | None) -> None:
        self._lock = threading.RLock()
        self._history: History[Stored] = History()
        if database is not None:
            database.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(
            database or ":memory:",
            isolation_level=None,
            check_same_thread=False,
            timeout=_SECONDS_TO_WAIT_FOR_OTHER_PROCESSES,
        )
        # With a write-ahead log, NORMAL waits for the disk at checkpoints only.
        self._connection.execute("PRAGMA journal_mode = WAL").fetchall()
        self._connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            for table in _TABLES:
                self._connection.execute(table)

    @contextmanager
    def transaction(self) -> Iterator[Tables]:
        """Everything in the block happens at once and alone, or not at all if it raises."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield Tables(self._connection, self._history)
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            self._connection.close()
