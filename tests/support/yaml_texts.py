"""What the strict reading of a text gives, as tests say it."""

from __future__ import annotations

from textwrap import dedent

from hypothesis import strategies as st

from reconciler.model.document import Problem
from reconciler.strict_yaml.parse import parse

FILE = "c.yaml"


def told(problems: list[Problem]) -> list[str]:
    """Problems as `line:column: path: message`."""
    return [str(problem).removeprefix(f"{FILE}:") for problem in problems]


def values_of(text: str | bytes) -> object:
    """The values of a text without any problem."""
    document, problems = parse(text.encode() if isinstance(text, str) else text, FILE)
    assert told(problems) == []
    assert document is not None
    return document.values


def problems_of(text: str | bytes) -> list[str]:
    """Everything wrong with a text."""
    return told(parse(text.encode() if isinstance(text, str) else text, FILE)[1])


# Texts that are YAML, nearly, or not at all

SNIPPETS = st.sampled_from(
    [
        *("a", "b", "0", "1", "1.5", "null", "true", "10:00", "+1555", "é", "\xa0", "=", "~", " ", "  "),
        *("-", "- ", "?", "? ", ":", ": ", ",", "[", "]", "{", "}", "a: ", "b: ", "[a, b]", "{a: b}"),
        *("#", " #", " #x", "&a ", "&b ", "*a", "*a ", "!", "!x ", "|", "|-", ">", ">+2", "<<", "<<: "),
        *("'", '"', "%", "@", "`", "---", "...", "\\", "\\x41", "\\ud800", "\\U00110000"),
        *("\n", "\n  ", "\n- ", "\n    ", "\nx: ", "\ny: ", "\n---\n", "\n...\n", "\n#c\n", "\r", "\r\n"),
    ]
)
YAMLISH = st.lists(SNIPPETS, max_size=14).map("".join)


VALID = dedent("""\
    # yaml-language-server: $schema=x
    name: "A b"
    base: &b
      x: 1
      y: [1, 2, {a: b}]
    ranges:
      - start: 10:00
        end: "17:00" # five
      - {start: 9:00, end: '10:00', "f":g, h: i?j}
    days: [1, 2,
      3]
    merged:
      <<: [*b, {z: 1}]
      y: null
    description: |-
      line one
       two # no

      three
    folded: >
      a b
      c

    plain: several words
      on two lines #x
    ? q
    : - 1
      - - 2
    phones:
    - "+1555\\t"
    - +1555 #12
    """)


# As most files are: nothing in it needs a second look.
PLAIN = dedent("""\
    # yaml-language-server: $schema=x
    id: "c-1"
    name: "A b, c"
    description: |
      line one
       two, no # three

      four
    folded: >-
      a b
      c
    several: words
      on two lines
    ranges:
      - start: "09:00"
        end: '17:00' # five
      - {start: 9:00, end: '10:00'}
    days: [1, 2]
    retries: 1353
    share: 1.5
    is_quiet: true
    end: null
    empty: ""
    none: []
    phones:
    - "+15550000001"
    - +15550000002
    """)


@st.composite
def damaged(draw: st.DrawFn, whole: str = VALID) -> str:
    """A sound file in which a few pieces were replaced."""
    text = whole
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 5)))
        text = text[:start] + draw(SNIPPETS) + text[end:]
    return text


ANYTHING = YAMLISH | YAMLISH.map("k: ".__add__) | damaged() | st.text(max_size=200)
