"""A detector with random weights in a folder of its own, drawn faces, and a face finder that knows where they are."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file

from clipjury_ml.detection.lite0 import Lite0FaceSwap
from clipjury_ml.media.faces import Face

Image = NDArray[np.uint8]


def write_detector(folder: Path, name: str = "random-lite0", **changes: Any) -> Path:
    """Write model.json and random weights (seed 0) into folder/name; changes overwrite manifest fields."""
    home = folder / name
    home.mkdir(parents=True)
    torch.manual_seed(0)
    weights = {k: v.half() for k, v in Lite0FaceSwap().state_dict().items() if "num_batches" not in k}
    save_file(weights, home / "weights.safetensors")
    digest = hashlib.sha256((home / "weights.safetensors").read_bytes()).hexdigest()
    manifest = {
        "id": name,
        "version": "0",
        "architecture": "lite0-face-swap",
        "weights": "weights.safetensors",
        "sha256": digest,
        "licence": "Apache-2.0",
        "data_licences": ["none: random weights"],
        "modality": "face",
        "input": {"kind": "face_crop", "size_px": 192, "margin": 1.3, "frames": 12},
        "output": {"kind": "logit"},
        "aggregation": "topk_mean",
        "top_k": 2,
        "thresholds": {},
        "counted_for": ["video"],
        "min_face_px": 80,
        "calibration": {"method": "none", "fitted_on": None},
    }
    (home / "model.json").write_text(json.dumps(manifest | changes), encoding="utf-8")
    return home


def draw_face(size_px: int, seed: int, face_share: float = 0.5) -> Image:
    """A cartoon face in the middle of a noisy square (size, size, 3); its box's longer side is face_share of it."""
    rng = np.random.default_rng(seed)
    canvas = rng.integers(90, 150, (size_px, size_px, 3)).astype(np.uint8)
    centre, reach = size_px // 2, int(size_px * face_share / 2)
    skin = tuple(int(c) for c in rng.integers(150, 230, 3))
    cv2.ellipse(canvas, (centre, centre), (int(reach * 0.75), reach), 0, 0, 360, skin, -1)
    for side in (-1, 1):
        cv2.circle(
            canvas, (centre + side * reach // 3, centre - reach // 4), max(1, reach // 8), (40, 30, 30), -1
        )
    cv2.ellipse(canvas, (centre, centre + reach // 2), (reach // 3, reach // 8), 0, 0, 180, (120, 40, 40), -1)
    return canvas


def centred_face(share: float) -> Any:
    """A face finder that reports one confident face of share × the picture's side in its middle."""

    def find(image: Image) -> list[Face]:
        height, width = image.shape[:2]
        side = min(height, width) * share
        box = (width / 2 - side * 0.375, height / 2 - side / 2, side * 0.75, side)
        return [Face(box, np.zeros((5, 2), np.float32), 0.99)]

    return find


def no_face(image: Image) -> list[Face]:
    """A face finder that finds nothing."""
    return []


def draw_portrait(size_px: int, seed: int = 0) -> Image:
    """A softly shaded face that the real face finder takes for one; (size, size, 3)."""
    rng = np.random.default_rng(seed)
    unit = 400
    canvas = np.full((unit, unit, 3), rng.integers(60, 110, 3), np.float32)
    skin = np.array([224, 172, 140], np.float32) + rng.uniform(-12, 12, 3)
    dark = (52, 36, 30)
    cv2.ellipse(canvas, (200, 185), (112, 140), 0, 0, 360, dark, -1)  # hair
    cv2.ellipse(canvas, (200, 400), (160, 90), 0, 0, 360, (70, 80, 120), -1)  # shoulders
    cv2.ellipse(canvas, (200, 310), (45, 60), 0, 0, 360, tuple(skin * 0.8), -1)  # neck
    cv2.ellipse(canvas, (200, 210), (88, 118), 0, 0, 360, tuple(skin), -1)
    for side in (-1, 1):
        eye = (200 + side * 36, 190)
        cv2.ellipse(canvas, eye, (25, 16), 0, 0, 360, tuple(skin * 0.78), -1)
        cv2.ellipse(canvas, eye, (17, 8), 0, 0, 360, (235, 232, 228), -1)
        cv2.circle(canvas, eye, 8, (60, 40, 25), -1)
        cv2.ellipse(canvas, (200 + side * 36, 168), (24, 7), 0, 180, 360, dark, 6)
        cv2.ellipse(canvas, (200 + side * 11, 243), (7, 5), 0, 0, 360, tuple(skin * 0.6), -1)
    cv2.line(canvas, (195, 195), (186, 236), tuple(skin * 0.85), 6)
    cv2.ellipse(canvas, (200, 281), (34, 11), 0, 0, 360, (165, 82, 80), -1)
    cv2.line(canvas, (168, 280), (232, 280), (95, 40, 42), 3)
    shade = np.clip(1.1 - np.abs(np.arange(unit) - 180) / 500, 0.6, 1.1)[None, :, None]
    soft = cv2.GaussianBlur(canvas * shade, (0, 0), 3.0) + rng.normal(0, 2.0, (unit, unit, 1))
    small = cv2.resize(
        np.clip(soft, 0, 255).astype(np.uint8), (size_px, size_px), interpolation=cv2.INTER_AREA
    )
    return np.asarray(small, dtype=np.uint8)
