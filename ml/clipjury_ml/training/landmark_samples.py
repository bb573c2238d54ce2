"""Face crops with points to train the landmark regressor on: turned, scaled, lit, blurred and compressed at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.landmarks.network import CROP_PX
from clipjury_ml.detection.landmarks.points import MESH, mirror_order
from clipjury_ml.training.alignment import Points
from clipjury_ml.training.degradation import add_noise, blur, rescale
from clipjury_ml.training.face_regions import hull_box
from clipjury_ml.training.mouth_opening import change_mouth, choose_mouth
from clipjury_ml.training.pairs import Portrait

Image = NDArray[np.uint8]

STORED_PX = 240
MARGIN = 1.3  # as `crop_square` cuts faces at run time
_MIRROR = mirror_order()


@dataclass(frozen=True, eq=False)
class Face:
    """A grey canvas (STORED_PX, STORED_PX) and the regressor's points (COUNT, 2) on it, px."""

    image: Image
    points: Points


def faces_of(portrait: Portrait, mouths: int, rng: np.random.Generator) -> list[Face]:
    """The portrait as it is, and `mouths` times with another mouth."""
    grey = cv2.cvtColor(portrait.image, cv2.COLOR_RGB2GRAY)
    small = np.asarray(cv2.resize(grey, (STORED_PX, STORED_PX), interpolation=cv2.INTER_AREA), np.uint8)
    landmarks = (portrait.landmarks * (STORED_PX / portrait.image.shape[0])).astype(np.float32)
    looks = [(small, landmarks)]
    looks += [change_mouth(small, landmarks, choose_mouth(rng), rng) for _ in range(mouths)]
    return [Face(image, points[list(MESH)]) for image, points in looks]


def crop_face(face: Face, rng: np.random.Generator) -> tuple[Image, Points]:
    """One crop (96, 96) and its points (COUNT, 2) in sides of the crop, 0 at its middle.

    The square is as far off the hull as a face finder's boxes are and more: shifted by up to a tenth, scaled
    .85–1.25, turned by 12° as a rule, squeezed as by turning the head; half of the crops are mirrored.
    """
    x, y, side = hull_box(face.points)
    side *= MARGIN * rng.uniform(0.85, 1.25)
    x, y = x + rng.normal(0, 0.04) * side, y + rng.normal(0, 0.04) * side
    turn, squeeze = np.radians(np.clip(rng.normal(0, 12), -35, 35)), rng.uniform(0.8, 1.08)
    scale = CROP_PX / side
    matrix = scale * np.array(
        [[squeeze * np.cos(turn), -squeeze * np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    if rng.random() < 0.5:
        matrix[0] *= -1
    shift = np.array([CROP_PX / 2, CROP_PX / 2]) - matrix @ (x, y)
    crop = cv2.warpAffine(
        face.image, np.column_stack([matrix, shift]), (CROP_PX, CROP_PX), borderMode=cv2.BORDER_REFLECT_101
    )
    points = (face.points @ matrix.T + shift) / CROP_PX - 0.5
    if matrix[0, 0] < 0:
        points = points[_MIRROR]
    return spoil(np.asarray(crop, np.uint8), rng), points.astype(np.float32)


def spoil(crop: Image, rng: np.random.Generator) -> Image:
    """What light, lens, distance, codec and hands do to a grey crop (h, w)."""
    size = crop.shape[0]
    ramp = np.linspace(-1, 1, size, dtype=np.float32)
    slope = np.cos(angle := rng.uniform(0, 2 * np.pi)) * ramp[None, :] + np.sin(angle) * ramp[:, None]
    pixels = 255 * (crop.astype(np.float32) / 255) ** float(np.exp(rng.normal(0, 0.3)))
    pixels = (
        128 + (pixels * (1 + 0.4 * rng.normal() * slope) - 128) * rng.uniform(0.5, 1.3) + rng.normal(0, 15)
    )
    image: Image = np.clip(pixels, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        image = rescale(image, rng.uniform(0.25, 0.9))
    if rng.random() < 0.3:
        image = blur(image, rng.uniform(0.4, 1.8))
    if rng.random() < 0.4:
        image = add_noise(image, rng, rng.uniform(1, 12), rng.uniform(0, 1.2))
    if rng.random() < 0.5:
        _, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 90))])
        image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8)
    if rng.random() < 0.1:
        left, top = rng.integers(0, size, 2)
        image[top : top + int(rng.integers(8, 40)), left : left + int(rng.integers(8, 40))] = rng.integers(
            0, 256
        )
    return image


def crop_batch(faces: Sequence[Face], count: int, rng: np.random.Generator) -> tuple[Image, Points]:
    """count crops of faces drawn at random: (count, 96, 96) and (count, COUNT, 2)."""
    made = [crop_face(faces[int(n)], rng) for n in rng.integers(len(faces), size=count)]
    return np.stack([crop for crop, _ in made]), np.stack([points for _, points in made])
