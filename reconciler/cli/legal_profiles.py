"""Rules on calls of the user's own, from the files that settings name, beside those that are shipped."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reconciler.files import disk
from reconciler.files.named import NamedFile, named_files
from reconciler.model.document import Document, Problem
from reconciler.model.errors import ReconcilerError
from reconciler.model.fields import campaign_fields
from reconciler.model.words import count

if TYPE_CHECKING:
    from reconciler.hours.legal import Rule
    from reconciler.model.campaign import Desired
    from reconciler.plan.legal import LegalBook

# Imports stand inside functions here: checking files asks for them only where settings name such a file.

_KEY = "legal_profiles"


def legal_book(named: Sequence[NamedFile]) -> LegalBook:
    """The rules that are shipped, with those of these files over them; raises ReconcilerError for what is none."""
    from reconciler.hours.legal import rule_of, rules  # noqa: PLC0415 - see above
    from reconciler.plan.legal import LegalBook  # noqa: PLC0415 - see above

    own: dict[str, Rule] = {}
    silenced: dict[str, str] = {}
    for one in named:
        document, problems = _read(one)
        for problem in problems:
            raise ReconcilerError(str(problem))
        values: Mapping[str, Any] = document.values if document else {}
        own |= {row["name"]: rule_of(row) for row in values.get("rules", [])}
        silenced |= {row["name"]: f"{row['reason']}; {one.file}" for row in values.get("silenced", [])}
    shipped = (rule for rule in rules() if rule.name not in own)
    return LegalBook((*own.values(), *shipped), silenced)


def profile_problems(environments: Mapping[str, Document]) -> Iterator[Problem]:
    """Everything wrong with the files of rules that these settings name, each file once."""
    settings = {id(one): one for one in environments.values()}.values()
    named = {one.file: one for document in settings for one in named_files(document, _KEY)}
    for one in named.values():
        yield from _read(one)[1]


def by_own_rules(
    problems: Iterable[Problem], campaigns: Sequence[Desired], environments: Mapping[str, Document]
) -> set[Problem]:
    """The problems, with those about legal hours judged anew where settings name rules of the user's own."""
    found = set(problems)
    if not any(_KEY in one.values for one in environments.values()) or any(one.is_error for one in found):
        return found
    from reconciler.desired.legal_hours import outside  # noqa: PLC0415 - see above
    from reconciler.hours.legal import rules  # noqa: PLC0415 - see above

    fields, book_of = campaign_fields(), books(environments)
    for campaign in campaigns:
        book = book_of(campaign.file)
        own = [rule for rule in book.rules if rule.name not in book.silenced]
        found -= outside(fields, campaign.document, rules())
        found |= outside(fields, campaign.document, own)
    return found


def told_of_silenced(campaigns: Sequence[Desired], environments: Mapping[str, Document]) -> list[str]:
    """The rules that somebody silenced and campaigns would be warned by, each with its reason and their number."""
    from reconciler.desired.legal_hours import outside  # noqa: PLC0415 - see above

    fields, book_of = campaign_fields(), books(environments)
    counted: Counter[tuple[str, str]] = Counter()
    for campaign in campaigns:
        book = book_of(campaign.file)
        for rule in book.rules:
            if rule.name in book.silenced and outside(fields, campaign.document, [rule]):
                counted[rule.name, book.silenced[rule.name]] += 1
    return [
        f"not judged by {name}, outside of whose hours {count(number, 'campaign')} may call: {reason}"
        for (name, reason), number in counted.items()
    ]


def books(environments: Mapping[str, Document]) -> Callable[[str], LegalBook]:
    """What gives the rules that hold for the campaign of a file, by the settings that it has; each is read once."""
    kept: dict[int, LegalBook] = {}

    def book_of(file: str) -> LegalBook:
        settings = environments.get(file)
        if id(settings) not in kept:
            kept[id(settings)] = legal_book(tuple(named_files(settings, _KEY)) if settings else ())
        return kept[id(settings)]

    return book_of


def _read(named: NamedFile) -> tuple[Document | None, Sequence[Problem]]:
    """A file of rules, and what is wrong with it, warnings left out."""
    from reconciler.desired.validate import check_settings  # noqa: PLC0415 - see above
    from reconciler.model.fields import legal_fields  # noqa: PLC0415 - see above
    from reconciler.strict_yaml.parse import parse  # noqa: PLC0415 - see above

    try:
        document, problems = parse(disk.content(named.file), named.file)
    except ReconcilerError as error:
        return None, [Problem(named.position, str(error), (_KEY,))]
    errors = [problem for problem in problems if problem.is_error]
    if document is None or errors:
        return document, errors
    today = datetime.datetime.now(datetime.UTC).date()
    found = [problem for problem in check_settings([document], legal_fields(), today) if problem.is_error]
    return document, found or list(_unknown(document))


def _unknown(document: Document) -> Iterator[Problem]:
    """The rules that are silenced, and that nobody has."""
    from reconciler.hours.legal import rules  # noqa: PLC0415 - see above

    values: Mapping[str, Any] = document.values
    known = {rule.name for rule in rules()} | {row["name"] for row in values.get("rules", [])}
    for number, row in enumerate(values.get("silenced", [])):
        if row["name"] not in known:
            path = ("silenced", number, "name")
            yield Problem(document.position(path), f"no such rule: {row['name']} (`reconciler legal` lists them)", path)
