"""The dates in the headers of answers."""

from __future__ import annotations

import datetime
import email.utils
from collections.abc import Mapping


def http_date(text: str | None) -> float | None:
    """The epoch second of an HTTP date, which is in GMT where it names no zone; None for anything else."""
    try:
        at = email.utils.parsedate_to_datetime(text or "")
        return (at if at.tzinfo else at.replace(tzinfo=datetime.UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def answered_at(headers: Mapping[str, str]) -> float | None:
    """When the server answered (epoch second), by its own clock.

    None where it does not say, and where a cache did that kept the answer (`Age`, in seconds).
    """
    return http_date(headers.get("date")) if headers.get("age", "0").strip() == "0" else None
