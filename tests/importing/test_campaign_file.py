"""Live campaigns as files: valid, complete as far as the API shows them, and with an empty plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import product
from textwrap import dedent

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.api.answers import ApiAnswer, Fetch
from reconciler.api.endpoints import Request
from reconciler.api.responses import refusal
from reconciler.desired.validate import validate
from reconciler.files.names import DEFAULTS_FILE
from reconciler.importing.campaign_file import Export, ExportOptions, export, unshown
from reconciler.live.account import Account, agent_names, read_listed, read_named
from reconciler.live.lookup import read_live
from reconciler.live.memory import Memory
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Document, Value
from reconciler.model.errors import ApiError, Refused, UnexpectedAnswer, Unreachable
from reconciler.model.fields import fields_of
from reconciler.plan.context import PlanContext
from reconciler.plan.make import make_plan
from reconciler.plan.plan import Plan
from reconciler.sandbox import SANDBOX_TOKEN, AnswerShape, Bench, SandboxSettings, http
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.parse import parse
from tests.support.campaigns import FIELDS, HOST

TODAY = date(2027, 1, 1)
SCHEMA = "../schemas/campaign.schema.json"
MODELINE = f"# yaml-language-server: $schema={SCHEMA}\n"
# The windows of the seed reach beyond the legal hours of some countries, and some of its campaigns are over.
WARNINGS = ("legal hours", "hours of the trade's code", "has passed")


@contextmanager
def bench(answers: str = "", **options: Value) -> Iterator[Bench]:
    chosen = SandboxSettings(rate_limit=1_000_000, answers=AnswerShape.parse(answers), **options)
    with Bench(settings=chosen, sample_data=True) as made:
        yield made


def asking(api: Bench) -> Fetch:
    """What reads from a sandbox without HTTP."""

    def result(request: Request) -> ApiAnswer | ApiError:
        path, authorization = f"{http.PREFIX}{request.path}", f"Bearer {SANDBOX_TOKEN}"
        reply = api.handle(http.Request(request.method, path, request.query, authorization=authorization))
        assert reply.response is not None
        body = json.loads(reply.response.body)
        return ApiAnswer(body) if reply.response.status == 200 else refusal(request, reply.response.status, body)

    return lambda requests: [result(request) for request in requests]


def read(files: Mapping[str, str]) -> list[Document]:
    """The documents of these files; nothing may be wrong with the texts."""
    documents = {}
    for file, text in files.items():
        document, problems = parse(text.encode(), file)
        assert document is not None
        assert problems == []
        documents[file] = document
    defaults = documents.pop(DEFAULTS_FILE, None)
    return [over(document, defaults) if defaults else document for document in documents.values()]


def over(own: Document, defaults: Document) -> Document:
    inherited = {key: defaults for key in defaults.values if key not in own.values}
    return own._replace(values={**defaults.values, **own.values}, inherited=inherited)


def checked(files: Mapping[str, str], warnings: Sequence[str] = WARNINGS) -> tuple[Desired, ...]:
    """The campaigns of these files, which must be valid; only these warnings may be told."""
    desired, problems = validate(read(files), FIELDS, TODAY)
    assert [str(problem) for problem in problems if not any(told in problem.message for told in warnings)] == []
    assert len(desired) == len(files.keys() - {DEFAULTS_FILE})
    return desired


def planned(files: Mapping[str, str], fetch: Fetch) -> Plan:
    desired = checked(files)
    return make_plan(FIELDS, desired, read_live(FIELDS, desired, fetch), PlanContext(HOST))


def live(name: str = "Sales", campaign: str = "c-1", status: str = "draft", **values: Value) -> Live:
    return Live(campaign, name, status, {"id": campaign, "name": name, "status": status, **values})


def text_of(campaign: Live, **manner: Value) -> str:
    """The one file of a campaign, without its first lines."""
    (text,) = export(FIELDS, [campaign], ExportOptions(SCHEMA, **manner)).files.values()
    assert text.startswith(MODELINE + "\n")
    return text.removeprefix(MODELINE + "\n")


def said(campaign: Live, **manner: Value) -> str:
    """What a file says besides id, status and name."""
    lines = text_of(campaign, **manner).splitlines()
    return "\n".join(line for line in lines if line and not line.startswith(("id:", "# status", "status:", "name:")))


# One file


def test_a_file_reads_as_if_somebody_had_taken_care() -> None:
    campaign = live(
        "Sales US Q1 2027",
        "sales-us-q1",
        "active",
        description="First call.\nThen an offer.",
        campaign_type="sales",
        agent_id="agent-1",
        start_date="2027-01-04T00:00:00Z",
        end_date=None,
        days_of_week={"0": "2", "1": "1"},
        call_time_ranges=[{"start": "14:00:00", "end": "17:00:00"}, {"start": "9:00", "end": "12:00"}],
        timezone="America/New_York",
        max_retries="3",
        auto_complete=1,
        do_not_call_enabled="1",
        do_not_call_list_source="campaign",
        do_not_call_custom_list=["+12025550143", "+12025550171"],
        auto_dnc_trigger_statuses=["voicemail", "completed"],
        auto_dnc_trigger_errors=[],
        created_at="2026-11-02T09:00:00Z",
    )

    assert text_of(campaign, agents={"agent-1": "Ava, solar sales"}) == dedent("""\
        id: "sales-us-q1"
        # status is left to the website (import --with-status writes it)
        name: "Sales US Q1 2027"
        description: |-
          First call.
          Then an offer.
        campaign_type: "sales"
        agent_id: "agent-1" # Ava, solar sales

        start_date: "2027-01-04"
        end_date: null
        days_of_week: [1, 2]
        call_time_ranges:
          - { start: "09:00", end: "12:00" }
          - { start: "14:00", end: "17:00" }
        timezone: "America/New_York"

        max_retries: 3
        auto_complete: true

        do_not_call_enabled: true
        do_not_call_list_source: "custom"
        # do_not_call_custom_list is left out: 2 numbers, people's data (import --with-numbers writes them)
        auto_dnc_trigger_statuses: ["completed", "voicemail"]
        auto_dnc_trigger_errors: []
        """)


def test_status_and_numbers_are_written_when_they_are_asked_for() -> None:
    campaign = live(
        status="paused", do_not_call_list_source="custom", do_not_call_custom_list=["+12025550171", "+12025550143"]
    )

    assert text_of(campaign, with_status=True, with_numbers=True) == dedent("""\
        id: "c-1"
        status: "paused"
        name: "Sales"

        do_not_call_list_source: "custom"
        do_not_call_custom_list:
          - "+12025550143"
          - "+12025550171"
        """)


def test_a_finished_campaign_says_that_nothing_can_change_it() -> None:
    assert text_of(live(status="cancelled")) == dedent("""\
        # This campaign is cancelled, which is final: nothing can change it any more.

        id: "c-1"
        name: "Sales"
        """)


def test_a_campaign_without_status_and_name_still_has_a_file() -> None:
    campaign = Live("c-1", "", None, {"id": "c-1"})

    assert export(FIELDS, [campaign], ExportOptions(SCHEMA, with_status=True)).files == {
        "campaign-c-1.yaml": f'{MODELINE}\nid: "c-1"\n'
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(
            {"description": None, "auto_complete": None, "max_retries": None}, "", id="null is nothing to say"
        ),
        pytest.param({"description": " "}, "", id="nor is empty text"),
        pytest.param({"end_date": ""}, "end_date: null", id="a date that can be cleared is null"),
        pytest.param({"auto_dnc_trigger_errors": {}}, "auto_dnc_trigger_errors: []", id="PHP's empty list"),
        pytest.param({"do_not_call_custom_list": []}, "", id="no numbers"),
        pytest.param({"priority_score": 0.8, "stats": {}}, "", id="unknown fields"),
        pytest.param(
            {"max_retries": 99}, "# max_retries is left out: 99 is too much: 0 to 10 is allowed", id="out of range"
        ),
        pytest.param({"campaign_type": "survey"}, None, id="an unknown word"),
        pytest.param({"name": "x" * 256}, None, id="a name that is too long"),
        pytest.param({"timezone": "Mars/Base"}, None, id="an unknown zone"),
        pytest.param({"start_date": "soon"}, None, id="no date"),
        pytest.param({"max_retries": 3.5}, None, id="no whole number"),
        pytest.param({"max_retries": [3]}, None, id="a list where none belongs"),
        pytest.param({"auto_complete": "yes"}, None, id="no boolean"),
        pytest.param({"days_of_week": []}, None, id="no days"),
        pytest.param({"days_of_week": [1, True]}, None, id="a boolean among the days"),
        pytest.param({"days_of_week": [{"day": 1}]}, None, id="days as objects"),
        pytest.param({"call_time_ranges": [5]}, None, id="windows that are none"),
        pytest.param({"call_time_ranges": [{"start": "22:00", "end": "06:00"}]}, None, id="a window over midnight"),
        pytest.param({"initial_call_delay": 10**30}, None, id="a number that YAML cannot hold"),
        pytest.param({"description": "a\x00b"}, None, id="a NUL"),
        pytest.param({"description": "a\x85b\ud800"}, None, id="half a character"),
        pytest.param({"description": float("nan")}, None, id="not a number"),
        pytest.param(
            {"description": "a\x07b"},
            '# description is left out: no file can hold "a\\u0007b": an escape here makes a control character',
            id="a control character",
        ),
        pytest.param(
            {"call_time_ranges": [{"start": "09:00", "end": "24:00"}]},
            '# call_time_ranges is left out: the API shows it in an unknown form: [{"start": "09:00", "end": "24:00"}]',
            id="a time that is none",
        ),
        pytest.param(
            {"earliest_call_time": "10:00:00", "latest_call_time": "18:00:00", "call_time_ranges": None},
            "# call_time_ranges is left out: the API shows only the outer bounds 10:00-18:00, "
            "and there may be breaks between them",
            id="only the bounds of the windows",
        ),
        pytest.param(
            {"start_date": "2027-01-04", "end_date": "2027-01-04"},
            "# start_date is left out: 2027-01-04 is not before end_date 2027-01-04 (live)\n"
            "# end_date is left out: 2027-01-04 is not after start_date 2027-01-04",
            id="a rule between two fields that is broken already",
        ),
    ],
)
def test_what_no_file_can_say_is_left_out_with_the_reason(values: dict[str, Value], expected: str | None) -> None:
    text = said(live(**values))

    if expected is None:
        (name,) = values
        assert text.startswith(f"# {name} is left out: ")
    else:
        assert text == expected


@pytest.mark.parametrize(
    ("values", "why"),
    [
        pytest.param({}, "1 number, without effect while do_not_call_list_source is not custom", id="no source"),
        pytest.param(
            {"do_not_call_list_source": "global"},
            "1 number, without effect while do_not_call_list_source is not custom",
            id="another source",
        ),
    ],
)
def test_numbers_that_have_no_effect_are_not_written(values: dict[str, Value], why: str) -> None:
    text = said(live(do_not_call_custom_list=["+12025550143"], **values), with_numbers=True)

    assert text.splitlines()[-1] == f"# do_not_call_custom_list is left out: {why}"


def test_a_wrong_number_is_never_told() -> None:
    campaign = live(do_not_call_list_source="custom", do_not_call_custom_list=["+12025550143", "0049 30\x01 1234567"])

    text = said(campaign, with_numbers=True)

    assert "is left out" in text
    assert "1234567" not in text
    assert "5550143" not in text


def test_a_text_that_is_too_large_costs_its_longest_field() -> None:
    long = live(description="x" * (8 * 1024**2), max_retries=3)

    (exported,) = export(FIELDS, [long], ExportOptions(SCHEMA)).campaigns

    assert (exported.left_out, "max_retries: 3" in exported.text) == (("description",), True)


def test_an_agent_cannot_break_out_of_its_comment() -> None:
    text = said(live(agent_id="a-1"), agents={"a-1": "Ava\nstatus: active\x1b[2J"})

    assert text == 'agent_id: "a-1" # Ava status: active\\u001b[2J'


def test_a_campaign_whose_id_no_file_can_say_is_refused() -> None:
    made = export(FIELDS, [live(campaign="a/b"), live("Other", "c-2", max_retries=99)], ExportOptions(SCHEMA))

    assert [(one.file, one.left_out) for one in made.campaigns] == [("other.yaml", ("max_retries",))]
    assert list(made.refused) == ["a/b"]


def test_fields_that_no_answer_shows_are_known() -> None:
    everything: dict[str, Value] = dict.fromkeys(FIELDS.writable)
    assert unshown(FIELDS, [live(**everything), live()]) == ()

    hidden = {"auto_complete", "end_date"}
    few: dict[str, Value] = {name: None for name in FIELDS.writable if name not in hidden}
    assert unshown(FIELDS, [live(**few)]) == ("end_date", "auto_complete")


def test_a_new_field_of_the_schema_is_exported() -> None:
    properties = {**FIELDS.schema["properties"], "voice": {"type": "object", "x-compare": "nested"}}
    fields = fields_of({**FIELDS.schema, "properties": properties})

    (text,) = export(fields, [live(voice={"speed": 1.5, "no": ["a"]})], ExportOptions(SCHEMA)).files.values()

    assert text.splitlines()[-1] == 'voice: { "no": ["a"], speed: 1.5 }'


# Defaults


def test_what_all_campaigns_share_is_lifted() -> None:
    same: dict[str, Value] = {"timezone": "Europe/London", "agent_id": "a-1", "auto_complete": True}
    made = export(
        FIELDS,
        [live("One", "c-1", max_retries=1, **same), live("Two", "c-2", max_retries=2, **same)],
        ExportOptions(SCHEMA, with_status=True, with_defaults=True, agents={"a-1": "Ava"}),
    )

    assert made.files == {
        "_defaults.yaml": MODELINE
        + dedent("""
            # What the 2 campaigns of this folder had in common when they were imported. It holds for
            # every campaign file here and below, unless that says otherwise.

            agent_id: "a-1" # Ava

            timezone: "Europe/London"

            auto_complete: true
            """),
        "one.yaml": MODELINE + '\nid: "c-1"\nstatus: "draft"\nname: "One"\n\nmax_retries: 1\n',
        "two.yaml": MODELINE + '\nid: "c-2"\nstatus: "draft"\nname: "Two"\n\nmax_retries: 2\n',
    }


@pytest.mark.parametrize(
    "campaigns",
    [
        pytest.param([live(max_retries=3)], id="one campaign shares nothing"),
        pytest.param([live("One", "c-1", max_retries=3), live("Two", "c-2")], id="not said by all"),
        pytest.param([live("One", "c-1", max_retries=3), live("Two", "c-2", max_retries=99)], id="left out in one"),
        pytest.param([live("Same", "c-1"), live("Same", "c-2")], id="names are nobody else's"),
    ],
)
def test_what_not_all_share_is_not_lifted(campaigns: list[Live]) -> None:
    assert export(FIELDS, campaigns, ExportOptions(SCHEMA, with_defaults=True)).defaults is None


def test_numbers_are_never_lifted() -> None:
    numbers: dict[str, Value] = {"do_not_call_list_source": "custom", "do_not_call_custom_list": ["+12025550143"]}
    campaigns = [live("One", "c-1", **numbers), live("Two", "c-2", **numbers)]

    made = export(FIELDS, campaigns, ExportOptions(SCHEMA, with_numbers=True, with_defaults=True))

    assert "+12025550143" not in (made.defaults or "")
    assert all("+12025550143" in one.text for one in made.campaigns)


# The law: import, then everything is valid, and the plan is empty

SHAPES = sorted(
    ",".join(filter(None, words))
    for words in product(
        ("", "legacy", "both,seconds"),
        ("", "timestamps-local,strings", "timestamps,bits,objects"),
        ("", "missing"),
        ("", "nulls,meta", "absent,bare,source-campaign", "no-paging,extra"),
    )
)


@pytest.mark.thorough
@pytest.mark.parametrize("shape", SHAPES)
def test_import_then_validate_is_clean_and_the_plan_empty_in_every_shape_of_answers(shape: str) -> None:
    with bench(shape) as api:
        fetch = asking(api)
        account = read_listed(FIELDS, fetch, lambda _: True)
        campaigns = list(account.campaigns.values())
        agents = agent_names(FIELDS, campaigns, fetch)
        for asks_for_all in (False, True):
            manner = ExportOptions(SCHEMA, asks_for_all, asks_for_all, asks_for_all, agents)
            made = export(FIELDS, campaigns, manner)
            plan = planned(made.files, fetch)

            assert (plan.has_steps, plan.has_errors, len(plan.campaigns), made.refused) == (False, False, 8, {})
            assert [campaign.notices for campaign in plan.campaigns if campaign.notices] == []
            assert all(
                formatted(text.encode(), file, FIELDS).text == text.encode() for file, text in made.files.items()
            )
        assert (api.writes, account.failed) == ((), {})


_HOSTILE = st.sampled_from(
    [
        "",
        " x ",
        "no",
        "10:00",
        "2027-02-03",
        "a: #1",
        "../../etc",
        "CON",
        "\x00",
        "a\nb",
        "a \n b",
        "\u2028",
        "%x",
        "\ud800",
    ]
)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _HOSTILE | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["0", "1", "start", "end"]), inner),
    max_leaves=5,
)
_NEARLY = {
    "days_of_week": st.lists(st.integers(0, 8) | st.sampled_from(["1", "7"])),
    "call_time_ranges": st.lists(
        st.fixed_dictionaries(dict.fromkeys(("start", "end"), st.sampled_from(["9:00", "10:30:00", "18:00", "24:00"])))
    ),
    "start_date": st.sampled_from(["2027-01-04", "2027-01-03T23:00:00Z", "2027-02-30", ""]),
    "end_date": st.sampled_from([None, "2027-01-04", "2027-05-01", "2026-01-01"]),
    "max_retries": st.integers(-1, 12) | st.integers(-1, 12).map(str),
    "do_not_call_list_source": st.sampled_from(["custom", "campaign", "global", "x", None]),
    "do_not_call_custom_list": st.lists(st.sampled_from(["+12025550143", "+12025550171", "12", "+1\x00"])),
    "earliest_call_time": st.sampled_from(["09:00:00", None]),
    "latest_call_time": st.sampled_from(["17:00:00", None]),
}
_SHOWN = st.fixed_dictionaries(
    {"name": _HOSTILE | st.sampled_from(["Sales", "sales!"]) | _ANY},
    optional={name: _NEARLY.get(name, st.nothing()) | _ANY for name in (*FIELDS.writable, *_NEARLY) if name != "name"},
)
_STATUS = st.sampled_from(["draft", "active", "completed", "archived", None])


def _account(shown: Sequence[Mapping[str, Value]], status: str | None) -> list[Live]:
    names = [one["name"].strip() if isinstance(one["name"], str) else "" for one in shown]
    return [Live(f"c-{n}", names[n], status, {"id": f"c-{n}", "status": status, **one}) for n, one in enumerate(shown)]


def _export(campaigns: Sequence[Live], wishes: tuple[bool, bool, bool]) -> Export:
    made = export(FIELDS, campaigns, ExportOptions(SCHEMA, *wishes, agents={}))
    assert len(made.campaigns) == len(campaigns)
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(_SHOWN, min_size=1, max_size=3), _STATUS, st.tuples(st.booleans(), st.booleans(), st.booleans()))
def test_whatever_is_live_the_files_are_valid_and_their_plan_is_empty(
    shown: list[dict[str, Value]], status: str | None, wishes: tuple[bool, bool, bool]
) -> None:
    campaigns = _account(shown, status)
    made = _export(campaigns, wishes)
    # Overlaps and equal names are live, so they are told as they would be of any file.
    desired = checked(made.files, (*WARNINGS, "overlaps", "is the name in"))
    found = {one.file: next(live for live in campaigns if live.id == one.id) for one in desired}
    plan = make_plan(FIELDS, desired, read_live(FIELDS, (), lambda _: [])._replace(found=found), PlanContext(HOST))

    assert (plan.has_steps, plan.has_errors) == (False, False)


@settings(max_examples=20, deadline=None)
@given(st.lists(_SHOWN, min_size=1, max_size=3), st.permutations([0, 1, 2]))
def test_the_order_of_the_rows_changes_no_file(shown: list[dict[str, Value]], order: list[int]) -> None:
    campaigns = _account(shown, "draft")
    other = [campaigns[number] for number in order if number < len(campaigns)]

    assert _export(other, (False, True, True)).files == _export(campaigns, (False, True, True)).files


def test_every_yaml_tool_reads_the_same() -> None:
    with bench() as api:
        account = read_listed(FIELDS, asking(api), lambda _: True)
    files = export(FIELDS, list(account.campaigns.values()), ExportOptions(SCHEMA, True, True)).files

    assert {file: yaml.safe_load(text) for file, text in files.items()} == {
        document.file: document.values for document in read(files)
    }


# Reading an account


def test_rows_that_show_everything_cost_one_request() -> None:
    with bench() as api:
        account = read_listed(FIELDS, Memory(asking(api)), lambda row: row.status == "active")

        assert sorted(account.campaigns) == ["follow-up-br", "made-by-hand", "reminder-uk", "sales-us-q1"]
        assert account.listed == 8
        assert [request.path for request in api.requests] == ["/campaigns"]


def test_rows_that_lack_fields_are_read_by_id_and_the_list_only_once() -> None:
    with bench("missing") as api:
        account = read_listed(FIELDS, Memory(asking(api)), lambda row: row.id != "made-by-hand")

        assert len(account.campaigns) == 7
        assert sorted(request.path for request in api.requests) == [
            "/campaigns",
            *sorted(f"/campaigns/{campaign}" for campaign in account.campaigns),
        ]


def test_nothing_chosen_is_nothing_read() -> None:
    with bench("missing") as api:
        assert read_listed(FIELDS, asking(api), lambda _: False) == Account({}, {}, 8)
        assert len(api.requests) == 1


def test_campaigns_are_read_by_id_and_one_that_is_missing_is_told() -> None:
    with bench() as api:
        account = read_named(FIELDS, asking(api), ["sales-us-q1", "nobody", "sales-us-q1"])

    assert list(account.campaigns) == ["sales-us-q1"]
    assert account.failed == {
        "nobody": "no campaign has the id nobody in this environment "
        "(HTTP 404: Campaign not found): check the id, or the token"
    }


def test_a_list_that_came_incomplete_is_no_account() -> None:
    body = {"data": [{"id": "c-1", "name": "Sales"}], "pagination": {"last_page": 1, "total": 2}}

    with pytest.raises(UnexpectedAnswer, match="incomplete: try again"):
        read_listed(FIELDS, lambda requests: [ApiAnswer(body) for _ in requests], lambda _: True)


def test_agents_are_named_by_the_answers_that_show_them() -> None:
    campaigns = [live(agent_id="a-1", agent={"id": "a-1", "name": "Ava"}), live(campaign="c-2")]

    assert agent_names(FIELDS, campaigns, lambda _: pytest.fail("asked")) == {"a-1": "Ava"}


def test_agents_are_named_by_their_list_where_answers_lack_them() -> None:
    pages = {"1": [{"id": "a-1", "name": "Ava"}], "2": [{"id": "a-2", "name": "Bo"}, {"id": "a-3", "name": "Cy"}]}

    def fetch(requests: Sequence[Request]) -> list[ApiAnswer | ApiError]:
        return [ApiAnswer({"data": pages[r.query["page"]], "meta": {"last_page": 2}}) for r in requests]

    campaigns = [live(agent_id="a-1"), live(campaign="c-2", agent_id="a-2"), live(campaign="c-3", agent_id="gone")]
    assert agent_names(FIELDS, campaigns, fetch) == {"a-1": "Ava", "a-2": "Bo"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Refused("GET /agents", 403, "no"), id="refused"),
        pytest.param(Unreachable("GET /agents", "no answer"), id="unreachable"),
        pytest.param(ApiAnswer("nonsense"), id="nonsense"),
    ],
)
def test_names_that_cannot_be_had_are_left_out(answer: ApiAnswer | ApiError) -> None:
    assert agent_names(FIELDS, [live(agent_id="a-1")], lambda requests: [answer for _ in requests]) == {}
