from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from reconciler.strict_yaml.parse import parse
from reconciler.strict_yaml.positions import LINE_BREAK, MAX_BYTES
from tests.support.yaml_texts import ANYTHING, FILE, problems_of, told, values_of

TAG = "tags are not allowed: remove the `!…`, or put the value in quotes if it belongs to it"
EMPTY = "has no value: write null to clear, or remove the line"
EMPTY_IN_BRACES = "has no value: write `field: value`, or put all of it in quotes if the braces belong to the text"
EMPTY_BEFORE_COMMENT = "has no value, only a comment: put the value in quotes if the `#` belongs to it"
EMPTY_ITEM = "an empty item: write a value, or remove it"
CUT = "from here on a comment: put the value in quotes if it belongs to it, else put a space after `#`"
KEY = "a key must be text: put it in quotes, or the whole value if it only looks like a key"
NO_MAPPING = "not a mapping: write one `field: value` a line, with a space after the colon"
NO_FIELD = "not `field: value`: is a colon missing, the space after one, or the space after a dash?"
COLON = "no colon can be here: put the value in quotes if it belongs to it, or mend the indentation"
BAD_START = "a value cannot start with this character: put it in quotes"
STAR = "`*` and `&` have a meaning of their own: put the value in quotes"
NO_ANCHOR = "an alias without its anchor above: put the value in quotes if the `*` belongs to it"
ENDLESS = "an alias inside the value that it stands for: it would never end"
BACKSLASH = "a backslash in these double quotes: write it twice, or use single quotes"
OPEN_QUOTE = "this quote is never closed"
OPEN_LIST = "this list is not closed by `]`, or a comma is missing in it"
OPEN_MAPPING = "this mapping is not closed by `}`, or a comma is missing in it"
INDENTATION = "the indentation does not fit the lines above"
AFTER_THE_END = "nothing can follow a closing quote or bracket, or an alias: put the whole value in quotes"
NO_VALUE = "no value where one should be: close all brackets, and put values with brackets or commas in quotes"
DIGITS = "a number of more than 18 digits: put it in quotes if it is text"
TAB = "a tab: use spaces, or write \\t between double quotes"
SECOND = "a second document: one file is one campaign; remove the `---`"
NOTHING = "an empty file: write one `field: value` a line, or remove it"
BLOCK = "the text belongs on the lines below the `|` or `>`, indented"
ESCAPE = "an escape here makes a control character"
PERCENT = "a line cannot start with `%`: remove it, or put the value in quotes and indent it"
DEEP = "more than 64 levels deep: a campaign needs three"
MERGE = "merges a mapping, or a list of mappings: write an alias such as `<<: *name`"
NBSP_HINT = "; there is a no-break space on this line: write an ordinary one"


