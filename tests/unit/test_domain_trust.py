"""When reliabilities are estimated anew, and when gold is told."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.trust import gold_feedback_at, is_gold_told, is_refit_due

moments = st.datetimes(datetime(2024, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("gold", "votes", "due"),
    [(0, 0, False), (19, 0, False), (20, 0, True), (0, 9_999, False), (0, 10_000, True), (25, 20_000, True)],
)
def test_a_refit_falls_due_after_twenty_gold_answers_or_ten_thousand_votes(
    gold: int, votes: int, due: bool
) -> None:
    assert is_refit_due(gold, votes) is due


@given(moments)
def test_gold_is_told_in_a_daily_batch_one_to_two_days_later(cast_at: datetime) -> None:
    told_at = gold_feedback_at(cast_at)
    assert (told_at.hour, told_at.minute, told_at.second, told_at.microsecond) == (0, 0, 0, 0)
    assert timedelta(hours=24) <= told_at - cast_at < timedelta(hours=48)
    assert told_at.tzinfo is UTC


@given(moments, st.integers(0, 3599))
def test_answers_of_one_hour_are_told_together_or_a_day_apart(cast_at: datetime, later_s: int) -> None:
    gap = gold_feedback_at(cast_at + timedelta(seconds=later_s)) - gold_feedback_at(cast_at)
    assert gap in (timedelta(0), timedelta(days=1))


def test_another_time_zone_names_the_same_batch() -> None:
    cast_at = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    elsewhere = cast_at.astimezone(timezone(timedelta(hours=9)))
    assert gold_feedback_at(elsewhere) == gold_feedback_at(cast_at) == datetime(2026, 3, 3, tzinfo=UTC)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        gold_feedback_at(datetime(2026, 3, 1))


def test_gold_by_adjudication_is_told_by_when_it_became_gold() -> None:
    cast, since = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 9, 9, tzinfo=UTC)
    assert is_gold_told(cast, cast, gold_feedback_at(cast))
    assert not is_gold_told(cast, cast, gold_feedback_at(cast) - timedelta(seconds=1))
    assert not is_gold_told(cast, since, gold_feedback_at(cast))
    assert is_gold_told(cast, since, gold_feedback_at(since))
