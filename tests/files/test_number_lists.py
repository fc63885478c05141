"""Lists of numbers in files of their own: spellings, tables, and everything that is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.files.number_lists import NamedList, NumberList, meant, named_lists, read_numbers
from reconciler.model.document import Document, Position

A, B = "+12025550119", "+442079460018"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def listed(content: str | bytes, column: str = "", file: str = "optouts.txt") -> NumberList:
    Path(file).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_numbers(NamedList(file, file, column, Position("c.yaml", 1, 1)))


def told(found: NumberList) -> list[str]:
    return [str(problem) for problem in found.problems]


@pytest.mark.parametrize(
    ("entry", "number"),
    [
        (A, A),
        ("+1 202-555-0119", A),
        ("+1 (202) 555.0119", A),
        ("+1/202/5550119", A),
        ("001 202 555 0119", A),
        ("0044 20 7946 0018", B),
        ("+44 (0)20 7946 0018", B),
        ("+1\u00a0202\u202f555\u20110119", A),
        ("202-555-0119", None),
        ("+0 202 555 0119", None),
        ("+1 202 555 O119", None),
        ("+123456", None),
        ("+1234567890123456", None),
        ("+١٢٠٢٥٥٥٠١١٩", None),
        ("1.2025550119E+10", None),
        ("", None),
    ],
)
def test_a_number_is_read_in_any_spelling_that_says_its_country(entry: str, number: str | None) -> None:
    assert meant(entry) == number


def test_a_list_has_a_number_a_line_with_comments_and_blank_lines() -> None:
    found = listed(f"\ufeff# who said no\r\n\r\n{A}\r\n  0044 20 7946 0018  # by letter\r\n{A}\n")

    assert (found.numbers.reveal(), found.problems, found.empty_because) == ([A, B], (), "")


def test_what_is_no_number_is_told_by_line_and_column_and_not_shown() -> None:
    found = listed(f"{A}\n  2025550143\nAna\n")

    wrong = "not a number that can be called: + or 00, the country's code, 7 to 15 digits in all (it is not shown here)"
    assert told(found) == [f"optouts.txt:2:3: {wrong}", f"optouts.txt:3:1: {wrong}"]


def test_a_file_full_of_mistakes_is_not_told_whole() -> None:
    assert len(listed("Ana\n" * 1000).problems) == 100


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_column_of_a_table_is_read_by_its_name(separator: str) -> None:
    rows = [["name", "phone"], ['"Ana\nMaria"', A], ["Bob", ""], ["Eve"], ["Eva", "2025550143"]]
    found = listed("\n".join(separator.join(row) for row in rows), "phone", "crm.csv")

    assert found.numbers.reveal() == [A]
    assert [(problem.position.line, problem.position.column) for problem in found.problems] == [(6, 5)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name,mobile\n", "crm.csv:1:1: the column 'phone' is not in the header: name, mobile"),
        ("phone,phone\n", "crm.csv:1:1: the column 'phone' is twice in the header: phone, phone"),
        ("", "crm.csv:1:1: the column 'phone' is not in the header: it is empty"),
        ('phone\n"+1202', "crm.csv:2:1: no CSV: unexpected end of data"),
    ],
)
def test_a_table_that_is_none_is_told(content: str, message: str) -> None:
    assert told(listed(content, "phone", "crm.csv")) == [message]


@pytest.mark.parametrize("content", ["", "# nobody yet\n", "\n\n"])
def test_a_list_without_a_number_says_so(content: str) -> None:
    assert listed(content).empty_because == "optouts.txt holds no number"


def test_bytes_that_are_no_text_are_told_at_their_line() -> None:
    assert told(listed(b"+12025550119\n\xff\n")) == ["optouts.txt:2:1: not UTF-8: save the file as UTF-8"]


def test_a_list_that_is_not_there_says_so() -> None:
    found = read_numbers(NamedList("x.txt", "lists/x.txt", "", Position("c.yaml", 1, 1)))

    assert found.empty_because == "lists/x.txt cannot be read: No such file or directory"


def test_what_is_no_file_is_not_waited_for() -> None:
    os.mkfifo("pipe.txt")

    assert "not a file" in read_numbers(NamedList("pipe.txt", "pipe.txt", "", Position("c.yaml", 1, 1))).empty_because


@pytest.mark.parametrize("name", ["link.txt", "../other/o.txt", "/etc/hosts"])
def test_a_list_stays_inside_of_the_repository_of_the_file_that_names_it(name: str, here: Path) -> None:
    (here / "repository/.git").mkdir(parents=True)
    (here / "other/.git").mkdir(parents=True)
    (here / "other/o.txt").write_text(A)
    (here / "secret.txt").write_text(A)
    (here / "repository/link.txt").symlink_to(here / "secret.txt")
    file = os.path.normpath(os.path.join("repository", name))  # noqa: PTH118  as files name it

    found = read_numbers(NamedList(name, file, "", Position("repository/c.yaml", 2, 3)))

    assert told(found) == [
        "repository/c.yaml:2:3: leads out of the repository: name it by a variable, such as $OPTOUTS"
    ]
    assert len(found.numbers) == 0


def test_lists_are_named_relative_to_the_file_that_says_them_or_by_a_variable() -> None:
    names = ["../lists/a.txt", "crm.csv#phone", "$OPTOUTS", "$OPTOUTS/b.csv#tel", "$NOWHERE", 5]
    document = Document("campaigns/x/c.yaml", {"do_not_call_lists": names})
    found = list(named_lists(document, "do_not_call_lists", {"OPTOUTS": "/secret"}))

    assert [(one.file, one.column) for one in found] == [
        ("campaigns/lists/a.txt", ""),
        ("campaigns/x/crm.csv", "phone"),
        ("/secret", ""),
        ("/secret/b.csv", "tel"),
        ("", ""),
    ]
    assert read_numbers(found[-1]).empty_because == "$NOWHERE is not set: it has to hold the path of a list"


def test_what_a_variable_names_is_called_by_the_variable(here: Path) -> None:
    found = listed("Ana\n")
    named = NamedList("$OPTOUTS", str(here / "optouts.txt"), "", Position("c.yaml", 1, 1))

    assert told(read_numbers(named))[0].startswith("$OPTOUTS:1:1: ")
    assert found.problems