# What other YAML tools read as something else is the text that was typed.
PLAIN = {
    "sexagesimal time": ("10:00", "10:00"),
    "early time": ("9:00", "9:00"),
    "midnight at the end of a day": ("24:00", "24:00"),
    "time with a leading zero": ("09:00", "09:00"),
    "time just after midnight": ("00:30", "00:30"),
    "time with seconds": ("10:00:00", "10:00:00"),
    "time with invalid minutes": ("20:60", "20:60"),
    "time with a dot": ("9.30", 9.3),
    "four digits with an octal look": ("0700", "0700"),
    "four digits with a nine": ("0900", "0900"),
    "four digits": ("1000", 1000),
    "date": ("2024-01-01", "2024-01-01"),
    "date without zeros": ("2024-1-1", "2024-1-1"),
    "date with time": ("2024-01-01 10:00", "2024-01-01 10:00"),
    "timestamp": ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
    "date that does not exist": ("2024-02-30", "2024-02-30"),
    "number with a plus": ("+15551234567", "+15551234567"),
    "octal number": ("07701234567", "07701234567"),
    "number with a zero and a nine": ("07700900123", "07700900123"),
    "short octal with a plus": ("+0123", "+0123"),
    "number with underscores": ("+1_555_123_4567", "+1_555_123_4567"),
    "sexagesimal with a plus": ("+1:23", "+1:23"),
    "number with spaces": ("+1 555 123 4567", "+1 555 123 4567"),
    "number with dashes": ("+1-555-123-4567", "+1-555-123-4567"),
    "bare long number": ("15551234567", 15551234567),
    "no": ("no", "no"),
    "yes": ("yes", "yes"),
    "on": ("on", "on"),
    "off": ("off", "off"),
    "y": ("y", "y"),
    "True": ("True", "True"),
    "FALSE": ("FALSE", "FALSE"),
    "true": ("true", True),
    "false": ("false", False),
    "null": ("null", None),
    "Null": ("Null", "Null"),
    "tilde": ("~", "~"),
    "1.10": ("1.10", 1.1),
    "010": ("010", "010"),
    "1_2": ("1_2", "1_2"),
    "hexadecimal": ("0x1F", "0x1F"),
    "octal with an o": ("0o17", "0o17"),
    "infinity": (".inf", ".inf"),
    "no number": (".nan", ".nan"),
    "dot before digits": (".5", ".5"),
    "dot after digits": ("5.", "5."),
    "zero": ("0", 0),
    "minus zero": ("-0", 0),
    "negative": ("-12", -12),
    "exponent": ("1e3", 1000.0),
    "many noughts after the point": ("0.0000000000000000000015", 1.5e-21),
    "eighteen digits": ("123456789012345678", 123456789012345678),
    "digits of another script": ("١٢", "١٢"),
    "equals sign": ("=", "="),
    "merge sign as a value": ("<<", "<<"),
    "commas": ("1,2,3", "1,2,3"),
    "range": ("1-5", "1-5"),
    "percent at the end": ("50%", "50%"),
    "smart quotes": ("“b”", "“b”"),
    "no-break space inside": ("a\xa0b", "a\xa0b"),
    "dashes": ("--- b", "--- b"),
    "hash inside a word": ("a#1", "a#1"),
    "with an ordinary comment": ("Sale # of the year", "Sale"),
    "url": ("http://example.org/?a=b", "http://example.org/?a=b"),
    "double quotes": ('"10:00"', "10:00"),
    "single quotes": ("'it''s'", "it's"),
    "quoted null": ('"null"', "null"),
    "quoted number": ("'12'", "12"),
    "quoted nothing": ("''", ""),
    "quoted hash": ("'Black Friday - #1'", "Black Friday - #1"),
    "escaped tab and newline": ('"a\\tb\\n"', "a\tb\n"),
    "escaped slash": ('"a\\/b"', "a/b"),
}


@pytest.mark.parametrize(("written", "expected"), PLAIN.values(), ids=PLAIN)
def test_a_plain_scalar_is_what_was_typed(written: str, expected: object) -> None:
    values = values_of(f"a: {written}\n")
    assert values == {"a": expected}
    assert [type(value) for value in values.values()] == [type(expected)]


