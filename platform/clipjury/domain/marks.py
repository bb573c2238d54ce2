"""Where several people marked the same frames."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LEAST_PEOPLE: Final = 2  # one person's mark is that person's; two who agree are a finding


@dataclass(frozen=True, slots=True)
class MarkedRange:
    """Frames from `start_frame` to `end_frame`, both included, marked by up to `people` at once."""

    start_frame: int
    end_frame: int
    people: int


def agreed_ranges(marks: Sequence[Sequence[tuple[int, int]]]) -> list[MarkedRange]:
    """Frames that at least two people marked, and at least half of those who marked any, in their order.

    `marks`: for each person the ranges that they marked, both ends included; a person counts once a frame.
    """
    marked = [_union(ranges) for ranges in marks if ranges]
    least = max(LEAST_PEOPLE, -(-len(marked) // 2))
    steps: dict[int, int] = {}
    for ranges in marked:
        for start, end in ranges:
            steps[start] = steps.get(start, 0) + 1
            steps[end + 1] = steps.get(end + 1, 0) - 1
    found: list[MarkedRange] = []
    began, most, count = 0, 0, 0
    for frame in sorted(steps):
        before, count = count, count + steps[frame]
        if before < least <= count:
            began, most = frame, count
        elif before >= least > count:
            found.append(MarkedRange(began, frame - 1, most))
        elif count >= least:
            most = max(most, count)
    return found


def _union(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """One person's ranges without overlaps; neighbours become one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
