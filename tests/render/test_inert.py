"""Nothing from outside is a command of a CI, and nothing that an encoding cannot write is a crash."""

from __future__ import annotations

import json

import pytest

from reconciler.render.inert import WRITTEN_OUT, inert, without_halves


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("::error::x", r"\u003a:error::x"),
        ("a\n  ::add-mask::x", "a\n  \\u003a:add-mask::x"),
        ("a\r::error::x", "a\r\\u003a:error::x"),
        ("\u2003::error::x", "\u2003\\u003a:error::x"),
        ("a ::error::x", "a ::error::x"),
        (":x", ":x"),
        ("a ##[error]x", r"a \u0023#[error]x"),
        ("##vso[task.complete]", r"\u0023#vso[task.complete]"),
        ("x ##VSO[y] ##teamcity[z]", r"x \u0023#VSO[y] \u0023#teamcity[z]"),
        ("## a heading [x]", "## a heading [x]"),
    ],
)
def test_what_a_ci_takes_as_a_command_is_written_out(text: str, printed: str) -> None:
    assert inert(text) == printed


def test_commands_that_are_meant_stay_and_nothing_else() -> None:
    assert inert("::error::x ##vso[y]", holds_commands=True) == r"::error::x \u0023#vso[y]"


def test_a_document_stays_what_it_is() -> None:
    document = {"name": "::x", "other": ["##vso[x]", "\ud83d", "😀"]}
    text = json.dumps(document, indent=0, ensure_ascii=False)

    assert json.loads(inert(without_halves(text)).encode("latin-1", WRITTEN_OUT).decode("latin-1")) == document


def test_only_half_an_emoji_is_written_out() -> None:
    assert without_halves("é 😀 \ud83d") == "é 😀 \\ud83d"


def test_bytes_that_are_no_text_are_no_business_of_this() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", WRITTEN_OUT)
