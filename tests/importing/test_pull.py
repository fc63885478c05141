from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from reconciler.desired.validate import validate
from reconciler.importing.adopt import PullOptions, adopted
from reconciler.importing.pull import Pulled, pulled
from reconciler.model.campaign import Desired
from reconciler.model.document import Document, Problem, Value
from reconciler.model.errors import FilesError
from reconciler.strict_yaml.parse import parse
from tests.support.campaigns import FIELDS, shown

DEFAULTS, LIST = "_defaults.yaml", "do_not_call_custom_list"


@dataclass
class Folder:
    """Files in memory, each campaign over `_defaults.yaml`; `complaint` is told of the first once something changes."""

    texts: dict[str, str]
    complaint: str = ""
    is_united: bool = False

    @property
    def now(self) -> tuple[Sequence[Desired], Sequence[Problem]]:
        return self.reread({})

    def content(self, file: str) -> bytes:
        return self.texts[file].encode()

    def reread(self, instead: Mapping[str, bytes]) -> tuple[Sequence[Desired], Sequence[Problem]]:
        def document(file: str) -> Document:
            found, problems = parse(instead.get(os.path.realpath(file), self.texts[file].encode()), file)
            assert found is not None, problems
            return found

        base = document(DEFAULTS) if DEFAULTS in self.texts else None
        documents = []
        for file in [one for one in self.texts if one != DEFAULTS]:
            own = document(file)
            inherited = {name: base for name in base.values if name not in own.values} if base else {}
            values = {**{name: one.values[name] for name, one in inherited.items()}, **own.values}
            if base and self.is_united and LIST in own.values:
                values[LIST] = [*own.values[LIST], *base.values[LIST]]
            documents.append(own._replace(values=values, inherited=inherited))
        desired, problems = validate(documents, FIELDS, date(2026, 1, 1))
        fresh = [Problem(documents[0].position(()), self.complaint)] if self.complaint and instead else []
        return desired, [*problems, *fresh]

    def heirs(self, document: Document, name: str) -> set[str] | None:
        assert document.file == DEFAULTS
        found = {one.file for one in self.now[0] if name in one.document.inherited}
        return {os.path.realpath(one) for one in found}


def pull(folder: Folder, live: Mapping[str, Mapping[str, Value]], options: PullOptions | None = None) -> Pulled:
    wanted = options or PullOptions(with_status=True)
    desired, _ = folder.now
    campaigns = [adopted(FIELDS, one, shown(live[one.file], "paused"), wanted) for one in desired if one.file in live]
    return pulled(FIELDS, campaigns, wanted, folder)


def texts(result: Pulled) -> dict[str, str]:
    return {os.path.relpath(file): text.decode() for file, text in result.files.items()}


def test_values_go_into_the_file_that_says_them() -> None:
    folder = Folder({"a.yaml": "id: a\nmax_retries: 1 # x\nstatus: active\n"})

    result = pull(folder, {"a.yaml": {"max_retries": 2}})

    assert texts(result) == {"a.yaml": "id: a\nmax_retries: 2 # x\nstatus: paused\n"}
    assert result.into == {("a.yaml", "max_retries"): "a.yaml", ("a.yaml", "status"): "a.yaml"}


def test_what_is_inherited_goes_into_the_own_file_with_where_it_came_from() -> None:
    long = "x" * 100
    folder = Folder({DEFAULTS: f"max_retries: 1\ndescription: {long}\n", "a.yaml": "id: a\n"})

    result = pull(folder, {"a.yaml": {"max_retries": 2, "description": "y"}})

    assert texts(result) == {
        "a.yaml": 'id: a\ndescription: "y" # was inherited from _defaults.yaml\n'
        "max_retries: 2 # was 1, from _defaults.yaml\n"
    }


