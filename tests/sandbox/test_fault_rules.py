"""Rules of faults: how they are written, and which requests they hit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.sandbox import Effect, Fault, FaultKind, FaultRule, Words


def hits(text: str, methods: str) -> list[int]:
    """The positions, from 1, of the requests that the rule hits; G is a GET and P a PUT."""
    rule, count, found = FaultRule.parse(text), {"GET": 0, "PUT": 0}, []
    for number, letter in enumerate(methods, start=1):
        method = {"G": "GET", "P": "PUT"}[letter]
        count[method] += 1
        if rule.hits(number, count[method], method, random_seed=0):
            found.append(number)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("500", [1, 2, 3, 4, 5]),
        ("500@3", [3]),
        ("500@2-4", [2, 3, 4]),
        ("500@4-", [4, 5]),
        ("PUT:500", [2, 4]),
        ("PUT:500@2", [4]),
        ("GET:500@2-", [3, 5]),
        ("DELETE:500", []),
        ("500%100", [1, 2, 3, 4, 5]),
        ("500%0", []),
        ("slow:2.5@4", [4]),
        ("502-html@1", [1]),
        ("PUT:404-html-after@1", [2]),
        ("drop-late:2@4", [4]),
        ("lag:0.5%0", []),
    ],
)
def test_a_rule_hits(text: str, expected: list[int]) -> None:
    assert hits(text, "GPGPG") == expected


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(5, 50))
def test_a_percentage_is_about_kept_and_depends_on_the_seed_alone(seed: int, percent: int) -> None:
    rule = FaultRule.parse(f"500%{percent}")

    hit = [rule.hits(number, number, "GET", seed) for number in range(1, 1001)]

    assert hit == [rule.hits(number, number, "GET", seed) for number in range(1, 1001)]
    assert abs(sum(hit) / 10 - percent) < 10


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "teapot",
            "500:3",
            "500@",
            "500@x",
            "500%",
            "put:500",
            "500@1%5",
            "slow:",
            "500 @1",
            "status",
            "99",
            "600",
        ),
        *("502-xml", "lost-after", "slow-after", "lag-late:2", "503:7", "500-after:7", "opt-out:1"),
    ],
)
def test_a_rule_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not understood: write \[METHOD:\]KIND"):
        FaultRule.parse(text)


def test_a_rule_is_read_into_values() -> None:
    parsed = [FaultRule.parse("PUT:slow:2.5@4"), FaultRule.parse("lost@2-"), FaultRule.parse("500%12.5")]
    parsed += [FaultRule.parse("404-text-late:3"), FaultRule.parse("520"), FaultRule.parse("html-after")]

    assert parsed == [
        FaultRule(Fault(FaultKind.SLOW, seconds=2.5), "PUT", 4, 4),
        FaultRule(Fault(FaultKind.DROP, effect=Effect.AFTER), None, 2, None),
        FaultRule(Fault(FaultKind.STATUS, 500), percent=12.5),
        FaultRule(Fault(FaultKind.STATUS, 404, Words.TEXT, Effect.LATE, 3.0)),
        FaultRule(Fault(FaultKind.STATUS, 520, Words.HTML)),
        FaultRule(Fault(FaultKind.STATUS, 200, Words.HTML, Effect.AFTER)),
    ]


def test_a_fault_alone_names_no_requests() -> None:
    assert Fault.parse("slow:2") == Fault(FaultKind.SLOW, seconds=2.0)
    with pytest.raises(ValueError, match="only the kind of fault is allowed here"):
        Fault.parse("500@3")