READ = {
    "list of numbers with spellings": ("a: [01, 08]", {"a": ["01", "08"]}),
    "numbers and booleans in a list": ("a: [1.0, true]", {"a": [1.0, True]}),
    "repeated entries are kept": ("a: [1,1]", {"a": [1, 1]}),
    "missing space after dash": ("a:\n  -1\n  -2\n", {"a": "-1 -2"}),
    "on and yes as keys": ("on: 1\nyes: 2\ntrue_: 3", {"on": 1, "yes": 2, "true_": 3}),
    "keys that would collide in other tools": ("yes: 1\nno: 2", {"yes": 1, "no": 2}),
    "quoted keys of any kind": ("'1': a\n\"null\": b", {"1": "a", "null": "b"}),
    "byte order mark at the start": ("\ufeffa: 1", {"a": 1}),
    "windows line ends": ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
    "old mac line ends": ("a: 1\rb: 2\r", {"a": 1, "b": 2}),
    "document start and end": ("---\na: 10:00\n...\n", {"a": "10:00"}),
    "version header changes nothing": ("# c\n%YAML 1.2\n---\na: 10:00\nb: no\n", {"a": "10:00", "b": "no"}),
    "literal block": ("a: |\n  12\n  #1\n", {"a": "12\n#1\n"}),
    "folded block": ("a: >-\n  b\n  c\n", {"a": "b c"}),
    "plain text over lines": ("a: b\n  c\n", {"a": "b c"}),
    "brackets": ('a: {b: [c, d?e, -], "f":g}', {"a": {"b": ["c", "d?e", "-"], "f": "g"}}),
    "question mark before text": ("? a\n: 1", {"a": 1}),
    "empty list and mapping": ("a: []\nb: {}", {"a": [], "b": {}}),
    "alias": ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    "alias as a key": ("a: &x b\n*x : 1", {"a": "b", "b": 1}),
    "anchored key": ("&x a: 1\nb: *x", {"a": 1, "b": "a"}),
    "anchor that is given again": ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    "anchor given again inside itself": ("a: &x [&x 1, *x]\nb: *x", {"a": [1, 1], "b": 1}),
    "merge": ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
    "own key before the merge": ("a: &x {b: 1}\nc: {b: 2, <<: *x}", {"a": {"b": 1}, "c": {"b": 2}}),
    "merge of a list, first wins": (
        "a: [&x {b: 1}, &y {b: 2, c: 3}]\nd: {<<: [*x, *y]}",
        {"a": [{"b": 1}, {"b": 2, "c": 3}], "d": {"b": 1, "c": 3}},
    ),
    "merge of a merge": (
        "a: &x {b: 1}\nc: &y {<<: *x, d: 2}\ne: {<<: *y}",
        {"a": {"b": 1}, "c": {"b": 1, "d": 2}, "e": {"b": 1, "d": 2}},
    ),
    "merge is shallow": (
        "a: &x {b: {c: 1, d: 2}}\ne: {<<: *x, b: {c: 3}}",
        {"a": {"b": {"c": 1, "d": 2}}, "e": {"b": {"c": 3}}},
    ),
    "merge of what is written there": ("<<: {a: 1}\nb: 2", {"a": 1, "b": 2}),
    "merge of nothing": ("<<: []\nb: 2", {"b": 2}),
    "quoted merge sign is a key": ("'<<': 1", {"<<": 1}),
    "sixty-four levels": ("a: " + "[" * 63 + "]" * 63, {"a": json.loads("[" * 63 + "]" * 63)}),
}


@pytest.mark.parametrize(("text", "expected"), READ.values(), ids=READ)
def test_reads(text: str, expected: object) -> None:
    assert values_of(text) == expected