def test_every_heir_changed_alike() -> None:
    folder = Folder({DEFAULTS: "max_retries: 1 # all\n", "a.yaml": "id: a\n", "b.yaml": "id: b\n"})
    options = PullOptions(into_defaults=True)

    both = pull(folder, {"a.yaml": {"max_retries": 2}, "b.yaml": {"max_retries": 2}}, options)
    apart = pull(folder, {"a.yaml": {"max_retries": 2}, "b.yaml": {"max_retries": 3}}, options)
    one = pull(folder, {"a.yaml": {"max_retries": 2}}, options)
    own = pull(
        Folder({DEFAULTS: "max_retries: 1\n", "a.yaml": "id: a\nmax_retries: 3\n"}),
        {"a.yaml": {"max_retries": 2}},
        options,
    )

    assert texts(own) == {"a.yaml": "id: a\nmax_retries: 2\n"}

    assert texts(both) == {DEFAULTS: "max_retries: 2 # all\n"}
    assert set(texts(apart)) == {"a.yaml", "b.yaml"}
    assert set(texts(one)) == {"a.yaml"}
    assert one.campaigns[0].notices == (
        "max_retries is not written into _defaults.yaml: not every campaign that inherits it changed alike",
    )


def test_a_status_that_all_inherit_goes_where_it_is_inherited_from() -> None:
    folder = Folder({DEFAULTS: "status: active\n", "a.yaml": "id: a\n", "b.yaml": "id: b\n"})
    options = PullOptions(with_status=True, into_defaults=True)

    assert texts(pull(folder, {"a.yaml": {}, "b.yaml": {}}, options)) == {DEFAULTS: "status: paused\n"}
    assert texts(pull(folder, {"a.yaml": {}}, options)) == {
        "a.yaml": 'id: a\nstatus: "paused" # was "active", from _defaults.yaml\n'
    }


def test_what_the_schema_refuses_is_taken_out_and_the_rest_is_written() -> None:
    folder = Folder({"a.yaml": "id: a\nmax_retries: 1\ntimezone: UTC\n"})

    result = pull(folder, {"a.yaml": {"max_retries": 99, "timezone": "Europe/Rome"}})

    assert texts(result) == {"a.yaml": "id: a\nmax_retries: 1\ntimezone: Europe/Rome\n"}
    (campaign,) = result.campaigns
    assert [error.partition(":")[0] for error in campaign.errors] == ["max_retries is not adopted"]


def test_a_rule_between_fields_takes_out_what_it_is_broken_by() -> None:
    folder = Folder({"a.yaml": "id: a\nstart_date: 2027-01-01\nend_date: 2027-02-01\n"})
    live = {"a.yaml": {"start_date": "2028-01-01", "end_date": "2028-02-01"}}

    assert pull(folder, live, PullOptions(frozenset({"start_date"}))).files == {}
    assert texts(pull(folder, live)) == {"a.yaml": "id: a\nstart_date: 2028-01-01\nend_date: 2028-02-01\n"}


def test_what_cannot_be_written_is_taken_out_and_the_rest_is_written() -> None:
    shared = "auto_dnc_trigger_errors:\n  - &a b\n  - c\nauto_dnc_trigger_statuses: [*a]\n"
    folder = Folder({"a.yaml": f"id: a\nmax_retries: 1\n{shared}"})
    live: dict[str, Value] = {
        "max_retries": 2, "auto_dnc_trigger_errors": ["c"], "auto_dnc_trigger_statuses": ["b"],
    }  # fmt: skip

    result = pull(folder, {"a.yaml": live})

    assert texts(result) == {"a.yaml": f"id: a\nmax_retries: 2\n{shared}"}
    assert "by hand" in result.campaigns[0].errors[0]


def test_a_file_of_which_nothing_can_be_written_stays() -> None:
    text = "id: a\nauto_dnc_trigger_errors:\n  - &a b\n  - c\nauto_dnc_trigger_statuses: [*a]\n"
    live: dict[str, Value] = {"auto_dnc_trigger_errors": ["c"], "auto_dnc_trigger_statuses": ["b"]}

    assert pull(Folder({"a.yaml": text}), {"a.yaml": live}).files == {}


