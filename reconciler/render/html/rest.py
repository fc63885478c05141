"""Campaigns that nobody has to look at first as HTML: of which nothing has a direction, and that stay as they are."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.render import review
from reconciler.render.html import card
from reconciler.render.html.escape import NOTHING, bidi, html, joined


def calm(groups: Sequence[review.Group], cards: Sequence[Markup], *, is_open: bool) -> Markup:
    """The cards of campaigns of which nothing has a direction, in a fold."""
    return html(
        '<details class="rest-of-them"{}><summary><h3>{}</h3></summary><div class="calm">{}</div></details>',
        Markup(" open") if is_open else NOTHING,
        review.calm_in_words(groups),
        joined(cards),
    )


def quiet(campaigns: Sequence[CampaignPlan]) -> Markup:
    """The campaigns that stay as they are, in a list of their own."""
    return _listed(campaigns, "stays as it is" if len(campaigns) == 1 else "stay as they are")


def touched(campaigns: Sequence[CampaignPlan]) -> Markup:
    """The campaigns of which only a shared file changes something, which is told before all campaigns."""
    return _listed(campaigns, f"{'changes' if len(campaigns) == 1 else 'change'} only by a shared file, as told above")


def _listed(campaigns: Sequence[CampaignPlan], what: str) -> Markup:
    return html(
        '<details class="rest-of-them"><summary><h3>{} {}</h3></summary><ul>{}</ul></details>',
        count(len(campaigns), "campaign"),
        what,
        joined(map(_quiet, campaigns)),
    )


def _quiet(campaign: CampaignPlan) -> Markup:
    return html(
        '<li class="quiet" {}><span>{}</span> <small>{}</small>{}</li>',
        card.data([campaign]),
        bidi(campaign.name),
        card.where(campaign),
        joined(html('<p class="note">{}</p>', notice) for notice in campaign.notices),
    )