# The text, what is left of it (None: nothing), and every problem.
REFUSED: dict[str, tuple[str, object, list[str]]] = {
    "repeated key": ("a: 1\nb: 2\na: 3", {"a": 1, "b": 2}, ["3:1: a: written twice, first on line 1: keep one"]),
    "repeated key in braces": (
        "a: {b: 1, b: 2}",
        {"a": {"b": 1}},
        ["1:11: a.b: written twice, first on line 1: keep one"],
    ),
    "repeated by other quotes": ("a: 1\n'a': 2", {"a": 1}, ["2:1: a: written twice, first on line 1: keep one"]),
    "problems inside a repeated key": (
        "a: 1\na: {b: }",
        {"a": 1},
        ["2:1: a: written twice, first on line 1: keep one", f"2:5: a.b: {EMPTY_IN_BRACES}"],
    ),
    "two merges": (
        "a: &x {b: 1}\nc: {<<: *x, <<: *x}",
        {"a": {"b": 1}, "c": {"b": 1}},
        ["2:13: c.<<: written twice, first on line 2: keep one"],
    ),
    "merge of text": ("<<: b", {}, [f"1:5: <<: {MERGE}"]),
    "merge of a list with text": ("a: 1\n<<: [b]", {"a": 1}, [f"2:5: <<: {MERGE}"]),
    "second document": ("a: 1\n---\nb: 2", None, [f"2:1: {SECOND}"]),
    "stray document start at the end": ("a: 1\n---\n", None, [f"2:1: {SECOND}"]),
    "empty file": ("", None, [f"1:1: {NOTHING}"]),
    "only comments": ("# a: 1\n\n# b\n", None, [f"1:1: {NOTHING}"]),
    "only a document start": ("---\n", None, [f"1:1: {NOTHING}"]),
    "top level text": ("name", None, [f"1:1: {NO_MAPPING}"]),
    "top level null": ("null", None, [f"1:1: {NO_MAPPING}"]),
    "top level list": ("- a: 1", None, [f"1:1: {NO_MAPPING}"]),
    "top level alias": ("*a", None, [f"1:1: {NO_MAPPING}"]),
    "no space after the only colon": ("name:Sale", None, [f"1:1: {NO_MAPPING}"]),
    "no-break space after the only colon": ("name:\xa0Sale", None, [f"1:1: {NO_MAPPING}{NBSP_HINT}"]),
    "no-break space after a colon": ("a: 1\nname:\xa0Sale\n", None, [f"2:1: {NO_FIELD}{NBSP_HINT}"]),
    "no-break space before a key": (
        "\xa0name: Sale",
        {"\xa0name": "Sale"},
        ["1:1: a no-break space in a key: write an ordinary one"],
    ),
    "tab as indentation": ("a:\n\tb: 1", None, [f"2:1: {TAB}"]),
    "tab after a colon": ("a:\tb", None, [f"1:3: {TAB}"]),
    "tab before a comment": ("a: b\t# c", None, [f"1:5: {TAB}"]),
    "tabs on several lines": ("a: 'b\tc\td'\n\t\n\n\te: 1", None, [f"1:6: {TAB}", f"2:1: {TAB}", f"4:1: {TAB}"]),
    "custom tag": ("a: !x 1\nb: 2", {"b": 2}, [f"1:4: a: {TAG}"]),
    "python tag": ("a: !!python/object:os.system [b]", {}, [f"1:4: a: {TAG}"]),
    "environment tag": ("a: !env X", {}, [f"1:4: a: {TAG}"]),
    "standard tag": ("a: !!str 1", {}, [f"1:4: a: {TAG}"]),
    "bare tag": ("a: ! 1", {}, [f"1:4: a: {TAG}"]),
    "tag with an undefined handle": ("a: !e!x 1", None, [f"1:4: {TAG}"]),
    "tag on everything": ("!x\na: 1", None, [f"1:1: {TAG}"]),
    "tag on a key": ("!x a: 1", {}, [f"1:1: {TAG}"]),
    "tag and anchor": ("a: !x &y 1\nb: *y", {}, [f"1:4: a: {TAG}"]),
    "recursive alias": ("a: &x [*x]", {"a": []}, [f"1:8: a[0]: {ENDLESS}"]),
    "merge of itself": ("a: &x {<<: *x, b: 1}", {"a": {"b": 1}}, [f"1:12: a.<<: {ENDLESS}"]),
    "undefined alias": ("a: *x", {}, [f"1:4: a: {NO_ANCHOR}"]),
    "alias before its anchor": ("a: *x\nb: &x 1", {"b": 1}, [f"1:4: a: {NO_ANCHOR}"]),
    "undefined alias as a key": ("*x : 1\nb: 1", {"b": 1}, [f"1:1: {NO_ANCHOR}"]),
    "alias to a refused value": ("a: &x !y 1\nb: *x", {}, [f"1:4: a: {TAG}"]),
    "too deep": ("a: " + "[" * 64 + "]" * 64, None, [f"1:67: {DEEP}"]),
    "too deep by an alias": (
        "a: &x " + "[" * 40 + "]" * 40 + "\nb: " + "[" * 40 + "*x" + "]" * 40,
        None,
        [f"2:44: {DEEP}"],
    ),
    "too deep by an alias of an alias": (
        "a: &x " + "[" * 30 + "]" * 30 + "\nb: &y " + "[" * 30 + "*x" + "]" * 30 + "\nc: [[[[*y]]]]",
        None,
        [f"3:8: {DEEP}"],
    ),
    "number as a key": ("1: a\nb: 2", {"b": 2}, [f"1:1: {KEY}"]),
    "null as a key": ("null: a", {}, [f"1:1: {KEY}"]),
    "boolean as a key": ("true: a", {}, [f"1:1: {KEY}"]),
    "list as a key": ("? [a]\n: 1", {}, [f"1:3: {KEY}"]),
    "nothing as a key": ("? \n: 1", {}, [f"1:2: {KEY}"]),
    "alias of a number as a key": ("a: &x 1\n*x : 1", {"a": 1}, [f"2:1: {KEY}"]),
    "templating braces": ("a: {{ name }}", {"a": {}}, [f"1:5: a: {KEY}"]),
    "templating braces in text": ("a: Hello {{ name }}", {"a": "Hello {{ name }}"}, []),
    "braces around a name": ("a: {name}", {"a": {}}, [f"1:5: a.name: {EMPTY_IN_BRACES}"]),
    "braces around a number": ("a: {+15551234567}", {"a": {}}, [f"1:5: a.<number>: {EMPTY_IN_BRACES}"]),
    "empty value": ("a:\nb: 1", {"b": 1}, [f"1:1: a: {EMPTY}"]),
    "empty value before a comment": ("a: # c\nb: 1", {"b": 1}, [f"1:1: a: {EMPTY}"]),
    "empty value at the end": ("b: 1\na:", {"b": 1}, [f"2:1: a: {EMPTY}"]),
    "value that is all comment": ("a: #1 campaign", {}, [f"1:1: a: {EMPTY_BEFORE_COMMENT}"]),
    "value that is an anchor": ("a: &co", {}, [f"1:1: a: {EMPTY}"]),
    "empty items": ("a:\n- 1\n-\n- 2\n-", {"a": [1, 2]}, [f"3:2: a[1]: {EMPTY_ITEM}", f"5:2: a[3]: {EMPTY_ITEM}"]),
    "empty pair in a list": ("a: [b: ]", {"a": [{}]}, [f"1:5: a[0].b: {EMPTY_IN_BRACES}"]),
    "too many digits": ("a: 1234567890123456789", {}, [f"1:4: a: {DIGITS}"]),
    "too many digits after the point": ("a: 1.234567890123456789", {}, [f"1:4: a: {DIGITS}"]),
    "five thousand digits": ("a: " + "9" * 5000, {}, [f"1:4: a: {DIGITS}"]),
    "too large": ("a: 1e999", {}, ["1:4: a: a number that is too large: put it in quotes if it is text"]),
    "control character": ("a: b\x07", None, ["1:5: a control character, U+0007: remove it"]),
    "delete": ("a: b\x7f", None, ["1:5: a control character, U+007F: remove it"]),
    "next line": ("a: b\x85c: d", None, ["1:5: a control character, U+0085: remove it"]),
    "line separator": ("a: b\u2028c: d", None, ["1:5: a control character, U+2028: remove it"]),
    "paragraph separator": ("a: b\u2029c: d", None, ["1:5: a control character, U+2029: remove it"]),
    "no character": ("a: \uffff", None, ["1:4: a control character, U+FFFF: remove it"]),
    "byte order mark inside": (
        "a: 1\n\ufeffb: 2",
        None,
        ["2:1: a byte order mark inside the file, as joining two files leaves it: remove it"],
    ),
    "NUL": ("a: b\0", None, ["1:5: a NUL character: is this UTF-16, or no text at all? save it as UTF-8"]),
    "escaped control character": ('a: "\\e[31m"', {}, [f"1:4: a: {ESCAPE}"]),
    "escaped NUL": ('a: ["\\0"]', {"a": []}, [f"1:5: a[0]: {ESCAPE}"]),
    "text after a second colon": ("name: Sale: 50%", None, [f"1:11: {COLON}"]),
    "at sign": ("a: @x", None, [f"1:4: {BAD_START}"]),
    "backtick": ("a: `x`", None, [f"1:4: {BAD_START}"]),
    "percent sign": ("a: %x", None, [f"1:4: {BAD_START}"]),
    "percent sign at the start of a line": ("a: 'b\n%c'", None, [f"2:1: {PERCENT}"]),
    "other directive": ("%TAG ! x\n---\na: 1", None, [f"1:1: {PERCENT}"]),
    "unknown version": ("%YAML 2.0\n---\na: 1", None, [f"1:1: {PERCENT}"]),
    "second header": ("%YAML 1.2\n%YAML 1.2\n---\na: 1", None, [f"2:1: {PERCENT}"]),
    "header without document start": ("%YAML 1.2\na: 1", None, [f"2:1: {INDENTATION}"]),
    "star": ("a: *", None, [f"1:4: {STAR}"]),
    "stars around a word": ("a: *Sale*", None, [f"1:4: {STAR}"]),
    "star and words": ("a: *big sale", None, [f"1:4: a: {NO_ANCHOR}", f"1:9: {AFTER_THE_END}"]),
    "ampersand and words": ("a: & co", None, [f"1:4: {STAR}"]),
    "open double quote": ('a: "b', None, [f"1:4: {OPEN_QUOTE}"]),
    "open single quote": ("a: 'b\nc: 1\n", None, [f"1:4: {OPEN_QUOTE}"]),
    "apostrophe in single quotes": ("a: 'it's'", None, [f"1:8: {AFTER_THE_END}"]),
    "text after quotes": ('a: "b" c', None, [f"1:8: {AFTER_THE_END}"]),
    "text after a list": ("a: [b] c", None, [f"1:8: {AFTER_THE_END}"]),
    "unknown escape": ('a: "\\d"', None, [f"1:4: {BACKSLASH}"]),
    "short escape": ('a: "\\x4"', None, [f"1:4: {BACKSLASH}"]),
    "open list": ("a: [1, 2", None, [f"1:4: {OPEN_LIST}"]),
    "open list over lines": ("a: [1,\n  2\nb: 1\n", None, [f"1:4: {OPEN_LIST}"]),
    "open mapping": ("a: {b: 1", None, [f"1:4: {OPEN_MAPPING}"]),
    "comma missing": ('a: ["b" "c"]', None, [f"1:4: {OPEN_LIST}"]),
    "comma too many": ("a: [b,,c]", None, [f"1:7: {NO_VALUE}"]),
    "closing bracket alone": ("a: ]", None, [f"1:4: {NO_VALUE}"]),
    "comma alone": ("a: ,", None, [f"1:4: {NO_VALUE}"]),
    "colon without space in braces": ("a: {b:[c]}", None, ["1:6: put a space after the colon"]),
    "line without a colon": ("a: 1\nb\nc: 2", None, [f"2:1: {NO_FIELD}"]),
    "dashes without space": ("a:\n-1\n-2\n", None, [f"2:1: {NO_FIELD}"]),
    "list on the line of its field": (
        "a: - b",
        None,
        ["1:4: no list item can be here: put each `- item` on a line of its own"],
    ),
    "question mark as a value": ("a: ? b", None, ["1:4: a value cannot start with `? `: put it in quotes"]),
    "deeper line": ("a: 1\n  b: 2", None, [f"2:4: {COLON}"]),
    "line between two depths": ("a:\n  b: 1\n c: 2", None, [f"3:2: {INDENTATION}"]),
    "shallower than the first line": ("  a: 1\nb: 2", None, [f"2:1: {INDENTATION}"]),
    "item among fields": ("a: 1\n- b", None, [f"2:1: {INDENTATION}"]),
    "colon without a key": (": b", None, [f"1:1: {INDENTATION}"]),
    "text behind a block sign": ("a: |b\n  c", None, [f"1:5: {BLOCK}"]),
    "indentation of nought": ("a: |0\n  c", None, [f"1:5: {BLOCK}"]),
    "all problems of a file": (
        "a: 1\na: 2\nb:\nc: [{x}, *q]\nd: !x y\n1: z\nf: [",
        None,
        [
            "2:1: a: written twice, first on line 1: keep one",
            f"3:1: b: {EMPTY}",
            f"4:6: c[0].x: {EMPTY_IN_BRACES}",
            f"4:10: c[1]: {NO_ANCHOR}",
            f"5:4: d: {TAG}",
            f"6:1: {KEY}",
            f"7:5: {NO_VALUE}",
        ],
    ),
}


