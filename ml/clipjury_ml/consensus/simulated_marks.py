"""Simulated clips with known places, kinds and cues, and crowds that mark them. Pure, seeded.

What reviewers do here is assumed, not measured: they leave marks out, mark generously, miss one of several places,
confuse kinds, or guess; guesses can share a decoy, a place that looks odd to everybody and is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from clipjury_ml.consensus.marked_votes import Box, MarkedVote, Range, p_saw
from clipjury_ml.consensus.online import reliability_from_gold
from clipjury_ml.consensus.simulator import CUES_OF_KIND, SimulatedReviewer, simulated_reviewers

KINDS: Final = tuple(CUES_OF_KIND)
KIND_SHARES: Final = (
    0.30,
    0.12,
    0.14,
    0.08,
    0.12,
    0.08,
    0.03,
    0.05,
    0.05,
    0.03,
)  # invented, in the order of KINDS
ALL_CUES: Final = tuple(sorted({cue for cues in CUES_OF_KIND.values() for cue in cues}))
_ALIKE: Final = (
    {"face_swap", "face_reenactment", "lip_sync", "generated_scene"},
    {"splice", "speed", "context"},
)


@dataclass(frozen=True, slots=True)
class MarkingCrowd:
    """How a crowd marks. Shares are of the clip's frames; rates are means, each reviewer has one of their own."""

    mean_skill: float = 0.70
    votes_per_clip: int = 12
    mark_rate: float = 0.7  # marks anything at all
    jitter: float = 0.03  # standard deviation of each end
    generosity: float = 0.02  # how far ends lie outside on average
    whole_clip_rate: float = 0.08  # marks everything, though it is one place
    segment_recall: float = 0.8  # finds each of several places
    misplaced_rate: float = 0.1  # saw it, and marks another place
    decoy_rate: float = 0.3  # clips with a decoy; half of the guesses go there
    spam_share: float = 0.1
    gold_answers: int = 20
    confusion: float = 0.3  # names another kind, usually one that looks alike


@dataclass(frozen=True, slots=True)
class MarkedClip:
    """A manipulated clip: its truth, and its votes for `manipulated` under reliabilities estimated from gold."""

    frames: int
    ranges: tuple[Range, ...]
    box: Box
    kinds: tuple[str, ...]
    cues: tuple[str, ...]
    votes: tuple[MarkedVote, ...]


@dataclass(frozen=True, slots=True)
class _Habits:
    reviewer: SimulatedReviewer
    rates: tuple[float, float]
    mark_rate: float


def simulate_marked_clips(seed: int, n: int, crowd: MarkingCrowd) -> list[MarkedClip]:
    """n manipulated clips, each judged by reviewers drawn from a crowd of 200."""
    rng = np.random.default_rng([seed, 1])
    reviewers = simulated_reviewers(seed, 200, mean_skill=crowd.mean_skill, spam_share=crowd.spam_share)
    people = [_habits(rng, reviewer, crowd) for reviewer in reviewers]
    return [_clip(rng, people, crowd) for _ in range(n)]


