from __future__ import annotations

import json
from collections.abc import Mapping

from reconciler.importing.adopt import CampaignPull, PullOptions, adopted
from reconciler.live.lookup import NotFound
from reconciler.model.document import Value
from reconciler.render import pulled as render
from reconciler.render.pulled import Pull
from tests.support.campaigns import FIELDS, HOST, KEY, shown
from tests.support.plans import desired

LIST = "do_not_call_custom_list"
EVERYTHING = PullOptions(with_numbers=True, with_status=True)


def campaign(text: str, live: Mapping[str, Value], file: str = "a.yaml") -> CampaignPull:
    return adopted(FIELDS, desired(file, text), shown(live, "paused", "c-1", "Sales"), EVERYTHING)


def pull(*campaigns: CampaignPull, into: Mapping[tuple[str, str], str] | None = None, written: str = "") -> Pull:
    return Pull(HOST, "2027-01-05T00:00:00Z", "1", campaigns, into or {}, (written,) if written else (), KEY)


SALES = campaign("name: Sales\nmax_retries: 3\nstatus: active\n", {"name": "Sales", "max_retries": 5})


def test_a_campaign_is_a_block_with_what_the_files_say_and_what_is_live() -> None:
    assert render.render(pull(SALES)) == (
        f"Pull from {HOST}\n\n"
        "Sales (a.yaml, id c-1, paused)\n"
        "  ! retries  3      -> 5       loosens  max_retries, a.yaml:2\n"
        "    status   active -> paused           status, a.yaml:3\n"
        "\n"
        "1 campaign read; 2 fields of 1 campaign to adopt; 1 loosens"
    )


def test_what_goes_into_another_file_than_says_it_is_told() -> None:
    into = {("a.yaml", "max_retries"): "b.yaml", ("a.yaml", "status"): "a.yaml"}

    shown_text = render.render(pull(SALES, into=into, written="b.yaml"))

    assert "    max_retries goes into b.yaml\n" in shown_text
    assert shown_text.endswith("2 fields of 1 campaign adopted; 1 loosens\nwritten: b.yaml")


def test_the_week_is_drawn_where_it_changes() -> None:
    week = "days_of_week: [1]\ncall_time_ranges: [{start: '09:00', end: '17:00'}]\ntimezone: UTC\n"
    live = {"days_of_week": [1, 2], "call_time_ranges": [{"start": "09:00", "end": "17:00"}], "timezone": "UTC"}

    assert "hours a week 8 h -> 16 h" in render.render(pull(campaign(week, live)))
    tries = {"max_retries": 2, "retry_cooldown_hours": 1}
    more = campaign(f"{week}max_retries: 1\nretry_cooldown_hours: 1\n", {**live, **tries})
    assert "one person: at least 3 calls in " in render.render(pull(more))
    assert "one person: at least 3 calls in " in render.markdown(pull(more))
    assert (
        "hours a week" not in render.render(pull(campaign(f"{week}max_retries: 1\n", {**live, "max_retries": 2})))[-1]
    )


def test_what_is_not_adopted_is_told_in_every_form() -> None:
    gone = adopted(FIELDS, desired("b.yaml", "name: B"), NotFound("no campaign has the id"), EVERYTHING)
    odd = campaign("name: Sales\ntimezone: UTC", {"name": "Sales"}, "c.yaml")
    found = pull(gone, odd, campaign("name: Sales", {"name": "Sales"}, "quiet.yaml"))

    text, markdown = render.render(found), render.markdown(found)

    assert "B (b.yaml)\n    error: no campaign has the id\n" in text
    assert "    note: timezone is not adopted: the API does not show it\n" in text
    assert "quiet.yaml" not in text
    assert text.endswith("3 campaigns read; nothing to adopt; 1 with unverified fields; 1 with errors")
    assert "- <code>b.yaml</code>: **no campaign has the id**" in markdown
    assert "- <code>c.yaml</code>: timezone is not adopted" in markdown
    assert "| campaign |" not in markdown


def test_markdown_is_a_table() -> None:
    assert "| <code>Sales</code> | <code>max&#95;retries</code> | 3 | 5 | **loosens** | <code>a.yaml</code> |" in (
        render.markdown(pull(SALES))
    )
    assert "| <code>Sales</code> | <code>status</code> | active | paused |  | <code>a.yaml</code> |" in (
        render.markdown(pull(SALES))
    )


def test_json_has_places_and_counts_of_numbers() -> None:
    numbers = campaign(f"{LIST}: ['+15550000001']", {LIST: ["+15550000001", "+15550000002"]}, "b.yaml")
    gone = adopted(FIELDS, desired("c.yaml", "name: C"), NotFound("no campaign has the id"), EVERYTHING)

    text = render.as_json([pull(SALES, numbers, gone, written="a.yaml")])

    document = json.loads(text)
    assert "555000" not in text
    assert document["written"] == ["a.yaml"]
    assert document["summary"]["fields"] == 3
    first, second, third = document["campaigns"]
    assert first["status"] == {"before": "active", "after": "paused", "file": "a.yaml", "line": 3, "into": "a.yaml"}
    assert second["changes"][0]["after"]["added"] == 1
    assert (third["id"], third["live_status"], third["status"]) == ("id-of-c", None, None)
    assert len(json.loads(render.as_json([pull(), pull()]))["pulls"]) == 2
