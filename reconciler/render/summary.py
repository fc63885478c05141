"""A plan as lines of `name=value`, for scripts: what a pipeline decides by, and nothing that somebody worded."""

from __future__ import annotations

from reconciler.plan.plan import Plan


def render(*plans: Plan) -> str:
    """How many campaigns apply would write to, loosen and start, whether live differs, and the digest.

    `pending` is true as well where a campaign cannot be planned; `quiet` where the plans have nothing to tell at all.
    Of several environments the digests stand one behind the other, with commas between.
    """
    campaigns = [campaign for plan in plans for campaign in plan.campaigns]
    told = {
        "changes": sum(campaign.has_steps or bool(campaign.besides) for campaign in campaigns),
        "loosened": sum(campaign.loosens for campaign in campaigns),
        "started": sum(campaign.starts for campaign in campaigns),
        "pending": any(plan.is_changed or plan.has_errors for plan in plans),
        "quiet": not campaigns
        and not any(plan.refused or plan.notices or plan.left_paused or plan.holds or plan.failure for plan in plans),
        "digest": ",".join(plan.digest for plan in plans),
    }
    return "\n".join(f"{name}={_word(value)}" for name, value in told.items())


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