def _habits(rng: np.random.Generator, reviewer: SimulatedReviewer, crowd: MarkingCrowd) -> _Habits:
    half = max(2, crowd.gold_answers // 2)
    known = reliability_from_gold(
        int(rng.binomial(half, reviewer.sensitivity)),
        half,
        int(rng.binomial(half, reviewer.specificity)),
        half,
    )
    rate = float(rng.beta(5 * crowd.mark_rate, 5 * (1 - crowd.mark_rate)))
    return _Habits(reviewer, (known.sensitivity, known.specificity), rate)


def _clip(rng: np.random.Generator, people: list[_Habits], crowd: MarkingCrowd) -> MarkedClip:
    frames = int(rng.integers(100, 900))
    ranges = _true_ranges(rng, frames)
    kind = str(rng.choice(KINDS, p=KIND_SHARES))
    kinds = tuple({kind, str(rng.choice(KINDS, p=KIND_SHARES))}) if rng.random() < 0.15 else (kind,)
    among = sorted({cue for one in kinds for cue in CUES_OF_KIND[one]})
    cues = tuple(cue for cue in among if rng.random() < 0.6)
    side = float(rng.uniform(0.1, 0.35))
    left, top = (float(v) for v in rng.uniform(0, 1 - side, 2))
    box = Box(ranges[0][0], left, top, side, side)
    decoy = _anywhere(rng, frames) if rng.random() < crowd.decoy_rate else None
    truth = MarkedClip(frames, ranges, box, kinds, cues, ())
    asked = rng.choice(len(people), crowd.votes_per_clip, replace=False)
    accusers = [people[i] for i in asked if rng.random() < people[i].reviewer.sensitivity]
    votes = tuple(_vote(rng, who, truth, crowd, decoy) for who in accusers)
    return MarkedClip(frames, ranges, box, kinds, cues, votes)


def _true_ranges(rng: np.random.Generator, frames: int) -> tuple[Range, ...]:
    """One place in two of three clips, two or three in the others; one clip in eight is manipulated throughout."""
    if rng.random() < 0.125:
        return ((0, frames - 1),)
    count = int(rng.choice([1, 2, 3], p=[0.67, 0.23, 0.1]))
    slots = np.linspace(0, frames, count + 1).astype(int)
    found = []
    for low, high in pairwise(slots.tolist()):
        length = max(2, int((high - low) * rng.uniform(0.1, 0.6)))
        start = int(rng.integers(low, high - length + 1))
        found.append((start, start + length - 1))
    return tuple(found)


def _anywhere(rng: np.random.Generator, frames: int) -> Range:
    length = max(2, int(frames * rng.uniform(0.03, 0.4)))
    start = int(rng.integers(0, frames - length + 1))
    return (start, start + length - 1)


def _vote(
    rng: np.random.Generator, who: _Habits, truth: MarkedClip, crowd: MarkingCrowd, decoy: Range | None
) -> MarkedVote:
    saw = rng.random() < p_saw(who.reviewer.sensitivity, who.reviewer.specificity)
    found = saw and rng.random() >= crowd.misplaced_rate
    ranges: tuple[Range, ...] = ()
    if rng.random() < who.mark_rate:
        ranges = _marked(rng, truth, crowd) if found else _guessed(rng, truth.frames, crowd, decoy)
    boxes = (_box(rng, truth.box if found else None, truth),) if rng.random() < 0.7 * who.mark_rate else ()
    kinds = _kinds(rng, truth.kinds if saw else None, crowd.confusion) if rng.random() < 0.85 else ()
    cues = _cues(rng, truth.cues if saw else ()) if rng.random() < 0.7 else ()
    return MarkedVote(*who.rates, ranges, boxes, kinds, cues)


def _marked(rng: np.random.Generator, truth: MarkedClip, crowd: MarkingCrowd) -> tuple[Range, ...]:
    last = truth.frames - 1
    if rng.random() < crowd.whole_clip_rate:
        return ((0, last),)
    kept = [r for r in truth.ranges if len(truth.ranges) == 1 or rng.random() < crowd.segment_recall]
    marked = []
    for start, end in kept or [truth.ranges[0]]:
        out, spread = crowd.generosity * truth.frames, crowd.jitter * truth.frames
        shifted = (start - out + rng.normal(0, spread), end + out + rng.normal(0, spread))
        low, high = sorted(min(last, max(0, round(at))) for at in shifted)
        marked.append((low, high))
    return tuple(marked)


def _guessed(
    rng: np.random.Generator, frames: int, crowd: MarkingCrowd, decoy: Range | None
) -> tuple[Range, ...]:
    if decoy is not None and rng.random() < 0.5:
        shift = round(float(rng.normal(0, crowd.jitter * frames)))
        return ((max(0, decoy[0] + shift), min(frames - 1, max(0, decoy[1] + shift))),)
    return ((0, frames - 1),) if rng.random() < 0.2 else (_anywhere(rng, frames),)


def _box(rng: np.random.Generator, true: Box | None, truth: MarkedClip) -> Box:
    start, end = truth.ranges[0]
    if true is None:
        side = float(rng.uniform(0.1, 0.4))
        x, y = (float(v) for v in rng.uniform(0, 1 - side, 2))
        return Box(int(rng.integers(0, truth.frames)), x, y, side, side)
    left, top = true.x, true.y
    ends = np.array([left, top, left + true.width, top + true.height]) + rng.normal(0, 0.02, 4)
    ends += 0.015 * np.array([-1, -1, 1, 1])
    x0, y0, x1, y1 = (float(v) for v in np.clip(ends, 0, 1))
    return Box(int(rng.integers(start, end + 1)), x0, y0, max(0.01, x1 - x0), max(0.01, y1 - y0))


def _kinds(rng: np.random.Generator, true: tuple[str, ...] | None, confusion: float) -> tuple[str, ...]:
    if true is None:
        return (str(rng.choice(KINDS, p=KIND_SHARES)),)
    kind = str(rng.choice(true))
    if rng.random() < confusion:
        alike = sorted(next((group for group in _ALIKE if kind in group), set(KINDS)) - {kind})
        kind = str(rng.choice(alike if rng.random() < 0.8 else KINDS))
    both = (kind, *[k for k in true if k != kind]) if rng.random() < 0.3 else (kind,)
    return tuple(dict.fromkeys(both))


def _cues(rng: np.random.Generator, true: tuple[str, ...]) -> tuple[str, ...]:
    named = [cue for cue in ALL_CUES if rng.random() < (0.4 if cue in true else 0.06)]
    return tuple(named) or (str(rng.choice(ALL_CUES)),)
