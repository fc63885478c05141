"""What a branch changes besides fields: where a campaign belongs, which one is meant, and what is no longer managed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from reconciler.files.named import NamedFile
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Position, Value
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import Field, Loosens, Role, environment_fields
from reconciler.model.trimmed import trimmed
from reconciler.plan.protection import REPLACE, SETTING

_HOST: Final = "base_url"
_TOKEN: Final = "token_env"
_NOT_SET: Final = "not set"
# What decides which campaign a file means.
_MEANT_BY: Final = frozenset({_HOST, _TOKEN, "id", "name"})
_LEGAL: Final = "legal"
_REFUSES: Final = "error"
_PER_PERSON: Final = "max_attempts_"


@dataclass(frozen=True, slots=True)
class Besides:
    """Something that a branch changes besides fields: the key, its texts before and after, and what that means.

    `is_grave` where another campaign may be meant, or something that protects people or holds a plan back is loosened;
    it `loosens` where that is a limit on calls to one person, or a place, calendar or list that holds no more.
    """

    key: str
    before: str
    after: str
    meaning: str
    position: Position = field(compare=False)
    is_grave: bool = False
    loosens: bool = False

    @property
    def means_another(self) -> bool:
        """Another campaign may be meant: one at another host, by another token, id, or name without an id."""
        return self.is_grave and self.key in _MEANT_BY

    def __str__(self) -> str:
        return f"{self.key} was {self.before}, now {self.after}: {self.meaning}"


class EditedFile(NamedTuple):
    """A file that a campaign or its settings name, and that a branch edits: what to say of it at the base, and now.

    It `loosens` where that alone lets people be called who were not.
    """

    named: NamedFile
    before: str
    after: str
    loosens: bool = False


class HeldBy(NamedTuple):
    """The hold that a campaign is under, as every command tells it, and the file that it stands in."""

    told: str
    file: str


class Placed(NamedTuple):
    """A campaign file, and the settings of the environment that it belongs to, where a file gives some.

    `edited` are the files that either of them names, such as house rules, and that were not the same at the base.
    `hold` is the one that files say it is under, and `moved_to` where a file went that nothing reads any more.
    """

    desired: Desired
    settings: Document | None = None
    edited: tuple[EditedFile, ...] = ()
    hold: HeldBy | None = None
    moved_to: str = ""

    @property
    def environment(self) -> tuple[str, str]:
        """What decides which campaigns are seen: the host, and the variable of the token."""
        return _host(self.setting(_HOST)), str(self.setting(_TOKEN) or "")

    def setting(self, key: str) -> Value:
        """A setting of the environment; None where it is not set."""
        return self.settings.values.get(key) if self.settings else None


def is_another(base: Placed, now: Placed) -> bool:
    """Whether the file means another campaign now: on another host, by another token, id, or name without an id."""
    if base.environment != now.environment:
        return True
    one, other = base.desired, now.desired
    if one.id and other.id:
        return not same_id(one.id, other.id)
    return not one.id and not other.id and trimmed(one.name or "") != trimmed(other.name or "")


def same_id(one: str | None, other: str | None) -> bool:
    """Whether two ids are one: the API's database may not tell the case."""
    return (one or "").casefold() == (other or "").casefold()


def besides(base: Placed, now: Placed, local: Mapping[str, Field] = MappingProxyType({})) -> Iterator[Besides]:
    """What became of a campaign besides its fields: its environment's settings, its id, its name without an id.

    `local` are the keys of our own, which no PUT takes: what they say is a rule for the campaign.
    """
    keys = dict.fromkeys(key for side in (base, now) if side.settings for key in side.settings.values)
    for key in keys:
        was, becomes = base.setting(key), now.setting(key)
        if was != becomes and (key != _HOST or _host(was) != _host(becomes)):
            yield _setting(key, was, becomes, now)
    one, other = base.desired, now.desired
    document = other.document
    if not same_id(one.id, other.id):
        meaning = "another campaign is meant" if one.id and other.id else "the campaign is found in another way"
        is_grave = bool(one.id)
        yield Besides("id", one.id or _NOT_SET, other.id or _NOT_SET, meaning, document.position(("id",)), is_grave)
    elif not other.id and trimmed(one.name or "") != trimmed(other.name or ""):
        meaning = "without an id another campaign is meant"
        yield Besides("name", one.label, other.label, meaning, document.position(("name",)), is_grave=True)
    yield from _rules(one.document, document, local)
    if base.hold != now.hold and (told := _held(base.hold, now.hold)):
        yield told
    for named, was, becomes, loosens in now.edited:
        meaning = f"{named.key} names it"
        yield Besides(named.file, was, becomes, meaning, named.position, is_grave=True, loosens=loosens)


def _held(was: HeldBy | None, becomes: HeldBy | None) -> Besides | None:
    """What becomes of a hold that the branch takes out, or puts in; None for one that is written down elsewhere."""
    one, other = (side.told if side else "not held" for side in (was, becomes))
    if one == other:
        return None
    meaning = "nothing starts it before `reconciler release`" if becomes else "nothing keeps it from being started"
    file = next(side.file for side in (becomes, was) if side)
    return Besides("hold", one, other, meaning, Position(file, 1, 1), is_grave=becomes is None)


