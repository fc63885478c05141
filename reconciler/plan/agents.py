"""Whether the agents that a plan newly gives to campaigns exist, are published, and make calls: one request each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reconciler.api.answers import ApiAnswer, Fetch, read_agent
from reconciler.api.endpoints import get_agent
from reconciler.model.document import Problem
from reconciler.model.errors import ApiError, Refused
from reconciler.plan.diff import Change
from reconciler.plan.plan import Action, CampaignPlan, Plan

_PUBLISHED, _INBOUND = "published", "inbound"


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What is wrong with an agent: an error, or only doubts."""

    error: str | None = None
    doubts: tuple[str, ...] = ()


def with_agents_checked(plan: Plan, fetch: Fetch) -> Plan:
    """The plan, with an error where an agent does not exist, a notice where it is not published or inbound."""
    agents = sorted({str(change.after) for campaign in plan.campaigns for change in _new_agents(campaign)})
    if not agents:
        return plan
    found = dict(zip(agents, map(_judged, agents, fetch([get_agent(agent) for agent in agents])), strict=True))
    campaigns = tuple(_with(campaign, found) for campaign in plan.campaigns)
    return replace(plan, campaigns=campaigns, reads=plan.reads + len(agents))


def _new_agents(campaign: CampaignPlan) -> list[Change]:
    return [change for change in campaign.changes if change.field.refers_to == "agent"]


def _judged(agent: str, answer: ApiAnswer | ApiError) -> _Judgement:
    if isinstance(answer, Refused) and answer.is_missing:
        return _Judgement(f"no agent has the id {agent} in this environment (HTTP 404)")
    if isinstance(answer, ApiError):
        return _Judgement(doubts=(f"agent {agent} could not be looked at: {answer}",))
    state = read_agent(answer)
    is_draft = state.status not in (None, _PUBLISHED)
    doubts = [f"agent {agent} is {state.status}, not published"] if is_draft else []
    doubts += [f"agent {agent} is inbound: it takes calls, and makes none"] if state.direction == _INBOUND else []
    return _Judgement(doubts=tuple(doubts))


def _with(campaign: CampaignPlan, found: dict[str, _Judgement]) -> CampaignPlan:
    """The campaign with what is wrong with its new agent, told where the file names it."""
    for change in _new_agents(campaign):
        judgement = found[str(change.after)]
        if judgement.error:
            error = _told(change, judgement.error)
            return replace(campaign, action=Action.ERROR, changes=(), status=None, unverified=(), errors=(error,))
        notices = tuple(_told(change, doubt) for doubt in judgement.doubts)
        campaign = replace(campaign, notices=(*campaign.notices, *notices))
    return campaign


def _told(change: Change, message: str) -> str:
    return str(Problem(change.position, message, (change.field.name,)))
