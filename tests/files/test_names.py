from __future__ import annotations

import pytest

from reconciler.files.names import DEFAULTS_FILE, is_campaign, is_defaults, is_environment, is_read


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("sales.yaml", is_campaign),
        ("sales.yml", is_campaign),
        ("_defaults.yaml", is_defaults),
        ("_defaults.yml", is_defaults),
        ("_environment.yaml", is_environment),
        ("_environment.yml", is_environment),
        ("_shared.yaml", None),
        ("_defaults.json", None),
        ("_defaults", None),
        (".hidden.yaml", None),
        ("sales.yaml.orig", None),
        ("README.md", None),
    ],
)
def test_a_name_says_what_a_file_is(name: str, kind: object) -> None:
    assert [test for test in (is_campaign, is_defaults, is_environment) if test(name)] == ([kind] if kind else [])
    assert is_read(name) is (kind is not None)


def test_what_we_write_is_read() -> None:
    assert is_defaults(DEFAULTS_FILE)
