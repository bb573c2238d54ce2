"""Which clip a reviewer gets, and for how long."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.assignment import (
    can_be_assigned,
    can_offer,
    can_renew,
    lease_s,
    queue_priority,
    start_rank,
)
from clipjury.domain.retirement import RetirementPolicy


@pytest.mark.parametrize(
    ("duration_s", "expected"),
    [(None, 600), (0.0, 600), (6.0, 660), (30.0, 900), (299.0, 3590), (300.0, 3600), (10_000.0, 3600)],
)
def test_a_lease_lives_ten_minutes_and_ten_times_the_clip_up_to_an_hour(
    duration_s: float | None, expected: int
) -> None:
    assert lease_s(duration_s) == expected


@pytest.mark.parametrize("duration_s", [-1.0, float("nan")])
def test_a_clip_cannot_last_less_than_nothing(duration_s: float) -> None:
    with pytest.raises(ValueError, match="duration_s"):
        lease_s(duration_s)


def test_a_lease_is_renewed_three_times_at_most() -> None:
    assert [can_renew(n) for n in range(5)] == [True, True, True, False, False]


def test_begun_clips_go_before_fresh_ones() -> None:
    assert queue_priority(1) == queue_priority(7) < queue_priority(0)


@given(st.floats(0, 1, exclude_max=True))
def test_the_search_starts_at_the_random_point(random_unit: float) -> None:
    assert start_rank(random_unit) == random_unit


@pytest.mark.parametrize("random_unit", [-0.1, 1.0, float("nan")])
def test_a_random_point_outside_the_queue_is_refused(random_unit: float) -> None:
    with pytest.raises(ValueError, match="random"):
        start_rank(random_unit)


@given(st.integers(0, 20), st.integers(0, 6))
def test_votes_and_live_leases_together_never_pass_the_cap(n_votes: int, live: int) -> None:
    policy = RetirementPolicy(cap=12, parallel_leases=3)
    expected = live < 3 and n_votes + live < 12
    assert can_offer("open", n_votes, live, policy) is expected


@pytest.mark.parametrize("state", ["received", "processing", "closing", "retired", "failed"])
def test_only_open_clips_are_offered(state: str) -> None:
    assert not can_offer(state, 0, 0)  # type: ignore[arg-type]


def test_a_reviewer_gets_a_clip_only_as_a_stranger_to_it() -> None:
    allowed = [
        flags
        for flags in product([True, False], repeat=4)
        if can_be_assigned(is_uploader=flags[0], exposed=flags[1], voted=flags[2], leased_before=flags[3])
    ]
    assert allowed == [(False, False, False, False)]
