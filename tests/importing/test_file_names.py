"""File names made from campaigns' names: safe, unique, and the same on every run."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.importing.file_names import file_names, slug
from reconciler.model.campaign import Live


def live(identifier: str, name: str, created: str | None = None) -> Live:
    return Live(identifier, name, "draft", {} if created is None else {"created_at": created})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("Sales US Q1 2027", "sales-us-q1-2027", id="words"),
        pytest.param("Follow-up São Paulo", "follow-up-sao-paulo", id="accents"),
        pytest.param("Straße nach Łódź, Ærø", "strasse-nach-lodz-aero", id="letters without an accent to lose"),
        pytest.param("../../etc/passwd", "etc-passwd", id="a way out of the folder"),
        pytest.param("C:\\Windows\\x.", "c-windows-x", id="a path of Windows, and a dot at the end"),
        pytest.param(".hidden", "hidden", id="a dot at the beginning"),
        pytest.param("_defaults", "defaults", id="a name of shared files"),
        pytest.param("CON", "campaign-con", id="a device of Windows"),
        pytest.param("lpt1", "campaign-lpt1", id="a port of Windows"),
        pytest.param("a\x00b\nc\u202ed", "a-b-c-d", id="control characters"),
        pytest.param("x" * 300, "x" * 60, id="300 characters"),
        pytest.param("word " * 60, "-".join(["word"] * 12), id="300 characters in words"),
        pytest.param("🎉🎉", "", id="emoji only"),
        pytest.param("夏のキャンペーン", "", id="no Latin letters"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_slug_keeps_what_is_safe_everywhere(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_a_name_that_leaves_nothing_is_replaced_by_the_id() -> None:
    assert file_names([live("9F1c2d3e-77aa", "🎉")]) == {"9F1c2d3e-77aa": "campaign-9f1c2d3e.yaml"}


def test_the_campaign_that_was_created_first_has_the_name_alone() -> None:
    campaigns = [live("aaaaaaaa-1", "Sales", "2026-05-02"), live("bbbbbbbb-2", "SALES!", "2026-05-01")]

    assert file_names(campaigns) == {"bbbbbbbb-2": "sales.yaml", "aaaaaaaa-1": "sales-aaaaaaaa.yaml"}


def test_ids_that_begin_alike_are_written_whole() -> None:
    campaigns = [live(f"campaign-000{number}", "Sales") for number in range(3)]

    assert sorted(file_names(campaigns).values()) == [
        "sales-campaign-0002.yaml",
        "sales-campaign.yaml",
        "sales.yaml",
    ]


def test_ids_that_differ_only_in_case_get_names_that_do_not() -> None:
    names = file_names([live(identifier, "Sales") for identifier in ("ab", "aB", "Ab", "AB")])

    assert len({name.casefold() for name in names.values()}) == 4


@pytest.mark.parametrize("there", ["sales.yaml", "Sales.YAML", "sales.yml", "sales"])
def test_a_name_that_is_there_is_not_taken(there: str) -> None:
    assert file_names([live("c-1", "Sales")], [there]) == {"c-1": "sales-c-1.yaml"}


_NAMES = st.sampled_from(["Sales", "sales", "Sales c-1", "", "🎉", "con", "../..", "_x", "x" * 300]) | st.text(
    max_size=80
)
_CAMPAIGNS = st.lists(
    st.builds(live, st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True), _NAMES, st.none() | st.sampled_from("123")),
    unique_by=lambda one: one.id,
    max_size=8,
)


@given(_CAMPAIGNS, st.randoms())
def test_names_are_unique_safe_and_the_same_in_any_order(campaigns: list[Live], random: object) -> None:
    names = file_names(campaigns)
    random.shuffle(shuffled := list(campaigns))  # type: ignore[attr-defined]  # hypothesis gives a Random

    assert file_names(shuffled) == names
    assert len(set(names.values())) == len(campaigns)
    assert all(
        re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\.yaml", name) and len(name) < 140 for name in names.values()
    )


@given(_CAMPAIGNS, _NAMES)
def test_a_new_campaign_renames_no_other(campaigns: list[Live], name: str) -> None:
    before = file_names(campaigns)
    after = file_names([*campaigns, live("a-new-one-1", name, "4")])

    assert {one.id: after[one.id] for one in campaigns} == before
