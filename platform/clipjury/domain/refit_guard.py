"""Whether a new version of reliabilities may be put in force, or is frozen until somebody has looked at it."""

from dataclasses import dataclass
from typing import Final

LABEL_MARGIN: Final = 0.1  # a posterior within .1 of .5 names no label, so it cannot flip
FLIPPED_SHARE: Final = 0.02
FEWEST_FLIPPED: Final = 3  # one clip of ten is no pattern
APART: Final = 0.5
FIRST_FIT_GOLD: Final = 20  # a version that rests on fewer gold answers knows too little to object


@dataclass(frozen=True, slots=True)
class RefitComparison:
    """The people posteriors of all clips with votes, under the active version and under the new one.

    flipped: clips whose label differs. furthest: the largest distance of the two posteriors of one clip.
    mean_shift: their mean distance. active_gold_answers: what the active version rests on.
    """

    clips: int
    flipped: int
    furthest: float
    mean_shift: float
    active_gold_answers: int

    @property
    def flipped_share(self) -> float:
        """Flipped clips among those with votes; 0 without any."""
        return self.flipped / self.clips if self.clips else 0.0


def label_of(p_manipulated: float) -> str | None:
    """The label that a posterior names; None where it lies within the margin around .5."""
    if abs(p_manipulated - 0.5) < LABEL_MARGIN:
        return None
    return "manipulated" if p_manipulated > 0.5 else "authentic"


def reason_to_freeze(found: RefitComparison) -> str | None:
    """Why the new version must wait for an admin, in a sentence; None when it may be activated.

    More than 2 % of the labels flipped, or one clip's two posteriors more than .5 apart: that is how a fit looks
    that took right for wrong, or gold with wrong labels. The first fit replaces one that knew nothing.
    """
    if found.active_gold_answers < FIRST_FIT_GOLD:
        return None
    if found.flipped >= FEWEST_FLIPPED and found.flipped_share > FLIPPED_SHARE:
        share = f"{found.flipped} of {found.clips} clips with votes ({found.flipped_share:.1%})"
        return f"{share} would change their label."
    if found.furthest > APART:
        return f"The posterior of one clip would move by {found.furthest:.2f}."
    return None
