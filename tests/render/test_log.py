from __future__ import annotations

import json
from datetime import UTC, datetime

from reconciler.plan.campaign_plan import CampaignPlan
from reconciler.plan.log import Log, LoggedCommit
from reconciler.render import log as render
from tests.support.plans import planned

WHEN = datetime(2027, 1, 5, 9, 30, tzinfo=UTC)


def campaigns(**files: str) -> tuple[CampaignPlan, ...]:
    return planned({f"{name}.yaml": text for name, text in files.items()}).campaigns


def commit(
    *found: CampaignPlan,
    subject: str = "more",
    notices: tuple[str, ...] = (),
    problems: tuple[str, ...] = (),
    new: frozenset[str] = frozenset(),
) -> LoggedCommit:
    return LoggedCommit("1234567890abcdef" * 2, WHEN, "Ada", subject, found, notices, problems, new)


ALIKE = campaigns(a="max_retries: 5", b="max_retries: 5")


def test_a_commit_is_told_with_what_it_changed_and_what_is_alike_once() -> None:
    a, b = (one for one in ALIKE)

    shown = render.render(Log("1", (commit(a, b),)))

    assert shown.startswith("1234567890ab 2027-01-05 09:30 +0000 Ada\n  more\n\n")
    assert shown.count("max_retries, ") == 1
    assert "    the same in 1 other campaign: " in shown


def test_many_that_are_alike_are_counted() -> None:
    many = campaigns(**{f"c{n}": "max_retries: 5" for n in range(12)})

    assert "the same in 11 other campaigns: " in render.render(Log("1", (commit(*many),)))
    assert " and 3 more" in render.markdown(Log("1", (commit(*many),)))


def test_changes_of_status_tell_campaigns_apart() -> None:
    found = campaigns(a="status: paused\nmax_retries: 5", b="max_retries: 5")

    assert "the same in" not in render.render(Log("1", (commit(*found),)))


def test_notices_and_problems_are_told_at_their_commit() -> None:
    log = Log("1", (commit(notices=("a.yaml is gone",), problems=("b.yaml:1:1: broken",)),), notices=("shallow",))

    assert render.render(log).endswith("  more\n\n  a.yaml is gone\n  b.yaml:1:1: broken\n\nshallow")
    assert render.markdown(log).endswith("- a.yaml is gone\n- b.yaml:1:1: broken\n\nshallow")


def test_nothing_is_told_as_such() -> None:
    assert render.render(Log("1", ())) == "No commit changed what is effective."
    assert render.markdown(Log("1", ())) == "No commit changed what is effective."
    assert json.loads(render.as_json(Log("1", (), "Sales", ("shallow",)))) == {
        "format_version": "1.0",
        "tool_version": "1",
        "campaign": "Sales",
        "commits": [],
        "notices": ["shallow"],
    }


def test_words_of_people_are_escaped_for_where_they_go() -> None:
    log = Log("1", (commit(subject="\x1b[31m <b> @ada"),))

    assert "\\x1b[31m <b> @ada" in render.render(log)
    assert render.markdown(log).startswith("### \\x1b&#91;31m &#60;b&#62; &#64;") or "<b>" not in render.markdown(log)
    assert render.markdown(Log("1", (commit(subject=""),))).startswith("### (no subject)\n")


def test_a_campaign_that_begins_is_told_in_short() -> None:
    (one,) = campaigns(a="max_retries: 5\nstatus: paused")
    log = Log("1", (commit(one, new=frozenset({"a.yaml"})),))

    assert render.render(log).endswith("Campaign A (a.yaml, id id-of-a, new)\n    status paused; retries 5")
    assert "(<code>a.yaml</code>, new)" in render.markdown(log)
    assert json.loads(render.as_json(log))["commits"][0]["campaigns"][0]["is_new"] is True


def test_notes_of_a_campaign_are_told() -> None:
    (one,) = campaigns(a="max_retries: 5\nstatus: completed")

    assert "- note: becoming completed is final" in render.markdown(Log("1", (commit(one),)))


def test_what_is_worth_telling() -> None:
    assert [one.is_worth_telling for one in (commit(), commit(*ALIKE), commit(problems=("x",)))] == [False, True, True]


def test_json_has_all_of_them() -> None:
    document = json.loads(render.as_json(Log("1", (commit(*ALIKE),))))

    (one,) = document["commits"]
    assert one["date"] == "2027-01-05T09:30:00+00:00"
    assert [(row["file"], row["is_new"], row["status"]) for row in one["campaigns"]] == [
        ("a.yaml", False, None),
        ("b.yaml", False, None),
    ]
