"""Plans that take campaigns from verdicts of earlier ones, and leave verdicts for the next."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reconciler.cli.connection import Connection, fetcher
from reconciler.cli.terminal import say
from reconciler.live.lookup import LiveRead, read_live
from reconciler.live.reuse import Read, Reuse
from reconciler.live.verdicts import SETTLED, SIMPLE
from reconciler.model.campaign import Desired, Live
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count
from reconciler.plan.context import PlanContext
from reconciler.plan.plan import Plan

_HOUR, _MINUTE = 3600, 60


def planned_from_verdicts(  # noqa: PLR0913, PLR0917 - each is asked once
    connection: Connection,
    desired: Sequence[Desired],
    context: PlanContext,
    longest: float,
    read: Callable[[Reuse | None], LiveRead],
    plan: Callable[[LiveRead], Plan],
) -> tuple[LiveRead, Plan]:
    """Read and plan, with campaigns whose verdict is at most so many seconds old taken from it.

    One campaign of a hundred is read all the same. Where one has changed though its stamp has not, all are read, and
    nothing is taken from verdicts of this environment any more.
    """
    file = connection.verdicts
    said = json.dumps([campaign_fields().schema, context.tool_version, context.allow_dnc_removals, context.replaces_in])
    key = connection.client.settings.token.hash_key("verdicts on campaigns")
    reuse = Reuse(campaign_fields(), key, file.read(), said, longest)
    if reuse.verdicts.missed:
        _tell_missed(connection, reuse)
    reading = read(reuse)
    _tell_why_not(reuse, reading)
    run = _Run(connection, desired, plan, reuse, reading, plan(reading))
    while doubtful := run.doubtful():
        run.read_again(doubtful)
    if reading.apart < SETTLED:
        reuse.learn(run.read_by_id())
    file.write(reuse.verdicts)
    return run.reading, replace(run.made, notices=(*run.made.notices, *_notice(reuse, run.made)))


@dataclass(slots=True)
class _Run:
    """A plan that takes campaigns from verdicts: what was read and planned by now."""

    connection: Connection
    desired: Sequence[Desired]
    plan: Callable[[LiveRead], Plan]
    reuse: Reuse
    reading: LiveRead
    made: Plan

    def doubtful(self) -> frozenset[str]:
        """The files of campaigns that were taken, and have to be read all the same.

        That is all of them where one is found missed, and where clocks differ: nobody can tell how old rows are then.
        What was taken makes a plan of nothing. A plan that does something tells how campaigns call together, too:
        those whose hours and agents nobody has shown are read, and show whether verdicts are right.
        """
        reuse, rows = self.reuse, self.reading.rows
        if not reuse.verdicts.missed and any(map(reuse.is_missed, self.read_by_id())):
            reuse.miss(self.connection.shutdown.stamp())
            _tell_missed(self.connection, reuse)
        if reuse.verdicts.missed or self.reading.apart >= SETTLED:
            return frozenset(reuse.taken)
        as_said = self._as_their_files_say()
        left_open = frozenset[str]()
        if self.made.is_pending:
            taken = [one for one in self.desired if one.file in reuse.taken]
            left_open = as_said & {one.file for one in taken if reuse.leaves_open(one, rows[one.file])}
        reuse.sampled |= left_open
        return left_open | (reuse.taken.keys() - as_said)

    def read_again(self, files: frozenset[str]) -> None:
        """Read these campaigns after all, and plan anew."""
        self.reuse.taken = {file: age for file, age in self.reuse.taken.items() if file not in files}
        theirs = [one for one in self.desired if one.file in files]
        again = read_live(campaign_fields(), theirs, fetcher(self.connection))
        self.reading = self.reading._replace(
            found={**self.reading.found, **again.found}, requests=self.reading.requests + again.requests
        )
        self.made = self.plan(self.reading)

    def read_by_id(self) -> list[Read]:
        """The campaigns that were read by id after their rows."""
        in_sync, rows = self._as_their_files_say(), self.reading.rows
        return [
            Read(one, rows[one.file], live, one.file in in_sync)
            for one in self.desired
            if one.file in rows and one.file not in self.reuse.taken
            for live in [self.reading.found[one.file]]
            if isinstance(live, Live)
        ]

    def _as_their_files_say(self) -> frozenset[str]:
        return frozenset(one.file for one in self.made.campaigns if one.is_as_its_file_says)


def _tell_why_not(reuse: Reuse, reading: LiveRead) -> None:
    """Say why verdicts that hold are not used, where nothing is wrong with them."""
    if reading.apart >= SETTLED:
        say(
            f"--reuse takes nothing: the dates of answers are up to {_age(reading.apart)} apart, so that some came out "
            "of a cache, or clocks differ"
        )
    if not reuse.verdicts.missed and reuse.unproven:
        kinds = ", ".join("simple fields" if kind == SIMPLE else kind for kind in sorted(reuse.unproven))
        say(
            f"--reuse reads what holds {kinds}: no PUT of ours was seen to move updated_at with these, or one was seen "
            "not to; apply notes that by itself"
        )


def _tell_missed(connection: Connection, reuse: Reuse) -> None:
    say(
        f"--reuse is off for this environment, and everything is read: {_why(reuse)}; delete "
        f"{connection.verdicts.path} to begin anew"
    )


def _why(reuse: Reuse) -> str:
    missed = reuse.verdicts.missed
    is_moment = missed[:1].isdigit()
    return f"a campaign was found changed, and its stamp was not ({missed})" if is_moment else missed


def _notice(reuse: Reuse, made: Plan) -> list[str]:
    """What of the plan is not from reads of now."""
    if not reuse.taken:
        return []
    oldest = _age(max(reuse.taken.values()))
    of_all = f"{len(reuse.taken):,} of {count(len(made.campaigns), 'campaign')}"
    are = "is" if len(reuse.taken) == 1 else "are"
    again = f"{len(reuse.sampled):,} more {'was' if len(reuse.sampled) == 1 else 'were'} read again, to make sure"
    return [f"{of_all} {are} taken from reads up to {oldest} old, since no stamp has moved (--reuse); {again}"]


def _age(seconds: float) -> str:
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.0f} h"
    return f"{seconds / _MINUTE:.0f} min" if seconds >= _MINUTE else f"{seconds:.0f} s"
