"""When two clips look alike, and what follows: a candidate for people to judge, never a verdict carried over.

A manipulated clip is a near-duplicate of its original, so nothing said of the one is said of the other; only the
rule "one vote per person and group" joins them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final, Literal

State = Literal["linked", "suggested", "confirmed", "rejected"]
Hindrance = Literal["gold_roles"]

MATCH_BITS: Final = 31  # frames at this Hamming distance or less match: the threshold PDQ's authors publish
STRONG_SHARE: Final = 0.8
STRONG_BITS: Final = 24  # different clips drawn in one studio come as near as 34
WEAK_SHARE: Final = 0.2
WEAK_FRAMES: Final = 2

JOINING: Final[frozenset[str]] = frozenset({"linked", "confirmed"})


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The 256-bit hashes of a clip's frames, and of their mirror images, in the same order."""

    hashes: tuple[int, ...]
    mirrored: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two clips are. `distance` is the median, in bits, over the frames of both that match.

    `share_a`, `share_b`: the share of either clip's frames that match one of the other's.
    """

    distance: int
    share_a: float
    share_b: float
    frames: int
    is_mirrored: bool


def compare(a: Fingerprint, b: Fingerprint) -> Likeness | None:
    """The likeness of two clips, the plain or the mirrored one, whichever joins more; None without a match."""
    found = [_compare(a.hashes, b.hashes, False), _compare(a.mirrored, b.hashes, True)]
    return max(
        (likeness for likeness in found if likeness is not None),
        key=lambda likeness: (likeness.share_a + likeness.share_b, not likeness.is_mirrored),
        default=None,
    )


def _compare(a: Sequence[int], b: Sequence[int], is_mirrored: bool) -> Likeness | None:
    if not a or not b:
        return None
    distances = [[(one ^ other).bit_count() for other in b] for one in a]
    matched_a = [least for row in distances if (least := min(row)) <= MATCH_BITS]
    matched_b = [least for column in zip(*distances, strict=True) if (least := min(column)) <= MATCH_BITS]
    if not matched_a:
        return None
    return Likeness(
        distance=round(median(matched_a + matched_b)),
        share_a=len(matched_a) / len(a),
        share_b=len(matched_b) / len(b),
        frames=min(len(matched_a), len(matched_b)),
        is_mirrored=is_mirrored,
    )


def decide_likeness(likeness: Likeness) -> State | None:
    """`linked` at once where nearly all of both clips matches closely, `suggested` to people where something does."""
    shares = (likeness.share_a, likeness.share_b)
    if min(shares) >= STRONG_SHARE and likeness.distance <= STRONG_BITS:
        return "linked"
    if max(shares) >= WEAK_SHARE or likeness.frames >= WEAK_FRAMES:
        return "suggested"
    return None


def find_hindrance(roles_a: Collection[str], roles_b: Collection[str]) -> Hindrance | None:
    """Why two groups cannot become one. Gold roles are for life and by group, so two of them never meet.

    A group may join one whose gold is served, for that changes nothing for its other clips. Gold that calibrates or
    gates keeps to itself: its group is never voted on, and what has been voted on cannot be made so afterwards.
    """
    return "gold_roles" if {*roles_a, *roles_b} - {"serve"} else None
