"""What a plan comes to in numbers, as its document has them."""

from __future__ import annotations

from reconciler.plan.plan import Plan
from reconciler.plan.steps import Action


def summary(plan: Plan) -> dict[str, int]:
    """How many campaigns of each kind, and how many requests apply needs, reading included."""
    campaigns = plan.campaigns
    by_action = {action: sum(c.action is action for c in campaigns) for action in Action}
    return {
        "create": by_action[Action.CREATE],
        "update": by_action[Action.UPDATE],
        "status": sum(c.status is not None and not c.is_held_back for c in campaigns),
        "unchanged": sum(
            c.action is Action.NONE and not c.besides and (not c.status or c.is_held_back) for c in campaigns
        ),
        "unverified": sum(bool(c.unverified) for c in campaigns),
        "finished": by_action[Action.FINISHED],
        "error": by_action[Action.ERROR],
        "requests": plan.requests,
        "started": sum(c.starts for c in campaigns),
        "loosened": sum(c.loosens for c in campaigns),
        "may_pause": sum(c.may_pause for c in campaigns),
        "withheld": sum(bool(c.withheld) for c in campaigns),
    }
