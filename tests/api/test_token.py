"""The token: what cannot be one, and that it is never shown."""

from __future__ import annotations

import hmac

import pytest

from reconciler.api.client import Settings
from reconciler.api.token import Token
from reconciler.model.errors import UsageError

SECRET = "talq_5ecr3t-5ecr3t"
TOKEN = Token(SECRET, "TALKOVER_TOKEN")


def test_keys_are_of_one_token_and_one_purpose() -> None:
    extracted = hmac.new(b"reconciler", SECRET.encode(), "sha256").digest()  # RFC 5869, in its own words
    expanded = hmac.new(extracted, b"key for a\x01", "sha256").digest()
    keys = [TOKEN.hash_key("a"), TOKEN.hash_key("b"), Token("talq_other", "TALKOVER_TOKEN").hash_key("a")]

    assert keys[0].hash("+1") == hmac.new(expanded, b"+1", "sha256").hexdigest()
    assert len({key.hash("+1") for key in keys}) == 3


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


@pytest.mark.parametrize(
    ("token", "text", "told"),
    [
        (SECRET, f"Bearer {SECRET} is bad, {SECRET}", "Bearer *** is bad, ***"),
        (SECRET, "Bearer talq_5ecr3t-5e... is bad", "Bearer ***... is bad"),
        (SECRET, "talq_ is how tokens begin", "talq_ is how tokens begin"),
        ("12|abcdefgh1234", "token abcdefgh1234 of 12", "token *** of 12"),
        ("12|abcdefgh1234", "token 12|abcdefgh1234", "token ***"),
        ("12|ab", "ab or 12|ab", "ab or ***"),
        ("x", "axb", "a***b"),
    ],
    ids=["whole", "cut short", "too little of it", "behind the bar", "with its id", "a short one", "a letter"],
)
def test_the_token_is_cut_from_a_text(token: str, text: str, told: str) -> None:
    assert Token(token, "TALKOVER_TOKEN").cut_from(text) == told
