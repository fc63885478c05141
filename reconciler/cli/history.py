"""What each commit changed of campaigns, followed by id, name and path from the newest commit back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reconciler.cli.past_campaigns import PastCampaigns, State, concerns
from reconciler.files.commits import Changed, Commit, History, is_shared
from reconciler.files.names import is_campaign
from reconciler.model.fields import campaign_fields
from reconciler.model.trimmed import trimmed
from reconciler.plan.besides import Placed, same_id
from reconciler.plan.branch import branch, offline_plan, told_of_deleted
from reconciler.plan.context import PlanContext
from reconciler.plan.log import LoggedCommit
from reconciler.plan.pairing import paired

# A file that was broken is held against what it said before that, up to so many commits earlier.
_MOST_BROKEN = 100


@dataclass(frozen=True, slots=True)
class Target:
    """Which campaigns are meant: all below a folder, one file, or the one with this name or id in the folder.

    Paths are from the top of the repository; an empty `folder` is all of it.
    """

    folder: str
    file: str = ""
    label: str = ""

    def covers(self, path: str) -> bool:
        """Whether a file is below the folder."""
        return not self.folder or path.startswith(f"{self.folder}/")

    def means(self, state: State | None) -> bool:
        """Whether this campaign has the name or id that is meant."""
        if not isinstance(state, Placed):
            return False
        one = state.desired
        return same_id(one.id, self.label) or trimmed(one.name or "") == trimmed(self.label)


@dataclass(slots=True)
class _Sides:
    """The campaigns before and after a commit, by path, and the paths of which it is asked what became of them."""

    hit: set[str]
    base: dict[str, Placed]
    now: dict[str, Placed]
    problems: tuple[str, ...] = ()


@dataclass(slots=True)
class Follower:
    """Goes back through the commits with the campaigns that are meant, and tells what each changed of them."""

    history: History
    past: PastCampaigns
    target: Target
    _tracked: dict[str, set[str]] = field(default_factory=dict)
    is_found: bool = False

    def commits(self, since: float | None = None) -> Iterator[LoggedCommit]:
        """The commits that changed what is effective for what is meant, newest first."""
        is_head = True
        for commit in self.history.newest_first(since):
            if is_head:
                self._begin(commit)
                is_head = False
            parents = [self.history.commit(name) for name in commit.parents]
            first = parents[0] if parents else None
            if parents and first is None:
                continue  # a shallow clone ends here: what it changed is not known
            changed = list(self.history.changed(first.tree if first else "", commit.tree))
            paths = self._paths(commit, first, changed)
            found = self._logged(commit, first, changed, paths) if changed and paths != set() else None
            for name in commit.parents:
                if paths is not None:
                    self._tracked.setdefault(name, set()).update(paths)
            if found and found.is_worth_telling and not self._is_merged(commit, parents, found):
                yield found

    def _begin(self, head: Commit) -> None:
        """Find what is meant in the newest commit."""
        target = self.target
        if target.file:
            self._tracked[head.id] = {target.file}
            self.is_found = self.history.entry(head.tree, target.file) is not None
        elif target.label:
            there = [path for path in self.history.campaigns(head.tree) if target.covers(path)]
            states = self.past.states(head.tree, there)
            sound = {p: s if isinstance(s, Placed) else self._sound(head, p) for p, s in states.items()}
            meant = {path for path, state in sound.items() if target.means(state)}
            self._tracked[head.id] = meant
            self.is_found = bool(meant)

    def _paths(self, commit: Commit, parent: Commit | None, changed: Sequence[Changed]) -> set[str] | None:
        """The paths that are followed here; None for all. Until a name is found, files that went may have had it."""
        if not self.target.file and not self.target.label:
            return None
        paths = self._tracked.pop(commit.id, set())
        if self.target.label and not self.is_found and parent:
            gone = [one.path for one in changed if one.after is None and _is_campaign(one.path)]
            states = self.past.states(parent.tree, filter(self.target.covers, gone))
            paths |= {path for path, state in states.items() if self.target.means(state)}
            self.is_found = bool(paths)
        if self.target.file and any(one.path == self.target.file for one in changed):
            self.is_found = True
        return paths

    def _is_merged(self, commit: Commit, parents: Sequence[Commit | None], found: LoggedCommit) -> bool:
        """Whether a merge only brings what one of its parents had: that was told there."""
        others = parents[1:]
        files = {self.past.key_of(campaign.file) for campaign in found.campaigns} if others else set()
        for other in others:
            differs = self.history.changed(other.tree, commit.tree) if other else ()
            if not any(one.path in files or is_shared(one.path) for one in differs):
                return True
        return False

    # One commit

    def _logged(
        self, commit: Commit, parent: Commit | None, changed: Sequence[Changed], paths: set[str] | None
    ) -> LoggedCommit | None:
        """What a commit changed; adds to `paths` where a campaign came from."""
        sides = self._sides(commit, parent, changed, paths)
        if sides is None:
            return None
        renamed = _renamed(changed)
        names = {path: self.past.name_of(path) for path in (*sides.base, *sides.now)}
        by_name = {name: names[was] for now, was in renamed.items() if (name := names.get(now)) and was in names}
        paths_of = {name: path for path, name in names.items()}
        pairs = paired([*sides.base.values()], [*sides.now.values()], by_name)
        came = {path: paths_of[pairs[name].desired.file] for path in sides.now if (name := names[path]) in pairs}
        now = {path: one for path, one in sides.now.items() if path in sides.hit or came.get(path) in sides.hit}
        from_paths = {came[path] for path in now if path in came}
        base = {path: one for path, one in sides.base.items() if path in sides.hit or path in from_paths}
        if paths is not None:
            paths |= from_paths
        found = branch(campaign_fields(), commit.id, [*base.values()], [*now.values()], by_name)
        plan = offline_plan(campaign_fields(), found, [one.desired for one in now.values()], PlanContext(""))
        about = (commit.id, commit.date, commit.author, commit.subject)
        new = frozenset(file for file, change in found.changed.items() if change.base is None)
        return LoggedCommit(*about, plan.campaigns, told_of_deleted(found), sides.problems, new)

    def _sides(
        self, commit: Commit, parent: Commit | None, changed: Sequence[Changed], paths: Collection[str] | None
    ) -> _Sides | None:
        """The campaigns that a commit may have changed, before and after; None where it touched none."""
        campaigns = {one.path: one for one in changed if _is_campaign(one.path)}
        hit = self._hit(commit, changed, campaigns, paths)
        if not hit:
            return None
        added, gone = ({path for path, one in campaigns.items() if side(one) is None} for side in (_before, _after))
        # Where it came from, or went to, may be outside of what was asked for.
        after = self.past.states(commit.tree, hit | (added if hit & gone else set()))
        before_tree = parent.tree if parent else ""
        before = self.past.states(before_tree, hit | (gone if hit & added else set()))
        sides = _Sides(hit, {}, {path: one for path, one in after.items() if isinstance(one, Placed)})
        broken = {path: one for path, one in after.items() if not isinstance(one, Placed) and path in hit}
        told = [told for path, one in broken.items() if before.get(path) != one for told in one]
        sides.problems = tuple(dict.fromkeys(told))
        for path, state in before.items():
            sound = state if isinstance(state, Placed) else self._sound(parent, path) if path in sides.now else None
            if sound and path not in broken:
                sides.base[path] = sound
        return sides

    def _hit(
        self,
        commit: Commit,
        changed: Iterable[Changed],
        campaigns: Mapping[str, Changed],
        paths: Collection[str] | None,
    ) -> set[str]:
        """The paths that changed, or that something changed for which they share."""
        shared = [one.path for one in changed if is_shared(one.path)]
        if paths is not None:
            return {path for path in paths if path in campaigns or any(concerns(one, path) for one in shared)}
        hit = {path for path in campaigns if self.target.covers(path)}
        if shared:
            there = filter(self.target.covers, self.history.campaigns(commit.tree))
            hit |= {path for path in there if any(concerns(one, path) for one in shared)}
        return hit

    def _sound(self, commit: Commit | None, path: str) -> Placed | None:
        """What a file said last before it was broken."""
        for _ in range(_MOST_BROKEN):
            commit = self.history.commit(commit.parents[0]) if commit and commit.parents else None
            state = self.past.states(commit.tree, [path]).get(path) if commit else None
            if state is None or isinstance(state, Placed):
                return state
        return None


def _is_campaign(path: str) -> bool:
    return is_campaign(path.rpartition("/")[2])


def _before(one: Changed) -> object:
    return one.before


def _after(one: Changed) -> object:
    return one.after


def _renamed(changed: Iterable[Changed]) -> dict[str, str]:
    """The files that came with the content of one that went."""
    one_of = {one.before.object_id: one.path for one in changed if one.before and one.after is None}
    return {
        one.path: one_of[one.after.object_id]
        for one in changed
        if one.after and one.before is None and one.after.object_id in one_of
    }
