"""Which clip a reviewer gets, and for how long."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.assignment import (
    AGE_EPOCH,
    AGE_STEP_S,
    RANDOM_SHARE,
    can_be_assigned,
    can_offer,
    can_renew,
    is_random_turn,
    lease_s,
    log_value,
    queue_bucket,
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


NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PROBABILITIES = st.floats(0.0, 1.0)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("n_votes", "p_full", "ahead_of_a_fresh_clip"),
    [
        (1, 0.5, False),  # one vote that said nothing
        (2, 0.87, True),  # two proven reviewers agree
        (2, 0.13, True),
        (4, 0.80, False),
        (4, 0.88, True),
        (6, 0.6, False),  # six votes, and people do not agree
        (10, 0.93, True),  # one vote more will end it
        (11, 0.75, False),  # the last vote cannot end it by evidence
    ],
)
def test_what_is_nearly_done_goes_before_fresh_clips_and_what_people_disagree_on_after_them(
    n_votes: int, p_full: float, ahead_of_a_fresh_clip: bool
) -> None:
    fresh = queue_bucket(0, 0.5, 1, NOW)
    assert (queue_bucket(n_votes, p_full, 1, NOW) < fresh) is ahead_of_a_fresh_clip


@given(st.integers(0, 12), PROBABILITIES)
def test_both_answers_are_worth_the_same(n_votes: int, p: float) -> None:
    assert log_value(n_votes, p) == pytest.approx(log_value(n_votes, 1.0 - p), rel=1e-9, abs=1e-6)


@given(st.integers(0, 12), st.floats(0.5, 1.0), st.floats(0.5, 1.0))
def test_a_surer_clip_is_never_worth_less(n_votes: int, p: float, q: float) -> None:
    assert log_value(n_votes, min(p, q)) <= log_value(n_votes, max(p, q))


@given(st.integers(0, 12), st.integers(0, 12), PROBABILITIES)
def test_votes_that_got_nowhere_never_raise_the_worth(n: int, m: int, p: float) -> None:
    assert log_value(max(n, m), p) <= log_value(min(n, m), p)


@given(st.integers(0, 12), PROBABILITIES, MOMENTS)
def test_more_important_clips_never_stand_behind(n_votes: int, p: float, at: datetime) -> None:
    places = [queue_bucket(n_votes, p, importance, at) for importance in range(1, 6)]
    assert all(later <= earlier for earlier, later in pairwise(places))
    assert places[-1] < places[0]


@given(st.integers(0, 12), PROBABILITIES, st.integers(1, 5), MOMENTS, st.integers(1, 400))
def test_waiting_moves_a_clip_ahead_by_whole_steps_and_no_row_is_touched(
    n_votes: int, p: float, importance: int, at: datetime, steps: int
) -> None:
    # What is ahead of what depends on when both were received, and never on the clock: no `now` in the rule.
    later = at + timedelta(seconds=steps * AGE_STEP_S)
    assert queue_bucket(n_votes, p, importance, later) - queue_bucket(n_votes, p, importance, at) == steps


def test_no_clip_waits_for_ever() -> None:
    hopeless = queue_bucket(11, 0.5, 1, AGE_EPOCH)
    best = queue_bucket(11, 0.95, 5, AGE_EPOCH)
    assert hopeless < best + 26, "thirteen weeks of age make up for anything"


@pytest.mark.parametrize(
    ("n_votes", "p_full", "importance"), [(-1, 0.5, 1), (0, 1.1, 1), (0, float("nan"), 1), (0, 0.5, 0)]
)
def test_a_place_is_refused_to_impossible_figures(n_votes: int, p_full: float, importance: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        queue_bucket(n_votes, p_full, importance, NOW)


def test_one_lease_in_five_is_drawn_from_the_whole_queue() -> None:
    assert [is_random_turn(draw) for draw in (0.0, RANDOM_SHARE - 1e-9, RANDOM_SHARE, 0.99)] == [
        True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(ValueError, match="random"):
        is_random_turn(1.0)


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
