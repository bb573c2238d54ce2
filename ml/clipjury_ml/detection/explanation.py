"""What moved a face-swap score: the most suspicious frames, each beside where the mask head sees a paste."""

from __future__ import annotations

import base64
import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from clipjury_ml.detection.detect import Examination
    from clipjury_ml.detection.face_swap import FaceSwapDetector
    from clipjury_ml.detection.protocol import Score
    from clipjury_ml.media.results import SampledFrames

Image = NDArray[np.uint8]
ABSTENTIONS = {
    "no_face": "No face was found in the sampled frames, so there is nothing this detector can judge.",
    "face_too_small": "The faces are too small to be judged.",
    "too_few_frames_with_a_face": "A face was found in one sampled frame only; that is too little for a video.",
    "too_few_frames": "The clip has fewer frames than the detector looks at together.",
    "still_picture": "This is a still picture, and this detector was made for videos.",
    "facts_only": "This detector reports what it finds, and never gives a score.",
    "no_sound": "The clip has no sound, or next to none.",
    "no_speech": "The sound does not rise and fall as speech does.",
    "no_talking_face": "No face in the clip moves its mouth enough to be talking.",
    "several_talking_faces": "Several faces move their mouths at once, and this detector cannot tell who is heard.",
    "too_short": "A talking face is seen and heard for too short a time.",
}
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "figure{margin:1.5rem 0}img{width:224px;height:224px;margin-right:8px}dt{font-weight:600}"
    ".note{border-left:4px solid #b45309;padding-left:1rem}"
)


@dataclass(frozen=True, eq=False)
class FrameExplanation:
    """One of the frames that the score rests on: its most suspicious face and, cell by cell, how pasted it looks.

    crop is (size, size, 3) uint8 RGB; heat (size/16, size/16) holds 0…1.
    """

    frame_index: int
    time_s: float
    frame_score: float
    crop: Image
    heat: NDArray[np.float64]


def explain_score(detector: FaceSwapDetector, frames: SampledFrames, score: Score) -> list[FrameExplanation]:
    """The most suspicious frames, the worst first; empty for an abstention."""
    if not score.in_domain:
        return []
    answered = [(value, n) for n, value in enumerate(score.frame_scores) if value is not None]
    top = sorted(answered, key=lambda pair: (-pair[0], pair[1]))[: detector.manifest.top_k]
    explanations = []
    for value, number in top:
        crops = detector.crop(frames.rgb[number]).crops
        worst = crops[int(np.argmax(detector.logits_of(crops)))]
        explanations.append(
            FrameExplanation(
                frames.frame_indices[number], frames.times_s[number], value, worst, detector.heat_map(worst)
            )
        )
    return explanations


def overlay(crop: Image, heat: NDArray[np.float64]) -> Image:
    """crop (size, size, 3) with heat (k, k) in colour over it: the clearer the colour, the more pasted it looks."""
    size = crop.shape[0]
    smooth = np.clip(cv2.resize(heat.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC), 0, 1)
    colour = cv2.applyColorMap((np.asarray(smooth) * 255).astype(np.uint8), cv2.COLORMAP_INFERNO)[..., ::-1]
    weight = 0.65 * np.asarray(smooth)[..., None]
    return np.asarray(crop * (1 - weight) + colour * weight, dtype=np.uint8)


def write_page(examination: Examination, explanations: list[FrameExplanation], folder: Path) -> Path:
    """One self-contained page for one file, named by the file and its hash; returns its path."""
    found = examination.detection
    name = f"{Path(found.path).stem}-{(found.sha256 or 'unread')[:12]}.html"
    part = folder / (name + ".part")
    part.write_text(_page(examination, explanations), encoding="utf-8")
    return part.replace(folder / name)


def _page(examination: Examination, explanations: list[FrameExplanation]) -> str:
    found = examination.detection
    title = html.escape(Path(found.path).name)
    body = [f"<h1>{title}</h1>", f'<p class="note">{_verdict(examination)}</p>']
    if explanations:
        body.append(
            "<p>These are the most suspicious of the sampled frames. Bright cells "
            "are where the detector sees a pasted face. They show what moved the score, not that it is right.</p>"
        )
    body += [_figure(explanation) for explanation in explanations]
    body.append(
        f"<dl><dt>Detector</dt><dd>{html.escape(found.detector)}, version {html.escape(found.version)}</dd>"
        f"<dt>SHA-256 of the file</dt><dd>{found.sha256 or 'unread'}</dd>"
        f"<dt>Frames used</dt><dd>{found.frames_used}</dd></dl>"
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _verdict(examination: Examination) -> str:
    found, score = examination.detection, examination.score
    if found.error is not None:
        return f"This file could not be judged. {html.escape(found.error)}"
    if found.p_manipulated is None:
        return ABSTENTIONS[score.abstention] if score and score.abstention else "The detector abstained."
    note = (
        ""
        if found.calibrated
        else " This figure only ranks: it is not calibrated and must not be read as odds."
    )
    return f"Score {found.p_manipulated:.3f}.{note}"


def _figure(explanation: FrameExplanation) -> str:
    when = (
        f"Frame {explanation.frame_index}, at {explanation.time_s:.2f} s: score {explanation.frame_score:.3f}"
    )
    seen = _image(explanation.crop, f"Face in frame {explanation.frame_index}")
    heat = _image(
        overlay(explanation.crop, explanation.heat),
        f"Suspicious area of the face in frame {explanation.frame_index}",
    )
    return f"<figure>{seen}{heat}<figcaption>{when}</figcaption></figure>"


def _image(image: Image, alternative: str) -> str:
    good, coded = cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, 90])
    if not good:
        raise ValueError("OpenCV could not encode a JPEG of this crop")
    return (
        f'<img alt="{alternative}" src="data:image/jpeg;base64,{base64.b64encode(coded.tobytes()).decode()}">'
    )
