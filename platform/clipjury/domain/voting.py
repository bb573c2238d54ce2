"""What makes a vote acceptable: the lease it comes under, and the ballot's own words."""

import hashlib
import json
import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypedDict

from clipjury.domain.clip_states import ClipState, collects_votes
from clipjury.domain.errors import FieldError
from clipjury.domain.vocabulary import CUE_IDS, KIND_IDS

LeaseState = Literal["live", "voted", "skipped", "expired", "withdrawn"]
Action = Literal["accept", "return_stored", "refuse"]
Code = Literal["vote_sealed", "lease_expired", "lease_not_found", "lease_skipped", "lease_withdrawn"]

LABELS: Final = ("authentic", "manipulated", "unsure")
LEANS: Final = ("authentic", "manipulated")
MAX_RATIONALE_CHARACTERS: Final = 2000
MAX_SEGMENTS: Final = 50
MAX_REGIONS: Final = 200
_SIDES: Final[tuple[Literal["x", "y", "width", "height"], ...]] = ("x", "y", "width", "height")
_EDGE_TOLERANCE: Final = 1e-6  # x + width of a box dragged to the edge may exceed 1 by a rounding


class Segment(TypedDict):
    """A time range of the preview, both frames included."""

    start_frame: int
    end_frame: int


class Region(TypedDict):
    """A box on one frame, as fractions of the displayed (rotated) frame."""

    frame: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class VoteDecision:
    """Accept, give the stored vote again, or refuse with a stable code and a sentence for the reviewer."""

    action: Action
    code: Code | None = None
    detail: str = ""


_NOT_FOUND = VoteDecision("refuse", "lease_not_found", "There is no such assignment of yours.")
_SEALED = VoteDecision(
    "refuse", "vote_sealed", "Your vote on this clip is sealed and differs from this one; it stays as it was."
)
_SKIPPED = VoteDecision("refuse", "lease_skipped", "You skipped this clip; ask for the next one.")
_EXPIRED = VoteDecision(
    "refuse",
    "lease_expired",
    "Your time for this clip ran out, so it went back to the queue; ask for the next.",
)
LEASE_WITHDRAWN: Final = (
    "This clip was taken out of review while you held it. You did nothing wrong, and nothing is held against you; "
    "ask for the next one."
)
_WITHDRAWN = VoteDecision("refuse", "lease_withdrawn", LEASE_WITHDRAWN)
_EXPOSED = VoteDecision(
    "refuse",
    "lease_expired",
    "You have seen results of this clip meanwhile, so your vote on it cannot count.",
)


def decide_vote(
    lease_state: LeaseState | None,
    lease_expired: bool,
    holder_matches: bool,
    existing_body_hash: str | None,
    body_hash: str,
    clip_state: ClipState,
    exposed: bool,
    withheld: bool = False,
) -> VoteDecision:
    """Whether a ballot under this lease is taken.

    lease_state None: no such lease; another person's lease is answered alike, so that ids cannot be probed.
    existing_body_hash: of the vote already cast under the lease. A repeated request gets its stored vote even
    after the lease's end and after the clip's: the reviewer's browser may have missed the first answer.
    withheld: the clip is in quarantine.
    """
    if lease_state is None or not holder_matches:
        return _NOT_FOUND
    if existing_body_hash is not None:
        return VoteDecision("return_stored") if existing_body_hash == body_hash else _SEALED
    if lease_state == "skipped":
        return _SKIPPED
    if lease_state == "withdrawn" or (lease_state == "live" and withheld):
        return _WITHDRAWN
    if lease_state != "live" or lease_expired or not collects_votes(clip_state):
        return _EXPIRED
    if exposed:
        return _EXPOSED
    return VoteDecision("accept")


def validate_ballot(
    *,
    label: str,
    confidence: float | None,
    lean: str | None,
    kinds: Sequence[str],
    segments: Sequence[Segment],
    regions: Sequence[Region],
    cues: Sequence[str],
    rationale: str,
    frames: int,
    kind_of_clip: Literal["video", "image"],
) -> list[FieldError]:
    """Everything that is wrong with a ballot, empty when it may be cast.

    frames is the number of frames of the preview; an image has frame 0 alone. Shapes and types are the
    parser's business, meaning is judged here.
    """
    last_frame = 0 if kind_of_clip == "image" else frames - 1
    return [
        *_label_errors(label, lean),
        *_confidence_errors(label, confidence, lean),
        *_kind_errors(label, lean, kinds),
        *_segment_errors(segments, last_frame),
        *_region_errors(regions, last_frame),
        *_listed_errors("cues", cues, CUE_IDS, "cue"),
        *_rationale_errors(rationale),
    ]


