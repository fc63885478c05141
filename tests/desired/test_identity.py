from __future__ import annotations

import pytest

from reconciler.desired.identity import Identities
from reconciler.model.fields import campaign_fields
from tests.support.documents import document

FIELDS = campaign_fields()


def told(files: dict[str, str], environment_of: dict[str, str] | None = None, defaults: str = "") -> list[str]:
    """The problems with what the files call their campaigns, in order."""
    identities = Identities(FIELDS, environment_of or {})
    shared = document(defaults, "_defaults.yaml") if defaults else None
    documents = [document(text, file, shared) for file, text in files.items()]
    return [str(problem) for one in documents for problem in identities.problems(one)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"a.yaml": "id: c-1\n", "b.yaml": "id: c-2\n"}, [], id="two ids"),
        pytest.param({"a.yaml": "id: 5\nname: A\n"}, [], id="an id that is no text is told elsewhere"),
        pytest.param({"a.yaml": "name: A\n", "b.yaml": "name: B\n"}, [], id="two names"),
        pytest.param(
            {"a.yaml": "id: c-1\n", "b.yaml": "name: B\nid: c-1\n"},
            ["b.yaml:2:5: id: 'c-1' is the id in a.yaml:1:5 too: one file per campaign"],
            id="the same id",
        ),
        pytest.param(
            {"a.yaml": "id: c-1\n", "b.yaml": "id: C-1\n"},
            ["b.yaml:1:5: id: 'C-1' is the id in a.yaml:1:5 too: one file per campaign"],
            id="the same id in another case",
        ),
        pytest.param(
            {"a.yaml": "name: Sales\n", "b.yaml": "name: ' Sales '\n"},
            ["b.yaml:1:7: name: ' Sales ' is the name in a.yaml:1:7 too: one file per campaign"],
            id="the same name, trimmed",
        ),
        pytest.param(
            {"a.yaml": "name: Sales\n", "b.yaml": "name: sales\n"},
            [],
            id="names in another case are other names",
        ),
        pytest.param(
            {"a.yaml": "id: c-1\nname: Sales\n", "b.yaml": "name: Sales\n"},
            ["b.yaml:1:7: name: 'Sales' is the name in a.yaml:2:7 too: one file per campaign"],
            id="the same name, of which one has an id",
        ),
        pytest.param(
            {"a.yaml": "id: c-1\nname: Sales\n", "b.yaml": "id: c-2\nname: Sales\n"},
            ["b.yaml:2:7: warning: name: 'Sales' is the name in a.yaml:2:7 too"],
            id="the same name with two ids",
        ),
        pytest.param(
            {"a.yaml": "id: c-1\nname: Sales\n", "b.yaml": "id: c-1\nname: Sales\n"},
            ["b.yaml:1:5: id: 'c-1' is the id in a.yaml:1:5 too: one file per campaign"],
            id="the same id and name are told once",
        ),
        pytest.param(
            {"a.yaml": "name: A\n", "b.yaml": "name: A\n", "c.yaml": "name: A\n"},
            [
                "b.yaml:1:7: name: 'A' is the name in a.yaml:1:7 too: one file per campaign",
                "c.yaml:1:7: name: 'A' is the name in a.yaml:1:7 too: one file per campaign",
            ],
            id="three files",
        ),
        pytest.param(
            {"a.yaml": "max_retries: 3\n"},
            ["a.yaml:1:1: has neither id nor name: which campaign is this?"],
            id="neither id nor name",
        ),
        pytest.param({"a.yaml": "name:\n"}, [], id="a name that could not be read"),
        pytest.param({"a.yaml": "id: 5\n", "b.yaml": "id: 5\n"}, [], id="ids of a wrong kind are told elsewhere"),
        pytest.param({"a.yaml": "name: ' '\n", "b.yaml": "name: ' '\n"}, [], id="blank names are told elsewhere"),
    ],
)
def test_two_files_never_mean_the_same_campaign(files: dict[str, str], expected: list[str]) -> None:
    assert told(files) == expected


def test_each_environment_has_its_own_campaigns() -> None:
    files = {"dev/a.yaml": "name: A\n", "live/a.yaml": "name: A\n", "live/b.yaml": "name: A\n"}
    environments = {"dev/a.yaml": "dev", "live/a.yaml": "live", "live/b.yaml": "live"}

    assert told(files, environments) == [
        "live/b.yaml:1:7: name: 'A' is the name in live/a.yaml:1:7 too: one file per campaign"
    ]


def test_a_name_in_defaults_is_told_at_the_files_that_inherit_it() -> None:
    assert told({"a.yaml": "max_retries: 1\n", "b.yaml": "max_retries: 2\n"}, defaults="name: A\n") == [
        "b.yaml:1:1: name: 'A' is the name in a.yaml:1:1 too: one file per campaign"
    ]


def test_an_id_in_two_environments_is_doubted() -> None:
    files = {"dev/a.yaml": "id: c-1\n", "live/a.yaml": "id: C-1\n", "live/b.yaml": "id: c-2\n"}
    environments = {"dev/a.yaml": "dev", "live/a.yaml": "live", "live/b.yaml": "live"}

    (warning,) = told(files, environments)
    assert warning.startswith("live/a.yaml:1:5: warning: id: 'C-1' is the id in dev/a.yaml:1:5, too, of another env")
