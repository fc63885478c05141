"""A plan as lines of `name=value`, for scripts: what a pipeline decides by, and nothing that somebody worded."""

from __future__ import annotations

from reconciler.plan.plan import Plan


def render(plan: Plan) -> str:
    """How many campaigns apply would write to, loosen and start, whether live differs, and the digest.

    `pending` is true as well where a campaign cannot be planned; `quiet` where the plan has nothing to tell at all.
    """
    campaigns = plan.campaigns
    told = {
        "changes": sum(campaign.has_steps or bool(campaign.besides) for campaign in campaigns),
        "loosened": sum(campaign.loosens for campaign in campaigns),
        "started": sum(campaign.starts for campaign in campaigns),
        "pending": plan.is_changed or plan.has_errors,
        "quiet": not campaigns and not plan.notices and not plan.left_paused,
        "digest": plan.digest,
    }
    return "\n".join(f"{name}={_word(value)}" for name, value in told.items())


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
