from __future__ import annotations

import pytest

from reconciler.model.errors import FilesError, ReconcilerError
from reconciler.strict_yaml.split import split, with_schema_of

TEXT = b"# head\n\n# of a\na: 1 # one\n\n# of b\nb:\n  - x\n  # inside\nc: 3\n# end\n"


def test_each_field_goes_with_its_comments() -> None:
    assert split(TEXT, "c.yaml", {"b"}.__contains__, ["x: 0"]) == (
        b"# head\n\nx: 0\n# of a\na: 1 # one\n\nc: 3\n# end\n",
        b"# of b\nb:\n  - x\n  # inside\n",
    )


@pytest.mark.parametrize(("goes", "halves"), [(True, (b"", b"a: 1\n# end\n")), (False, (b"a: 1\n# end\n", b""))])
def test_one_half_may_be_empty(goes: bool, halves: tuple[bytes, bytes]) -> None:  # noqa: FBT001 - a parameter
    assert split(b"a: 1\n# end\n", "c.yaml", lambda _: goes, footer_goes=goes) == halves


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param(b"{a: 1, b: 2}\n", "its fields do not stand on lines of their own", id="brackets"),
        pytest.param(b"a: &x 1\nb: *x\n", "", id="an anchor in the other half"),
        pytest.param(
            b"a: 1\n<<: {b: 2, a: 3}\n", "its fields share an anchor", id="a merge that says something else alone"
        ),
    ],
)
def test_what_cannot_be_told_apart_is_left_to_people(text: bytes, why: str) -> None:
    with pytest.raises(ReconcilerError, match=rf"^c\.yaml cannot be taken apart: .*{why}.*: do it by hand$"):
        split(text, "c.yaml", {"b", "<<"}.__contains__)


def test_a_text_with_errors_is_refused() -> None:
    with pytest.raises(FilesError):
        split(b"a: [\n", "c.yaml", {"b"}.__contains__)


@pytest.mark.parametrize(
    ("way", "becomes"),
    [
        ("../schemas/x.json", "../../schemas/x.json"),
        ("https://x.example/x.json", "https://x.example/x.json"),
        ("/schemas/x.json", "/schemas/x.json"),
    ],
)
def test_the_way_to_the_schema_goes_from_the_new_place(way: str, becomes: str) -> None:
    text = f"# yaml-language-server: $schema={way}\na: 1\n".encode()

    assert (
        with_schema_of(text, "c/a.yaml", "c/d/a.yaml").decode() == f"# yaml-language-server: $schema={becomes}\na: 1\n"
    )