def test_numbers_are_not_told_where_they_were_inherited_from() -> None:
    numbers: list[Value] = ["+15550000001", "+15550000002"]
    source = "id: a\ndo_not_call_list_source: custom\n"
    folder = Folder({DEFAULTS: f"do_not_call_custom_list: ['{numbers[0]}']\n", "a.yaml": source})
    live = {"a.yaml": {"do_not_call_list_source": "custom", "do_not_call_custom_list": numbers}}
    folder.is_united = True

    result = pull(folder, live, PullOptions(with_numbers=True))

    assert texts(result) == {
        "a.yaml": f'{source}do_not_call_custom_list: # besides those of _defaults.yaml\n  - "{numbers[1]}"\n'
    }


def test_numbers_of_lists_that_the_file_names_need_no_comment() -> None:
    numbers: list[Value] = ["+15550000001", "+15550000002"]
    folder = Named({"a.yaml": "id: a\ndo_not_call_list_source: custom\n"})
    live = {"a.yaml": {"do_not_call_list_source": "custom", LIST: numbers}}

    result = pull(folder, live, PullOptions(with_numbers=True))

    assert texts(result)["a.yaml"].endswith(f'{LIST}:\n  - "{numbers[1]}"\n')


@dataclass
class Named(Folder):
    """The first number comes from a list in a file of its own, which the campaign names."""

    def reread(self, instead: Mapping[str, bytes]) -> tuple[Sequence[Desired], Sequence[Problem]]:
        desired, problems = super().reread(instead)
        return [self._with(one) for one in desired], problems

    def _with(self, one: Desired) -> Desired:
        said = Document(one.file, {}, {}, {})
        inherited = one.document.inherited if LIST in one.values else {LIST: said}
        numbers = ["+15550000001", *one.values.get(LIST, ())]
        return one._replace(document=one.document._replace(inherited=inherited), values={**one.values, LIST: numbers})


def test_two_campaigns_that_are_one_file_adopt_what_both_changed_to() -> None:
    folder = Twice({"a.yaml": "name: A\nmax_retries: 1\n"})
    live = {"max_retries": 2}

    assert texts(pull(folder, {"a.yaml": live, "./a.yaml": live})) == {"a.yaml": "name: A\nmax_retries: 2\n"}


def test_two_campaigns_in_one_file_cannot_adopt_for_one_of_them() -> None:
    folder = Twice({"a.yaml": "name: A\nmax_retries: 1\nstatus: active\n"})

    result = pull(folder, {"a.yaml": {"max_retries": 2}})

    assert result.files == {}
    assert [error.partition(":")[0] for error in result.campaigns[0].errors] == [
        "max_retries is not adopted",
        "status is not adopted",
    ]


@dataclass
class Twice(Folder):
    """The same file once more, as another campaign: its path is spelt otherwise."""

    def reread(self, instead: Mapping[str, bytes]) -> tuple[Sequence[Desired], Sequence[Problem]]:
        desired, problems = super().reread(instead)
        again = [one._replace(document=one.document._replace(file="./a.yaml")) for one in desired]
        return [*desired, *again], problems


def test_a_problem_that_no_value_is_to_blame_for_stops_everything() -> None:
    folder = Folder({"0.yaml": "id: b\n", "a.yaml": "id: a\nmax_retries: 1\n"}, complaint="something else")

    with pytest.raises(FilesError) as caught:
        pull(folder, {"a.yaml": {"max_retries": 2}})
    assert [problem.message for problem in caught.value.problems] == ["something else"]


def test_nothing_to_adopt_is_nothing_to_write() -> None:
    folder = Folder({"a.yaml": "id: a\nmax_retries: 1\n"})

    assert pull(folder, {"a.yaml": {"max_retries": 1}}).files == {}
