"""How well agreed ranges, regions, kinds and cues find a simulated truth, beside simpler rules.

./run bench consensus_marks [--clips 1000] [--seed 1]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

import numpy as np

from clipjury_ml.consensus.agreed_ranges import agreed_ranges, frame_density
from clipjury_ml.consensus.agreed_regions import agreed_regions
from clipjury_ml.consensus.kinds import CUES, KINDS, Naming, cue_posteriors, kind_posteriors
from clipjury_ml.consensus.marked_votes import Box, MarkedVote, Range, p_saw
from clipjury_ml.consensus.simulated_marks import ALL_CUES, MarkedClip, MarkingCrowd, simulate_marked_clips
from clipjury_ml.consensus.simulated_marks import KINDS as ALL_KINDS

CROWDS = {
    "mean skill .70": MarkingCrowd(),
    "mean skill .60": MarkingCrowd(mean_skill=0.60),
    "mean skill .80": MarkingCrowd(mean_skill=0.80),
    "six votes": MarkingCrowd(votes_per_clip=6),
    "40 % spam": MarkingCrowd(spam_share=0.4),
    "very generous": MarkingCrowd(generosity=0.05, jitter=0.05),
    "exact": MarkingCrowd(generosity=0.0, jitter=0.01),
    "half mark": MarkingCrowd(mark_rate=0.4),
}
OVERLAP = 0.3  # intersection over union from which a box is said to lie on the true one


def flags(ranges: Sequence[Range], frames: int) -> np.ndarray:
    """Frames inside any of the ranges, (frames,)."""
    inside = np.zeros(frames, dtype=bool)
    for start, end in ranges:
        inside[start : end + 1] = True
    return inside


def union(clip: MarkedClip) -> np.ndarray:
    """Whatever anybody marked."""
    return _marks(clip).any(axis=0)


def majority(clip: MarkedClip) -> np.ndarray:
    """What at least half of those marked who marked any."""
    return _marks(clip).mean(axis=0) >= 0.5


def two_and_half(clip: MarkedClip) -> np.ndarray:
    """The same, and at least two people."""
    return majority(clip) & (_marks(clip).sum(axis=0) >= 2)


def weighted_majority(clip: MarkedClip) -> np.ndarray:
    """What at least half of the weight marked, each weighed by P(saw)."""
    weight = np.array([p_saw(v.sensitivity, v.specificity) for v in clip.votes if v.ranges])
    return (weight @ _marks(clip) >= weight.sum() / 2) & (weight.sum() > 0)


def ours(clip: MarkedClip) -> np.ndarray:
    """The agreed ranges."""
    found = agreed_ranges(clip.votes, clip.frames)
    return flags([(r.start_frame, r.end_frame) for r in found], clip.frames)


RULES: dict[str, Callable[[MarkedClip], np.ndarray]] = {
    "union": union,
    "majority": majority,
    "two and half": two_and_half,
    "weighted maj.": weighted_majority,
    "agreed": ours,
}


def _marks(clip: MarkedClip) -> np.ndarray:
    return np.array([flags(vote.ranges, clip.frames) for vote in clip.votes if vote.ranges])


def overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two sets of frames."""
    return float((a & b).sum() / max(1, (a | b).sum()))


def print_ranges(clips: list[MarkedClip]) -> dict[str, float]:
    """Mean intersection over union of each rule, then how certainty holds."""
    several = [clip for clip in clips if sum(bool(vote.ranges) for vote in clip.votes) >= 2]
    truths = [flags(clip.ranges, clip.frames) for clip in several]
    scores = {
        name: float(
            np.mean([overlap(rule(clip), truth) for clip, truth in zip(several, truths, strict=True)])
        )
        for name, rule in RULES.items()
    }
    print("  ranges, IoU: " + "  ".join(f"{name} {score:.3f}" for name, score in scores.items()))
    p = np.concatenate([frame_density(clip.votes, clip.frames) for clip in several])
    truth = np.concatenate(truths)
    share = np.concatenate([_marks(clip).mean(axis=0) for clip in several])
    print(
        f"  frames, log-loss: share of marks {log_loss(share, truth):.3f}  density {log_loss(p, truth):.3f}"
    )
    print(f"  frames, ECE: share of marks {ece(share, truth):.3f}  density {ece(p, truth):.3f}")
    pairs = [
        (found.certainty, float(inside[found.start_frame : found.end_frame + 1].mean()))
        for clip, inside in zip(several, truths, strict=True)
        for found in agreed_ranges(clip.votes, clip.frames)
    ]
    print(f"  {len(pairs)} agreed ranges of {len(several)} clips, certainty : true share  {by_tenths(pairs)}")
    return scores


