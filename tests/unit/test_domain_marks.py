"""Where several people point in time: what a mark is evidence of."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.marks import AGREED, LEAST_PEOPLE, AgreedRange, MarkedVote, agreed_ranges

FRAMES = 200
NEW, PROVEN, COIN = (0.6, 0.6), (0.9, 0.92), (0.5, 0.5)


def marked(rates: tuple[float, float], *ranges: tuple[int, int]) -> MarkedVote:
    return MarkedVote(*rates, ranges=ranges)


def ends(found: list[AgreedRange]) -> list[tuple[int, int, int]]:
    return [(one.start_frame, one.end_frame, one.people) for one in found]


votes = st.lists(
    st.builds(
        MarkedVote,
        sensitivity=st.floats(0.3, 0.97),
        specificity=st.floats(0.3, 0.97),
        ranges=st.lists(
            st.tuples(st.integers(0, FRAMES - 1), st.integers(0, 60)).map(
                lambda r: (r[0], min(FRAMES - 1, r[0] + r[1]))
            ),
            max_size=4,
        ).map(tuple),
    ),
    max_size=9,
)


def test_saw_is_one_minus_the_inverse_of_the_diagnostic_odds_ratio() -> None:
    assert MarkedVote(0.8, 0.8).saw == pytest.approx(1 - 1 / 16)
    assert MarkedVote(0.6, 0.6).saw == pytest.approx(1 - 1 / 2.25)
    assert MarkedVote(*COIN).saw == 0.0
    assert MarkedVote(0.3, 0.6).saw == 0.0  # who is wrong more often than right points to nothing


@pytest.mark.parametrize(
    "cast",
    [
        [],
        [marked(PROVEN, (30, 60))],
        [marked(NEW), marked(PROVEN)],
        [marked(COIN, (30, 60)), marked(COIN, (30, 60)), marked(COIN, (30, 60))],
        [marked(PROVEN, (30, 60)), marked(COIN, (30, 60))],
        [marked(NEW, (10, 20)), marked(NEW, (150, 170))],
    ],
    ids=["nobody", "one", "nothing marked", "coins", "one and a coin", "two apart"],
)
def test_no_range_is_agreed_on_where_no_two_whose_word_carries_weight_meet(cast: list[MarkedVote]) -> None:
    assert agreed_ranges(cast, FRAMES) == []


def test_two_who_mark_the_same_frames_agree_on_them() -> None:
    (found,) = agreed_ranges([marked(NEW, (30, 60)), marked(NEW, (30, 60))], FRAMES)
    assert (found.start_frame, found.end_frame, found.people) == (31, 59, 2)  # drawn in by .005 of the clip
    assert 0.8 < found.certainty < 0.95


def test_marks_are_not_drawn_in_where_the_clip_ends() -> None:
    assert ends(agreed_ranges([marked(NEW, (0, 40)), marked(NEW, (0, 40))], FRAMES)) == [(0, 39, 2)]
    assert ends(agreed_ranges([marked(NEW, (150, 199)), marked(NEW, (150, 199))], FRAMES)) == [(151, 199, 2)]


def test_proven_reviewers_are_believed_over_more_who_are_not() -> None:
    crowd = [marked(PROVEN, (30, 60))] * 2 + [marked((0.52, 0.52), (120, 150))] * 4
    assert ends(agreed_ranges(crowd, FRAMES)) == [(31, 59, 2)]


def test_somebody_who_marks_everything_says_little_about_where() -> None:
    two = [marked(NEW, (30, 60)), marked(NEW, (30, 60))]
    narrow = agreed_ranges([*two, marked(NEW, (30, 60))], FRAMES)[0].certainty
    (wide,) = agreed_ranges([*two, marked(NEW, (0, FRAMES - 1))], FRAMES)
    assert (wide.start_frame, wide.end_frame) == (31, 59)
    assert wide.certainty < narrow


def test_several_places_are_several_ranges() -> None:
    both = marked((0.75, 0.8), (10, 30), (120, 150))
    found = agreed_ranges([both, both, marked((0.75, 0.8), (10, 30))], FRAMES)
    assert [(one.start_frame, one.end_frame, one.people) for one in found] == [(11, 29, 3), (121, 149, 2)]
    assert found[0].certainty > found[1].certainty


def test_an_image_has_no_ranges() -> None:
    assert agreed_ranges([marked(PROVEN, (0, 0))] * 3, 1) == []


def test_marks_past_the_last_frame_count_as_far_as_the_clip_goes() -> None:
    long = [marked(NEW, (150, 400), (500, 600))] * 2
    assert agreed_ranges(long, FRAMES) == agreed_ranges([marked(NEW, (150, 199))] * 2, FRAMES)


@given(votes)
def test_ranges_lie_in_order_inside_the_clip_and_say_how_certain_they_are(cast: list[MarkedVote]) -> None:
    found = agreed_ranges(cast, FRAMES)
    edges = [edge for one in found for edge in (one.start_frame, one.end_frame)]
    assert edges == sorted(edges)
    assert all(0 <= edge < FRAMES for edge in edges)
    for one in found:
        assert one.people >= LEAST_PEOPLE
        assert AGREED - 1e-9 <= one.certainty < 1.0


@given(votes, st.randoms())
def test_the_order_of_votes_and_of_their_ranges_does_not_matter(cast: list[MarkedVote], rng: object) -> None:
    shuffled = [replace(vote, ranges=vote.ranges[::-1]) for vote in cast]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert agreed_ranges(shuffled, FRAMES) == agreed_ranges(cast, FRAMES)


@given(votes, st.lists(st.sampled_from([NEW, PROVEN]), max_size=3))
def test_a_vote_that_marks_nothing_changes_nothing(
    cast: list[MarkedVote], rates: list[tuple[float, float]]
) -> None:
    assert agreed_ranges([*cast, *(marked(rate) for rate in rates)], FRAMES) == agreed_ranges(cast, FRAMES)


@given(votes, st.integers(0, FRAMES - 1))
def test_a_coin_that_marks_changes_nothing(cast: list[MarkedVote], start: int) -> None:
    found = agreed_ranges([*cast, marked(COIN, (start, FRAMES - 1))], FRAMES)
    assert found == agreed_ranges(cast, FRAMES)
