"""What headers tell of the limit, in every form that is documented or met."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from reconciler.api.rate_limit_headers import RateLimitHeaders

NOW = 1_800_000_000.0


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, RateLimitHeaders(), id="nothing told"),
        pytest.param(
            {"x-ratelimit-limit": "100", "x-ratelimit-remaining": "7"}, RateLimitHeaders(100, 7), id="without a reset"
        ),
        pytest.param({"x-ratelimit-remaining": "0"}, RateLimitHeaders(remaining=0), id="nothing left"),
        pytest.param({"x-ratelimit-reset": "38"}, RateLimitHeaders(reset_in=38.0), id="reset in seconds"),
        pytest.param({"x-ratelimit-reset": "1800000038"}, RateLimitHeaders(reset_in=38.0), id="reset as an epoch"),
        pytest.param({"x-ratelimit-reset": "1799999990"}, RateLimitHeaders(reset_in=0.0), id="reset has passed"),
        pytest.param({"x-ratelimit-reset": "300"}, RateLimitHeaders(reset_in=300.0), id="five minutes are believed"),
        pytest.param({"x-ratelimit-reset": "31536000"}, RateLimitHeaders(), id="a year is not believed"),
        pytest.param({"x-ratelimit-reset": "38000"}, RateLimitHeaders(), id="nor are milliseconds"),
        pytest.param({"x-ratelimit-reset": "1.5"}, RateLimitHeaders(reset_in=1.5), id="reset with a fraction"),
        pytest.param(
            {"x-ratelimit-reset": "1800000038000"}, RateLimitHeaders(), id="an epoch in milliseconds is not believed"
        ),
        pytest.param({"retry-after": "12"}, RateLimitHeaders(retry_after=12.0), id="retry after seconds"),
        pytest.param({"retry-after": "7200"}, RateLimitHeaders(), id="two hours are not believed"),
        pytest.param({"retry-after": "0"}, RateLimitHeaders(retry_after=0.0), id="retry after 0"),
        pytest.param(
            {"retry-after": formatdate(NOW + 12, usegmt=True)},
            RateLimitHeaders(retry_after=12.0),
            id="retry after an HTTP date",
        ),
        pytest.param(
            {"retry-after": formatdate(NOW - 12, usegmt=True)},
            RateLimitHeaders(retry_after=0.0),
            id="a date that has passed",
        ),
        pytest.param(
            {"date": formatdate(NOW - 3600, usegmt=True), "x-ratelimit-reset": f"{NOW - 3600 + 20:.0f}"},
            RateLimitHeaders(reset_in=20.0),
            id="a server whose clock is an hour slow",
        ),
        pytest.param(
            {
                "date": formatdate(NOW + 3600, usegmt=True),
                "retry-after": formatdate(NOW + 3630, usegmt=True),
            },
            RateLimitHeaders(retry_after=30.0),
            id="a server whose clock is an hour fast",
        ),
        pytest.param(
            {"date": formatdate(NOW - 1, usegmt=True), "x-ratelimit-reset": f"{NOW + 20:.0f}"},
            RateLimitHeaders(reset_in=20.0),
            id="a second between two clocks is what the way takes",
        ),
        pytest.param({"retry-after": "soon", "x-ratelimit-limit": "many"}, RateLimitHeaders(), id="words"),
        pytest.param({"retry-after": "-3", "x-ratelimit-remaining": "-1"}, RateLimitHeaders(), id="less than nothing"),
        pytest.param(
            {"retry-after": "nan", "x-ratelimit-reset": "inf", "x-ratelimit-limit": ""},
            RateLimitHeaders(),
            id="no number",
        ),
    ],
)
def test_headers_are_read(headers: dict[str, str], expected: RateLimitHeaders) -> None:
    assert RateLimitHeaders.parse(headers, NOW) == expected
