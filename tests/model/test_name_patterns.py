from __future__ import annotations

import pytest

from reconciler.model.name_patterns import is_meant, names_meant


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(["Sales [EU]"], {"Sales [EU]"}, id="a name that looks like a pattern"),
        pytest.param(["Sales ?"], {"Sales E", "Sales U "}, id="a pattern"),
        pytest.param(["  Sales E"], {"Sales E"}, id="blanks around"),
        pytest.param(["Sales U"], {"Sales U "}, id="blanks around what is there"),
        pytest.param(["sales E"], set(), id="another case"),
        pytest.param(["Sales E", "None", "Sales U"], {"Sales E", "Sales U "}, id="several"),
        pytest.param([], set(), id="nothing"),
    ],
)
def test_names_are_meant_to_the_letter_or_as_a_pattern(asked: list[str], expected: set[str]) -> None:
    assert names_meant(asked, ["Sales [EU]", "Sales E", "Sales U "]) == expected


@pytest.mark.parametrize("name", ["Sales [EU]", "Sales E", " Sales U", "Sales"])
@pytest.mark.parametrize("asked", [(), ("Sales [EU]",), ("Sales ?", "x"), ("sales E",), ("x", " Sales U ")])
def test_a_name_by_itself_is_meant_as_it_is_among_others(name: str, asked: tuple[str, ...]) -> None:
    assert is_meant(name, asked) is bool(names_meant(asked, [name]))
