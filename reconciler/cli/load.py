"""From paths to desired campaigns: what every command starts with. Needs no network."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from reconciler.cli.calendars import closings_of
from reconciler.cli.collection import without_collection
from reconciler.cli.house_rules import campaign_problems
from reconciler.cli.legal_profiles import by_own_rules, profile_problems
from reconciler.cli.terminal import say
from reconciler.desired.validate import check_settings, validate
from reconciler.files import read as files
from reconciler.files.unnamed import never_named
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Problem
from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.model.fields import Fields, campaign_fields, environment_fields
from reconciler.model.name_patterns import KnownNames
from reconciler.model.words import count

if TYPE_CHECKING:
    from reconciler.cli.option_groups import Selection
    from reconciler.cli.shared_lists import SharedList
    from reconciler.plan.closing import Closing


class LoadedCampaigns(NamedTuple):
    """The campaigns of some paths, everything wrong with them, and the environment that each belongs to.

    `everything` are those that were not selected, too, as their files say them: without the numbers of `lists`.
    `closings` are the days without calls of campaigns, by file.
    """

    desired: tuple[Desired, ...]
    problems: tuple[Problem, ...]
    environments: Mapping[str, Document] = MappingProxyType({})
    everything: tuple[Desired, ...] = ()
    lists: tuple[SharedList, ...] = ()
    closings: Mapping[str, Closing] = MappingProxyType({})

    @property
    def has_errors(self) -> bool:
        """Something has to be mended first; warnings don't count."""
        return any(problem.is_error for problem in self.problems)


def today() -> datetime.date:
    """The date, in UTC."""
    return datetime.datetime.now(datetime.UTC).date()


@without_collection()
def load(
    paths: Sequence[str], instead: Mapping[str, bytes] | None = None, *, may_shrink: bool = False
) -> LoadedCampaigns:
    """Read and check the campaigns of these paths, by default those of `campaigns`; `instead` as in `files.read`.

    Shared lists of numbers that are missing or empty are errors, and only warnings where they `may_shrink`.
    """
    reading = files.read(paths or ["campaigns"], instead)
    desired, problems = validate(reading.documents, campaign_fields(), today(), environments_of(reading.environments))
    shared = [*_problems_of((*reading.environments.values(), *reading.settings), environment_fields)]
    shared += _problems_of((*reading.defaults, *reading.parts), campaign_fields)
    shared += profile_problems(reading.environments)
    shared += campaign_problems([one.document for one in desired], reading.environments)
    refused = never_named(reading.unnamed) if reading.unnamed else ()
    loaded = LoadedCampaigns(desired, (), reading.environments, desired)
    if _names_lists(loaded):
        from reconciler.cli.shared_lists import with_lists  # noqa: PLC0415 - few campaigns name lists, which load much

        listed = with_lists(desired, reading.environments, may_shrink=may_shrink)
        loaded = loaded._replace(desired=listed.desired, lists=listed.lists)
        shared += listed.problems
    closing = closings_of(desired)
    loaded = loaded._replace(closings=closing.closings)
    shared += closing.problems
    every = by_own_rules({*reading.problems, *problems, *shared, *refused}, desired, reading.environments)
    return loaded._replace(problems=tuple(sorted(every, key=lambda p: (p.position, p.message))))


def _names_lists(loaded: LoadedCampaigns) -> bool:
    """Whether a campaign, or an environment, names a list of numbers in a file of its own."""
    settings = {id(one): one for one in loaded.environments.values()}
    own = [name for name, field in campaign_fields().local.items() if field.adds_to]
    theirs = [name for name, field in environment_fields().every.items() if field.adds_to] if settings else []
    return any(name in one.document.values for one in loaded.desired for name in own) or any(
        name in one.values for one in settings.values() for name in theirs
    )


def _problems_of(documents: Sequence[Document], fields: Callable[[], Fields]) -> tuple[Problem, ...]:
    """Everything wrong with what campaigns share; its schema is read only where there is something."""
    return check_settings(documents, fields(), today()) if documents else ()


def environments_of(settings: Mapping[str, Document]) -> dict[str, str]:
    """Which campaigns a token sees, by file; two folders may have limits of their own for one environment."""
    sees = {file: [d.values.get(key) for key in ("base_url", "token_env")] for file, d in settings.items()}
    return {file: repr(seen) if any(seen) else "" for file, seen in sees.items()}


def without_errors(
    paths: Sequence[str],
    selection: Selection | None = None,
    *,
    may_shrink: bool = False,
    state_dir: Path | None = None,
    tells: bool = True,
) -> LoadedCampaigns:
    """The same, for commands that go on from there: raises FilesError for problems, and tells warnings.

    Unless it `tells`, whoever asks does. With `state_dir` lists that lost much since the last apply are errors, too,
    unless they `may_shrink`.
    """
    found = load(paths, may_shrink=may_shrink)
    if state_dir and found.lists and not may_shrink:
        from reconciler.cli.shared_lists import ListsApplied  # noqa: PLC0415 - as above

        found = found._replace(problems=(*found.problems, *ListsApplied(state_dir).problems(found.lists)))
    if found.has_errors:
        raise FilesError(found.problems)
    if not found.desired:
        raise ReconcilerError(f"no campaign under {' '.join(paths)}: it only holds what campaigns share")
    for problem in found.problems if tells else ():
        say(str(problem))
    return selected(found, selection) if selection else found


def selected(found: LoadedCampaigns, selection: Selection) -> LoadedCampaigns:
    """Only the campaigns whose name and type are asked for; raises ReconcilerError for a name that none has."""
    there = {desired.label for desired in found.desired}
    known = KnownNames(there if selection.names else ())
    names: set[str] = set()
    for name in selection.names:
        if not (meant := known.meant(name)):
            raise ReconcilerError(_nobody_called(name, there))
        names |= meant
    chosen = tuple(
        desired
        for desired in found.desired
        if (not selection.names or desired.label in names)
        and (not selection.types or desired.values.get("campaign_type") in selection.types)
    )
    if not chosen:
        asked = "name and type that were" if selection.names else "type that was"
        msg = f"none of {count(len(found.desired), 'campaign')} has the {asked} asked for"
        raise ReconcilerError(msg)
    return found._replace(desired=chosen)


def _nobody_called(name: str, there: Collection[str]) -> str:
    from reconciler.model.near_names import near_names  # noqa: PLC0415 - only a slip of the pen pays for it

    near = " or ".join(map(repr, near_names(name, there, most=3)))
    return f"none of {count(len(there), 'campaign')} has the name {name!r}{f': did you mean {near}?' if near else ''}"
