"""Agreed ranges, regions, kinds and cues: the two implementations are one rule, and it finds simulated truth."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain import kinds as plain_kinds
from clipjury.domain import marks as plain
from clipjury.domain import regions as plain_regions
from clipjury.domain.vocabulary import CUE_IDS, CUES, KIND_IDS, KINDS
from clipjury_ml.consensus import agreed_ranges, agreed_regions, kinds, marked_votes, simulated_marks
from clipjury_ml.consensus.simulated_marks import MarkedClip, MarkingCrowd, simulate_marked_clips

TRUTH = 1e-12
rate = st.one_of(st.just(0.5), st.floats(0.02, 0.98))


def in_platform(votes: list[marked_votes.MarkedVote]) -> list[plain.MarkedVote]:
    return [
        plain.MarkedVote(
            vote.sensitivity,
            vote.specificity,
            vote.ranges,
            tuple(plain.Box(**asdict(box)) for box in vote.boxes),
            vote.kinds,
            vote.cues,
        )
        for vote in votes
    ]


@st.composite
def clips(draw: st.DrawFn) -> tuple[int, list[marked_votes.MarkedVote]]:
    frames = draw(st.sampled_from([1, 2, 7, 60, 431]))
    side = st.floats(0.02, 0.5)
    box = st.builds(
        marked_votes.Box,
        frame=st.integers(0, frames - 1),
        x=st.floats(0, 0.5),
        y=st.floats(0, 0.5),
        width=side,
        height=side,
    )
    ends = st.tuples(st.integers(0, frames - 1), st.integers(0, frames - 1)).map(lambda e: (min(e), max(e)))
    vote = st.builds(
        marked_votes.MarkedVote,
        sensitivity=rate,
        specificity=rate,
        ranges=st.lists(ends, max_size=4).map(tuple),
        boxes=st.lists(box, max_size=14).map(tuple),
        kinds=st.lists(st.sampled_from(sorted(KIND_IDS)), max_size=3, unique=True).map(tuple),
        cues=st.lists(st.sampled_from(sorted(CUE_IDS)), max_size=4, unique=True).map(tuple),
    )
    return frames, draw(st.lists(vote, max_size=7))


@given(clips())
def test_both_find_the_same_ranges(clip: tuple[int, list[marked_votes.MarkedVote]]) -> None:
    frames, votes = clip
    ours, theirs = agreed_ranges.agreed_ranges(votes, frames), plain.agreed_ranges(in_platform(votes), frames)
    assert [(r.start_frame, r.end_frame, r.people) for r in ours] == [
        (r.start_frame, r.end_frame, r.people) for r in theirs
    ]
    assert [r.certainty for r in ours] == pytest.approx([r.certainty for r in theirs], abs=TRUTH)


@given(clips())
def test_both_find_the_same_regions(clip: tuple[int, list[marked_votes.MarkedVote]]) -> None:
    frames, votes = clip
    ours = agreed_regions.agreed_regions(votes, frames)
    theirs = plain_regions.agreed_regions(in_platform(votes), frames)
    assert [(r.people, r.box.frame) for r in ours] == [(r.people, r.box.frame) for r in theirs]
    for one, other in zip(ours, theirs, strict=True):
        assert one.certainty == pytest.approx(other.certainty, abs=TRUTH)
        assert asdict(one.box) == pytest.approx(asdict(other.box), abs=TRUTH)


@given(clips())
def test_both_give_the_same_posteriors_of_kinds_and_cues(
    clip: tuple[int, list[marked_votes.MarkedVote]],
) -> None:
    _, votes = clip
    kind_ids, cue_ids = [kind.id for kind in KINDS], [cue.id for cue in CUES]
    cast = in_platform(votes)
    assert kinds.kind_posteriors(votes, kind_ids) == pytest.approx(
        plain_kinds.kind_posteriors(cast), abs=TRUTH
    )
    assert kinds.cue_posteriors(votes, cue_ids) == pytest.approx(plain_kinds.cue_posteriors(cast), abs=TRUTH)


def test_rates_that_leave_no_doubt_are_refused() -> None:
    with pytest.raises(ValueError, match="strictly"):
        marked_votes.MarkedVote(1.0, 0.9)


def test_the_density_is_the_prior_where_nobody_marked_anything() -> None:
    assert agreed_ranges.frame_density([], 5) == pytest.approx([agreed_ranges.PRIOR] * 5)


@cache
def simulated(**changes: float) -> list[MarkedClip]:
    return simulate_marked_clips(11, 300, MarkingCrowd(**changes))  # type: ignore[arg-type]


def flags(ranges: list[tuple[int, int]], frames: int) -> np.ndarray:
    inside = np.zeros(frames, dtype=bool)
    for start, end in ranges:
        inside[start : end + 1] = True
    return inside


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float((a & b).sum() / max(1, (a | b).sum()))


def test_the_simulator_repeats_itself_and_marks_what_it_should() -> None:
    assert simulate_marked_clips(3, 20, MarkingCrowd()) == simulate_marked_clips(3, 20, MarkingCrowd())
    votes = [vote for clip in simulated() for vote in clip.votes]
    assert 0.6 < np.mean([bool(vote.ranges) for vote in votes]) < 0.8
    for clip in simulated():
        for vote in clip.votes:
            assert all(0 <= start <= end < clip.frames for start, end in vote.ranges)
            assert all(box.x + box.width <= 1 + 1e-9 and 0 <= box.frame < clip.frames for box in vote.boxes)


@pytest.mark.parametrize("changes", [{}, {"spam_share": 0.4}, {"mean_skill": 0.8}])
def test_agreed_ranges_find_more_of_the_truth_than_plain_rules(changes: dict[str, float]) -> None:
    ours, union, majority = [], [], []
    for clip in simulated(**changes):
        marks = np.array([flags(list(v.ranges), clip.frames) for v in clip.votes if v.ranges])
        if len(marks) < 2:
            continue
        truth = flags(list(clip.ranges), clip.frames)
        found = agreed_ranges.agreed_ranges(clip.votes, clip.frames)
        ours.append(overlap(flags([(r.start_frame, r.end_frame) for r in found], clip.frames), truth))
        union.append(overlap(marks.any(axis=0), truth))
        majority.append(overlap(marks.mean(axis=0) >= 0.5, truth))
    assert np.mean(ours) > np.mean(majority) > np.mean(union)


def test_certainty_is_the_share_of_a_range_that_is_manipulated() -> None:
    told, true = [], []
    for clip in simulated():
        truth = flags(list(clip.ranges), clip.frames)
        for found in agreed_ranges.agreed_ranges(clip.votes, clip.frames):
            told.append(found.certainty)
            true.append(truth[found.start_frame : found.end_frame + 1].mean())
    sure = np.array(told) >= 0.8
    assert np.mean(told) == pytest.approx(np.mean(true), abs=0.08)
    assert np.mean(np.array(true)[sure]) > np.mean(np.array(true)[~sure]) + 0.1


@pytest.mark.parametrize(
    ("name", "words"), [("kinds", simulated_marks.KINDS), ("cues", simulated_marks.ALL_CUES)]
)
def test_kinds_and_cues_are_nearer_the_truth_than_the_share_of_votes(
    name: str, words: tuple[str, ...]
) -> None:
    answer = kinds.kind_posteriors if name == "kinds" else kinds.cue_posteriors
    loss, plain_loss = [], []
    for clip in simulated(spam_share=0.4):
        named = [getattr(vote, name) for vote in clip.votes if getattr(vote, name)]
        posteriors = answer(clip.votes, words)
        for word in words if posteriors else ():
            share = (sum(word in names for names in named) + 0.12) / (len(named) + 1)
            holds = word in getattr(clip, name)
            loss.append(-np.log(posteriors[word] if holds else 1 - posteriors[word]))
            plain_loss.append(-np.log(share if holds else 1 - share))
    assert np.mean(loss) < np.mean(plain_loss)


def test_an_agreed_region_lies_on_the_true_one() -> None:
    hits = []
    for clip in simulated(mean_skill=0.8):
        for region in agreed_regions.agreed_regions(clip.votes, clip.frames):
            a, b = region.box, clip.box
            width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
            height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
            hits.append(width > 0 and height > 0)
    assert len(hits) > 150
    assert np.mean(hits) > 0.95