@pytest.mark.parametrize(("text", "left", "expected"), REFUSED.values(), ids=REFUSED)
def test_tells_every_problem(text: str, left: object, expected: list[str]) -> None:
    document, problems = parse(text.encode(), FILE)
    assert told(problems) == expected
    assert (document and document.values) == left


BYTES = {
    "UTF-16, little end first": (b"\xff\xfea\0:\0 \x001\0", "1:1: this is UTF-16: save it as UTF-8"),
    "UTF-16, big end first": (b"\xfe\xff\0a\0:\0 \x001", "1:1: this is UTF-16: save it as UTF-8"),
    "UTF-16 without a mark": (
        "a: 1".encode("utf-16-le"),
        "1:2: a NUL character: is this UTF-16, or no text at all? save it as UTF-8",
    ),
    "latin-1": ("a: 1\r\nb: é\n".encode("latin-1"), "2:4: not UTF-8: save the file as UTF-8"),
    "latin-1 after wide characters": ("a: é".encode() + b"\xe9", "1:5: not UTF-8: save the file as UTF-8"),
    "half a character": (b"a: \xc3", "1:4: not UTF-8: save the file as UTF-8"),
    "an encoded surrogate": (b"a: \xed\xa0\x80", "1:4: not UTF-8: save the file as UTF-8"),
    "two byte order marks": (
        b"\xef\xbb\xbf\xef\xbb\xbfa: 1",
        "1:1: a byte order mark inside the file, as joining two files leaves it: remove it",
    ),
    "too large": (b"a: " + b"x" * MAX_BYTES, "1:1: larger than 8 MB: is this a campaign?"),
}


