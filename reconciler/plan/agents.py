"""Whether the agents that a plan newly gives to campaigns exist, are published, and make calls: one request each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from reconciler.api.answers import ApiAnswer, Fetch, read_agent
from reconciler.api.endpoints import get_agent
from reconciler.model.document import Problem
from reconciler.model.errors import ApiError, Refused
from reconciler.model.fields import Reference
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.diff import Change
from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action

_PUBLISHED, _INBOUND = "published", "inbound"


class _Judgement(NamedTuple):
    """What is wrong with an agent: an error, or only doubts."""

    error: str | None = None
    doubts: tuple[str, ...] = ()


def with_agents_checked(
    plan: Plan,
    fetch: Fetch,
    names: Mapping[str, str] = MappingProxyType({}),
    sound: Collection[str] = (),
) -> Plan:
    """The plan, with an error where an agent does not exist, a notice where it is not published or inbound.

    `names` are known already, by id, and `sound` are ids of agents that were looked at. What is called otherwise in
    the answers is called so in the plan.
    """
    new = {str(change.after) for campaign in plan.campaigns for change in _new_agents(campaign)}
    agents = sorted(new.difference(sound))
    answers = dict(zip(agents, fetch([get_agent(agent) for agent in agents]) if agents else (), strict=True))
    found = {agent: _judged(agent, answer) for agent, answer in answers.items()}
    told = {agent: read_agent(one).name or "" for agent, one in answers.items() if isinstance(one, ApiAnswer)}
    known = {**names, **told}
    campaigns = tuple(_named(_with(campaign, found), known) for campaign in plan.campaigns)
    return replace(plan, campaigns=campaigns, reads=plan.reads + len(agents))


def _named(campaign: CampaignPlan, names: Mapping[str, str]) -> CampaignPlan:
    """The campaign with what its agents are called."""
    before, after = (one and one._replace(name=names.get(one.id) or one.name) for one in campaign.agents)
    if (before, after) != campaign.agents:
        campaign = replace(campaign, agents=(before, after))
    if not _new_agents(campaign):
        return campaign
    changes = [
        replace(one, names=(names.get(str(one.before), ""), names.get(str(one.after), "")))
        if one.field.refers_to == Reference.AGENT
        else one
        for one in campaign.changes
    ]
    return replace(campaign, changes=tuple(changes))


def _new_agents(campaign: CampaignPlan) -> list[Change]:
    return [change for change in campaign.changes if change.field.refers_to == Reference.AGENT]


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
        judgement = found.get(str(change.after), _Judgement())
        if judgement.error:
            error = _told(change, judgement.error)
            return replace(campaign, action=Action.ERROR, changes=(), status=None, unverified=(), errors=(error,))
        notices = tuple(_told(change, doubt) for doubt in judgement.doubts)
        campaign = replace(campaign, notices=(*campaign.notices, *notices))
    return campaign


def _told(change: Change, message: str) -> str:
    return str(Problem(change.position, message, (change.field.name,)))
