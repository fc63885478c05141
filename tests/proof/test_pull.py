"""What holds of a pull for any file and any live state: afterwards a plan is empty, and a second one does nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.desired.validate import validate
from reconciler.importing.adopt import PullOptions, adopted
from reconciler.importing.pull import Pulled, pulled
from reconciler.model.campaign import Desired, Live
from reconciler.model.document import Document, Problem
from reconciler.plan.diff import compare
from reconciler.strict_yaml import quote
from reconciler.strict_yaml.format import formatted
from reconciler.strict_yaml.parse import parse
from tests.support.campaigns import FIELDS
from tests.support.strategies import Meanings, Shown, answers, meanings, written

FILE = "c.yaml"
EVERYTHING = PullOptions(with_numbers=True, with_status=True)


@dataclass(frozen=True)
class Folder:
    """One file, in memory."""

    text: bytes

    @property
    def now(self) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """What it says, and everything wrong with it."""
        return self.reread({})

    def content(self, file: str) -> bytes:
        """Its bytes."""
        assert file == FILE
        return self.text

    def reread(self, instead: Mapping[str, bytes]) -> tuple[Sequence[Desired], Sequence[Problem]]:
        """The same as it will be."""
        document, problems = parse(next(iter(instead.values()), self.text), FILE)
        assert document is not None
        desired, more = validate([document], FIELDS, date(2026, 1, 1))
        return desired, [*problems, *more]

    def heirs(self, document: Document, name: str) -> set[str] | None:
        """Nobody inherits anything here."""
        raise AssertionError(document.file, name)


@st.composite
def texts(draw: st.DrawFn, means: Meanings) -> str:
    """A file that means this, in any order, with comments."""
    lines = ["id: c-1", *(["status: active"] if draw(st.booleans()) else [])]
    for name in draw(st.permutations(list(means))):
        value = draw(written(FIELDS.writable[name], means[name]))
        lines += draw(st.sampled_from([[], [""], ["# a comment"]]))
        lines += quote.field(name, value, draw(st.sampled_from(["", "why"])), is_long=draw(st.booleans()))
    return "".join(f"{line}\n" for line in lines)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, Shown]:
    """A file and a live campaign, which agree in about half of the fields."""
    live, other = draw(meanings(whole=True)), draw(meanings())
    means = {name: draw(st.sampled_from([live[name], value])) for name, value in other.items()}
    means |= {n: v for name in means for n, v in FIELDS.writable[name].needs.items()}
    return draw(texts(means)), draw(answers(live))


def pull(text: bytes, live: Live) -> Pulled:
    folder = Folder(text)
    (desired,), _ = folder.now
    return pulled(FIELDS, [adopted(FIELDS, desired, live, EVERYTHING)], EVERYTHING, folder)


def sound(text: bytes) -> bool:
    desired, problems = Folder(text).now
    return len(desired) == 1 and not any(problem.is_error for problem in problems)


@pytest.mark.thorough
@settings(max_examples=150, deadline=None)
@given(pairs())
def test_after_a_pull_the_plan_is_empty_and_a_second_pull_does_nothing(pair: tuple[str, Shown]) -> None:
    before, live = pair[0].encode(), pair[1].live
    if not sound(before):
        return

    result = pull(before, live)
    (campaign,) = result.campaigns
    (after,) = result.files.values() if result.files else (before,)

    assert sound(after)
    (desired,), _ = Folder(after).now
    left = {error.partition(" ")[0] for error in campaign.errors}
    changes = [one for one in compare(FIELDS, desired, live).changes if not one.field.adds_to_live]
    assert {one.field.name for one in changes} <= left
    assert compare(FIELDS, desired, live).kept == ()
    assert pull(after, live).files == {}
    assert [line for line in after.decode().splitlines() if line.startswith("#")] == ["# a comment"] * before.count(
        b"\n# a comment"
    )


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(pairs())
def test_a_file_in_its_canonical_form_stays_in_it(pair: tuple[str, Shown]) -> None:
    given_text, live = pair[0].encode(), pair[1].live
    if not sound(given_text):
        return
    before = formatted(given_text, FILE, FIELDS).text

    for after in pull(before, live).files.values():
        assert formatted(after, FILE, FIELDS).text == after


@pytest.mark.thorough
@settings(max_examples=60, deadline=None)
@given(pairs())
def test_what_is_not_adopted_says_what_it_said(pair: tuple[str, Shown]) -> None:
    before, live = pair[0].encode(), pair[1].live
    if not sound(before):
        return
    result = pull(before, live)
    adopted_names = {one.name for campaign in result.campaigns for one in campaign.adoptions} | {"status"}
    (was,), _ = Folder(before).now

    for after in result.files.values():
        (now,), _ = Folder(after).now
        assert {n: v for n, v in now.values.items() if n not in adopted_names} == {
            n: v for n, v in was.values.items() if n not in adopted_names
        }
        assert list(now.document.values) == list(was.document.values)
