"""Where several people point in the picture."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.marks import Box, MarkedVote
from clipjury.domain.regions import MOST_BOXES, agreed_regions

FRAMES = 200
NEW, PROVEN, COIN = (0.6, 0.6), (0.9, 0.92), (0.5, 0.5)
FACE, HAND = Box(20, 0.3, 0.2, 0.2, 0.3), Box(20, 0.7, 0.7, 0.1, 0.1)


def drawn(rates: tuple[float, float], *boxes: Box) -> MarkedVote:
    return MarkedVote(*rates, boxes=boxes)


def moved(box: Box, by: float, frame: int | None = None) -> Box:
    return Box(box.frame if frame is None else frame, box.x + by, box.y + by, box.width, box.height)


boxes = st.builds(
    Box,
    frame=st.integers(0, FRAMES - 1),
    x=st.floats(0, 0.6),
    y=st.floats(0, 0.6),
    width=st.floats(0.05, 0.4),
    height=st.floats(0.05, 0.4),
)
votes = st.lists(
    st.builds(
        MarkedVote,
        sensitivity=st.floats(0.3, 0.97),
        specificity=st.floats(0.3, 0.97),
        boxes=st.lists(boxes, max_size=3).map(tuple),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    "cast",
    [
        [],
        [drawn(PROVEN, FACE)],
        [drawn(NEW, FACE), drawn(NEW, HAND)],
        [drawn(COIN, FACE), drawn(COIN, FACE)],
        [drawn(PROVEN, FACE, FACE, moved(FACE, 0.01))],
        [drawn(NEW, FACE), drawn(NEW, moved(FACE, 0.0, 150))],
    ],
    ids=["nobody", "one", "two apart", "coins", "one three times", "another time"],
)
def test_no_region_where_no_two_whose_word_carries_weight_meet(cast: list[MarkedVote]) -> None:
    assert agreed_regions(cast, FRAMES) == []


def test_boxes_that_overlap_become_their_weighted_median() -> None:
    three = [drawn(NEW, moved(FACE, by, 20 + at)) for by, at in ((-0.02, 0), (0.0, 4), (0.03, 9))]
    (found,) = agreed_regions(three, FRAMES)
    assert found.people == 3
    assert found.box.frame == 24
    assert (found.box.x, found.box.y) == (0.3, 0.2)
    assert (found.box.width, found.box.height) == pytest.approx((0.2, 0.3))
    assert 0.8 < found.certainty < 1


def test_who_drew_elsewhere_at_that_time_speaks_against_it_and_who_drew_at_another_does_not() -> None:
    two = [drawn((0.7, 0.7), FACE), drawn((0.7, 0.7), FACE)]
    (alone,) = agreed_regions(two, FRAMES)
    (against,) = agreed_regions([*two, drawn((0.7, 0.7), HAND)], FRAMES)
    (later,) = agreed_regions([*two, drawn((0.7, 0.7), moved(HAND, 0.0, 190))], FRAMES)
    assert against.certainty < alone.certainty == later.certainty


def test_two_places_are_two_regions_by_frame_then_from_the_left() -> None:
    both = drawn((0.75, 0.8), HAND, FACE)
    found = agreed_regions([both, both], FRAMES)
    assert [round(one.box.x, 6) for one in found] == [0.3, 0.7]


def test_marks_on_an_image_all_stand_on_its_one_frame() -> None:
    (found,) = agreed_regions([drawn(NEW, moved(FACE, 0.0, 0)), drawn(NEW, moved(FACE, 0.01, 0))], 1)
    assert found.box.frame == 0


def test_of_somebody_who_draws_everywhere_only_so_many_boxes_are_read() -> None:
    grid = tuple(Box(20, x / 20, y / 20, 0.05, 0.05) for x in range(20) for y in range(10))
    assert len(agreed_regions([drawn(NEW, *grid), drawn(NEW, *grid)], FRAMES)) <= MOST_BOXES


@given(votes, st.randoms())
def test_the_order_of_votes_and_boxes_does_not_matter(cast: list[MarkedVote], rng: object) -> None:
    shuffled = [MarkedVote(v.sensitivity, v.specificity, boxes=v.boxes[::-1]) for v in cast]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert agreed_regions(shuffled, FRAMES) == agreed_regions(cast, FRAMES)


@given(votes)
def test_regions_lie_inside_the_picture_and_nobody_counts_twice(cast: list[MarkedVote]) -> None:
    for one in agreed_regions(cast, FRAMES):
        assert 0 <= one.box.x < one.box.x + one.box.width <= 1 + 1e-9
        assert 0 <= one.box.y < one.box.y + one.box.height <= 1 + 1e-9
        assert 2 <= one.people <= sum(bool(vote.boxes) for vote in cast)
        assert 0.5 - 1e-9 <= one.certainty < 1
