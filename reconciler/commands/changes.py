"""What a plan is held against besides live: the files at a base revision, and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from reconciler import files, limits
from reconciler.branch import Branch, branch
from reconciler.campaign import Desired
from reconciler.commands.options import LimitOptions
from reconciler.commands.planning import Environment
from reconciler.commands.reading import today
from reconciler.commands.terminal import say
from reconciler.errors import ReconcilerError
from reconciler.fields import campaign_fields
from reconciler.history import Past, merge_base
from reconciler.plan import Plan
from reconciler.validate import validate


def branch_of(revision: str, paths: Sequence[str], now: Sequence[Desired]) -> Branch:
    """What this branch changed since it left a revision."""
    with merge_base(revision) as past:
        return branch(campaign_fields(), past.commit, _base(past, paths), now)


def _base(past: Past, paths: Sequence[str]) -> tuple[Desired, ...]:
    """The campaigns of the past under the same paths; files that were broken then count as not there."""
    found: list[Desired] = []
    for path in paths or ["campaigns"]:
        try:
            reading = files.read([past.path_of(path)])
        except ReconcilerError:
            continue  # no campaigns were there yet
        desired, _ = validate(reading.documents, campaign_fields(), today())
        found += [replace(one, document=replace(one.document, file=past.name_of(one.document.file))) for one in desired]
    return tuple(found)


def over_limits(plan: Plan, environment: Environment, given: LimitOptions) -> bool:
    """Tell every limit that the plan of an environment is over."""
    told = limits.exceeded([plan], limits.limits(asdict(given), dict(environment.limits), environment.file))
    for line in told:
        say(line)
    return bool(told)