def by_tenths(pairs: Sequence[tuple[float, float]]) -> str:
    """Mean certainty : mean truth for each tenth from .5 on, with the count."""
    told, true = np.array(pairs).reshape(-1, 2).T
    parts = []
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        some = (told >= low) & (told < low + 0.1)
        if some.sum() >= 20:
            parts.append(f"{told[some].mean():.2f} : {true[some].mean():.2f} ({some.sum()})")
    return "  ".join(parts)


def log_loss(p: np.ndarray, truth: np.ndarray) -> float:
    """Mean log-loss; p is kept within [.01, .99]."""
    p = np.clip(p, 0.01, 0.99)
    return float(np.mean(-np.where(truth, np.log(p), np.log(1 - p))))


def ece(p: np.ndarray, truth: np.ndarray) -> float:
    """Expected calibration error over ten bins of equal width."""
    tenth = np.minimum((p * 10).astype(int), 9)
    return float(
        sum(
            abs(p[tenth == b].mean() - truth[tenth == b].mean()) * (tenth == b).mean()
            for b in np.unique(tenth)
        )
    )


def print_words(clips: list[MarkedClip]) -> None:
    """Log-loss and calibration error of kinds and cues, beside the share of votes with one pseudo-vote."""
    for name, words, naming, answer in (
        ("kinds", ALL_KINDS, KINDS, kind_posteriors),
        ("cues", ALL_CUES, CUES, cue_posteriors),
    ):
        asked = [clip for clip in clips if any(getattr(vote, name) for vote in clip.votes)]
        truth = np.array([[word in getattr(clip, name) for word in words] for clip in asked])
        share = np.array([_shares(clip.votes, name, words, naming) for clip in asked])
        p = np.array([[answer(clip.votes, words).get(w, naming.prior) for w in words] for clip in asked])
        print(
            f"  {name}, log-loss: share of votes {log_loss(share, truth):.3f}  ours {log_loss(p, truth):.3f}"
            f"; ECE {ece(share, truth):.3f}  {ece(p, truth):.3f}"
        )


def _shares(votes: Sequence[MarkedVote], name: str, words: Sequence[str], naming: Naming) -> list[float]:
    named = [getattr(vote, name) for vote in votes if getattr(vote, name)]
    return [(sum(word in names for names in named) + naming.prior) / (len(named) + 1) for word in words]


def print_regions(clips: list[MarkedClip]) -> None:
    """How many clips have a region, and how often it lies on the true one."""
    several = [clip for clip in clips if sum(bool(vote.boxes) for vote in clip.votes) >= 2]
    found = [(clip, region) for clip in several for region in agreed_regions(clip.votes, clip.frames)]
    hits = [box_overlap(region.box, clip.box) for clip, region in found]
    every = [box_overlap(box, clip.box) for clip in several for vote in clip.votes for box in vote.boxes]
    told = [region.certainty for _, region in found]
    print(
        f"  regions: in {len({id(clip) for clip, _ in found})} of {len(several)} clips; on the true one "
        f"{np.mean(np.array(hits) >= OVERLAP):.3f}, certainty {np.mean(told):.3f}, IoU {np.mean(hits):.3f}; "
        f"single boxes {np.mean(np.array(every) >= OVERLAP):.3f}, IoU {np.mean(every):.3f}"
    )


def box_overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, whatever their frames."""
    width = min(a.x + a.width, b.x + b.width) - max(a.x, b.x)
    height = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (a.width * a.height + b.width * b.height - shared)


def main() -> int:
    """Print every measure for every crowd; exit 1 where, over all crowds, the agreed ranges find less than the plain
    rule of two people and half of those who marked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    gains = []
    for name, crowd in CROWDS.items():
        clips = simulate_marked_clips(options.seed, options.clips, crowd)
        print(name)
        scores = print_ranges(clips)
        print_words(clips)
        print_regions(clips)
        gains.append(scores["agreed"] - scores["two and half"])
    print(f"IoU of agreed ranges beyond two people and half: {np.mean(gains):+.3f}, least {min(gains):+.3f}")
    return 1 if np.mean(gains) < 0 else 0


if __name__ == "__main__":
    sys.exit(main())
