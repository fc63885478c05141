"""Plans as a page: what it says, that it needs nothing else, and that nothing from outside can break it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.hours.change import CallsAtOnce
from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.plan.plan import Plan
from reconciler.render.html import page as html
from reconciler.render.html import week_svg as drawing
from reconciler.render.inert import inert
from reconciler.render.printable import clean
from tests.support.plans import planned

VOID = {"meta", "input"}
NUMBER = "+12025550101"


class Page(HTMLParser):
    """A page as elements (tag, attributes), and the text below each."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def all(self, tag: str) -> list[str]:
        return [data for name, data in self.texts if name == tag]

    def values(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.elements if name in attributes]


SALES = """\
days_of_week: [1, 2, 3, 4, 5, 6]
call_time_ranges: [{start: "09:00", end: "12:00"}, {start: "13:00", end: "18:00"}]
max_retries: 2
"""
MIXED = replace(
    planned(
        {
            "done.yaml": "max_retries: 9",
            "over.yaml": "status: draft",
            "sales.yaml": SALES,
            "same.yaml": "max_retries: 3",
            "stop.yaml": "status: paused",
            "survey.yaml": f'status: active\nauto_complete: true\ndo_not_call_custom_list: ["{NUMBER}"]',
        },
        {
            "done.yaml": {"status": "completed"},
            "survey.yaml": {"status": "draft", "timezone": "Asia/Kolkata"},
        },
    ),
    created_at="2027-03-31T09:30:00Z",
)


def page(plan: Plan) -> Page:
    return Page(html.render(plan))


def test_the_head_says_how_many_campaigns_change_and_the_rest_beside_it() -> None:
    found = page(MIXED)

    assert found.all("h1") == ["3 campaigns change"]
    assert found.all("title")[0] == (
        f"Plan {MIXED.digest[7:19]}: 3 campaigns change, 1 starts calls, 1 cannot be planned, 1 lacks protection, "
        "1 loosens, 1 stops calls, 1 may pause, 1 is sent settings that the API does not show, 1 unchanged, "
        "1 is finished"
    )
    assert found.all("bdi")[:3] == [
        "https://talkover.example/api/v1",
        MIXED.digest[7:19],
        "2027-03-31 09:30:00 UTC",
    ]


def section(source: str, kind: str) -> list[str]:
    """The lines of one of the three answers."""
    inside = re.search(rf'<section class="answer {kind}".*?</section>', source)
    assert inside is not None
    return [data.replace("\u2011", "-") for _, data in Page(inside[0]).texts]


def test_the_three_questions_are_answered() -> None:
    source = html.render(MIXED)

    assert section(source, "more") == [
        "Called when they were not before, or more often",
        "Campaign SURVEY",
        "starts calls: draft → active",
        "may call Mon-Fri 09:00-17:00 (Asia/Kolkata)",
        "Campaign SALES",
        "may call Mon-Fri 17:00-18:00; Sat 09:00-12:00, 13:00-18:00 (America/New_York)",
    ]
    assert section(source, "less") == [
        "Stops, or is called less",
        "Campaign SALES",
        "no calls Mon-Fri 12:00-13:00",
        "retries 3 → 2",
        "Campaign STOP",
        "active → paused",
    ]
    assert section(source, "pause") == ["May pause while queued calls are waited for", "Campaign SALES"]


def test_no_line_ends_between_the_hours_of_a_window() -> None:
    assert "09:00\u201112:00" in html.render(MIXED)


def test_an_answer_names_the_first_six_and_counts_the_others() -> None:
    plan = planned({f"{n}.yaml": f"max_retries: {n + 1}" for n in range(3, 10)} | {"x.yaml": "max_retries: 10"})

    told = section(html.render(plan), "more")

    assert (told[1], told[-1], len(told)) == ("Campaign 3", "and 2 more campaigns, below", 14)


def test_campaigns_that_change_alike_are_told_once_with_the_names_of_all() -> None:
    plan = planned({f"{n}.yaml": "max_retries: 9" for n in "abc"} | {"d.yaml": "max_retries: 8"})

    found = page(plan)

    assert found.all("h3") == [" and 2 others"]
    assert section(html.render(plan), "more")[1:3] == ["Campaign A", " and 2 others"]
    assert found.all("strong")[1:2] == ["The same in 2 other campaigns:"]
    assert found.values("data-name")[0] == "\n".join(f"campaign {n} {n}.yaml id-of-{n}" for n in "abc")
    assert found.values("href").count("#c0") == 1


def test_a_question_without_an_answer_says_so() -> None:
    assert section(html.render(planned({})), "pause")[1:] == ["No campaign."]


@pytest.mark.parametrize(
    ("files", "title", "more"),
    [
        ({}, "No campaign changes", ["no campaigns"]),
        ({"a.yaml": "max_retries: 3"}, "No campaign changes", ["1 unchanged"]),
        ({"a.yaml": "max_retries: 1"}, "1 campaign changes", []),
    ],
    ids=["no campaign", "no change", "one change"],
)
def test_the_title_of_small_plans(files: Mapping[str, str], title: str, more: list[str]) -> None:
    source = html.render(planned(files))

    assert Page(source).all("h1") == [title]
    assert re.findall(r'<li class="\w*">(.*?)</li>', source) == more


