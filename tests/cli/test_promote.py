"""`reconciler promote` and `reconciler compare`: one environment beside another."""

from __future__ import annotations

import signal
import subprocess
from pathlib import Path

import pytest

from reconciler.sandbox.sample_data import AGENT_SALES
from tests.support.command_line import Desk, desk
from tests.support.processes import COMMAND, until

__all__ = ["desk"]

STAGING, PRODUCTION = "campaigns/staging", "campaigns/production"
NYC = """\
# yaml-language-server: $schema=../../../schemas/campaign.schema.json

# the big apple
from: ../../_solar.yaml
# its id
id: abc
name: Solar NYC # a name
status: draft
agent_id: a-1

# the zone matters
timezone: America/New_York
days_of_week: [1, 2]
# the end
"""


@pytest.fixture
def two(desk: Desk) -> Desk:
    """Two environments, of which the second has no campaign yet."""
    desk.write(".git/HEAD", "")
    desk.write("campaigns/_solar.yaml", "campaign_type: sales\nmax_retries: 2\n")
    desk.write(f"{STAGING}/_environment.yaml", "token_env: TALKOVER_TOKEN_STAGING\n")
    desk.write(f"{PRODUCTION}/_environment.yaml", "token_env: TALKOVER_TOKEN_PRODUCTION\n")
    desk.write(f"{STAGING}/us/nyc.yaml", NYC)
    return desk


def text(file: str) -> str:
    return Path(file).read_text(encoding="utf-8")


def test_a_campaign_without_a_twin_gets_a_file_that_takes_the_same_part(two: Desk) -> None:
    ran = two.run("promote", STAGING, PRODUCTION)

    assert (ran.code, ran.out) == (0, f"{PRODUCTION}/us/nyc.yaml\n")
    assert text(f"{PRODUCTION}/us/nyc.yaml") == (
        NYC.replace("# its id\nid: abc\n", "").replace("status: draft\nagent_id: a-1\n", "")
    )
    sent = f"nothing was sent. Fill in what is told above, then: reconciler plan {PRODUCTION}"
    assert ran.err.splitlines() == [
        f"{PRODUCTION}/us/nyc.yaml: to be filled in: {told}"
        for told in (
            "id (reconciler pin writes it; where there is no such campaign, apply creates it)",
            f"agent_id ({STAGING}/us/nyc.yaml:9 has it; ids are of one environment)",
            f"status ({STAGING}/us/nyc.yaml:8 has it; nothing starts by itself)",
        )
    ] + [f"1 campaign promoted into {PRODUCTION}; {sent}"]
    assert two.writes == []
    assert (two.run("compare", STAGING, PRODUCTION).code, two.run("promote", STAGING, PRODUCTION).code) == (0, 0)


def test_what_can_be_shared_is_lifted_with_its_comments(two: Desk) -> None:
    ran = two.run("promote", STAGING, PRODUCTION, "--lift")

    part = "campaigns/us/_nyc.yaml"
    assert (ran.code, ran.out.splitlines()) == (0, [part, f"{PRODUCTION}/us/nyc.yaml", f"{STAGING}/us/nyc.yaml"])
    assert text(part) == (
        '# the big apple\nfrom: "../_solar.yaml"\nname: Solar NYC # a name\n\n'
        "# the zone matters\ntimezone: America/New_York\ndays_of_week: [1, 2]\n# the end\n"
    )
    assert text(f"{PRODUCTION}/us/nyc.yaml") == "from: ../../us/_nyc.yaml\n"
    assert text(f"{STAGING}/us/nyc.yaml") == (
        "# yaml-language-server: $schema=../../../schemas/campaign.schema.json\n\n"
        "from: ../../us/_nyc.yaml\n# its id\nid: abc\nstatus: draft\nagent_id: a-1\n"
    )
    assert (two.run("validate").code, two.run("compare", STAGING, PRODUCTION).code) == (0, 0)


def test_a_file_with_nothing_to_lift_is_copied_and_all_parts_go_along(two: Desk) -> None:
    two.write("campaigns/_named.yaml", "name: Named\nagent_id: a-1\n")
    two.write(f"{STAGING}/us/nyc.yaml", "from: [../../_solar.yaml, ../../_named.yaml]\nid: abc\n")

    ran = two.run("promote", STAGING, PRODUCTION, "--lift")
    assert text(f"{PRODUCTION}/us/nyc.yaml") == "from: [../../_solar.yaml, ../../_named.yaml]\n"
    assert "agent_id is in campaigns/_named.yaml:2, which both take, and ids are of one environment" in ran.err


def test_defaults_of_one_environment_alone_are_told(two: Desk) -> None:
    two.write(f"{STAGING}/_defaults.yaml", "retry_cooldown_hours: 4\n")
    two.write("campaigns/_defaults.yaml", "auto_complete: true\n")

    ran = two.run("promote", STAGING, PRODUCTION)
    assert f"retry_cooldown_hours ({STAGING}/_defaults.yaml:1 says it for its own folder alone)" in ran.err
    assert "auto_complete" not in ran.err


