"""How much a plan may do at once: campaigns changed, loosened, started, and campaigns that may be paused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from reconciler.model.document import Document, Value
from reconciler.model.errors import UsageError
from reconciler.plan.plan import Plan

# Below so many campaigns a percentage says nothing: one of three would be 33 %.
FEWEST_FOR_PERCENT = 10
_TOO_MUCH: Final = "too much at once: "
_LIMIT = re.compile(r"([0-9]{1,9})(%?)")


class Limit(NamedTuple):
    """A number of campaigns, or a percentage of those at hand, and where it is set."""

    number: int
    is_percent: bool
    source: str

    def __str__(self) -> str:
        return f"{self.number}{'%' if self.is_percent else ''}"

    def allows(self, campaigns: int, among: int) -> bool:
        """Whether so many of so many campaigns are within the limit."""
        if not self.is_percent:
            return campaigns <= self.number
        return among < FEWEST_FOR_PERCENT or campaigns * 100 <= self.number * among


class Limits(NamedTuple):
    """The limits of a run; None is no limit."""

    max_changes: Limit | None = None
    max_loosened: Limit | None = None
    max_started: Limit | None = None
    max_paused: Limit | None = None


def limit(text: Value, source: str, *, percent: bool = False) -> Limit:
    """Read `25` or, where that is allowed, `10%`. Raises UsageError for anything else."""
    match = _LIMIT.fullmatch(str(text))
    if not match or (match[2] and (not percent or int(match[1]) > 100)):  # noqa: PLR2004 - percent
        allowed = "a whole number, or a percentage such as 10%" if percent else "a whole number"
        msg = f"{source}: {str(text)[:40]!r} is no limit: expected {allowed}"
        raise UsageError(msg)
    return Limit(int(match[1]), bool(match[2]), source)


def limits(
    options: Mapping[str, str | None], settings: Mapping[str, Value], file: str, base: Document | None = None
) -> Limits:
    """The limits that options give, else those of the environment file at the `base`, else those that it sets now.

    No branch raises its own limit: where its base sets one, that holds, and its source names what the branch says.
    """

    def chosen(name: str, *, percent: bool = False) -> Limit | None:
        option = f"--{name.replace('_', '-')}"
        if (given := options.get(name)) is not None:
            return limit(given, option, percent=percent)
        return set_limit(name, settings, file, base, percent=percent)

    return Limits(
        chosen("max_changes", percent=True), chosen("max_loosened"), chosen("max_started"), chosen("max_paused")
    )


def set_limit(
    name: str, settings: Mapping[str, Value], file: str, base: Document | None = None, *, percent: bool = False
) -> Limit | None:
    """The limit that the environment file sets at the `base`, else the one that it sets now; None without either."""
    if base and name in base.values:
        source = f"{base.origin((name,)).file}: {name}"
        if settings.get(name) != base.values[name]:
            source += f" at the base (the branch {f'sets {settings[name]}' if name in settings else 'removes it'})"
        return limit(base.values[name], source, percent=percent)
    return limit(settings[name], f"{file}: {name}", percent=percent) if name in settings else None


def exceeded(plans: Sequence[Plan], set_to: Limits) -> tuple[str, ...]:
    """Every limit that the plan is over: the number, the limit, where it is set, and what to pass once."""
    return tuple(
        f"{_TOO_MUCH}{told}; if that is meant, pass {option} once" for told, option in _exceeded(plans, set_to)
    )


def is_about_limit(told: str) -> bool:
    """Whether this is why a plan is refused that is over a limit, which may be let through."""
    return told.startswith(_TOO_MUCH)


def let_through(plans: Sequence[Plan], set_to: Limits) -> tuple[str, ...]:
    """The same, in the words for a plan that is let through although it is over them."""
    return tuple(f"over a limit, and let through this once: {told}" for told, _ in _exceeded(plans, set_to))


def _exceeded(plans: Sequence[Plan], set_to: Limits) -> Iterator[tuple[str, str]]:
    """Every limit that the plan is over, and the option that would allow it."""
    campaigns = [campaign for plan in plans for campaign in plan.campaigns]
    among = sum(max(len(plan.campaigns), plan.among) for plan in plans)
    counts = (
        ("max-changes", set_to.max_changes, sum(c.is_changed for c in campaigns), "change"),
        ("max-loosened", set_to.max_loosened, sum(c.loosens for c in campaigns), "loosen what may be done to people"),
        ("max-started", set_to.max_started, sum(c.starts for c in campaigns), "start calls"),
        ("max-paused", set_to.max_paused, sum(c.may_pause for c in campaigns), "may be paused"),
    )
    for name, limit_, number, verb in counts:
        if limit_ is not None and not limit_.allows(number, among):
            told = f"{number} of {among} campaigns {verb}, and {limit_.source} allows {limit_}"
            yield told, f"--{name} {number}"
