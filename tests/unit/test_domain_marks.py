"""Where several people marked the same frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.marks import LEAST_PEOPLE, MarkedRange, agreed_ranges

ranges = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 15)).map(lambda r: (r[0], r[0] + r[1])), max_size=4
)


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], []),
        ([[(3, 9)]], []),
        ([[(3, 9)], [(5, 12)]], [MarkedRange(5, 9, 2)]),
        ([[(3, 9)], [(10, 12)]], []),
        ([[(3, 9), (8, 12)], [(4, 11)]], [MarkedRange(4, 11, 2)]),
        ([[(3, 9), (3, 9)]], []),
        ([[(0, 0)], [(0, 0)], [(0, 0)]], [MarkedRange(0, 0, 3)]),
        ([[(1, 4)], [(1, 4)], [(20, 25)], [(20, 25)], [(40, 41)]], []),
        ([[(1, 4)], [(1, 6)], [(2, 3)], []], [MarkedRange(1, 4, 3)]),
    ],
)
def test_frames_that_enough_people_marked(
    marks: list[list[tuple[int, int]]], expected: list[MarkedRange]
) -> None:
    assert agreed_ranges(marks) == expected


@given(st.lists(ranges, max_size=6))
def test_the_ranges_are_the_frames_that_enough_people_marked(marks: list[list[tuple[int, int]]]) -> None:
    people = [{frame for start, end in one for frame in range(start, end + 1)} for one in marks if one]
    least = max(LEAST_PEOPLE, -(-len(people) // 2))
    wanted = {frame for frame in range(80) if sum(frame in one for one in people) >= least}
    found = agreed_ranges(marks)
    told = [frame for mark in found for frame in range(mark.start_frame, mark.end_frame + 1)]
    assert told == sorted(wanted)
    for mark in found:
        most = max(
            sum(frame in one for one in people) for frame in range(mark.start_frame, mark.end_frame + 1)
        )
        assert mark.people == most