def _label_errors(label: str, lean: str | None) -> list[FieldError]:
    errors = []
    if label not in LABELS:
        errors.append(FieldError("label", "The label must be authentic, manipulated or unsure."))
    if lean is not None and lean not in LEANS:
        errors.append(FieldError("lean", "A lean must be authentic or manipulated."))
    elif lean is not None and label != "unsure":
        errors.append(FieldError("lean", "Only an unsure vote can lean; leave it out."))
    return errors


def _confidence_errors(label: str, confidence: float | None, lean: str | None) -> list[FieldError]:
    if confidence is None:
        if label == "unsure":
            return []
        return [FieldError("confidence", "Say how sure you are, from 0.5 (a guess) to 1 (certain).")]
    if not 0.5 <= confidence <= 1.0:
        return [FieldError("confidence", "Confidence must lie between 0.5 (a guess) and 1 (certain).")]
    if label == "unsure" and lean is None:
        return [FieldError("confidence", "An unsure vote has a confidence only with the side it leans to.")]
    return []


def _kind_errors(label: str, lean: str | None, kinds: Sequence[str]) -> list[FieldError]:
    if not kinds:
        return []
    if not (label == "manipulated" or (label == "unsure" and lean == "manipulated")):
        return [
            FieldError("kinds", "Name a kind of manipulation only when you vote, or lean to, manipulated.")
        ]
    return _listed_errors("kinds", kinds, KIND_IDS, "kind")


def _listed_errors(field: str, given: Sequence[str], known: Collection[str], word: str) -> list[FieldError]:
    return [
        FieldError(f"{field}[{i}]", f"Unknown {word} {name[:60]!r}; GET /vocabulary lists them.")
        for i, name in enumerate(given)
        if name not in known
    ]


def _segment_errors(segments: Sequence[Segment], last_frame: int) -> list[FieldError]:
    if len(segments) > MAX_SEGMENTS:
        return [FieldError("segments", f"At most {MAX_SEGMENTS} time ranges can be marked.")]
    errors = []
    for i, segment in enumerate(segments):
        if segment["start_frame"] > segment["end_frame"]:
            errors.append(FieldError(f"segments[{i}]", "A time range must not end before it starts."))
        elif segment["start_frame"] < 0 or segment["end_frame"] > last_frame:
            errors.append(
                FieldError(f"segments[{i}]", f"A time range must lie within frames 0 to {last_frame}.")
            )
    return errors


def _region_errors(regions: Sequence[Region], last_frame: int) -> list[FieldError]:
    if len(regions) > MAX_REGIONS:
        return [FieldError("regions", f"At most {MAX_REGIONS} regions can be marked.")]
    errors = []
    for i, region in enumerate(regions):
        if not 0 <= region["frame"] <= last_frame:
            errors.append(FieldError(f"regions[{i}]", f"A region's frame must lie within 0 to {last_frame}."))
        if not _is_inside(region["x"], region["width"]) or not _is_inside(region["y"], region["height"]):
            errors.append(
                FieldError(
                    f"regions[{i}]",
                    "A region needs a size, and must lie inside the frame: x, y, width and height are fractions of it.",
                )
            )
    return errors


def _is_inside(start: float, length: float) -> bool:
    return start >= 0.0 and length > 0.0 and start + length <= 1.0 + _EDGE_TOLERANCE


def _rationale_errors(rationale: str) -> list[FieldError]:
    if len(rationale) <= MAX_RATIONALE_CHARACTERS:
        return []
    return [FieldError("rationale", f"Keep the reason to {MAX_RATIONALE_CHARACTERS} characters.")]


def body_hash(
    *,
    label: str,
    confidence: float | None,
    lean: str | None,
    kinds: Sequence[str],
    segments: Sequence[Segment],
    regions: Sequence[Region],
    cues: Sequence[str],
    rationale: str,
) -> str:
    """SHA-256 (hex) of the ballot's meaning: order and repetition inside the lists, and 1 or 1.0, are one.

    Raises ValueError for a number that is not finite.
    """
    body = {
        "label": label,
        "confidence": None if confidence is None else float(confidence),
        "lean": lean,
        "kinds": sorted(set(kinds)),
        "segments": sorted({(int(s["start_frame"]), int(s["end_frame"])) for s in segments}),
        "regions": sorted({_region_key(r) for r in regions}),
        "cues": sorted(set(cues)),
        "rationale": rationale,
    }
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _region_key(region: Region) -> tuple[int, float, float, float, float]:
    x, y, width, height = (float(region[side]) + 0.0 for side in _SIDES)  # -0.0 and 0.0 are one place
    if not all(math.isfinite(v) for v in (x, y, width, height)):
        raise ValueError("a region's fractions must be finite numbers")
    return int(region["frame"]), x, y, width, height
