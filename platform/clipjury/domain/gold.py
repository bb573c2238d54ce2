"""Gold: clips of known label, whose role is for life, served unannounced at a rate that falls with experience."""

from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.clip_states import ClipState

GoldRole = Literal["serve", "calibrate", "gate"]
GoldOrigin = Literal["import", "synthetic", "adjudication"]
GOLD_ROLES: Final[tuple[GoldRole, ...]] = ("serve", "calibrate", "gate")

FIRST_LEASES: Final = 20  # a new reviewer's first leases ...
FIRST_GOLD: Final = 5  # ... of which so many are gold, at least: enough to be anchored
EARLY_RATE: Final = 0.10  # the share of gold right after them ...
LATE_RATE: Final = 0.05  # ... and in the long run
HALFWAY_LEASES: Final = 100  # leases after the first ones at which half of the way down is gone

GATE_PER_CLASS: Final = 50
CALIBRATE_IN_ALL: Final = 50


def gold_chance(leases: int, gold_leases: int) -> float:
    """The probability with which the next lease is gold, given how many the reviewer had, and how many on gold.

    Among the first 20 it is what makes at least 5 of them gold with every order equally likely (sampling without
    replacement), and never under the later rate, so that the fifth does not announce that none will follow. After
    them it falls from 10 % towards 5 %. Raises ValueError for impossible counts.
    """
    if not 0 <= gold_leases <= leases:
        raise ValueError("gold leases must lie between 0 and the number of leases")
    if leases < FIRST_LEASES:
        missing = max(0, FIRST_GOLD - gold_leases)
        return min(1.0, max(EARLY_RATE, missing / (FIRST_LEASES - leases)))
    experience = (leases - FIRST_LEASES) / HALFWAY_LEASES
    return LATE_RATE + (EARLY_RATE - LATE_RATE) / (1.0 + experience)


def is_gold_turn(leases: int, gold_leases: int, random_unit: float) -> bool:
    """Whether gold is looked for first; random_unit is a fresh uniform number in [0, 1), brought by the caller."""
    if not 0.0 <= random_unit < 1.0:
        raise ValueError("the random number must lie in [0, 1)")
    return random_unit < gold_chance(leases, gold_leases)


@dataclass(frozen=True, slots=True)
class GoldCandidate:
    """A clip that is to become gold: where it stands, with its near-duplicates.

    label: that it has as gold already; group_role: the role of its group, if any of it is gold.
    votes, leases: cast and live on any clip of the group.
    """

    state: ClipState
    label: str | None
    group_role: GoldRole | None
    votes: int
    live_leases: int
    is_quarantined: bool = False


@dataclass(frozen=True, slots=True)
class GoldRefusal:
    """Why a clip cannot become gold: a stable code and a sentence that says what to do."""

    code: str
    detail: str


def refuse_gold(candidate: GoldCandidate, role: GoldRole, origin: GoldOrigin) -> GoldRefusal | None:
    """Why the clip may not become gold of this role; None when it may.

    A clip that people have voted on becomes gold by an adjudication only, else a label could be chosen to fit
    the votes. Whoever holds a lease of the group would be judging gold that was none when it was given.
    """
    if candidate.state == "failed" or candidate.is_quarantined:
        return GoldRefusal("clip_unusable", "This clip failed or is quarantined: it cannot be gold.")
    if candidate.label is not None:
        return GoldRefusal(
            "clip_is_gold", "This clip is gold already, and gold keeps its label and role for life."
        )
    if candidate.group_role not in (None, role):
        return GoldRefusal(
            "gold_role_fixed",
            f"A near-duplicate of this clip is gold with the role “{candidate.group_role}”, which the group keeps "
            "for life. Choose that role.",
        )
    if origin == "adjudication" and candidate.state != "retired":
        return GoldRefusal(
            "clip_not_retired", "Only a clip that has retired can become gold by an adjudication."
        )
    if candidate.live_leases:
        return GoldRefusal(
            "clip_leased", "Somebody is judging this clip, or a near-duplicate, right now. Try later."
        )
    if candidate.votes and origin != "adjudication":
        return GoldRefusal(
            "clip_has_votes",
            "People have voted on this clip, or on a near-duplicate: it becomes gold by an adjudication only.",
        )
    return None
