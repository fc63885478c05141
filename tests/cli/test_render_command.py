from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from reconciler.cli.main import run
from reconciler.strict_yaml import parse as strict_yaml

FILES = {
    ".git/HEAD": "",
    "campaigns/_defaults.yaml": "# shared\nmax_retries: 3\ndo_not_call_enabled: true\n",
    "campaigns/eu/_defaults.yaml": "max_retries: 1\n",
    "campaigns/eu/london.yaml": """\
max_retries: 2
name: "Reminders: London"
id: reminder-uk
end_date: null
days_of_week: [1, 2]
<<: { retry_on_no_conversion: true }
call_time_ranges:
  - end: "17:00"
    start: 09:00
do_not_call_list_source: custom
do_not_call_custom_list: ["+12025550119", "+12025550164"]
auto_dnc_trigger_statuses: [completed]
""",
    "campaigns/sales.yaml": f"name: {'x' * 80}\ncampaign_type: sales\n",
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True, parents=True)
        Path(name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("here")
def test_a_campaign_is_shown_with_its_defaults_and_where_each_field_comes_from(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["render", "campaigns/eu"]) == 0

    out, told = capsys.readouterr()
    assert told == ""
    assert (
        out
        == """\
# campaigns/eu/london.yaml
id: "reminder-uk"                                         # campaigns/eu/london.yaml:3
name: "Reminders: London"                                 # campaigns/eu/london.yaml:2
end_date: null                                            # campaigns/eu/london.yaml:4
days_of_week: [1, 2]                                      # campaigns/eu/london.yaml:5
call_time_ranges:                                         # campaigns/eu/london.yaml:7
  - { end: "17:00", start: "09:00" }
max_retries: 2                                            # campaigns/eu/london.yaml:1
retry_on_no_conversion: true                              # campaigns/eu/london.yaml:6
do_not_call_enabled: true                                 # campaigns/_defaults.yaml:3
do_not_call_list_source: "custom"                         # campaigns/eu/london.yaml:10
# do_not_call_custom_list: 2 numbers, see --with-numbers  # campaigns/eu/london.yaml:11
auto_dnc_trigger_statuses: ["completed"]                  # campaigns/eu/london.yaml:12
"""
    )


@pytest.mark.usefixtures("here")
def test_with_numbers_every_yaml_tool_reads_the_effective_campaign(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", "--with-numbers", "campaigns/eu"]) == 0

    out = capsys.readouterr().out
    document, problems = strict_yaml.parse(out.encode(), "rendered.yaml")
    assert document
    assert (yaml.safe_load(out), problems) == (document.values, [])
    assert document.values["do_not_call_custom_list"] == ["+12025550119", "+12025550164"]
    assert document.values["max_retries"] == 2
    assert document.values["do_not_call_enabled"] is True


@pytest.mark.usefixtures("here")
def test_several_campaigns_are_several_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render"]) == 0

    out = capsys.readouterr().out
    names = [document["name"] for document in yaml.safe_load_all(out)]
    assert names == ["Reminders: London", "x" * 80]
    assert f'name: "{"x" * 80}"  # campaigns/sales.yaml:1\n' in out


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize(
    ("options", "shown"),
    [([], {"count": 2}), (["--with-numbers"], {"value": ["+12025550119", "+12025550164"]})],
    ids=["counted", "shown"],
)
def test_as_json_each_field_has_its_value_and_place(
    options: list[str], shown: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "--format", "json", "--name", "Rem*", *options]) == 0

    document = json.loads(capsys.readouterr().out)
    (campaign,) = document["campaigns"]
    assert (document["format_version"], campaign["file"]) == ("1.0", "campaigns/eu/london.yaml")
    assert campaign["fields"]["do_not_call_enabled"] == {
        "value": True,
        "file": "campaigns/_defaults.yaml",
        "line": 3,
        "column": 1,
    }
    assert campaign["fields"]["do_not_call_custom_list"] == {
        **shown,
        "file": "campaigns/eu/london.yaml",
        "line": 11,
        "column": 1,
    }


@pytest.mark.usefixtures("here")
def test_a_campaign_of_long_lines_only_is_shown_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("campaigns/_defaults.yaml").unlink()
    Path("campaigns/sales.yaml").write_text(f"name: {'y' * 80}\n", encoding="utf-8")

    assert run(["render", "campaigns/sales.yaml"]) == 0

    assert capsys.readouterr().out == f'# campaigns/sales.yaml\nname: "{"y" * 80}"  # campaigns/sales.yaml:1\n'


@pytest.mark.usefixtures("here")
def test_problems_are_told_instead(capsys: pytest.CaptureFixture[str]) -> None:
    Path("campaigns/sales.yaml").write_text("name: x\nmax_retry: 1\n", encoding="utf-8")

    assert run(["render"]) == 1

    out, told = capsys.readouterr()
    assert out == ""
    assert "campaigns/sales.yaml:2:1: max_retry: no such field" in told


@pytest.mark.usefixtures("here")
def test_the_parts_of_a_campaign_stand_above_it_with_those_that_they_name(capsys: pytest.CaptureFixture[str]) -> None:
    files = {
        "_a.yaml": "from: _base.yaml\nmax_retries: 1\n",
        "_b.yaml": "from: _base.yaml\n",
        "_base.yaml": "from: _root.yaml\ntimezone: UTC\n",
        "_root.yaml": "campaign_type: sales\n",
        "x.yaml": "from: [../_a.yaml, ../_b.yaml]\nname: X\n",
    }
    for name, text in files.items():
        Path("campaigns/eu" if name == "x.yaml" else "campaigns", name).write_text(text, encoding="utf-8")

    assert run(["render", "campaigns/eu/x.yaml"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "# campaigns/eu/x.yaml",
        "# from campaigns/_a.yaml",
        "#   from campaigns/_base.yaml",
        "#     from campaigns/_root.yaml",
        "# from campaigns/_b.yaml",
        "#   from campaigns/_base.yaml",
        'from: ["../_a.yaml", "../_b.yaml"]  # campaigns/eu/x.yaml:1',
        'name: "X"                           # campaigns/eu/x.yaml:2',
        'campaign_type: "sales"              # campaigns/_root.yaml:1',
        'timezone: "UTC"                     # campaigns/_base.yaml:2',
        "max_retries: 1                      # campaigns/_a.yaml:2",
        "do_not_call_enabled: true           # campaigns/_defaults.yaml:3",
    ]

    assert run(["render", "--format", "json", "campaigns/eu/x.yaml"]) == 0
    assert json.loads(capsys.readouterr().out)["campaigns"][0]["from"] == [
        {"file": "campaigns/eu/x.yaml", "names": ["campaigns/_a.yaml", "campaigns/_b.yaml"]},
        {"file": "campaigns/_a.yaml", "names": ["campaigns/_base.yaml"]},
        {"file": "campaigns/_base.yaml", "names": ["campaigns/_root.yaml"]},
        {"file": "campaigns/_b.yaml", "names": ["campaigns/_base.yaml"]},
    ]
