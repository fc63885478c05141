"""Which campaigns a hold covers, and what is said of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model.holds import Hold, Holds, Selected, Stopped, both, is_moment, united, with_taken_over

HOST = "https://api.example.com/v1"
NOW = "2027-01-05T09:00:00+00:00"


def hold(selected: Selected, **more: object) -> Hold:
    return Hold("2027-01-05T03:00:00+00:00", "Priya", "wrong prompt", HOST, selected, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("selected", "covered"),
    [
        pytest.param(Selected(everything=True), True, id="everything"),
        pytest.param(Selected(ids=("c-1",)), True, id="its id"),
        pytest.param(Selected(ids=("c-2",)), False, id="another id"),
        pytest.param(Selected(names=("Sales US",)), True, id="its name"),
        pytest.param(Selected(names=("Sales *",)), True, id="a pattern"),
        pytest.param(Selected(names=(" Sales * ",)), True, id="a pattern with blanks around it"),
        pytest.param(Selected(names=("sales*",)), False, id="a pattern in another case"),
        pytest.param(Selected(paths=("campaigns/us",)), True, id="its folder"),
        pytest.param(Selected(paths=("campaigns/us/sales.yaml",)), True, id="its file"),
        pytest.param(Selected(paths=("campaigns/u",)), False, id="a folder whose name only begins like it"),
        pytest.param(Selected(), False, id="nothing"),
    ],
)
def test_what_is_selected_is_covered(selected: Selected, covered: bool) -> None:  # noqa: FBT001 - of the table
    assert selected.covers("c-1", "Sales US", "campaigns/us/sales.yaml") is covered


def test_a_path_covers_nothing_that_has_no_file() -> None:
    assert Selected(paths=("campaigns",)).covers("c-1", "Sales US") is False


def test_what_a_stop_paused_is_covered_and_what_was_released_is_not() -> None:
    held = hold(
        Selected(everything=True), stopped=(Stopped("c-1", "A", "active"),), released=Selected(ids=("c-1", "c-2"))
    )

    assert [held.covers(one, "") for one in ("c-1", "c-2", "c-3")] == [True, False, True]


@pytest.mark.parametrize(
    ("at", "is_here"),
    [
        pytest.param((HOST, "TALKOVER_TOKEN", "f"), True, id="the same token"),
        pytest.param((HOST, "TALKOVER_TOKEN", "other"), True, id="another token in the same variable"),
        pytest.param((HOST, "TALKOVER_TOKEN_READ", "f"), True, id="the same token in another variable"),
        pytest.param((HOST, "TALKOVER_TOKEN_READ", "other"), False, id="another environment"),
        pytest.param(("https://other.example.com", "TALKOVER_TOKEN", "f"), False, id="another host"),
    ],
)
def test_a_hold_is_of_an_environment(at: tuple[str, str, str], is_here: bool) -> None:  # noqa: FBT001 - of the table
    held = hold(Selected(everything=True), token_env="TALKOVER_TOKEN", token="f")

    assert bool(Holds((held,)).of(*at).holds) is is_here


def test_a_hold_that_names_no_variable_is_of_every_environment_of_its_host() -> None:
    assert hold(Selected()).is_of(HOST, "TALKOVER_ANY", "")


def test_where_holds_cannot_be_read_everything_is_held() -> None:
    found = Holds((), ("campaigns/_holds.yaml cannot be read",)).covering("c-1", "Sales US")

    assert found is not None
    assert "campaigns/_holds.yaml cannot be read, so that everything is held" in found.told()


def test_without_a_hold_nothing_is_held() -> None:
    assert Holds((hold(Selected(ids=("c-2",))),)).covering("c-1", "Sales US") is None


@pytest.mark.parametrize(
    ("until", "told"),
    [
        pytest.param("", "held since 2027-01-05T03:00:00+00:00 by Priya: wrong prompt", id="none"),
        pytest.param("2027-01-06", "wrong prompt (until 2027-01-06)", id="ahead"),
        pytest.param("2027-01-05", "which has passed: only `reconciler release` ends it)", id="passed"),
        pytest.param("2027-01-05T10:00+02:00", "which has passed", id="passed, in another zone"),
        pytest.param("some day", "(until some day)", id="no moment"),
    ],
)
def test_a_hold_is_told(until: str, told: str) -> None:
    assert told in hold(Selected(), until=until).told(NOW)


def test_a_hold_without_a_reason_says_so() -> None:
    assert Hold("x", "Priya", "", HOST, Selected()).told() == "held since x by Priya: no reason was given"


def test_one_hold_in_several_places_is_one_with_all_that_was_paused() -> None:
    one, other = (hold(Selected(everything=True), stopped=(Stopped(c, c, "active"),)) for c in ("a", "b"))
    more = hold(Selected(ids=("z",)))

    assert united([one, other, more]) == (
        hold(Selected(everything=True), stopped=(*one.stopped, *other.stopped)),
        more,
    )


def test_what_either_selects() -> None:
    assert both(Selected(names=("A",)), Selected(everything=True, names=("A", "B"))) == Selected(
        everything=True, names=("A", "B")
    )


@pytest.mark.parametrize(
    ("text", "is_one"), [("2027-01-05", True), ("2027-01-05T09:00+01:00", True), ("tomorrow", False)]
)
def test_a_moment(text: str, is_one: bool) -> None:  # noqa: FBT001 - of the table
    assert is_moment(text) is is_one


def test_what_a_hold_took_over_is_its_own_as_long_as_it_stands_and_was_not_released() -> None:
    one, two, three = (Stopped(f"c-{number}", f"C {number}", "active") for number in (1, 2, 3))
    standing = hold(Selected(everything=True), stopped=(one,), released=Selected(ids=("c-3",)))
    ended = hold(Selected(names=("A",)), stopped=(one,))

    found = with_taken_over(Holds((standing,)), Holds((replace(standing, stopped=(two, three)), ended), ("broken",)))

    assert found == Holds((replace(standing, stopped=(one, two)),), ("broken",))
