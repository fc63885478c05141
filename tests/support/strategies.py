"""Random campaigns for laws: what a field means, and the many ways in which files and answers may write that.

A meaning is a plain Python value: a frozenset for sets and windows, None where nothing is set. Whether two
campaigns differ is decided on meanings; the code under test only ever sees spellings of them.
"""

from __future__ import annotations

import datetime
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from reconciler.api.answers import ApiAnswer, read_campaign
from reconciler.api.endpoints import get_campaign
from reconciler.model.campaign import Desired, Live, Status
from reconciler.model.document import Value
from reconciler.model.fields import Compare, Field
from tests.support.campaigns import FIELDS, wanted

# What a field means: None, bool, int, str, or a frozenset of ints, strs or (start, end) pairs.
Meaning = object
Meanings = Mapping[str, Meaning]

_WORDS = ["voicemail", "busy", "no-answer", "completed", "invalid_number"]
_ZONES = ["America/New_York", "Europe/London", "America/Sao_Paulo", "Australia/Sydney", "UTC"]
_TEXT = st.text(string.ascii_letters + string.digits + " äß漢-_'\"<>|`@", min_size=1, max_size=12).map(str.strip)
_NUMBERS = st.integers(15_551_230_000, 15_551_230_005).map("+{}".format)
_TIMES = st.tuples(st.integers(0, 23), st.sampled_from([0, 15, 30, 59])).map(lambda t: f"{t[0]:02}:{t[1]:02}")
_WINDOWS = st.tuples(_TIMES, _TIMES).filter(lambda pair: pair[0] < pair[1])


def days_of(year: int) -> st.SearchStrategy[str]:
    """Dates of a year, as text."""
    return st.dates(datetime.date(year, 1, 1), datetime.date(year, 12, 31)).map(str)


def meaning(of: Field) -> st.SearchStrategy[Meaning]:
    """What the schema lets a file mean by a field."""
    match of.compare:
        case Compare.TEXT:
            return _text(of)
        case Compare.NUMBER:
            return st.integers(of.schema.get("minimum", 0), of.schema.get("maximum", 1000))
        case Compare.BOOLEAN:
            return st.booleans()
        case Compare.DATE:
            # Every end lies after every start, so that no rule between fields is broken.
            return days_of(2027) if not of.after else st.none() | days_of(2028)
        case Compare.SET:
            return st.frozensets(_entry(of), min_size=of.schema.get("minItems", 0), max_size=5)
        case Compare.WINDOWS:
            return st.frozensets(_WINDOWS, min_size=1, max_size=3)
        case Compare.NESTED:
            raise NotImplementedError(of.name)


