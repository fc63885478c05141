from __future__ import annotations

import pytest

from reconciler.files.names import (
    DEFAULTS_FILE,
    is_campaign,
    is_defaults,
    is_environment,
    is_holds,
    is_nearly_yaml,
    is_part,
    is_read,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sales.yaml", is_campaign),
        ("sales.yml", is_campaign),
        ("_defaults.yaml", is_defaults),
        ("_defaults.yml", is_defaults),
        ("_environment.yaml", is_environment),
        ("_environment.yml", is_environment),
        ("_environment.YAML", is_environment),
        ("Sales.Yml", is_campaign),
        ("_holds.yaml", is_holds),
        ("_Holds.yaml", is_part),
        ("_shared.yaml", is_part),
        ("_.yaml", is_part),
        ("_defaults.json", None),
        ("_defaults", None),
        (".hidden.yaml", None),
        ("sales.yaml.orig", None),
        ("README.md", None),
    ],
)
def test_a_name_says_what_a_file_is(name: str, kind: object) -> None:
    kinds = (is_campaign, is_defaults, is_environment, is_holds, is_part)
    assert [test for test in kinds if test(name)] == ([kind] if kind else [])
    assert is_read(name) is (kind in (is_campaign, is_defaults, is_environment, is_part))


@pytest.mark.parametrize("name", ["sales.yam", "Sales.YMAL", "_environment.yaml.txt", "_defaults.yml.TXT", "a.yl.ymll"])
def test_a_name_that_ends_nearly_as_ours_is_told_apart(name: str) -> None:
    assert (is_nearly_yaml(name), is_read(name)) == (True, False)


@pytest.mark.parametrize(
    "name", ["a.yaml", "a.yml", "a.ml", "a.xml", "a.txt", "a.yaml.orig", "a.yaml~", ".a.yam", "yam"]
)
def test_other_names_do_not(name: str) -> None:
    assert not is_nearly_yaml(name)


def test_what_we_write_is_read() -> None:
    assert is_defaults(DEFAULTS_FILE)
