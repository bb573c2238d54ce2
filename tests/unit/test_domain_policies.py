"""The thresholds of a policy: one list of fields, ranges, and what contradicts what."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.db.models.clip import Policy
from clipjury.domain.dispute import DisputePolicy
from clipjury.domain.policies import FIELDS, NAMES, as_stored, policy_faults
from clipjury.domain.retirement import RetirementPolicy

IN_FORCE: dict[str, float] = {
    "theta": 0.95, "hysteresis": 0.02, "min_votes": 2, "cap": 12, "gold_cap": 30, "parallel_leases": 3,
    "min_anchored": 2, "strong_odds": 3.5, "detector_gap": 0.5, "guard_gap": 0.5, "audit_share": 0.02,
    "disputes_per_day": 50,
}  # fmt: skip


def test_every_threshold_that_is_stored_has_its_field() -> None:
    kept_apart = {"version", "created_by", "created_at", "reason"}
    assert {column.name for column in Policy.__table__.columns} - kept_apart == set(NAMES)
    assert {each.name for each in fields(RetirementPolicy)} - {"version"} <= set(NAMES)
    assert {each.name for each in fields(DisputePolicy)} <= set(NAMES)


def test_every_field_says_what_it_is() -> None:
    for field in FIELDS:
        assert field.title
        assert field.help.endswith(".")
        assert field.low < field.high


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"theta": 0.5}, "theta"),
        ({"theta": 1.0}, "theta"),
        ({"hysteresis": -0.01}, "hysteresis"),
        ({"min_votes": 2.5}, "min_votes"),
        ({"min_votes": 13}, "min_votes"),
        ({"min_anchored": 10, "cap": 9}, "min_anchored"),
        ({"parallel_leases": 20}, "parallel_leases"),
        ({"cap": 0}, "cap"),
        ({"magic": 1}, "magic"),
    ],
)
def test_what_cannot_be_used_is_named(changes: dict[str, float], field: str) -> None:
    assert field in {fault.field for fault in policy_faults({**IN_FORCE, **changes})}


def test_a_field_that_is_missing_is_named() -> None:
    without = {name: value for name, value in IN_FORCE.items() if name != "cap"}
    assert [fault.field for fault in policy_faults(without)] == ["cap"]


@given(
    st.fixed_dictionaries(
        {
            field.name: st.integers(int(field.low), int(field.high))
            if field.kind == "count"
            else st.floats(field.low, field.high)
            for field in FIELDS
        }
    )
)
def test_what_is_let_through_makes_a_rule_that_can_be_asked(values: dict[str, float]) -> None:
    if policy_faults(values):
        return
    stored = as_stored(values)
    rule = {each.name: stored[each.name] for each in fields(RetirementPolicy) if each.name != "version"}
    assert RetirementPolicy(**rule).theta == values["theta"]  # type: ignore[arg-type]
    asked = {each.name: stored[each.name] for each in fields(DisputePolicy)}
    assert DisputePolicy(**asked).guard_gap == values["guard_gap"]  # type: ignore[arg-type]
    assert all(isinstance(stored[field.name], int) for field in FIELDS if field.kind == "count")
