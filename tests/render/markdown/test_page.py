"""Plans as Markdown: what they say, how long they get, and that nothing from outside can break the page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reconciler.live.lookup import NotFound
from reconciler.model.document import Position
from reconciler.plan.besides import Besides
from reconciler.plan.plan import Plan
from reconciler.plan.steps import PausedCampaign
from reconciler.render.markdown import escape
from reconciler.render.markdown import page as markdown
from reconciler.render.printable import clean
from tests.support.plans import planned

SALES = """\
name: Sales US
days_of_week: [1, 2, 3, 4, 5, 6]
max_retries: 2
"""
SURVEY = """\
status: active
auto_complete: true
do_not_call_custom_list: ["+12025550101"]
"""
MIXED = planned(
    {"over.yaml": "status: draft", "sales.yaml": SALES, "same.yaml": "max_retries: 3", "survey.yaml": SURVEY},
    {"sales.yaml": {"name": "Sales US"}, "survey.yaml": {"status": "draft", "do_not_call_custom_list": []}},
)
WEEK = "".join(
    f"{day} ··················████████████████··············\n" for day in ("Mon", "Tue", "Wed", "Thu", "Fri")
)


COMMENT = """\
<!-- reconciler-plan -->
### 2 campaigns change, 1 starts calls, 1 cannot be planned, 1 loosens, 1 may pause, \
1 is sent settings that the API does not show, 1 unchanged · plan `DIGEST`

On <code>https&#58;//talkover.example/api/v1</code>:

