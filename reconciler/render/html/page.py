"""A plan as one page that needs nothing else: no script, style or font from elsewhere, and no network at all."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from markupsafe import Markup

from reconciler.model.words import count
from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.plan import Plan
from reconciler.render import alike, review, week
from reconciler.render.html import answers, card, rest, together, week_svg
from reconciler.render.html.escape import NOTHING, bidi, html, joined
from reconciler.render.remarks import first_of_all, refused, remarks


@dataclass(frozen=True, slots=True)
class _Part:
    """The plan of one environment, with its campaigns as they are ordered, those together that change alike.

    `key` begins its ids, unique in the page.
    """

    plan: Plan
    key: str
    groups: Sequence[review.Group]

    @property
    def campaigns(self) -> list[CampaignPlan]:
        """Every campaign, in the order of the groups."""
        return [campaign for group in self.groups for campaign in group]

    @property
    def day(self) -> date:
        """The day whose week is looked at."""
        return week.reference_day(self.plan.created_at)

    @property
    def keys(self) -> dict[str, str]:
        """The id of each campaign's card, by file."""
        return {campaign.file: f"{self.key}c{number}" for number, group in enumerate(self.groups) for campaign in group}

    def cards(self) -> Iterator[Markup]:
        """Every campaign; in a fold those without a direction, and in a list of their own those that stay."""
        day, keys = self.day, self.keys
        cards: tuple[list[Markup], list[Markup]] = ([], [])
        calm, quiet = list[review.Group](), list[CampaignPlan]()
        for group in self.groups:
            if review.is_quiet(group[0]):
                quiet += group
                continue
            is_calm = review.is_calm(group[0])
            calm += [group] if is_calm else []
            cards[is_calm].append(card.card(group, keys[group[0].file], day))
        yield from cards[False]
        if calm:
            yield rest.calm(calm, cards[True], is_open=not cards[False])
        shared = {campaign.file for campaign in self.plan.campaigns if campaign.besides}
        if touched := [one for one in quiet if one.file in shared]:
            yield rest.touched(touched)
        if still := [one for one in quiet if one.file not in shared]:
            yield rest.quiet(still)


def render(plan: Plan, *, lists_unmanaged: bool = False) -> str:
    """A plan as an HTML page: the answers first, the week of all campaigns, then every campaign, to be filtered."""
    first, parted = review.apart(plan)
    part = _Part(plan, "", alike.groups(parted.campaigns))
    main = [
        _left_paused([plan]),
        _head(plan, first, remarks(parted, lists_unmanaged=lists_unmanaged)),
        *_first(part),
        _filters(part.campaigns) if part.campaigns else NOTHING,
        *part.cards(),
    ]
    return page(f"Plan {review.short_digest(plan)}: {review.headline(plan)}", joined(main, "\n"))


def several(plans: Sequence[Plan], *, lists_unmanaged: bool = False) -> str:
    """The plans of several environments in one page: of each its answers and its week, then all campaigns."""
    parts = [
        _Part(plan, f"e{number}", alike.groups(review.apart(plan)[1].campaigns))
        for number, plan in enumerate(review.ordered_plans(plans))
    ]
    campaigns = [campaign for part in parts for campaign in part.campaigns]
    main = [
        _left_paused([part.plan for part in parts]),
        _head_of_several(parts),
        *(_environment(part, lists_unmanaged=lists_unmanaged) for part in parts),
        _filters(campaigns) if campaigns else NOTHING,
        *(
            html('<section class="those"><h2>{}</h2>{}</section>', bidi(part.plan.environment), joined(part.cards()))
            for part in parts
            if part.campaigns
        ),
    ]
    title = f"Plan of {count(len(parts), 'environment')}: {review.headline(*plans)}"
    return page(title, joined(main, "\n"))


def _first(part: _Part) -> Iterator[Markup]:
    """What is to be known of an environment before its campaigns are looked at."""
    yield answers.section(part.groups, part.day, part.keys, part.key)
    yield together.section(part.campaigns, part.day, part.key)
    yield together.agents(part.campaigns, part.day, part.key)


# The page


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#campaigns">To the campaigns</a>
{shared}
<main>
{main}
</main>
<script>{script}</script>
</body>
</html>
"""
# What a browser may do with the page: nothing but its own style and script, which it knows by their hashes.
_POLICY = "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'"


@cache
def _part(name: str) -> Markup:
    """A part of the page that is a file of ours."""
    return Markup(Path(__file__).with_name(name).read_text(encoding="utf-8"))  # noqa: S704 - it is our own


def _hash(part: Markup) -> str:
    """What a content policy calls an inline part that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}"


def page(title: str, main: Markup) -> str:
    """A whole page, with its own style and script."""
    style, script = _part("page.css"), _part("page.js")
    policy = html(_POLICY, _hash(style), _hash(script))
    return html(_PAGE, policy=policy, title=title, style=style, script=script, shared=week_svg.shared(), main=main)