@pytest.mark.parametrize(("text", "expected"), BYTES.values(), ids=BYTES)
def test_refuses_bytes(text: bytes, expected: str) -> None:
    assert parse(text, FILE)[0] is None
    assert problems_of(text) == [expected]


# What some YAML parsers take, and others refuse.
PARSERS_DIFFER = {
    "tag with a comma": "a: !x,y z",
    "surrogate": 'a: "\\ud800"',
    "beyond the last character": 'a: "\\U00110000"',
    "far beyond the last character": 'a: "\\UFFFFFFFF"',
    "comment glued to a block sign": "a: |#\n  b",
    "comment glued to an anchored block sign": "a: &x # c\n  |#\n  b",
    "lone question mark in brackets": "a: [?]",
    "colon before a bracket": "a: [b:[c]]",
    "colon before a comma": "a: {b:,c}",
}


@pytest.mark.parametrize("text", PARSERS_DIFFER.values(), ids=PARSERS_DIFFER)
def test_refuses_what_parsers_take_differently(text: str) -> None:
    assert problems_of(text) != []


CUT_VALUES = {
    "name with a number": ("name: Black Friday - #1", "Black Friday -", "1:22: warning: name: "),
    "extension of a phone number": ("p: +15551234567 #12", "+15551234567", "1:17: warning: p: "),
    "several spaces": ("a: b   #c", "b", "1:8: warning: a: "),
    "number": ("a: 1 #2", 1, "1:6: warning: a: "),
    "text over lines": ("a: b\n  c #d\n", "b c", "2:5: warning: a: "),
}


