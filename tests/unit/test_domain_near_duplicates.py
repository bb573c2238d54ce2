"""Likeness, the state it leads to, and which clips form a group."""

from __future__ import annotations

import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.grouping import Member, assign_groups, partition
from clipjury.domain.near_duplicates import (
    MATCH_BITS,
    Fingerprint,
    Likeness,
    compare,
    decide_likeness,
    find_hindrance,
)

IDS = [uuid.UUID(int=number) for number in range(1, 9)]


def print_of(*hashes: int) -> Fingerprint:
    rng = random.Random(9)
    return Fingerprint(hashes, tuple(rng.getrandbits(256) for _ in hashes))


def flipped(bits: int, n: int) -> int:
    for place in random.Random(bits).sample(range(256), n):
        bits ^= 1 << place
    return bits


FRAMES = [random.Random(number).getrandbits(256) for number in range(10)]


def test_two_frames_match_up_to_31_bits_and_no_further() -> None:
    for n in (0, MATCH_BITS):
        likeness = compare(print_of(FRAMES[0]), print_of(flipped(FRAMES[0], n)))
        assert likeness is not None
        assert likeness.distance == n
    assert compare(print_of(FRAMES[0]), print_of(flipped(FRAMES[0], MATCH_BITS + 1))) is None
    assert compare(print_of(), print_of(FRAMES[0])) is None


def test_the_shares_are_of_either_clip() -> None:
    likeness = compare(print_of(*FRAMES), print_of(*FRAMES[:4]))
    assert likeness is not None
    assert (likeness.share_a, likeness.share_b, likeness.frames) == (0.4, 1.0, 4)


def test_a_mirror_image_is_found_and_named() -> None:
    a = Fingerprint((FRAMES[0],), (FRAMES[1],))
    likeness = compare(a, print_of(flipped(FRAMES[1], 3)))
    assert likeness is not None
    assert (likeness.is_mirrored, likeness.distance) == (True, 3)
    plain = compare(a, print_of(FRAMES[0]))
    assert plain is not None
    assert not plain.is_mirrored


@pytest.mark.parametrize(
    ("distance", "share_a", "share_b", "frames", "state"),
    [
        (0, 1.0, 1.0, 9, "linked"),
        (24, 0.8, 0.8, 9, "linked"),
        (25, 1.0, 1.0, 9, "suggested"),  # as near as different clips from one studio nearly come
        (2, 0.79, 1.0, 9, "suggested"),
        (2, 0.1, 1.0, 1, "suggested"),  # a still from a clip
        (2, 0.2, 0.05, 1, "suggested"),
        (2, 0.1, 0.1, 2, "suggested"),
        (2, 0.1, 0.1, 1, None),
    ],
)
def test_what_a_likeness_leads_to(
    distance: int, share_a: float, share_b: float, frames: int, state: str | None
) -> None:
    assert decide_likeness(Likeness(distance, share_a, share_b, frames, False)) == state


@pytest.mark.parametrize(
    ("a", "b", "hindrance"),
    [
        ((), (), None),
        (("serve",), (), None),
        ((), ("gate",), "gold_roles"),
        (("gate",), ("gate",), "gold_roles"),
        ((), ("calibrate",), "gold_roles"),
        (("serve",), ("serve",), None),
        (("serve",), ("gate",), "gold_roles"),
        (("calibrate",), ("serve",), "gold_roles"),
    ],
)
def test_groups_of_different_gold_roles_never_meet(
    a: tuple[str, ...], b: tuple[str, ...], hindrance: str | None
) -> None:
    assert find_hindrance(a, b) == hindrance


bases = st.lists(st.integers(0, 3), min_size=1, max_size=len(IDS))
pairs = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=6)


def members_of(numbers: list[int]) -> list[Member]:
    return [
        Member(IDS[place], uuid.UUID(int=1000), uuid.UUID(int=100 + number))
        for place, number in enumerate(numbers)
    ]


@given(bases, pairs)
def test_parts_are_whole_and_hold_what_belongs_together(
    numbers: list[int], links: list[tuple[uuid.UUID, uuid.UUID]]
) -> None:
    members = members_of(numbers)
    parts = partition(members, links)
    assert sorted(m.clip_id for part in parts for m in part) == sorted(m.clip_id for m in members)
    part_of = {m.clip_id: number for number, part in enumerate(parts) for m in part}
    for a in members:
        for b in members:
            if a.base_group_id == b.base_group_id:
                assert part_of[a.clip_id] == part_of[b.clip_id]
    for one, other in links:
        if one in part_of and other in part_of:
            assert part_of[one] == part_of[other]


@given(bases, pairs)
def test_assigning_twice_moves_nothing_the_second_time(
    numbers: list[int], links: list[tuple[uuid.UUID, uuid.UUID]]
) -> None:
    members = members_of(numbers)
    moves = assign_groups(members, links, uuid.uuid4)
    moved = [Member(m.clip_id, moves.get(m.clip_id, m.group_id), m.base_group_id) for m in members]
    assert assign_groups(moved, links, uuid.uuid4) == {}
    groups = {m.clip_id: m.group_id for m in moved}
    for part in partition(members, links):
        assert len({groups[m.clip_id] for m in part}) == 1
    assert len(set(groups.values())) == len(partition(members, links))
    # Without links everybody is back under the id they were received under.
    back = assign_groups(moved, [], uuid.uuid4)
    assert all(back.get(m.clip_id, m.group_id) == m.base_group_id for m in moved)