def _left_paused(plans: Iterable[Plan]) -> Markup:
    """What somebody stopped, and what an earlier apply left paused, before everything else."""
    told = joined(html("<li>{}</li>", one) for plan in plans for one in first_of_all(plan))
    return html('<ul class="left-paused" role="alert">{}</ul>', told) if told else NOTHING


def _head(plan: Plan, first: Sequence[str], remarks: Sequence[str]) -> Markup:
    """What the plan comes to, in numbers, and what is worth knowing of it."""
    return html(
        '<header><p class="eyebrow">Plan</p>{}{}{}{}{}</header>',
        _sum([plan]),
        _refused(plan),
        _grave(first),
        _facts([("on", plan.base_url), ("digest", review.short_digest(plan)), _made(plan)]),
        _remarks(remarks),
    )


def _head_of_several(parts: Sequence[_Part]) -> Markup:
    """What all plans come to, and the way to each."""
    ways = joined(
        html('<li><a href="#{}">{}</a>: {}</li>', part.key, bidi(part.plan.environment), _news(part.plan))
        for part in parts
    )
    return html(
        '<header><p class="eyebrow">Plan of {}</p>{}{}<ul class="remarks">{}</ul></header>',
        count(len(parts), "environment"),
        _sum([part.plan for part in parts]),
        _facts([_made(parts[0].plan)]),
        ways,
    )


def _news(plan: Plan) -> str:
    return "cannot be planned" if plan.failure else review.headline(plan)


def _environment(part: _Part, *, lists_unmanaged: bool) -> Markup:
    """One environment of several: which, and what is to be known before its campaigns are looked at."""
    plan = part.plan
    first, parted = review.apart(plan)
    failure = html('<p class="error"><strong>Cannot be planned:</strong> {}</p>', plan.failure)
    return html(
        '<section class="environment" id="{}"><header><h2>{}</h2><p>{}</p>{}{}{}{}</header>{}</section>',
        part.key,
        bidi(plan.environment),
        _news(plan),
        _refused(plan),
        _grave(first),
        _facts([("on", plan.base_url), ("digest", "" if plan.failure else review.short_digest(plan))]),
        _remarks(remarks(parted, lists_unmanaged=lists_unmanaged)),
        failure if plan.failure else joined(_first(part)),
    )


def _sum(plans: Sequence[Plan]) -> Markup:
    """The headline in parts: what changes as the title of the page, the rest as marks."""
    first, *others = review.tally(*plans)
    is_changed = any(plan.is_changed for plan in plans)
    return html(
        '<h1>{}</h1><ul class="tally">{}</ul>',
        first[1] if is_changed else "No campaign changes",
        joined(html('<li class="{}">{}</li>', *one) for one in (others if is_changed else [first, *others])),
    )


def _made(plan: Plan) -> tuple[str, str]:
    return "made", plan.created_at.replace("T", " ").replace("Z", " UTC").replace("+00:00", " UTC")


def _facts(facts: Iterable[tuple[str, str]]) -> Markup:
    told = joined(html("<div><dt>{}</dt><dd>{}</dd></div>", name, bidi(fact)) for name, fact in facts if fact)
    return html("<dl>{}</dl>", told)


def _refused(plan: Plan) -> Markup:
    """Why apply does nothing of it."""
    return joined(html('<p class="error">{}</p>', one) for one in refused(plan))


def _grave(told: Sequence[str]) -> Markup:
    """What a shared file changes for all its campaigns at once."""
    return joined(html('<p class="besides up"><strong>{}</strong></p>', one) for one in told)


def _remarks(remarks: Iterable[str]) -> Markup:
    notes = joined(html("<li>{}</li>", remark) for remark in remarks)
    return html('<ul class="remarks">{}</ul>', notes) if notes else NOTHING


# Filters


def _filters(campaigns: Sequence[CampaignPlan]) -> Markup:
    kinds = Counter(kind for campaign in campaigns for kind in card.kinds(campaign))
    directions = Counter(direction for campaign in campaigns for direction in card.directions(campaign))
    return html(
        '<form id="filters" role="search" aria-label="Filter the campaigns" hidden>'
        '<label>Name, file or id <input type="search" id="name" autocomplete="off" spellcheck="false"></label>'
        '<label>What changes <select id="kind"><option value="">anything</option>{}</select></label>'
        '<label>Direction <select id="direction"><option value="">any</option>{}</select></label>'
        '<button type="reset">Clear</button></form><h2 id="campaigns" tabindex="-1">Campaigns</h2>'
        '<p id="shown" role="status">{}</p>',
        _options(kinds),
        _options(directions),
        count(len(campaigns), "campaign"),
    )


def _options(found: Counter[str]) -> Markup:
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return joined(
        html('<option value="{kind}">{kind} ({number})</option>', kind=kind, number=number) for kind, number in ranked
    )