@pytest.mark.parametrize(("text", "value", "where"), CUT_VALUES.values(), ids=CUT_VALUES)
def test_warns_of_a_value_that_a_hash_cuts(text: str, value: object, where: str) -> None:
    document, problems = parse(text.encode(), FILE)
    assert told(problems) == [where + CUT]
    assert [problem.is_warning for problem in problems] == [True]
    assert document is not None
    assert list(document.values.values()) == [value]


def test_warns_of_a_cut_item_by_its_path() -> None:
    assert problems_of("a:\n- b: [c #d\n  ]") == [f"2:9: warning: a[0].b[0]: {CUT}"]


@pytest.mark.parametrize(
    "text", ["a: b # c", "a: b #", "a: 'b' #c", "a: [b] #c", "a: b#c", "a: b\n#c\n", "a: |\n  b #c\n"]
)
def test_does_not_warn_of_ordinary_comments(text: str) -> None:
    assert problems_of(text) == []


def test_merged_fields_come_after_the_own_ones_in_the_order_they_are_written() -> None:
    document, _ = parse(b"a: &x {e: 1, d: 2, c: 3}\nb: {<<: *x, f: 4, d: 5}\n", FILE)
    assert document is not None
    assert list(document.values["b"]) == ["f", "d", "e", "c"]


