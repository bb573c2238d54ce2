"""Measurable conditions of a file, for per-condition tables and the confound probe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from clipjury_ml.detection.detect import Examination
    from clipjury_ml.media.results import ProbeResult


def measure_conditions(path: Path, examination: Examination) -> dict[str, float]:
    """File size, picture size, bits a second and a pixel, sharpness, face size; what cannot be measured is left out."""
    if examination.detection.error is not None:
        return {}
    conditions = {"file_bytes": float(path.stat().st_size)}
    try:
        conditions |= _of_stream(path, operations.probe(path))
    except MediaError:
        return conditions
    if examination.frames is not None:
        conditions["sharpness"] = sharpness(examination.frames.rgb)
    if examination.score is not None and examination.score.face_px is not None:
        conditions["face_px"] = examination.score.face_px
    return conditions


def _of_stream(path: Path, found: ProbeResult) -> dict[str, float]:
    probe = found.probe
    pixels = float(probe.width * probe.height)
    bits = path.stat().st_size * 8.0
    measured = {"pixels": pixels, "bits_per_pixel": bits / (pixels * max(1, probe.frames))}
    if probe.duration_s:
        measured["bits_per_second"] = bits / probe.duration_s
    return measured


def sharpness(rgb: NDArray[np.uint8]) -> float:
    """Mean over frames (n, h, w, 3) of the variance of the Laplacian, each first brought to 512 px."""
    values = []
    for image in rgb:
        scale = 512 / max(image.shape[:2])
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        values.append(float(cv2.Laplacian(grey, cv2.CV_64F).var()))
    return float(np.mean(values))
