"""The token: what cannot be one, and that it is never shown."""

from __future__ import annotations

import pytest

from reconciler.api.client import Settings
from reconciler.api.token import Token
from reconciler.model.errors import UsageError

SECRET = "talq_5ecr3t-5ecr3t"
TOKEN = Token(SECRET, "TALKOVER_TOKEN")


@pytest.mark.parametrize("text", ["", "  ", "two words", "talq_é", "talq_\nx", "talq_\x00"])
def test_what_cannot_be_a_token_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        Token(text, "MY_TOKEN")

    assert str(caught.value) == "the token in MY_TOKEN has characters that no token has (blanks, line breaks, accents)"


def test_the_token_has_no_form_that_could_be_printed() -> None:
    settings = Settings("https://app.talkover.ai/api/v1", TOKEN)

    assert [SECRET in text for text in (repr(TOKEN), str(TOKEN), f"{TOKEN}", repr(settings), str(vars(Token)))] == [
        False
    ] * 5