@pytest.mark.parametrize(
    ("file", "said", "told"),
    [
        pytest.param("a.yaml", "id: c-1\n", "it has no name, by which its twin would be known", id="no name"),
        pytest.param("a.yaml", "{id: c-1, name: A}\n", "its fields do not stand on lines of their own", id="brackets"),
        pytest.param(
            "a.yaml", "id: &it c-1\nname: A\ndescription: *it\n", "a.yaml cannot be taken apart:", id="an anchor"
        ),
        pytest.param("b.yaml", "id: c-1\nname: A\n", f"{PRODUCTION}/b.yaml is there already", id="another is there"),
    ],
)
def test_a_campaign_that_cannot_be_promoted_is_told_and_the_others_are(
    file: str, said: str, told: str, two: Desk
) -> None:
    two.write(f"{STAGING}/{file}", said)
    two.write(f"{PRODUCTION}/b.yaml", "id: c-9\nname: Another\n")

    ran = two.run("promote", STAGING, PRODUCTION)
    assert (ran.code, ran.out) == (1, f"{PRODUCTION}/us/nyc.yaml\n")
    assert f"{STAGING}/{file} is not promoted: " in ran.err
    assert told in ran.err
    assert text(f"{STAGING}/{file}") == said


def test_a_merge_that_lifting_would_break_leaves_everything_as_it_is(two: Desk) -> None:
    said = "id: c-1\nname: A\n<<: {status: draft}\n"
    two.write(f"{STAGING}/us/nyc.yaml", said)

    ran = two.run("promote", STAGING, PRODUCTION, "--lift")
    assert text(f"{STAGING}/us/nyc.yaml") in (said, "from: ../../us/_nyc.yaml\nid: c-1\n")
    assert ran.code in (0, 1)


@pytest.mark.parametrize("lift", [(), ("--lift",)])
def test_defaults_of_the_other_environment_that_are_wrong_leave_everything_as_it_is(
    lift: tuple[str, ...], two: Desk
) -> None:
    two.write(f"{PRODUCTION}/_defaults.yaml", "max_retries: [\n")
    two.write(f"{STAGING}/other.yaml", "id: c-1\nname: Other\n")
    before = {file: file.read_bytes() for file in Path("campaigns").rglob("*.yaml")}

    ran = two.run("promote", STAGING, PRODUCTION, *lift)

    assert (ran.code, ran.out) == (1, "")
    assert [line.partition(": ")[0] for line in ran.err.splitlines()] == [
        f"{STAGING}/other.yaml is not promoted",
        f"{STAGING}/us/nyc.yaml is not promoted",
    ]
    assert f"{PRODUCTION}/_defaults.yaml:" in ran.err
    assert {file: file.read_bytes() for file in Path("campaigns").rglob("*.yaml")} == before


def test_a_part_that_is_there_already_is_not_overwritten(two: Desk) -> None:
    two.write("campaigns/us/_nyc.yaml", "max_retries: 1\n")
    two.write(f"{STAGING}/other.yaml", "from: ../us/_nyc.yaml\nname: Other\n")

    ran = two.run("promote", STAGING, PRODUCTION, "--lift", "--name", "Solar *")
    assert (ran.code, ran.err) == (
        1,
        f"{STAGING}/us/nyc.yaml is not promoted: campaigns/us/_nyc.yaml is there already\n",
    )


def test_a_campaign_called_as_shared_files_are_gets_a_part_of_another_name(two: Desk) -> None:
    two.write(f"{STAGING}/defaults.yaml", "id: d\nname: Odd\n")

    assert two.run("promote", STAGING, PRODUCTION, "--lift", "--name", "Odd").out.splitlines()[0] == (
        "campaigns/_campaign-defaults.yaml"
    )


@pytest.mark.parametrize("command", ["promote", "compare"])
@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (STAGING, f"{STAGING}/us", "one is inside of the other"),
        (STAGING, STAGING, "one is inside of the other"),
        (f"{STAGING}/us/nyc.yaml", PRODUCTION, "is a file: name the folders of two environments"),
    ],
)
def test_what_are_no_two_environments_is_wrong_usage(
    command: str, first: str, second: str, told: str, two: Desk
) -> None:
    ran = two.run(command, first, second)

    assert ran.code == 64
    assert told in ran.err


def test_a_name_that_no_campaign_has_is_an_error(two: Desk) -> None:
    ran = two.run("promote", STAGING, PRODUCTION, "--name", "Wind *")

    assert (ran.code, ran.err) == (1, f"no campaign under {STAGING} has a name that was asked for\n")


# compare


