"""What a plan is made under."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from reconciler.model.sensitive import HashKey

# What this token sent last of fields that no answer shows: campaign id, then field, to what `recorded` makes of it.
Record = Mapping[str, Mapping[str, str]]


class PlanContext(NamedTuple):
    """What a plan is made under: where, when, by which version, what was sent before, and what is allowed.

    With `allow_dnc_removals` the files are the whole truth about lists of people, and `replaces_in` is the file that
    says so, if one does. `key` is what hashes of people's data are made with; without it there are none.
    `known_to_be_new` are fields that the branch changed, by file; with `force_unverified` every field that nobody can
    verify counts as new, other than lists of people. `broken` says, by file, why nothing can be done for a campaign.
    """

    base_url: str
    created_at: str = ""
    tool_version: str = ""
    record: Record = MappingProxyType({})
    allow_dnc_removals: bool = False
    replaces_in: str = ""
    key: HashKey | None = None
    known_to_be_new: Mapping[str, frozenset[str]] = MappingProxyType({})
    force_unverified: bool = False
    broken: Mapping[str, str] = MappingProxyType({})