# All campaigns together


def test_only_campaigns_that_call_are_in_the_week_of_all() -> None:
    source = html.render(MIXED)

    assert re.findall('<p class="figures">(.*?)</p>', source)[0] == (
        "On the clock of America/New_York: 120 h → 128 h of calling hours in all; 3 → 2 at a time at most; "
        "earliest 09:00 → 00:00; latest 17:00 → 24:00"
    )
    assert "Without 1 campaign whose hours are not known." in source


def test_the_week_of_all_is_drawn_for_each_zone_that_occurs_and_for_utc() -> None:
    found = page(MIXED)

    zones = [text for text in found.all("option") if "/" in text or text == "UTC"]
    assert zones == ["America/New_York", "Asia/Kolkata", "UTC"]
    assert [tag for tag, _ in found.elements].count("template") == 3


def test_utc_is_offered_once() -> None:
    plan = planned({"a.yaml": "timezone: UTC"}, {"a.yaml": {"timezone": "UTC"}})

    assert page(plan).all("option")[:1] == ["UTC"]


@pytest.mark.parametrize(
    "shown",
    [{"status": "paused"}, {"timezone": None}, {"status": "completed"}],
    ids=["paused", "zone unknown", "finished"],
)
def test_without_calls_there_is_no_week_of_all(shown: Mapping[str, Value]) -> None:
    assert "All campaigns, one week" not in html.render(planned({"a.yaml": "max_retries: 9"}, {"a.yaml": shown}))


def test_a_campaign_that_stops_is_in_the_week_only_before() -> None:
    source = html.render(planned({"a.yaml": "status: paused"}))

    assert "40 h → 0 min of calling hours in all; 1 → 0 at a time at most; earliest 09:00 → none" in source


# One campaign


def test_a_campaign_shows_its_week_and_figures() -> None:
    found = page(MIXED)

    assert found.all("desc")[-1] == (
        "kept: Mon-Fri 09:00-12:00, 13:00-17:00; added: Mon-Fri 17:00-18:00; Sat 09:00-12:00, 13:00-18:00; "
        "removed: Mon-Fri 12:00-13:00"
    )
    assert ("dd", "40 h → 48 h") in found.texts
    assert ("small", "13 h added, 5 h removed") in found.texts
    assert ("small", "gains Sat") in found.texts


def test_a_page_holds_each_field_with_before_and_after() -> None:
    found = page(MIXED)

    cells = [attributes["data-is"] for tag, attributes in found.elements if tag == "td"]
    assert cells == ["Before", "After", "Effect"] * 6
    assert found.all("td")[:4] == ["draft", "active", "unknown", "yes"]


def test_the_filters_know_kinds_and_directions_by_their_number() -> None:
    options = [text for text in page(MIXED).all("option") if text.endswith(")")]

    assert options == [
        "nothing (2)",
        "status (2)",
        "calling hours (1)",
        "days (1)",
        "errors (1)",
        "lacks protection (1)",
        "may pause (1)",
        "retries (1)",
        "unverified (1)",
        "windows (1)",
        "loosens (1)",
        "starts calls (1)",
        "stops calls (1)",
        "tightens (1)",
    ]


def test_campaigns_that_stay_as_they_are_stand_at_the_end_with_their_notes() -> None:
    source = html.render(MIXED)

    rest = source[source.index('class="rest-of-them"') :]
    assert "2 campaigns stay as they are" in rest
    assert "which is final: 1 field differs, nothing is written" in rest
    assert "1 campaign stays as it is" in html.render(planned({"a.yaml": "max_retries: 3"}))


def test_a_saved_plan_has_no_value_for_what_is_unverified() -> None:
    plan = planned({"a.yaml": "auto_complete: true"})
    campaign = plan.campaigns[0]
    unshown = campaign.unverified[0]._replace(value=None)
    saved = replace(plan, campaigns=(replace(campaign, unverified=(unshown,)),))

    assert page(saved).all("td") == ["unknown"]


# Alone, and safe


def test_the_policy_allows_exactly_the_style_and_script_of_the_page() -> None:
    source = html.render(MIXED)

    def digest(tag: str) -> str:
        found = re.search(f"<{tag}>(.*?)</{tag}>", source, re.DOTALL)
        assert found is not None
        return base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()

    policy = next(a["content"] for tag, a in page(MIXED).elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest('style')}'; script-src 'sha256-{digest('script')}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_its_style_and_script_hold_nothing_that_the_command_line_writes_otherwise() -> None:
    found = page(MIXED)

    # One letter more, and the policy of the page allows neither.
    parts = [*found.all("style"), *found.all("script")]
    assert [inert(part) for part in parts] == parts


