"""The dates in the headers of answers."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from reconciler.api.http_dates import answered_at, http_date

NOON = "Mon, 14 Dec 2026 12:00:00"
AT = 1797249600.0


@pytest.mark.parametrize(
    ("text", "at"),
    [
        pytest.param(f"{NOON} GMT", AT, id="as HTTP has it"),
        pytest.param(f"{NOON} +0100", AT - 3600, id="another zone"),
        pytest.param(f"{NOON} -0000", AT, id="a zone that nobody knows"),
        pytest.param(NOON, AT, id="no zone"),
        pytest.param("yesterday", None, id="no date"),
        pytest.param("Mon, 14 Dec 2026 25:00:00 GMT", None, id="no hour"),
        pytest.param("", None, id="nothing"),
        pytest.param(None, None, id="no header"),
    ],
)
def test_a_date_is_in_gmt_where_it_names_no_zone(text: str | None, at: float | None) -> None:
    assert http_date(text) == at


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        pytest.param({"date": f"{NOON} GMT"}, AT, id="the server itself"),
        pytest.param({"date": f"{NOON} GMT", "age": "0"}, AT, id="a cache that asked the server"),
        pytest.param({"date": f"{NOON} GMT", "age": "17"}, None, id="a cache"),
        pytest.param({"date": f"{NOON} GMT", "age": "old"}, None, id="a cache, in other words"),
        pytest.param({}, None, id="no date"),
    ],
)
def test_an_answer_that_a_cache_kept_has_no_date(headers: Mapping[str, str], at: float | None) -> None:
    assert answered_at(headers) == at
