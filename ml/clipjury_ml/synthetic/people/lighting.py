"""Light on drawn people: one key, the surroundings, a rim from behind, and the tone curve of the camera."""

from dataclasses import dataclass

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Light:
    """Key light (direction towards it: x right, y down, z to the viewer) and surroundings; colours linear, about 1."""

    direction: Triple
    key: Triple
    ambient: Triple
    rim: Triple


def tone(lit: Field) -> Field:
    """Linear light to display 0–1: a soft shoulder keeps lit foreheads from burning out, then gamma 2."""
    squeezed = lit / (1.0 + 0.28 * np.maximum(lit, 0))
    return np.asarray(cv2.sqrt(np.clip(squeezed * np.float32(1.18), 0, 1)), dtype=np.float32)


def matte(normal: Field, light: Light, share: Field) -> Field:
    """Light (height, width, 3) that a matte surface with ``normal`` (3, height, width) sends back before its colour."""
    direction = np.asarray(light.direction) / np.linalg.norm(light.direction)
    lambert = np.maximum(np.tensordot(direction.astype(np.float32), normal, axes=1) * 0.85 + 0.15, 0)
    sky = 0.72 - 0.28 * normal[1]
    key = (lambert * share)[..., None] * np.asarray(light.key, np.float32)
    return np.asarray(
        key + (sky * share)[..., None] * np.asarray(light.ambient, np.float32), dtype=np.float32
    )