- **Called when they were not before, or more often:**
  - <code>Campaign SURVEY</code>: starts calls: draft → active; may call Mon-Fri 09:00-17:00 (America/New&#95;York)
  - <code>Sales US</code>: may call Sat 09:00-17:00 (America/New&#95;York)
- **Stops, or is called less:**
  - <code>Campaign SURVEY</code>: do-not-call numbers 0 numbers → 1 number (1 added)
  - <code>Sales US</code>: retries 3 → 2
- **May pause while queued calls are waited for:**
  - <code>Sales US</code>

| campaign | changes | direction | pause | file |
| --- | --- | --- | --- | --- |
| **<code>Campaign SURVEY</code>** | status draft → active\
<br>do-not-call numbers 0 numbers → 1 number (1 added)<br>completes by itself (unverified) \
| **starts calls**, tightens |  | <code>survey.yaml:1</code> |
| **<code>Campaign OVER</code>** | **cannot be planned** |  |  | <code>over.yaml</code> |
| **<code>Sales US</code>** | days Mon-Fri → Mon-Sat<br>retries 3 → 2 | **loosens**, tightens | may pause \
| <code>sales.yaml:2</code> |

<details open><summary><b><code>Campaign SURVEY</code></b> <b>starts calls</b>, tightens, draft</summary>

| field | before | after | direction | where |
| --- | --- | --- | --- | --- |
| status | <code>draft</code> | <code>active</code> | **starts calls** | <code>survey.yaml:1</code> |
| do-not-call numbers | <code>0 numbers</code> | <code>1 number (1 added)</code> | tightens \
| <code>survey.yaml:3</code> |
| completes by itself | <code>unknown</code> | <code>yes</code> | is sent | <code>survey.yaml:2</code> |

```text
    00    03    06    09    12    15    18    21    24
BEGIN
Sat ················································
Sun ················································
+ added, · closed; a mark is 30 minutes on the clock of America/New_York
hours a week 40 h (all of them begin)
earliest 09:00; latest 17:00; days Mon-Fri
```

- one person: at least 4 calls in 3 days
- apply: update 1 field and send 1 unverified field; set status draft → active: starts calls

</details>
<details><summary><b><code>Campaign OVER</code></b> active</summary>

- **error:** status cannot become draft: the campaign is active, \
from where it may become paused or completed or cancelled
- apply: nothing, until this is mended

</details>
<details><summary><b><code>Sales US</code></b> <b>loosens</b>, tightens, active, may pause</summary>

| field | before | after | direction | where |
| --- | --- | --- | --- | --- |
| days | <code>Mon-Fri</code> | <code>Mon-Sat</code> | **loosens** | <code>sales.yaml:2</code> |
| retries | <code>3</code> | <code>2</code> | tightens | <code>sales.yaml:3</code> |

```text
    00    03    06    09    12    15    18    21    24
WEEK
Sat ··················++++++++++++++++··············
Sun ················································
█ kept, + added, · closed; a mark is 30 minutes on the clock of America/New_York
hours a week 40 h -> 48 h (8 h added)
earliest 09:00; latest 17:00; days Mon-Fri -> Mon-Sat (gains Sat)
```

- one person: at least 3 calls in 2 days (was 4 in 3 days)
- note: queued calls may wait until they fall into the new calling hours
- apply: update 2 fields; may pause: calls may be queued

</details>"""


def test_a_comment() -> None:
    digest = MIXED.digest.removeprefix("sha256:")[:12]

    expected = COMMENT.replace("DIGEST", digest).replace("WEEK\n", WEEK).replace("BEGIN\n", WEEK.replace("█", "+"))

    assert markdown.render(MIXED) == expected


HOST = "<code>https&#58;//talkover.example/api/v1</code>"


def test_no_change_is_one_line_below_the_marker() -> None:
    plan = planned({"a.yaml": "max_retries: 3", "b.yaml": "max_retries: 3"})

    digest = plan.digest.removeprefix("sha256:")[:12]
    told = f"No campaign changes: 2 unchanged · plan `{digest}` · on {HOST}"
    assert markdown.render(plan) == f"<!-- reconciler-plan -->\n{told}"


def test_no_campaign_is_said() -> None:
    assert "No campaign changes: no campaigns · plan" in markdown.render(planned({}))


@pytest.mark.parametrize(
    ("marker", "expected"),
    [("plan production", "<!-- plan-production -->"), ("--><b>", "<!-- -b- -->")],
    ids=["spaces", "the end of a comment"],
)
def test_a_marker_stays_a_comment(marker: str, expected: str) -> None:
    assert markdown.render(planned({}), marker=marker).splitlines()[0] == expected


def many(number: int) -> Plan:
    return planned({f"{n:03}.yaml": f"max_retries: 9\nname: Number {n}\ndays_of_week: [7]" for n in range(number)})


def answers(comment: str) -> dict[str, list[str]]:
    """The lines below each question, by the first word of that."""
    found: dict[str, list[str]] = {}
    below: list[str] = []
    for line in comment.splitlines():
        if line.startswith("- **"):
            below = found.setdefault(line[4:].split()[0].strip(":,"), [])
        elif line.startswith("  - "):
            below.append(line[4:])
    return found


def test_questions_name_the_first_five_campaigns_and_count_the_others() -> None:
    found = answers(markdown.render(many(8)))

    assert found["May"] == [*(f"<code>Campaign {n:03}</code>" for n in range(5)), "3 more"]


def test_what_nobody_answers_is_told_in_its_line() -> None:
    assert "- **May pause while queued calls are waited for:** none" in markdown.render(planned({"a.yaml": "name: N"}))


def test_a_row_tells_the_first_four_changes_and_counts_the_others() -> None:
    text = "max_retries: 9\nretry_cooldown_hours: 1\ndays_of_week: [7]\nname: New\ntimezone: UTC\nend_date: null"

    assert "<br>and 1 more |" in markdown.render(planned({"a.yaml": text}, {"a.yaml": {"end_date": None}}))


@pytest.mark.parametrize(
    ("number", "limit", "ending"),
    [
        pytest.param(40, markdown.LIMIT, "</details>", id="all of them"),
        pytest.param(
            100,
            markdown.LIMIT,
            r"Not shown in full: \d\d campaigns; the step summary and the artifact hold all of them\.",
            id="all in the table",
        ),
        pytest.param(
            500,
            markdown.LIMIT,
            r"Not shown in full: 4\d\d campaigns, \d{3} of them not even in the table; .*",
            id="some in the table",
        ),
        pytest.param(500, 1_000, r"Not shown in full: 500 campaigns, 49\d of them not even in the table; .*", id="few"),
    ],
)
def test_whole_campaigns_are_cut_where_the_page_would_be_too_long(number: int, limit: int, ending: str) -> None:
    text = markdown.render(many(number), limit=limit)

    assert len(text) <= limit * 60_000 // 65_536
    assert text.count("<details>") == text.count("</details>")
    assert re.fullmatch(ending, text.splitlines()[-1])


def test_a_campaign_too_long_for_the_page_does_not_push_out_the_next() -> None:
    errors = NotFound("word " * 20_000)

    text = markdown.render(planned({"a.yaml": "max_retries: 1", "b.yaml": "max_retries: 1"}, {"a.yaml": errors}))

    assert re.findall("<summary><b><code>(.*?)</code>", text) == ["Campaign B"]
    assert text.splitlines()[-1].startswith("Not shown in full: 1 campaign; ")


# Laws

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TRAPS = [
    "@everyone",
    "@org/team and #12 or GH-12",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a | b | c\\| d \\\\| e",
    "--> <!-- ",
    "```\ncode\n```",
    "`` ` ``",
    "[a](https://evil.example) ![b](https://evil.example/c.png)",
    "https://evil.example www.evil.example WWW.evil.example a@evil.example",
    "</details></summary></code>",
    "**bold** __bold__ *i* _i_ ~~gone~~ $x$",
    "line\nbreak\r\n# heading\u2028- list",
    "&lt;b&gt; &#64;everyone &amp;",
    "\\`\\@\\<",
    "\u202eright to left",
    "",
    "x" * 3_000,
]
HOSTILE = st.one_of(st.sampled_from(TRAPS), st.text(st.characters(), max_size=30))


class Seen(HTMLParser):
    """What a page shows and is made of: tags, and the text outside of code, where pages look for mentions and links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.code: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.append(tag)
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        in_code = "code" in self.open or "pre" in self.open
        (self.code if in_code else self.text).append(data)


def seen(text: str) -> Seen:
    page = Seen()
    page.feed(PARSER.render(text))
    page.close()
    assert page.open == []
    return page


ALLOWED = {"h3", "p", "ul", "li", "strong", "b", "code", "pre", "br", "table", "thead", "tbody", "tr", "th", "td"} | {
    "details",
    "summary",
}


@settings(max_examples=60, deadline=None)
@given(
    name=HOSTILE,
    after=HOSTILE,
    entries=st.lists(HOSTILE, max_size=3),
    reason=st.one_of(st.none(), HOSTILE),
    file=st.sampled_from(["a.yaml", "a|b`@c<d>.yaml"]),
)
def test_nothing_from_outside_breaks_the_page(
    name: str, after: str, entries: list[str], reason: str | None, file: str
) -> None:
    live = {"name": name, "description": "Old", "auto_dnc_trigger_errors": entries}
    quoted = "'" + after.encode("unicode_escape").decode().replace("'", "''") + "'"
    text = f"max_retries: 4\ndescription: {quoted}\nauto_dnc_trigger_errors: [busy]"
    plan = planned(
        {file: text, "z.yaml": "name: plain\nmax_retries: 1"}, {file: live if reason is None else NotFound(reason)}
    )

    page = seen(markdown.render(plan))

    assert set(page.tags) <= ALLOWED
    assert page.tags.count("details") == 2
    cells = page.tags.count("td")
    assert cells == 5 * (page.tags.count("tr") - page.tags.count("thead"))
    outside = " ".join(page.text)
    assert re.findall(r"[@#][A-Za-z0-9]|(?i:gh-)\d", outside) == []


@pytest.mark.parametrize("trap", TRAPS, ids=range(len(TRAPS)))
def test_text_from_outside_is_shown_as_it_is(trap: str) -> None:
    shown = seen(f"| a |\n| --- |\n| {escape.code(trap)} |")
    said = seen(f"| a |\n| --- |\n| {escape.prose(trap)} |")

    written_out = clean(trap)
    assert "".join(shown.code).strip() == written_out.strip()
    assert "".join(said.text).replace("\u2060", "").split() == ["a", *written_out.split()]


@pytest.mark.parametrize("address", ["https://a.example", "ftp://a.example", "www.a.example", "WWW.a.example"])
def test_addresses_are_no_links(address: str) -> None:
    # What GitHub's parser looks for in the source of a line.
    assert not re.search(r"(?i)://|www\.", escape.code(address) + escape.prose(address))


# Starts and ends


def test_every_start_and_every_end_is_named_however_many_there_are() -> None:
    starts = {f"s{n:02}.yaml": "status: active\nmax_retries: 9" for n in range(30)}
    ends = {f"e{n:02}.yaml": "status: cancelled" for n in range(30)}
    loosen = {f"l{n:02}.yaml": "max_retries: 9" for n in range(30)}
    plan = planned(loosen | starts | ends, {file: {"status": "paused"} for file in starts})

    found = answers(markdown.render(plan))

    assert [f"Campaign S{n:02}" in told for n, told in enumerate(found["Called"][:-1])] == [True] * 30
    assert [f"Campaign E{n:02}" in told for n, told in enumerate(found["Stops"])] == [True] * 30
    assert found["Called"][-1] == "30 more"


def test_more_starts_than_there_is_space_for_are_named_as_far_as_it_goes() -> None:
    files = {f"{n:04}.yaml": "status: active" for n in range(1000)}
    plan = planned(files, {file: {"status": "paused"} for file in files})

    shown = markdown.render(plan)
    called = answers(shown)["Called"]

    assert (len(shown) <= markdown.LIMIT, len(called), called[-1]) == (True, 201, "800 more")


def test_what_has_no_direction_is_folded_behind_what_has_one() -> None:
    calm = {f"{n}.yaml": f"description: Number {n}" for n in range(3)}
    shown = markdown.render(planned({**calm, "9.yaml": "max_retries: 9"}))

    before, folded = shown.split("<details><summary><b>3 campaigns neither loosen nor tighten anything</b></summary>")
    assert ("Campaign 9" in before, "| **<code>Campaign 0" in before) == (True, False)
    assert [folded.count(f"| **<code>Campaign {n}</code>**") for n in range(3)] == [1, 1, 1]
    assert (shown.count("<details"), shown.count("</details>")) == (5, 5)


def test_no_row_is_left_out_before_one_that_is_less_dangerous() -> None:
    fields = "max_retries: 9\nretry_cooldown_hours: 1\ntimezone: UTC\ndays_of_week: [1, 7]\nend_date: null\n"
    plan = planned(
        {"long.yaml": fields + "description: New", "z.yaml": "name: Z"}, {"long.yaml": {"end_date": "2027-05-01"}}
    )

    for limit in range(1_000, 2_000, 20):
        shown = markdown.render(plan, limit=limit)
        assert "**<code>Campaign LONG</code>**" in shown or "**<code>Campaign Z</code>**" not in shown


def test_no_remarks_however_many_drive_out_what_is_dangerous() -> None:
    plan = planned({"a.yaml": "status: active"}, {"a.yaml": {"status": "paused"}})
    many_remarks = tuple(f"campaigns/{n}.yaml is gone: campaign 'Number {n}' is no longer managed" for n in range(2000))
    refused = tuple(f"over limit {n} of the environment" for n in range(2000))

    shown = markdown.render(replace(plan, notices=many_remarks, refused=refused))

    assert len(shown) <= markdown.LIMIT
    assert "  - <code>Campaign A</code>: starts calls: paused → active" in shown
    assert shown.count(" more; the step summary and the artifact hold all of them") == 2


def test_a_status_that_starts_calls_is_told_before_all_fields_and_never_as_one_more() -> None:
    fields = "description: New\nmax_retries: 2\nretry_cooldown_hours: 99\nname: N\nstart_date: 2027-02-01"
    plan = planned({"a.yaml": f"{fields}\nstatus: active"}, {"a.yaml": {"status": "draft"}})

    row = next(line for line in markdown.render(plan).splitlines() if line.startswith("| **"))

    assert "| status draft → active<br>" in row
    assert "<br>and 2 more |" in row


@pytest.mark.parametrize("limit", [1_000, 1_500, 5_000])
def test_whatever_was_left_paused_the_comment_fits(limit: int) -> None:
    left = tuple(PausedCampaign("c", "n" * 200, "f.yaml", "2027-01-04", "to change windows") for _ in range(50))
    plan = replace(many(50), left_paused=left, environment="E" * 300)

    for shown in (markdown.render(plan, limit=limit), markdown.several([plan, plan], limit=limit)):
        assert len(shown) <= limit
        assert "resume with: " in shown


@pytest.mark.parametrize("content", ["max_retries: 3", "max_retries: 9"], ids=["nothing changes", "something does"])
def test_what_is_worth_knowing_where_nothing_is_done_is_told_in_a_fold(content: str) -> None:
    plan = planned({"a.yaml": content, "b.yaml": "status: active\nmax_retries: 9"}, {"b.yaml": {"status": "completed"}})

    shown = markdown.render(plan)

    assert "<details><summary>Nothing is done here, but it is worth knowing</summary>\n\n- b.yaml: " in shown
    assert shown.endswith("\n\n</details>")


def test_a_row_cuts_nothing_that_loosens_whatever_stands_before_it() -> None:
    statuses = [f"a_status_with_quite_a_long_name_{n}" for n in range(8)]
    fields = "status: active\nmax_retries: 9\nretry_cooldown_hours: 1\nend_date: null\n"
    fields += f"auto_dnc_trigger_statuses: [{statuses[0]}]"
    shown = {"status": "paused", "end_date": "2027-05-01", "auto_dnc_trigger_statuses": statuses}
    plan = planned({"a.yaml": fields}, {"a.yaml": shown})
    besides = tuple(Besides(f"key_{n}", "a", "b", "a rule", Position("a.yaml", 1, 1), is_grave=True) for n in range(4))
    plan = replace(plan, campaigns=(replace(plan.campaigns[0], besides=besides),))

    row = next(line for line in markdown.render(plan).splitlines() if line.startswith("| **"))

    told = (
        "key&#95;3",
        "status paused",
        "retries 3",
        "wait before a retry",
        "last day",
        statuses[-1].replace("_", "&#95;"),
    )
    assert [one in row for one in told] == [True] * 6