def test_not_more_than_twenty_characters_are_told() -> None:
    assert problems_of("\t\n" * 30) == [f"{line}:1: {TAB}" for line in range(1, 21)]


@settings(max_examples=300)
@given(st.binary(max_size=200) | ANYTHING.map(lambda text: text.encode(errors="surrogatepass")))
@example(b"k: |#")
@example(b"k: [a ?b, c? d]\n")
@example(b"k: [a\n  b  ,c \n]")
def test_any_bytes_give_a_document_or_a_problem_inside_them(text: bytes) -> None:
    document, problems = parse(text, FILE)
    assert document is not None or any(problem.is_error for problem in problems)
    lines = len(LINE_BREAK.findall(text.decode(errors="replace"))) + 1
    assert all(1 <= problem.position.line <= lines and problem.position.column >= 1 for problem in problems)


TEXT = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\xa0\ufeff\ufffe\uffff"), max_size=20
)
LEAVES = (
    st.none() | st.booleans() | st.integers(-(10**18) + 1, 10**18 - 1) | st.floats(width=16, allow_nan=False) | TEXT
)
NESTED = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


@settings(max_examples=200)
@given(st.dictionaries(TEXT, NESTED, max_size=5))
def test_json_is_read_as_json_with_the_place_of_everything(values: dict[str, object]) -> None:
    written = json.dumps(values, ensure_ascii=False)
    assume("Infinity" not in written)
    document, problems = parse(written.encode(), FILE)
    assert told(problems) == []
    assert document is not None
    assert repr(document.values) == repr(values)
    for path, mark in document.marks.items():
        value: object = values
        for part in path:
            value = value[part]  # type: ignore[index]
        assert written[mark.column - 1 :].startswith(json.dumps(value, ensure_ascii=False))


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), TEXT, min_size=1, max_size=5))
def test_what_the_library_quotes_is_read_back(values: dict[str, str]) -> None:
    written = yaml.safe_dump(values, default_style='"', allow_unicode=True)
    document, _ = parse(written.encode(), FILE)
    assert document is not None
    assert document.values == values


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<<<<<<< HEAD\nname: A\n=======\nname: B\n>>>>>>> branch\n", 1),
        ("name: A\r\n<<<<<<< HEAD\r\nmax_retries: 1\r\n=======\r\nmax_retries: 2\r\n>>>>>>> branch\r\n", 2),
    ],
)
def test_a_merge_conflict_is_told_by_its_name(text: str, line: int) -> None:
    found, problems = parse(text.encode(), "c.yaml")

    told = "a merge conflict that nobody resolved: keep one of the two versions, and remove the marks around them"
    assert (found, [(problem.position.line, problem.message) for problem in problems]) == (None, [(line, told)])


def test_a_text_that_quotes_a_mark_of_a_conflict_is_none() -> None:
    assert parse(b"description: |\n  <<<<<<< HEAD\n  >>>>>>> x\n", "c.yaml")[1] == []
