"""The score of a clip by the faces of its frames, whatever looked at them: a network, or trees. Without torch."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.crops import FaceCrops
from clipjury_ml.detection.logits import aggregate, sigmoid
from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.detection.protocol import Abstention, Score
from clipjury_ml.media.squares import HULL_PER_BOX

Floats = NDArray[np.float64]
FEWEST_FRAMES = 2  # of a video: one stray detection is no clip of a face


def score_faces(
    manifest: ModelManifest, cropped: Sequence[FaceCrops], face_logits: Floats, started_s: float
) -> Score:
    """Each frame by its most suspicious face, the clip by its frames; face_logits (k,) in the crops' order.

    started_s is time.perf_counter() of when the frames were taken up.
    """
    abstention = why_abstain(cropped, manifest.judges)
    logits = frame_logits(cropped, face_logits)
    answered = [logit for logit in logits if logit is not None]
    suspicion = None if abstention else aggregate(answered, manifest.aggregation, manifest.top_k)
    return Score(
        p_manipulated=None if suspicion is None else sigmoid(suspicion),
        in_domain=abstention is None,
        calibrated=manifest.calibration.method != "none",
        frames_used=len(answered),
        faces=sum(len(c.crops) for c in cropped),
        seconds=time.perf_counter() - started_s,
        frame_scores=tuple(None if logit is None else sigmoid(logit) for logit in logits),
        abstention=abstention,
        face_px=median_face_px(cropped, manifest.input.margin),
    )


def frame_logits(cropped: Sequence[FaceCrops], logits: Floats) -> list[float | None]:
    """Each frame's highest face logit, None for a frame without a crop; logits (k,) in the crops' order."""
    ends = np.cumsum([len(c.crops) for c in cropped])
    parts = np.split(logits, ends[:-1])
    return [float(part.max()) if len(part) else None for part in parts]


def median_face_px(cropped: Sequence[FaceCrops], margin: float) -> float | None:
    """The median longer side in px of the scored faces' boxes, None without any."""
    sides = np.concatenate([c.squares_px[:, 2] for c in cropped])
    return float(np.median(sides) / (HULL_PER_BOX * margin)) if len(sides) else None


def why_abstain(cropped: Sequence[FaceCrops], judges: tuple[str, ...]) -> Abstention | None:
    """Why these frames cannot be scored, None where they can; one frame alone is a still."""
    if len(cropped) == 1 and "image" not in judges:
        return "still_picture"
    scored = sum(bool(len(c.crops)) for c in cropped)
    if not scored:
        return "face_too_small" if any(c.found for c in cropped) else "no_face"
    if scored < min(FEWEST_FRAMES, len(cropped)):
        return "too_few_frames_with_a_face"
    return None
