from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from reconciler.desired.cross_field import relations
from reconciler.model.fields import campaign_fields, fields_of
from tests.support.documents import document

FIELDS = campaign_fields()


def told(
    text: str, live: Mapping[str, Any] | None = None, defaults: str | None = None, *, is_new: bool = False
) -> list[str]:
    """The broken rules between the fields of a file, over its defaults, over live values."""
    one = document(text, defaults=document(defaults, "_defaults.yaml") if defaults else None)
    return [str(problem) for problem in relations(FIELDS, one, one.values, live, is_new=is_new)]


@pytest.mark.parametrize(
    ("text", "defaults", "expected"),
    [
        pytest.param(
            "start_date: 2027-01-05\nend_date: 2027-01-04\n",
            None,
            ["c.yaml:2:11: end_date: 2027-01-04 is not after start_date 2027-01-05"],
            id="ends before it starts",
        ),
        pytest.param(
            "start_date: 2027-01-05\nend_date: 2027-01-05\n",
            None,
            ["c.yaml:2:11: end_date: 2027-01-05 is not after start_date 2027-01-05"],
            id="equal is not after",
        ),
        pytest.param("start_date: 2027-01-05\nend_date: 2027-01-06\n", None, [], id="the next day"),
        pytest.param("start_date: 2027-01-05\nend_date: null\n", None, [], id="no end"),
        pytest.param("end_date: 2020-01-01\n", None, [], id="no start"),
        pytest.param(
            "end_date: 2027-01-04\n",
            "start_date: 2027-01-05\n",
            ["c.yaml:1:11: end_date: 2027-01-04 is not after start_date 2027-01-05 (_defaults.yaml:1:13)"],
            id="the start is inherited",
        ),
        pytest.param(
            "start_date: 2027-01-05\n",
            "end_date: 2027-01-04\n",
            ["c.yaml:1:13: start_date: 2027-01-05 is not before end_date 2027-01-04 (_defaults.yaml:1:11)"],
            id="the end is inherited",
        ),
        pytest.param(
            "name: A\n",
            "start_date: 2027-01-05\nend_date: 2027-01-04\n",
            ["_defaults.yaml:2:11: end_date: 2027-01-04 is not after start_date 2027-01-05"],
            id="both are inherited",
        ),
    ],
)
def test_the_end_lies_after_the_start(text: str, defaults: str | None, expected: list[str]) -> None:
    assert told(text, defaults=defaults) == expected


@pytest.mark.parametrize(
    ("text", "live", "expected"),
    [
        pytest.param(
            "end_date: 2027-01-05\n",
            {"start_date": "2027-01-05T00:00:00Z"},
            ["c.yaml:1:11: end_date: 2027-01-05 is not after start_date 2027-01-05 (live)"],
            id="a live start",
        ),
        pytest.param(
            "start_date: 2027-01-05\n",
            {"end_date": "2027-01-01"},
            ["c.yaml:1:13: start_date: 2027-01-05 is not before end_date 2027-01-01 (live)"],
            id="a live end",
        ),
        pytest.param("start_date: 2027-01-05\n", {"end_date": None}, [], id="no live end"),
        pytest.param("start_date: 2027-01-05\n", {}, [], id="an end that the answer does not show"),
        pytest.param("start_date: 2027-01-05\n", {"end_date": "soon"}, [], id="a live end that is no date"),
        pytest.param("name: A\n", {"start_date": "2027-01-05", "end_date": "2027-01-01"}, [], id="both live"),
        pytest.param("end_date: null\n", {"start_date": "2027-01-05"}, [], id="the end is cleared"),
    ],
)
def test_the_end_lies_after_the_start_over_live_values(text: str, live: Mapping[str, Any], expected: list[str]) -> None:
    assert told(text, live) == expected


NUMBERS = 'do_not_call_custom_list: ["+15551234567"]\n'