def test_a_folder_that_does_not_exist_is_a_slip_and_no_missing_twin(two: Desk) -> None:
    ran = two.run("compare", STAGING, "campaigns/prodution")

    assert (ran.code, ran.err) == (1, "campaigns/prodution does not exist\n")


def test_a_name_like_a_pattern_is_that_name(two: Desk) -> None:
    two.write(f"{STAGING}/eu.yaml", "name: Sales [EU]\n")
    two.write(f"{STAGING}/e.yaml", "name: Sales E\n")

    ran = two.run("promote", STAGING, PRODUCTION, "--name", "Sales [EU]")

    assert (ran.code, ran.out) == (0, f"{PRODUCTION}/eu.yaml\n")


@pytest.fixture
def twins(two: Desk) -> Desk:
    """Twins that differ, and one campaign on each side without a twin."""
    two.write(f"{STAGING}/us/nyc.yaml", "from: ../../_solar.yaml\nid: abc\nname: Solar NYC\nstatus: active\n")
    two.write(
        f"{PRODUCTION}/nyc.yaml", f"from: ../_solar.yaml\nname: Solar NYC\nmax_retries: 5\nagent_id: {AGENT_SALES}\n"
    )
    two.write(f"{STAGING}/a.yaml", "name: Only in staging\n")
    two.write(f"{PRODUCTION}/b.yaml", "name: Only in production\n")
    return two


def test_where_twins_differ_is_shown_as_a_plan_does(twins: Desk) -> None:
    ran = twins.run("compare", STAGING, PRODUCTION)

    assert ran.code == 2
    assert ran.out.splitlines() == [
        f"{STAGING} -> {PRODUCTION}",
        "",
        f"Solar NYC ({STAGING}/us/nyc.yaml, {PRODUCTION}/nyc.yaml)",
        f"  ! retries  2 -> 5  loosens  max_retries, {PRODUCTION}/nyc.yaml:3",
        "",
        f"no twin in {PRODUCTION}: Only in staging ({STAGING}/a.yaml)",
        f"no twin in {STAGING}: Only in production ({PRODUCTION}/b.yaml)",
        "1 pair of twins: 1 differs; 2 campaigns without a twin",
    ]


def test_the_comparison_as_json(twins: Desk) -> None:
    ran = twins.run("compare", STAGING, PRODUCTION, "--format", "json")

    assert (ran.code, ran.json) == (
        2,
        {
            "format_version": "1.0",
            "first": STAGING,
            "second": PRODUCTION,
            "summary": {"twins": 1, "differ": 1, "missing": 2},
            "campaigns": [
                {
                    "name": "Solar NYC",
                    "first": f"{STAGING}/us/nyc.yaml",
                    "second": f"{PRODUCTION}/nyc.yaml",
                    "changes": [
                        {
                            "field": "max_retries",
                            "before": 2,
                            "after": 5,
                            "line": 3,
                            "file": f"{PRODUCTION}/nyc.yaml",
                            "direction": "loosens",
                        }
                    ],
                }
            ],
            "missing": [
                {"name": "Only in staging", "file": f"{STAGING}/a.yaml", "missing_in": PRODUCTION},
                {"name": "Only in production", "file": f"{PRODUCTION}/b.yaml", "missing_in": STAGING},
            ],
        },
    )


def test_the_comparison_as_markdown(twins: Desk) -> None:
    twins.write(f"{PRODUCTION}/nyc.yaml", "from: ../_solar.yaml\nname: Solar NYC\n")
    alike = twins.run("compare", STAGING, PRODUCTION, "--name", "Solar *", "--format", "markdown")
    assert (alike.code, alike.out) == (0, "### 1 pair of twins: none differs\n")

    twins.write(f"{PRODUCTION}/nyc.yaml", "name: Solar NYC\ndescription: x\n")
    ran = twins.run("compare", STAGING, PRODUCTION, "--format", "markdown")
    assert ran.code == 2
    assert "retries</code> | 2 | " in ran.out
    assert f"- no twin in <code>{PRODUCTION}</code>: Only in staging" in ran.out


@pytest.mark.processes
def test_who_stops_it_leaves_nothing_that_was_not_read_back(two: Desk) -> None:
    for number in range(1_000):
        two.write(f"{STAGING}/c-{number:04}.yaml", f"name: Campaign {number}\nmax_retries: 2\n")
    there = two.folder / PRODUCTION
    command = (*COMMAND, "promote", STAGING, PRODUCTION)
    with subprocess.Popen(command, cwd=two.folder, stderr=subprocess.PIPE, text=True) as process:
        until(lambda: [*there.glob("c-*.yaml")], "the first file")
        process.send_signal(signal.SIGINT)
        _, told = process.communicate()

    assert (process.returncode, told.strip()) == (1, "stopped; nothing was written")
    assert [*there.rglob("[!_]*.yaml")] == []
