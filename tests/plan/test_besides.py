"""What a branch changes besides fields, and what that means."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.model.document import Document, Value
from reconciler.plan.besides import Placed, besides, is_another, together
from reconciler.plan.pairing import paired
from tests.support.plans import FIELDS, desired


def placed(file: str, settings: Mapping[str, Value] | None = None, **values: Value) -> Placed:
    document = Document("_environment.yaml", settings) if settings is not None else None
    return Placed(desired(file, {"id": None, **values}), document)


@pytest.mark.parametrize(
    ("was", "now", "told", "is_grave"),
    [
        ({"max_changes": 5}, {"max_changes": 3}, "was 5, now 3: the branch lowers a limit, and 5 holds", False),
        ({"max_changes": 5}, {"max_changes": 50}, "was 5, now 50: the branch raises a limit, and 5 holds", True),
        ({"max_changes": "5%"}, {"max_changes": "3%"}, "was 5%, now 3%: the branch lowers a limit", False),
        ({"max_changes": 5}, {"max_changes": "3%"}, "was 5, now 3%: the branch raises a limit", True),
        ({"max_changes": 5}, {}, "was 5, now not set: the branch removes a limit, and 5 holds", True),
        ({}, {"max_changes": 5}, "was not set, now 5: the branch sets a limit", False),
        (
            {},
            {"do_not_call": "replace"},
            "was not set, now replace: do-not-call numbers that only live has are rem",
            True,
        ),
        (
            {"do_not_call": "replace"},
            {},
            "was replace, now not set: do-not-call numbers that only live has are k",
            False,
        ),
        ({"strict": True}, {"strict": False}, "was true, now false: a rule of the environment", True),
        ({"legal": "error"}, {}, "was error, now not set: what breaks a rule on calls is only told", True),
        ({}, {"legal": "error"}, "was not set, now error: what breaks a rule on calls is refused", False),
        ({"policies": ["a.json"]}, {}, "was a.json, now not set: a.json holds no more", True),
        ({}, {"policies": ["a.json"]}, "was not set, now a.json: a.json holds now", False),
        ({}, {"legal_profiles": ["a.yaml"]}, "was not set, now a.yaml: a.yaml holds now", True),
        ({"token_env": "TALKOVER_A"}, {"token_env": "TALKOVER_B"}, "was TALKOVER_A, now TALKOVER_B: another", True),
        ({"token_env": "talq_secret"}, {}, "was something that is not shown, now not set: another token", True),
        ({"base_url": "https://a:b@x.example"}, {}, "was something that is not shown, now not set: another host", True),
        ({"base_url": "https://x.example/v1"}, {"base_url": "https://y.example/v1"}, "another host", True),
    ],
)
def test_settings_that_change_are_told(
    was: Mapping[str, Value], now: Mapping[str, Value], told: str, *, is_grave: bool
) -> None:
    found = list(besides(placed("a.yaml", was, name="A"), placed("a.yaml", now, name="A")))

    assert [(told in str(one), one.is_grave) for one in found] == [(True, is_grave)]


@pytest.mark.parametrize(
    ("key", "was", "now", "told", "grave_and_loosens"),
    [
        (
            "jurisdiction",
            ["US-FL", "US-TX"],
            ["US-TX"],
            "was US-FL, US-TX, now US-TX: US-FL holds no more",
            (True, True),
        ),
        ("jurisdiction", ["US-TX"], ["US-FL", "US-TX"], "was US-TX, now US-FL, US-TX: US-FL holds now", (False, False)),
        ("jurisdiction", None, ["US-TX"], "was not set, now US-TX: US-TX holds now", (True, False)),
        ("jurisdiction", ["US-TX"], None, "was US-TX, now not set: US-TX holds no more", (True, True)),
        ("jurisdiction", ["US", "CA"], ["CA", "US"], "was US, CA, now CA, US: in another order", (False, False)),
        ("closed_on", None, ["a.yaml"], "was not set, now a.yaml: a.yaml holds now", (False, False)),
        ("closed_on", ["a.yaml"], ["b.yaml"], "a.yaml holds no more; b.yaml holds now", (True, True)),
    ],
)
def test_rules_of_ours_that_change_are_told_with_what_holds_no_more(
    key: str, was: Value, now: Value, told: str, grave_and_loosens: tuple[bool, bool]
) -> None:
    sides = [placed("a.yaml", **({} if value is None else {key: value})) for value in (was, now)]

    (found,) = besides(sides[0], sides[1], FIELDS.local)

    assert (told in str(found), (found.is_grave, found.loosens)) == (True, grave_and_loosens)


def test_another_spelling_of_a_host_is_the_same_host() -> None:
    one, other = ({"base_url": f"https://x.example/v1{end}"} for end in ("", "/"))

    assert list(besides(placed("a.yaml", one, name="A"), placed("a.yaml", other, name="A"))) == []


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        ({"id": "c-1"}, {"id": "C-1"}, False),
        ({"id": "c-1"}, {"id": "c-2"}, True),
        ({"name": "A"}, {"name": " A "}, False),
        ({"name": "A"}, {"name": "B"}, True),
        ({"name": "A"}, {"name": "A", "id": "c-1"}, False),
    ],
)
def test_a_file_may_mean_another_campaign(
    was: Mapping[str, Value], now: Mapping[str, Value], *, expected: bool
) -> None:
    assert is_another(placed("a.yaml", **was), placed("a.yaml", **now)) is expected


def test_what_touches_many_campaigns_is_told_once_with_their_number() -> None:
    found = list(
        besides(placed("a.yaml", {"max_changes": 1}, name="A"), placed("a.yaml", {"max_changes": 2}, name="A"))
    )

    assert together(found * 3)[0].endswith("(touches 3 campaigns)")
    assert "touches" not in together(found)[0]


# Which campaign is which


def pairs(base: list[Placed], now: list[Placed], renamed: Mapping[str, str] | None = None) -> dict[str, str]:
    return {file: before.desired.file for file, before in paired(base, now, renamed or {}).items()}


def test_ids_that_are_swapped_between_files_are_followed() -> None:
    base = [placed("a.yaml", id="c-1"), placed("b.yaml", id="c-2")]

    assert pairs(base, [placed("a.yaml", id="c-2"), placed("b.yaml", id="c-1")]) == {
        "a.yaml": "b.yaml",
        "b.yaml": "a.yaml",
    }


def test_one_campaign_of_the_past_is_that_of_one_file_only() -> None:
    assert pairs([placed("a.yaml", id="c-1")], [placed("a.yaml", id="c-1"), placed("b.yaml", id="c-1")]) == {
        "a.yaml": "a.yaml"
    }


def test_a_file_is_found_by_what_git_takes_it_for() -> None:
    assert pairs([placed("a.yaml", name="A")], [placed("b.yaml", name="B")], {"b.yaml": "a.yaml"}) == {
        "b.yaml": "a.yaml"
    }


@pytest.mark.parametrize(("was", "now"), [({"id": "c-1"}, {}), ({}, {"id": "c-1"})], ids=["id removed", "id added"])
def test_a_moved_file_that_got_or_lost_its_id_is_found_by_its_name(
    was: Mapping[str, Value], now: Mapping[str, Value]
) -> None:
    assert pairs(
        [placed("a.yaml", None, **{"name": "A", **was})], [placed("b.yaml", None, **{"name": "A", **now})]
    ) == {"b.yaml": "a.yaml"}


def test_nothing_is_found_by_no_name_at_all() -> None:
    assert pairs([placed("a.yaml")], [placed("b.yaml")]) == {}