@pytest.mark.parametrize(
    ("text", "defaults", "expected"),
    [
        pytest.param(f"do_not_call_list_source: custom\n{NUMBERS}", None, [], id="with its source"),
        pytest.param(NUMBERS, None, [], id="without a source: the plan tells, over the live one"),
        pytest.param("do_not_call_custom_list: []\n", None, [], id="an empty list needs no source"),
        pytest.param(f"do_not_call_list_source:\n{NUMBERS}", None, [], id="a source that could not be read"),
        pytest.param(
            f"do_not_call_list_source: global\n{NUMBERS}",
            None,
            [
                (
                    "c.yaml:2:26: do_not_call_custom_list: has no effect while do_not_call_list_source is global: "
                    "write `do_not_call_list_source: custom`"
                )
            ],
            id="another source",
        ),
        pytest.param(
            NUMBERS,
            "do_not_call_list_source: global\n",
            [
                (
                    "c.yaml:1:26: do_not_call_custom_list: has no effect while do_not_call_list_source is global "
                    "(_defaults.yaml:1:26): write `do_not_call_list_source: custom`"
                )
            ],
            id="another source, inherited",
        ),
        pytest.param(NUMBERS, "do_not_call_list_source: custom\n", [], id="its source is inherited"),
        pytest.param(
            "do_not_call_list_source: global\n",
            NUMBERS,
            [
                (
                    "c.yaml:1:26: do_not_call_list_source: 'global' leaves do_not_call_custom_list "
                    "(_defaults.yaml:1:26) without effect: write custom"
                )
            ],
            id="numbers that are inherited",
        ),
    ],
)
def test_a_custom_list_needs_its_source(text: str, defaults: str | None, expected: list[str]) -> None:
    assert told(text, defaults=defaults) == expected


def test_a_custom_list_of_a_new_campaign_needs_its_source_in_the_file() -> None:
    alone = "c.yaml:1:26: do_not_call_custom_list: has no effect alone: add `do_not_call_list_source: custom`"

    assert told(NUMBERS, is_new=True) == [alone]
    assert told(f"{NUMBERS}do_not_call_list_source: custom\n", is_new=True) == []


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        pytest.param({"do_not_call_list_source": "campaign"}, [], id="another word for custom"),
        pytest.param({}, [], id="a source that the answer does not show"),
        pytest.param({"do_not_call_list_source": "shared"}, [], id="a word that nobody knows"),
        pytest.param({"do_not_call_list_source": ["custom"]}, [], id="a form that nobody knows"),
        pytest.param(
            {"do_not_call_list_source": None},
            [
                (
                    "c.yaml:1:26: do_not_call_custom_list: has no effect while do_not_call_list_source is null "
                    "(live): write `do_not_call_list_source: custom`"
                )
            ],
            id="no source",
        ),
        pytest.param(
            {"do_not_call_list_source": "environment"},
            [
                (
                    "c.yaml:1:26: do_not_call_custom_list: has no effect while do_not_call_list_source is environment "
                    "(live): write `do_not_call_list_source: custom`"
                )
            ],
            id="another source",
        ),
    ],
)
def test_a_custom_list_is_held_against_the_live_source(live: Mapping[str, Any], expected: list[str]) -> None:
    assert told(NUMBERS, live) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param("low: 2\nhigh: 3\n", [], id="greater"),
        pytest.param("low: 3\nhigh: 3\n", ["c.yaml:2:7: high: 3 is not after low 3"], id="equal"),
        pytest.param("low: [2]\nhigh: 1\n", [], id="not to be compared"),
    ],
)
def test_numbers_are_ordered_too(values: str, expected: list[str]) -> None:
    fields = fields_of({"properties": {"low": {"type": "integer"}, "high": {"type": "integer", "x-after": "low"}}})
    one = document(values)

    assert [str(problem) for problem in relations(fields, one, one.values)] == expected


def test_a_wanted_value_that_is_no_word_is_shown_as_one_writes_it() -> None:
    part = {"type": "integer", "x-needs": {"on": True}}
    fields = fields_of({"properties": {"on": {"type": "boolean"}, "level": part}})
    one = document("level: 1\non: false\n")

    assert [str(problem) for problem in relations(fields, one, one.values)] == [
        "c.yaml:1:8: level: has no effect while on is false: write `on: true`"
    ]
