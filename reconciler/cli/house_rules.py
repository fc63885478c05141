"""House rules, from the files that settings name: held against campaigns, and against plans."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from reconciler.files import disk
from reconciler.files.named import NamedFile, named_files
from reconciler.model.document import Document, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields

if TYPE_CHECKING:
    from reconciler.desired.policies import Policy
    from reconciler.plan.plan import Plan

_POLICIES = "policies"


def campaign_problems(documents: Sequence[Document], environments: Mapping[str, Document]) -> Iterator[Problem]:
    """The house rules that these campaigns break, and what is wrong with the files that hold them."""
    by_settings: dict[int, tuple[Document, list[Document]]] = {}
    for document in documents:
        settings = environments.get(document.file)
        if settings and _POLICIES in settings.values:
            by_settings.setdefault(id(settings), (settings, []))[1].append(document)
    for settings, theirs in by_settings.values():
        for named in named_files(settings, _POLICIES):
            yield from _of_campaigns(named, theirs)


def _of_campaigns(named: NamedFile, documents: Sequence[Document]) -> Iterator[Problem]:
    from reconciler.desired.policies import broken_policies  # noqa: PLC0415  only where there are house rules

    fields = campaign_fields()

    def broken(policy: Policy) -> Iterator[Problem]:
        for document in documents:
            yield from broken_policies(policy, document, fields)

    yield from _judged(named, _POLICIES, broken)


def plan_problems(plan: Plan, policies: Sequence[NamedFile]) -> tuple[Problem, ...]:
    """The house rules that a plan breaks, now and here, and what is wrong with the files that hold them."""
    if not policies:
        return ()
    from reconciler.desired.policies import broken_plan_policies  # noqa: PLC0415  as above
    from reconciler.plan.document import to_json  # noqa: PLC0415  as above

    document = {**to_json(plan), "context": context()}
    found = [
        problem
        for named in policies
        for problem in _judged(
            named,
            "plan_policies",
            lambda policy: broken_plan_policies(policy, document, policies[0].position.file),
        )
    ]
    return tuple(dict.fromkeys(found))


def context() -> dict[str, str]:
    """Who plans, and when: the day of the week, the time, and the zone of this machine, which `TZ` may set."""
    from reconciler.cli.ci import run_origin  # noqa: PLC0415  as above

    now = datetime.datetime.now(datetime.UTC).astimezone()
    return {
        "actor": run_origin(os.environ).actor or _user(),
        "weekday": f"{now:%A}",
        "time": f"{now:%H:%M}",
        "timezone": os.environ.get("TZ") or now.tzname() or "UTC",
    }


def _user() -> str:
    try:
        import getpass  # noqa: PLC0415 - only house rules ask who it is

        return getpass.getuser()
    except (KeyError, OSError):
        return ""


def _judged(named: NamedFile, key: str, broken: Callable[[Policy], Iterator[Problem]]) -> Iterator[Problem]:
    """What is broken; a file of house rules that is none is a problem where it is named."""
    from reconciler.desired.policies import PolicyError, read_policy  # noqa: PLC0415  as above

    try:
        yield from broken(read_policy(disk.content(named.file), named.file))
    except PolicyError as error:
        yield Problem(named.position, f"{named.file} {error}", (key,))
    except ReconcilerError as error:
        yield Problem(named.position, str(error), (key,))