def _text(of: Field) -> st.SearchStrategy[Meaning]:
    if "enum" in of.schema:
        return st.sampled_from(of.schema["enum"])
    if of.schema.get("format") == "timezone":
        return st.sampled_from(_ZONES)
    if of.refers_to:
        return st.sampled_from(["agent-1", "agent-2", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"])
    some = _TEXT.filter(bool)
    return some if of.schema.get("minLength") else st.none() | some


def _entry(of: Field) -> st.SearchStrategy[Meaning]:
    if of.holds_numbers:
        return st.integers(of.schema["items"]["minimum"], of.schema["items"]["maximum"])
    return _NUMBERS if of.is_sensitive else st.sampled_from(_WORDS)


def meanings(*, whole: bool = False) -> st.SearchStrategy[dict[str, Meaning]]:
    """Several fields, or all of them, and what they mean; where a field needs another value, it has it."""
    every = {name: meaning(of) for name, of in FIELDS.writable.items()}
    some = st.fixed_dictionaries(every) if whole else st.fixed_dictionaries({}, optional=every)
    return some.map(lambda found: found | {n: v for name in found for n, v in FIELDS.writable[name].needs.items()})


# In files


@st.composite
def written(draw: st.DrawFn, of: Field, means: Meaning) -> Value:
    """A way to write a meaning in a file, within the schema."""
    match of.compare:
        case Compare.SET if isinstance(means, frozenset):
            return _repeated(draw, sorted(means))
        case Compare.WINDOWS if isinstance(means, frozenset):
            windows = [{"start": draw(_time(a)), "end": draw(_time(b))} for a, b in sorted(means)]
            return _repeated(draw, windows)
        case Compare.TEXT if means is None:
            return draw(st.sampled_from(["", "  "]))
        case Compare.TEXT if "enum" not in of.schema and not of.refers_to and of.schema.get("format") is None:
            return draw(_padded(str(means)))
        case _:
            return means


def _repeated(draw: st.DrawFn, entries: Sequence[Value]) -> list[Value]:
    """The entries in any order, some of them twice."""
    again = draw(st.lists(st.sampled_from(entries), max_size=2)) if entries else []
    return draw(st.permutations([*entries, *again]))


def _padded(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, f" {text}", f"{text}\n", f"  {text} "])


def _time(time: str) -> st.SearchStrategy[str]:
    short = time.removeprefix("0") if time.startswith("0") else time
    return st.sampled_from([time, f"{time}:00", short])


@st.composite
def desired(draw: st.DrawFn, means: Meanings, campaign: str = "c-1", file: str = "c.yaml") -> Desired:
    """A file that means this, its fields in any order."""
    names = draw(st.permutations(list(means)))
    values = {name: draw(written(FIELDS.writable[name], means[name])) for name in names}
    return wanted(values, None, campaign, file)


# In answers


@st.composite
def spelled(draw: st.DrawFn, of: Field, means: Meaning) -> Value:
    """A way in which the API may show a meaning."""
    match of.compare:
        case Compare.SET if isinstance(means, frozenset):
            return _listed(draw, [draw(_number(n)) if isinstance(n, int) else n for n in sorted(means)])
        case Compare.WINDOWS if isinstance(means, frozenset):
            shown = [{"start": draw(_time(a)), "end": draw(_time(b)), "label": None} for a, b in sorted(means)]
            return _listed(draw, shown)
        case Compare.DATE:
            return draw(_date(means))
        case Compare.NUMBER if isinstance(means, int):
            return draw(_number(means))
        case Compare.BOOLEAN:
            return draw(st.sampled_from([means, int(bool(means)), str(int(bool(means)))]))
        case _ if means is None:
            return draw(st.sampled_from([None, "", " "]))
        case _:
            others = [other for other, canonical in of.read_aliases.items() if canonical == means]
            return draw(_padded(str(means)) | st.sampled_from(others) if others else _padded(str(means)))


def _number(number: int) -> st.SearchStrategy[Value]:
    return st.sampled_from([number, str(number), float(number), f"{number}.0"])


def _date(means: Meaning) -> st.SearchStrategy[Value]:
    if means is None:
        return st.sampled_from([None, ""])
    day = datetime.date.fromisoformat(str(means))
    before = day - datetime.timedelta(days=1)
    return st.sampled_from(
        [
            f"{day}",
            f"{day}T00:00:00Z",
            f"{day}T00:00:00.000000Z",
            f"{day} 00:00:00",
            f"{day}T05:00:00.000Z",
            f"{day}T00:00:00+02:00",
            f"{before}T22:00:00Z",
            f"{before}T13:00:00.000000Z",
        ]
    )


def _listed(draw: st.DrawFn, entries: Sequence[Value]) -> Value:
    """A list in any order, perhaps as an object with positions; an empty one in any of its forms."""
    if not entries:
        return draw(st.sampled_from([[], {}, None]))
    shuffled = _repeated(draw, entries)
    as_object = {str(position): entry for position, entry in enumerate(shuffled)}
    return draw(st.sampled_from([shuffled, as_object]))


@dataclass(frozen=True, slots=True)
class Shown:
    """A live campaign, what it means, and which of its fields the answer leaves out."""

    live: Live
    means: Meanings
    hidden: frozenset[str] = frozenset()


_STATUSES = st.sampled_from([Status.DRAFT, Status.ACTIVE, Status.PAUSED])
_NEWS = st.fixed_dictionaries({}, optional={"priority": st.integers(), "segment": st.just({"tier": "gold"})})


@st.composite
def answers(draw: st.DrawFn, means: Meanings, campaign: str = "c-1", *, hides: bool = True) -> Shown:
    """A live campaign that means this, in any envelope, with fields left out and others that nobody knows."""
    hidden = draw(st.frozensets(st.sampled_from(sorted(means)), max_size=4)) if hides and means else frozenset()
    values = {name: draw(spelled(FIELDS.writable[name], means[name])) for name in means if name not in hidden}
    body = {"id": campaign, "status": str(draw(_STATUSES)), **draw(_NEWS), **values}
    envelope = draw(st.sampled_from(["envelope", "bare", "named"]))
    whole = {"envelope": {"success": True, "data": body}, "bare": body, "named": {"data": {"campaign": body}}}[envelope]
    return Shown(read_campaign(get_campaign(campaign), ApiAnswer(whole)), means, hidden)
