"""What an admin may change about an account, and what nobody may."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.accounts import ROLES
from clipjury.domain.user_changes import (
    MAX_REASON_CHARACTERS,
    Standing,
    follow_change,
    reason_faults,
    refuse_change,
)

standings = st.builds(Standing, st.frozensets(st.sampled_from(ROLES), min_size=1), st.booleans())

ADMIN = Standing(frozenset({"admin"}), True)
GONE_ADMIN = Standing(frozenset({"admin"}), False)
REVIEWER = Standing(frozenset({"reviewer"}), True)
BOTH = Standing(frozenset({"admin", "reviewer"}), True)


@pytest.mark.parametrize(
    ("before", "after", "is_self", "others", "expected"),
    [
        (ADMIN, REVIEWER, True, 3, "own_admin_role"),
        (ADMIN, GONE_ADMIN, True, 3, "own_account"),
        (ADMIN, BOTH, True, 0, None),
        (ADMIN, REVIEWER, False, 0, "last_admin"),
        (ADMIN, GONE_ADMIN, False, 0, "last_admin"),
        (ADMIN, GONE_ADMIN, False, 1, None),
        (GONE_ADMIN, REVIEWER, False, 0, None),
        (REVIEWER, ADMIN, False, 1, None),
    ],
)
def test_who_may_be_changed_how(
    before: Standing, after: Standing, is_self: bool, others: int, expected: str | None
) -> None:
    assert refuse_change(before, after, is_self=is_self, other_active_admins=others) == expected


@given(before=standings, after=standings, is_self=st.booleans(), others=st.integers(0, 3))
def test_a_change_that_is_allowed_leaves_an_admin_and_nobody_touches_their_own(
    before: Standing, after: Standing, is_self: bool, others: int
) -> None:
    if refuse_change(before, after, is_self=is_self, other_active_admins=others) is None:
        assert others > 0 or after.runs_the_house or not before.runs_the_house
        assert not is_self or (after.is_active and ("admin" in before.roles) == ("admin" in after.roles))


@given(before=standings, after=standings)
def test_whoever_cannot_review_any_more_holds_no_clip(before: Standing, after: Standing) -> None:
    ends = follow_change(before, after)
    assert ends.ends_sessions == (before.is_active and not after.is_active)
    could = before.is_active and "reviewer" in before.roles
    can = after.is_active and "reviewer" in after.roles
    assert ends.returns_leases == (could and not can)


def test_a_reason_is_some_words_and_not_a_book() -> None:
    assert reason_faults("left the team") == []
    assert [fault.field for fault in reason_faults("  a ")] == ["reason"]
    assert [fault.field for fault in reason_faults("x" * (MAX_REASON_CHARACTERS + 1))] == ["reason"]
