"""What is passed over without a look at the rules between fields: never anything that would break one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.compatible import compatible
from reconciler.desired.cross_field import relations
from reconciler.model.document import Document
from reconciler.model.fields import Fields, campaign_fields, fields_of

FIELDS = campaign_fields()
NUMBERS = fields_of(
    {
        "properties": {
            "low": {"type": "integer"},
            "high": {"type": "integer", "x-after": "low"},
            "mode": {"type": "string"},
            "extra": {"type": "boolean", "x-needs": {"mode": "full", "low": 1}},
        }
    }
)
DATES = st.sampled_from(["2027-01-01", "2027-01-02", "2027-01-01T13:00", "2027-1-1", " 2027-01-01", "", "9999-99-99"])
ANY = DATES | st.none() | st.booleans() | st.integers(0, 2) | st.lists(st.just("+15550000001"), max_size=1)
SOURCES = st.sampled_from(["custom", "campaign", " custom", "global"]) | ANY


@given(
    values=st.fixed_dictionaries(
        {},
        optional={
            "start_date": ANY,
            "end_date": ANY,
            "do_not_call_custom_list": ANY,
            "do_not_call_list_source": SOURCES,
        },
    )
)
def test_what_is_surely_compatible_breaks_no_rule_between_fields(values: dict[str, object]) -> None:
    if compatible(FIELDS)(values):
        assert [*relations(FIELDS, Document("c.yaml", values), values)] == []


@given(
    values=st.fixed_dictionaries(
        {}, optional={"low": ANY, "high": ANY, "extra": ANY, "mode": st.sampled_from(["full", " full", "none"])}
    )
)
def test_of_any_schema(values: dict[str, object]) -> None:
    if compatible(NUMBERS)(values):
        assert [*relations(NUMBERS, Document("c.yaml", values), values)] == []


@pytest.mark.parametrize(
    ("fields", "values", "expected"),
    [
        pytest.param(FIELDS, {}, True, id="nothing"),
        pytest.param(FIELDS, {"start_date": "2027-01-01", "end_date": "2027-01-02"}, True, id="one day after another"),
        pytest.param(FIELDS, {"start_date": "2027-01-01", "end_date": "2027-01-01"}, False, id="the same day"),
        pytest.param(FIELDS, {"start_date": "2027-01-01", "end_date": None}, True, id="no end"),
        pytest.param(FIELDS, {"end_date": "2027-01-01"}, True, id="no start"),
        pytest.param(FIELDS, {"start_date": 5, "end_date": "2027-01-01"}, False, id="no day"),
        pytest.param(FIELDS, {"do_not_call_custom_list": []}, True, id="a list whose company is elsewhere"),
        pytest.param(
            FIELDS,
            {"do_not_call_custom_list": [], "do_not_call_list_source": "custom"},
            True,
            id="a list with what it needs",
        ),
        pytest.param(
            FIELDS,
            {"do_not_call_custom_list": [], "do_not_call_list_source": "global"},
            False,
            id="a list without what it needs is left open",
        ),
        pytest.param(NUMBERS, {"low": 1, "high": 2}, False, id="numbers are left open"),
        pytest.param(NUMBERS, {"extra": True, "low": 1}, False, id="a number that is needed is left open"),
    ],
)
def test_what_is_surely_compatible(fields: Fields, values: dict[str, object], expected: bool) -> None:  # noqa: FBT001
    assert bool(compatible(fields)(values)) is expected