def _rules(was: Document, now: Document, local: Mapping[str, Field]) -> Iterator[Besides]:
    """What became of the keys of our own, wherever they are inherited from."""
    for key, rule in local.items():
        if rule.role is Role.PARTS:
            yield from _parts(key, was, now)
        if rule.role is Role.PARTS or rule.stands_for:
            continue
        before, after = was.values.get(key), now.values.get(key)
        if before != after:
            yield _rule(rule, before, after, now)


def _rule(rule: Field, before: Value, after: Value, now: Document) -> Besides:
    """A key of our own that the branch changes. Whether more of it protects people more its schema says.

    Without a jurisdiction that of the time zone holds, so that to name one is no more; without files nothing holds.
    """
    was, becomes = _entries(before), _entries(after)
    gone, come = [one for one in was if one not in becomes], [one for one in becomes if one not in was]
    told = [f"{', '.join(those)} {holds}" for those, holds in ((gone, "holds no more"), (come, "holds now")) if those]
    protects = rule.loosens is Loosens.REMOVED
    is_more = protects and not gone and bool(was or rule.names_files)
    one, other = (", ".join(those) or _NOT_SET for those in (was, becomes))
    meaning = "; ".join(told) or "in another order"
    position = now.key_position((rule.name,))
    return Besides(rule.name, one, other, meaning, position, not is_more, protects and bool(gone))


def _entries(value: Value) -> list[str]:
    entries = value if isinstance(value, list) else [] if value is None else [value]
    return [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in entries]


def _parts(key: str, was: Document, now: Document) -> Iterator[Besides]:
    """Which other parts the campaign takes, and which other parts are named in a part; what comes of it are changes."""
    for file in dict.fromkeys((now.file, *now.chain)):
        before, after = was.chain.get(was.file if file == now.file else file, ()), now.chain.get(file, ())
        if before != after and (file == now.file or file in was.chain):
            position = now.key_position((key,)) if file == now.file else Position(file, 1, 1)
            one, other = (", ".join(names) or _NOT_SET for names in (before, after))
            yield Besides(key, one, other, "what is shared comes from other files", position)


def no_longer_managed(key: str, said: str, stays: str, now: Desired) -> Besides:
    """A key that the branch takes out of a file: nothing becomes of it, and that is worth saying."""
    return Besides(key, said, "no longer managed", f"it stays {stays}", now.document.position(()))


def together(found: Sequence[Besides]) -> list[str]:
    """What was found at many campaigns, each once, with the number of campaigns."""
    counted: dict[tuple[str, Position], int] = {}
    for one in found:
        key = (str(one), one.position)
        counted[key] = counted.get(key, 0) + 1
    return [
        f"{place.file}:{place.line}: {told}" + (f" (touches {number} campaigns)" if number > 1 else "")
        for (told, place), number in counted.items()
    ]


def _setting(key: str, was: Value, becomes: Value, now: Placed) -> Besides:
    """A setting of the environment that the branch changes."""
    document = now.settings or now.desired.document
    position = document.key_position((key,) if becomes is not None else ())
    before, after = _shown(key, was), _shown(key, becomes)
    if key == _HOST:
        meaning, is_grave = "another host, with other campaigns", True
    elif key == _TOKEN:
        meaning, is_grave = "another token, which may see other campaigns", True
    elif key.startswith("max_"):
        is_grave = was is not None and (becomes is None or not _is_lower(was, becomes))
        does = "removes" if becomes is None else "raises" if is_grave else "lowers" if was is not None else "sets"
        meaning = f"the branch {does} a limit" + (f", and {before} holds for its own plan" if was is not None else "")
    elif key == SETTING:
        is_grave = becomes == REPLACE
        stays = "are removed: the files are the whole truth" if is_grave else "are kept"
        meaning = f"do-not-call numbers that only live has {stays}"
    elif key == _LEGAL:
        is_grave = becomes != _REFUSES
        meaning = f"what breaks a rule on calls is {'only told' if is_grave else 'refused'}"
    elif (rule := environment_fields().every.get(key)) and rule.names_files:
        return _rule(rule, was, becomes, document)
    else:
        meaning, is_grave = "a rule of the environment", True
    loosens = is_grave and key.startswith(_PER_PERSON)
    return Besides(key, before, after, meaning, position, is_grave, loosens)


def _is_lower(was: Value, becomes: Value) -> bool:
    """Whether a limit surely allows less; a number and a percentage cannot be compared."""
    one, other = str(was), str(becomes)
    if one.endswith("%") is not other.endswith("%"):
        return False
    one, other = one.rstrip("%"), other.rstrip("%")
    return one.isdecimal() and other.isdecimal() and int(other) < int(one)


def _host(url: Value) -> str:
    """A base URL in one spelling; what is none, as it is."""
    from reconciler.api.base_url import checked_base_url  # noqa: PLC0415  the network's library, for branches alone

    try:
        return checked_base_url(str(url)) if url is not None else ""
    except ReconcilerError:
        return str(url)


def _shown(key: str, value: Value) -> str:
    """A setting in words. What may be a token in the wrong place, or hold a password, is not shown."""
    if value is None:
        return _NOT_SET
    text = ", ".join(_entries(value))
    if (key == _TOKEN and not text.isupper()) or (key == _HOST and "@" in text):
        return "something that is not shown"
    return text
