"""What a plan is held against besides live: the files at a base revision, and limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

from reconciler.cli.load import today
from reconciler.cli.options import LimitOptions
from reconciler.cli.planning import Environment
from reconciler.cli.terminal import say
from reconciler.desired.validate import validate
from reconciler.files import read as files
from reconciler.files.git import BaseRevision, merge_base
from reconciler.model.campaign import Desired
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.plan import guardrails as limits
from reconciler.plan.branch import Branch, branch
from reconciler.plan.plan import Plan


def branch_of(revision: str, paths: Sequence[str], now: Sequence[Desired]) -> Branch:
    """What this branch changed since it left a revision."""
    with merge_base(revision) as past:
        return branch(campaign_fields(), past.commit, _base(past, paths), now)


def _base(past: BaseRevision, paths: Sequence[str]) -> tuple[Desired, ...]:
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