def test_nothing_is_fetched_and_nothing_is_inline_but_the_two() -> None:
    found = page(MIXED)

    names = {name for _, attributes in found.elements for name in attributes}
    assert {name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "action"}} == set()
    assert all(link.startswith("#") for link in found.values("href"))
    style = "".join(found.all("style"))
    assert re.findall(r"url\((.*?)\)", style) == ["#stripes", "#dots"]
    assert "@import" not in style


def test_every_id_is_its_own_and_every_reference_leads_somewhere() -> None:
    found = page(MIXED)

    ids = found.values("id")
    templates = {key for key in ids if ids.count(key) > 1}
    assert templates == {"z0-t", "z0-d"}  # the clock that is shown first waits in a template, too
    named = " ".join(found.values("aria-labelledby") + found.values("aria-describedby")).split()
    assert set(named) | {link[1:] for link in found.values("href")} <= set(ids)


def test_no_number_is_in_the_page() -> None:
    assert NUMBER[1:] not in html.render(MIXED)


TRAPS = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "' onmouseover='alert(1)",
    "</script></style></title></template><h1>gone</h1>",
    "<!-- ",
    "]]>&lt;&#60;",
    "\u202eright to left\x00\x1b[2J",
    "|errors|",
]
HOSTILE = st.one_of(st.sampled_from(TRAPS), st.text(st.characters(), max_size=30))
CHANGED = {"a.yaml": "max_retries: 4\ndescription: new"}
ELEMENTS = [tag for tag, _ in page(planned(CHANGED, {"a.yaml": {"description": "old"}})).elements]


@settings(max_examples=60, deadline=None)
@given(name=HOSTILE, description=HOSTILE, zone=HOSTILE, file=st.sampled_from(["a.yaml", "a\"<b>'&.yaml"]))
def test_nothing_from_outside_changes_what_the_page_is_made_of(
    name: str, description: str, zone: str, file: str
) -> None:
    live = {"name": name, "description": description}
    plan = planned({file: "max_retries: 4\ndescription: new"}, {file: live})
    if len(plan.campaigns[0].changes) < 2:
        return

    found = page(plan)

    assert [tag for tag, _ in found.elements] == ELEMENTS
    assert clean(plan.campaigns[0].name) in "".join(found.all("bdi"))
    assert page(planned({"a.yaml": "max_retries: 4"}, {"a.yaml": {"timezone": zone}})).all("h1") == [
        "1 campaign changes"
    ]


@given(HOSTILE)
def test_an_error_from_outside_is_text(reason: str) -> None:
    found = page(planned({"a.yaml": "max_retries: 4"}, {"a.yaml": NotFound(reason)}))

    assert [text for tag, text in found.texts if tag == "p" and text.strip() == clean(reason).strip()] or not reason


# Drawings


def test_heights_are_parts_of_the_highest() -> None:
    loads = ((CallsAtOnce(0, 720, kept=2, added=1, removed=1),), *((),) * 6)

    drawn = drawing.of_all(loads, "k", "All")

    assert re.findall(
        r'<rect class="(\w+) low" x="([\d.]+%)" width="([\d.]+%)" y="([\d.]+)" height="([\d.]+)"', drawn
    ) == [
        ("kept", "10.000%", "45.000%", "44.00", "20.00"),
        ("added", "10.000%", "45.000%", "34.00", "10.00"),
        ("removed", "10.000%", "45.000%", "24.00", "10.00"),
    ]
    assert '<desc id="k-d">Mon: 00:00-12:00 3 campaigns → 3</desc>' in drawn


def test_days_that_are_alike_are_told_together() -> None:
    alike = (CallsAtOnce(540, 1020, kept=1, added=0, removed=0),)

    drawn = drawing.of_all((alike, alike, (), alike, (), (), ()), "k", "All")

    assert ">Mon-Tue: 09:00-17:00 1 campaign; Thu: 09:00-17:00 1 campaign<" in drawn


def test_a_week_without_calls_says_so() -> None:
    assert ">no calls<" in drawing.of_all(((),) * 7, "k", "All")


def test_a_campaign_that_starts_or_ends_for_good_is_unfolded_with_the_whole_week() -> None:
    plan = planned(
        {"a.yaml": "status: active", "b.yaml": "status: cancelled", "c.yaml": "max_retries: 9"},
        {"a.yaml": {"status": "paused"}},
    )

    source = html.render(plan)

    opened = re.findall(r'<details class="campaign" id="(c\d)"[^>]* open>', source)
    assert opened == ["c0", "c1"]
    assert "added: Mon-Fri 09:00-17:00" in source
    assert source.count('<span class="chip bad">') == 1


def test_a_start_at_hours_that_nobody_knows_says_so() -> None:
    plan = planned({"a.yaml": "status: active"}, {"a.yaml": {"status": "paused", "timezone": None}})

    assert "its calling hours are not known" in html.render(plan)


def test_every_start_is_named_in_the_answers() -> None:
    files = {f"{n:02}.yaml": "status: active" for n in range(20)}
    plan = planned(files, {file: {"status": "paused"} for file in files})

    assert sum(line.startswith("Campaign") for line in section(html.render(plan), "more")) == 20
