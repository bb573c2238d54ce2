"""From a frame to square face crops, framed as the training crops were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.faces import Face
from clipjury_ml.media.squares import crop_square, cut_square

Image = NDArray[np.uint8]
FindFaces = Callable[[Image], list[Face]]

MIN_CONFIDENCE = 0.9
MOST_FACES = 3


@dataclass(frozen=True, eq=False)
class FaceCrops:
    """The faces of one frame: crops (k, size, size, 3) uint8, boxes of their squares (k, 4) x, y, side, side px.

    found counts every confident face, also those too small to be cropped.
    """

    crops: Image
    squares_px: NDArray[np.float32]
    found: int


def crop_faces(
    image: Image, find_faces: FindFaces, size_px: int, margin: float, min_face_px: int
) -> FaceCrops:
    """Crop the largest faces of image (h, w, 3), at most three, none whose box's longer side is below min_face_px."""
    faces = [face for face in find_faces(image) if face.confidence >= MIN_CONFIDENCE]
    large = [face for face in faces if max(face.box_xywh_px[2:]) >= min_face_px]
    large.sort(key=lambda face: (-max(face.box_xywh_px[2:]), face.box_xywh_px[0]))
    squares = [crop_square(face.box_xywh_px, margin) for face in large[:MOST_FACES]]
    crops = [cut_square(image, *square, size_px) for square in squares]
    return FaceCrops(
        np.stack(crops) if crops else np.zeros((0, size_px, size_px, 3), np.uint8),
        np.array([(x, y, side, side) for x, y, side in squares], np.float32).reshape(-1, 4),
        len(faces),
    )
