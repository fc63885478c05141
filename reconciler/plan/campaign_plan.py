"""What apply would do to one campaign, as a value: its steps, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reconciler.hours.closed_hours import Calling
from reconciler.model.campaign import FINISHED, Desired, Status
from reconciler.model.holds import Hold
from reconciler.plan.attempts import AttemptsChange
from reconciler.plan.call_times import NO_CALL_TIMES, CallTimes
from reconciler.plan.diff import Change, Direction, Kept, UnverifiedField
from reconciler.plan.protection import Withheld
from reconciler.plan.puts import in_puts
from reconciler.plan.schedules import Schedules
from reconciler.plan.steps import Action, Agent, StatusChange

if TYPE_CHECKING:
    from reconciler.plan.besides import Besides


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """What apply would do to one campaign.

    `managed` holds a short salted hash of everything that the file says, field by field, so that a saved plan
    can tell whether the file still says it. `legal` is what breaks rules on calls, `agents` who calls
    before and after, where that is known. `besides` is what a branch changes
    other than fields: apply sends nothing for it, and the digest is without it. `recorded` are the fields of which the
    record holds a value, and `stamp` is when the API says that it changed last. `hold` is the one that it is under,
    which is no part of the digest. `calling` is whether it calls now, where an update may pause it.
    """

    id: str | None
    name: str
    file: str
    action: Action
    desired: Desired = field(repr=False, compare=False)
    live_status: str | None = None
    changes: tuple[Change, ...] = ()
    status: StatusChange | None = None
    unverified: tuple[UnverifiedField, ...] = ()
    kept: tuple[Kept, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    in_sync: int = 0
    notices: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    call_times: CallTimes = field(default=NO_CALL_TIMES, repr=False, compare=False)
    legal: tuple[str, ...] = ()
    agents: tuple[Agent | None, Agent | None] = field(default=(None, None), compare=False)
    campaign_type: str | None = field(default=None, repr=False, compare=False)
    managed: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    besides: tuple[Besides, ...] = ()
    recorded: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    hold: Hold | None = field(default=None, compare=False)
    stamp: str | None = field(default=None, repr=False, compare=False)
    calling: Calling | None = field(default=None, compare=False)

    @property
    def schedules(self) -> Schedules:
        """Its whole calling hours before and after, where they are known."""
        return self.call_times.schedules

    @property
    def attempts(self) -> AttemptsChange | None:
        """The most calls to one person before and after, where something is known of them."""
        return self.call_times.attempts

    @property
    def is_as_its_file_says(self) -> bool:
        """Everything that the file says is known to be live, and there is nothing to tell."""
        told = (self.changes, self.unverified, self.kept, self.withheld, self.legal, self.notices, self.status)
        return self.action is Action.NONE and not any(told)

    @property
    def sent(self) -> tuple[Change | UnverifiedField, ...]:
        """The fields that PUTs carry: what changes, and unverified values that the record does not hold."""
        return (*self.changes, *(unverified for unverified in self.unverified if unverified.send))

    @property
    def may_pause(self) -> bool:
        """The API may refuse this update while calls are queued, so that apply has to pause the campaign."""
        is_calling = self.live_status == Status.ACTIVE and self.hold is None
        return is_calling and not self.pauses_first and self.sends_schedule

    @property
    def sends_schedule(self) -> bool:
        """A schedule field changes, or is sent that nobody can verify and that is known to be new."""
        return any(one.field.may_conflict and (isinstance(one, Change) or one.is_new) for one in self.sent)

    @property
    def pauses_first(self) -> bool:
        """The file wants the campaign paused: that comes before its other changes."""
        return self.status is not None and (self.status.before, self.status.after) == (Status.ACTIVE, Status.PAUSED)

    @property
    def starts(self) -> bool:
        """Calls start that somebody has to say yes to: the campaign becomes active, or is created to be."""
        return self._wants_start and self.hold is None and self.status is not None and not self.status.is_ours

    @property
    def is_held_back(self) -> bool:
        """Its file wants it started, and it is held: that is told, and nothing is done."""
        return self._wants_start and self.hold is not None

    @property
    def _wants_start(self) -> bool:
        return self.status is not None and self.status.after == Status.ACTIVE

    @property
    def _sets_status(self) -> bool:
        return self.status is not None and not self.is_held_back

    @property
    def final(self) -> bool:
        """The campaign is completed or cancelled, which nothing can undo."""
        return self.status is not None and self.status.after in FINISHED

    @property
    def status_before(self) -> str | None:
        """The status that steps begin from: the live one; a campaign that is created is a draft at first."""
        return Status.DRAFT if self.action is Action.CREATE else self.live_status

    @property
    def is_pending(self) -> bool:
        """Live differs from the file, so that apply would change something. Unverified fields don't count."""
        return bool(self.changes) or self._sets_status

    @property
    def is_changed(self) -> bool:
        """Apply would change something, or the branch changes something besides the fields."""
        return self.is_pending or bool(self.besides)

    @property
    def means_another(self) -> bool:
        """The branch may make the file mean another campaign than before."""
        return any(one.means_another for one in self.besides)

    @property
    def has_other_rules(self) -> bool:
        """The branch loosens what protects people, or holds the campaign's plan back."""
        return any(one.is_grave and not one.means_another for one in self.besides)

    @property
    def has_steps(self) -> bool:
        """Apply would send something."""
        return bool(self.sent) or self._sets_status

    @property
    def loosens(self) -> bool:
        """Some change lets more be done to the people called, one of them more often, or a limit on that is raised."""
        return (
            self.calls_more_often
            or any(change.direction is Direction.LOOSENS for change in self.changes)
            or any(one.loosens for one in self.besides)
        )

    @property
    def only_tightens(self) -> bool:
        """Less is done to the people who are called, and nothing more: a setting is tightened, or calls stop."""
        if self.starts or self.loosens or self.action is Action.CREATE:
            return False
        stops = self.status is not None and (self.status.before == Status.ACTIVE or self.final)
        return stops or any(change.direction is Direction.TIGHTENS for change in self.changes)

    @property
    def calls_more_often(self) -> bool:
        """The changes let one person be called more often than before."""
        return self.is_pending and self.attempts is not None and self.attempts.is_more

    @property
    def requests(self) -> int:
        """The requests that apply sends if nothing goes wrong and every answer shows what was sent, and a pause's.

        A creation looks for the name first; a list of people is a look, the PUT and a look; what nobody can verify has
        a PUT of its own. A pause is a look, two changes of the status, a look before the second, and the PUT once more.
        """
        if self.action is Action.CREATE:
            return 2 + self._sets_status
        if not self.sent:
            return int(self._sets_status)
        people = [one for one in self.sent if one.field.adds_to_live]
        return 3 * len(people) + len(self.puts) + self._sets_status + (5 if self.may_pause else 0)

    @property
    def puts(self) -> tuple[tuple[Change | UnverifiedField, ...], ...]:
        """What each PUT carries, in their order, besides lists of people, which have PUTs of their own.

        The changes, what is known to be new, and the rest, where a schedule that is put off must not hold up what no
        queued call has a say in.
        """
        return in_puts(self.sent)
