from __future__ import annotations

import pytest

from reconciler.model.trimmed import trimmed


@pytest.mark.parametrize(
    "around", [" ", "\n\t", "\u00a0", "\u200b", "\u200e", "\ufeff", "\u2060", "\u3164", "\u202f\u00ad", "\x00\x1f\x7f"],
    ids=ascii,
)  # fmt: skip
def test_what_nobody_sees_at_the_ends_is_no_part_of_a_text(around: str) -> None:
    assert trimmed(f"{around}Spring{around}sale{around}") == f"Spring{around}sale"


@pytest.mark.parametrize(
    "text",
    ["\u2764\ufe0f", "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", "-Spring-", "\u2010x"],
    ids=ascii,
)
def test_what_belongs_to_a_character_stays(text: str) -> None:
    assert trimmed(text) == text
