"""A file's page: what moved its score, on one time axis with what other detectors found, all of it in words."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.abstention_words import ABSTENTIONS
from clipjury_ml.detection.explanation_chart import CHART_STYLE, ScoredMoment, draw_time_axis

if TYPE_CHECKING:
    from clipjury_ml.detection.detect import Examination
    from clipjury_ml.detection.face_swap import FaceSwapDetector
    from clipjury_ml.detection.protocol import Finding, Score
    from clipjury_ml.media.results import SampledFrames

Image = NDArray[np.uint8]
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{overflow-wrap:anywhere}figure{margin:1.5rem 0}"
    "img{width:min(224px,45%);margin-right:8px}dt{font-weight:600}dd{overflow-wrap:anywhere}"
    "small{display:block;color:#52525b}li{margin:.5rem 0}"
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


def write_page(
    examination: Examination,
    explanations: list[FrameExplanation],
    folder: Path,
    findings: Mapping[str, Sequence[Finding]] | None = None,
) -> Path:
    """One self-contained page for one file, named by the file and its hash; returns its path.

    findings are other detectors' by their id; those of the examination itself are added.
    """
    found = examination.detection
    name = f"{Path(found.path).stem}-{(found.sha256 or 'unread')[:12]}.html"
    told = {found.detector: found.findings, **(findings or {})}
    part = folder / (name + ".part")
    part.write_text(_page(examination, explanations, told), encoding="utf-8")
    return part.replace(folder / name)


def _page(
    examination: Examination,
    explanations: list[FrameExplanation],
    findings: Mapping[str, Sequence[Finding]],
) -> str:
    title = html.escape(Path(examination.detection.path).name)
    body = [f"<h1>{title}</h1>", f'<p class="note">{_verdict(examination)}</p>']
    axis = draw_time_axis(
        _moments(examination, explanations), [each for found in findings.values() for each in found]
    )
    if axis:
        body.append(f"<h2>Over time</h2>{axis}")
    if explanations:
        body.append(
            "<h2>What moved the score</h2><p>These are the most suspicious of the sampled frames. Bright cells "
            "are where the detector sees a pasted face. They show what moved the score, not that it is right.</p>"
        )
    body += [_figure(explanation) for explanation in explanations]
    body += [_told(detector, found) for detector, found in findings.items() if found]
    body.append(_facts(examination))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}{CHART_STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _moments(examination: Examination, explanations: list[FrameExplanation]) -> list[ScoredMoment]:
    """Every sampled frame of a video; a still picture has no time axis."""
    frames, score = examination.frames, examination.score
    if frames is None or score is None or len(frames.times_s) < 2:
        return []
    if all(value is None for value in score.frame_scores):
        return []
    shown = {explanation.frame_index for explanation in explanations}
    places = zip(frames.frame_indices, frames.times_s, score.frame_scores, strict=True)
    return [ScoredMoment(frame, time_s, value, frame in shown) for frame, time_s, value in places]


def _told(detector: str, findings: Sequence[Finding]) -> str:
    """What one detector found, in words; a finding is a reason to look, never a verdict."""
    rows = []
    for finding in findings:
        when = ""
        if finding.start_s is not None:
            end_s = finding.start_s if finding.end_s is None else finding.end_s
            till = f"–{end_s:.2f}" if end_s > finding.start_s else ""
            when = f"<strong>{finding.start_s:.2f}{till} s</strong> "
        worth = f"<small>{finding.strength}; {html.escape(finding.basis)}</small>"
        rows.append(f"<li>{when}{html.escape(finding.words)} {worth}</li>")
    return f"<h2>{html.escape(detector)} found</h2><ul>{''.join(rows)}</ul>"


def _facts(examination: Examination) -> str:
    found, score = examination.detection, examination.score
    rows = [
        ("Detector", f"{html.escape(found.detector)}, version {html.escape(found.version)}"),
        ("SHA-256 of the file", found.sha256 or "unread"),
        ("Frames used", str(found.frames_used)),
    ]
    if score is not None and score.face_px is not None:
        rows.append(("Faces", f"{found.faces}, {score.face_px:.0f} px on their longer side in the median"))
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{words}</dd>' for name, words in rows)}</dl>"


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
