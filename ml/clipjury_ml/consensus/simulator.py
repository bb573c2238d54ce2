"""Simulated reviewers for the demo and the planning sums: two-sided skill, bias, doubt, spam. Pure, seeded.

What they say is invented here and marked as simulated wherever it is shown.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

Truth = Literal["authentic", "manipulated"]
Ballot = dict[str, Any]

SKILL_SPREAD: Final = 0.08  # between reviewers
LEAN_TO_AUTHENTIC: Final = 0.03  # mean of (specificity - sensitivity) / 2; people miss more than they invent
BIAS_SPREAD: Final = 0.05
RATE_LIMITS: Final = (0.30, 0.97)

CUES_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "face_swap": ("face_boundary", "flicker_on_turn", "skin_texture", "compression_differs", "eyes"),
    "face_reenactment": ("eyes", "blinking", "time_consistency", "teeth_tongue", "brows_glasses"),
    "lip_sync": ("lip_sound", "teeth_tongue", "compression_differs"),
    "voice": ("audio", "lip_sound"),
    "generated_scene": ("hands_geometry", "light_shadow", "time_consistency", "ears_hair"),
    "splice": ("cut_or_jump", "audio", "time_consistency"),
    "speed": ("time_consistency", "audio"),
    "overlay": ("hands_geometry", "compression_differs", "light_shadow"),
    "context": ("context",),
    "other": ("time_consistency", "light_shadow"),
}

_TREES: Final = (
    "Alder", "Aspen", "Beech", "Birch", "Cedar", "Cherry", "Cypress", "Elm", "Fir", "Hazel", "Hornbeam",
    "Juniper", "Larch", "Laurel", "Linden", "Maple", "Medlar", "Oak", "Olive", "Pine", "Poplar", "Rowan",
    "Spruce", "Willow",
)  # fmt: skip

_SAYS_MANIPULATED: Final = (
    "The edge of the face is softer than what surrounds it.",
    "Something slips for a moment when the head moves.",
    "The skin looks smoother than the neck and does not keep its texture.",
    "I went through it frame by frame and the marked part does not hold together.",
    "Light on the face and light in the room do not agree.",
    "The mouth and the rest of the face seem to belong to two recordings.",
)
_SAYS_AUTHENTIC: Final = (
    "Shadows, reflections and movement agree all the way through.",
    "The oddities look like ordinary compression to me.",
    "Stepped through the turns of the head and found no seam.",
    "Noise and grain are the same inside and outside the face.",
)
_SAYS_UNSURE: Final = (
    "Too dark and too compressed to tell.",
    "One frame looks odd, but I cannot say that it is more than blur.",
)


@dataclass(frozen=True, slots=True)
class SimulatedReviewer:
    """sensitivity, specificity: of the answers that are not `unsure`; unsure_rate: share that is."""

    name: str
    sensitivity: float
    specificity: float
    unsure_rate: float
    minutes_per_clip: float
    is_spammer: bool


def simulated_reviewers(
    seed: int, n: int, *, mean_skill: float = 0.70, spam_share: float = 0.1
) -> list[SimulatedReviewer]:
    """n reviewers about a mean balanced accuracy; a longer crowd of one seed begins with the shorter one.

    Spammers come at even distances, so that a small crowd has its share too. Raises ValueError for a negative
    n, a mean skill outside [.5, .95] or a spam share outside [0, 1].
    """
    if n < 0:
        raise ValueError("n must be at least 0")
    if not 0.5 <= mean_skill <= 0.95:
        raise ValueError("mean_skill must lie in [0.5, 0.95]")
    if not 0.0 <= spam_share <= 1.0:
        raise ValueError("spam_share must lie in [0, 1]")
    return [_reviewer(seed, i, mean_skill, spam_share) for i in range(n)]


def _reviewer(seed: int, i: int, mean_skill: float, spam_share: float) -> SimulatedReviewer:
    rng = np.random.default_rng([seed, i])
    is_spammer = math.floor((i + 1) * spam_share + 1e-9) > math.floor(i * spam_share + 1e-9)
    skill = rng.normal(mean_skill, SKILL_SPREAD)
    bias = rng.normal(LEAN_TO_AUTHENTIC, BIAS_SPREAD)
    sensitivity, specificity = (float(np.clip(rate, *RATE_LIMITS)) for rate in (skill - bias, skill + bias))
    if is_spammer:  # a favourite answer, whatever the clip shows
        sensitivity = round(float(rng.uniform(0.35, 0.65)), 3)
        specificity = 1.0 - sensitivity
    unsure_rate = 0.0 if is_spammer else float(rng.beta(2, 22))
    minutes = 0.2 if is_spammer else float(np.clip(rng.lognormal(0.0, 0.5), 0.3, 5.0))
    lap, tree = divmod(i, len(_TREES))
    name = _TREES[tree] if lap == 0 else f"{_TREES[tree]} {lap + 1}"
    return SimulatedReviewer(name, sensitivity, specificity, unsure_rate, minutes, is_spammer)


def chance_of_manipulated(reviewer: SimulatedReviewer, truth: Truth, ease: float = 0.0) -> float:
    """P(says manipulated), given that the reviewer is not unsure.

    ease shifts the log-odds of being right and is shared by everybody who sees the clip (0: typical, negative:
    hard), which is what makes real votes depend on each other. Spammers do not look.
    """
    right = reviewer.sensitivity if truth == "manipulated" else reviewer.specificity
    if not reviewer.is_spammer and ease:
        right = 1.0 / (1.0 + math.exp(-(math.log(right / (1.0 - right)) + ease)))
    return right if truth == "manipulated" else 1.0 - right


def answer(
    reviewer: SimulatedReviewer,
    truth: Truth,
    rng: np.random.Generator,
    kinds: Sequence[str],
    segments: Sequence[Mapping[str, int]],
    frames: int,
    *,
    regions: Sequence[Mapping[str, float]] = (),
    ease: float = 0.0,
) -> Ballot:
    """A complete ballot, ready for the vote route: label, confidence, lean, kinds, segments, regions, cues, rationale.

    kinds, segments and regions are the true ones (empty where unknown); what is marked lies near them. frames: of
    the preview, 1 for an image; raises ValueError below 1.
    """
    if frames < 1:
        raise ValueError("frames must be at least 1")
    says_manipulated = bool(rng.random() < chance_of_manipulated(reviewer, truth, ease))
    right = says_manipulated == (truth == "manipulated")
    confidence = _confidence(rng, right)
    if rng.random() < reviewer.unsure_rate:
        return _unsure(rng, says_manipulated)
    if not says_manipulated:
        return _ballot("authentic", confidence, rationale=_sentence(rng, _SAYS_AUTHENTIC))
    kind = _kind(rng, kinds if right else ())
    return _ballot(
        "manipulated",
        confidence,
        kinds=[kind],
        segments=_segments(rng, segments if right else (), frames),
        regions=_regions(rng, regions if right else ()),
        cues=_some(rng, CUES_OF_KIND[kind], 3),
        rationale=_sentence(rng, _SAYS_MANIPULATED),
    )


def _ballot(label: str, confidence: float | None, **parts: Any) -> Ballot:
    empty: Ballot = {"lean": None, "kinds": [], "segments": [], "regions": [], "cues": [], "rationale": ""}
    return {"label": label, "confidence": confidence, **empty, **parts}


def _unsure(rng: np.random.Generator, leans_to_manipulated: bool) -> Ballot:
    if rng.random() < 0.4:
        return _ballot("unsure", None, rationale=_sentence(rng, _SAYS_UNSURE))
    lean = "manipulated" if leans_to_manipulated else "authentic"
    confidence = round(float(rng.choice([0.5, 0.55, 0.6])), 2)
    return _ballot("unsure", confidence, lean=lean, rationale=_sentence(rng, _SAYS_UNSURE))


def _confidence(rng: np.random.Generator, right: bool) -> float:
    """In steps of .05; hardly higher when right: people who judge deepfakes do not know when they are."""
    raw = 0.5 + 0.5 * rng.beta(2.6 if right else 2.2, 2.0)
    return round(round(float(raw) * 20) / 20, 2)


def _kind(rng: np.random.Generator, kinds: Sequence[str]) -> str:
    known = [kind for kind in kinds if kind in CUES_OF_KIND]
    if known and rng.random() < 0.75:
        return str(rng.choice(known))
    return str(rng.choice(["face_swap", "face_reenactment", "lip_sync", "generated_scene", "splice"]))


def _segments(
    rng: np.random.Generator, true: Sequence[Mapping[str, int]], frames: int
) -> list[dict[str, int]]:
    """Near the true ranges, off by some 3 % of the clip at each end; one in four marks none."""
    if frames == 1 or rng.random() < 0.25:
        return []
    if not true:
        middle = int(rng.integers(0, frames))
        true = [{"start_frame": middle - frames // 10, "end_frame": middle + frames // 10}]
    marked = []
    for segment in true:
        ends = (segment["start_frame"], segment["end_frame"])
        shifted = [round(end + float(rng.normal(0, 0.03 * frames))) for end in ends]
        start, end = sorted(min(frames - 1, max(0, at)) for at in shifted)
        marked.append({"start_frame": start, "end_frame": end})
    return marked


def _regions(rng: np.random.Generator, true: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """Near the true boxes, corners off by some 2 % of the frame; half of the reviewers draw none."""
    if rng.random() < 0.5:
        return []
    marked = []
    for region in true:
        left, top = region["x"], region["y"]
        corners = np.array([left, top, left + region["width"], top + region["height"]])
        x0, y0, x1, y1 = np.clip(corners + rng.normal(0, 0.02, 4), 0, 1)
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if x1 - x0 < 0.01 or y1 - y0 < 0.01:  # nobody draws a box that cannot be seen
            continue
        box = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
        marked.append(
            {"frame": int(region["frame"]), **{side: round(float(v), 4) for side, v in box.items()}}
        )
    return marked


def _some(rng: np.random.Generator, among: Sequence[str], most: int) -> list[str]:
    size = int(rng.integers(1, min(most, len(among)) + 1))
    return [str(cue) for cue in rng.choice(np.array(among), size=size, replace=False)]


def _sentence(rng: np.random.Generator, among: Sequence[str]) -> str:
    return "" if rng.random() < 0.3 else str(rng.choice(np.array(among)))
