"""Values as a plan may tell them."""

from __future__ import annotations

from reconciler.model.sensitive import Salt
from reconciler.plan.values import before_and_after as shown_values
from tests.support.campaigns import FIELDS


def test_a_value_that_was_never_set_is_shown_as_null() -> None:
    retries = FIELDS.writable["max_retries"]

    assert shown_values(retries, None, 3, Salt("s")) == (None, 3)
