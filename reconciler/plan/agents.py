"""Whether the agents that a plan newly gives to campaigns exist and are published: one request each."""

from __future__ import annotations

from dataclasses import replace

from reconciler.api.answers import Fetch, read_agent_status
from reconciler.api.endpoints import get_agent
from reconciler.model.errors import ApiError, Refused
from reconciler.plan.plan import Action, CampaignPlan, Plan

_PUBLISHED = "published"


def with_agents_checked(plan: Plan, fetch: Fetch) -> Plan:
    """The plan, with an error where an agent does not exist and a notice where it is not published."""
    agents = sorted({agent for campaign in plan.campaigns for agent in _new_agents(campaign)})
    if not agents:
        return plan
    found = dict(zip(agents, map(_judged, agents, fetch([get_agent(agent) for agent in agents])), strict=True))
    campaigns = tuple(_with(campaign, found) for campaign in plan.campaigns)
    return replace(plan, campaigns=campaigns, reads=plan.reads + len(agents))


def _new_agents(campaign: CampaignPlan) -> list[str]:
    return [str(change.after) for change in campaign.changes if change.field.refers_to == "agent"]


def _judged(agent: str, answer: object) -> tuple[str | None, str | None]:
    """What is wrong with an agent, as an error and as a notice."""
    if isinstance(answer, Refused) and answer.is_missing:
        return f"no agent has the id {agent} in this environment (HTTP 404): check agent_id", None
    if isinstance(answer, ApiError):
        return None, f"agent {agent} could not be looked at: {answer}"
    status = read_agent_status(answer)  # type: ignore[arg-type]  # what is no error is an answer
    if status not in (None, _PUBLISHED):
        return None, f"agent {agent} is {status}, not published"
    return None, None


def _with(campaign: CampaignPlan, found: dict[str, tuple[str | None, str | None]]) -> CampaignPlan:
    for agent in _new_agents(campaign):
        error, notice = found[agent]
        if error:
            return replace(campaign, action=Action.ERROR, changes=(), status=None, unverified=(), errors=(error,))
        if notice:
            return replace(campaign, notices=(*campaign.notices, notice))
    return campaign
