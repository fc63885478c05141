"""What is said of a plan as a whole."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.campaign import Live
from reconciler.render import github, remarks, text
from reconciler.render.html import page
from reconciler.render.markdown import page as markdown
from tests.support.plans import planned


def test_what_belongs_to_no_campaign_is_told() -> None:
    plan = replace(planned({"a.yaml": {"max_retries": 2}}), basis="files only", notices=("b.yaml is gone",))
    by_hand = Live("c-9", "By hand\x1b", "active", {})

    assert remarks.remarks(plan) == ["files only", "b.yaml is gone"]
    assert remarks.remarks(replace(plan, basis=None, notices=(), unmanaged=())) == []
    assert remarks.remarks(replace(plan, basis=None, notices=(), unmanaged=(by_hand,))) == [
        "1 live campaign has no file (--list-unmanaged names them)"
    ]
    assert remarks.remarks(replace(plan, basis=None, notices=(), unmanaged=(by_hand, by_hand))) == [
        "2 live campaigns have no file (--list-unmanaged names them)"
    ]
    assert remarks.remarks(replace(plan, basis=None, notices=(), unmanaged=(by_hand,)), lists_unmanaged=True) == [
        "no file: By hand\\x1b (id c-9, active)"
    ]


def test_why_a_plan_is_refused_stands_in_every_form() -> None:
    plan = replace(planned({"a.yaml": "max_retries: 9"}), refused=("too much at once: 1 of 1",), environment="here")

    for form in (text.render, markdown.render, page.render, github.render):
        assert form(plan).count("apply refuses this plan: too much at once") == (2 if form is github.render else 1)
    assert "::error file=campaigns,line=1,col=1,title=here::apply refuses this plan" in github.render(plan)
