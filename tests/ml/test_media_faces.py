"""The face detector: on real portraits where there are some, and on pictures without a face everywhere."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from clipjury_ml.media.faces import LANDMARKS, detect_faces

BESIDE_THE_REPOSITORY = Path(__file__).resolve().parents[3] / "shared" / "data" / "faces"
PORTRAITS = Path(os.environ.get("CLIPJURY_REAL_FACES", BESIDE_THE_REPOSITORY))
needs_portraits = pytest.mark.skipif(
    not PORTRAITS.is_dir(), reason="NO REAL PORTRAITS HERE: set CLIPJURY_REAL_FACES to a folder of them"
)


def portraits(count: int) -> list[NDArray[np.uint8]]:
    found = sorted(PORTRAITS.glob("*.jpg"))
    chosen = found[:: max(1, len(found) // count)][:count]
    return [np.asarray(Image.open(path).convert("RGB"), np.uint8) for path in chosen]


@needs_portraits
def test_each_portrait_has_one_face_whose_landmarks_lie_where_they_should() -> None:
    for picture in portraits(8):
        faces = detect_faces(picture)
        assert len(faces) == 1
        face = faces[0]
        x, y, width, height = face.box_xywh_px
        assert face.landmarks_px.shape == (len(LANDMARKS), 2)
        assert face.landmarks_px.dtype == np.float32
        inside = (face.landmarks_px - (x, y)) / (width, height)
        assert ((inside > 0) & (inside < 1)).all()
        left_eye, right_eye, nose, mouth_left, mouth_right = face.landmarks_px
        assert left_eye[0] < nose[0] < right_eye[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert face.confidence > 0.9


@needs_portraits
def test_results_are_in_pixels_of_the_picture_handed_in_whatever_its_size() -> None:
    picture = portraits(1)[0]
    large = np.asarray(cv2.resize(picture, (1600, 1600), interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(cv2.resize(picture, (640, 640), interpolation=cv2.INTER_AREA), np.uint8)
    in_large, in_small = detect_faces(large)[0], detect_faces(small)[0]
    assert np.allclose(in_large.landmarks_px / 1600, in_small.landmarks_px / 640, atol=0.02)
    assert np.allclose(np.array(in_large.box_xywh_px) / 1600, np.array(in_small.box_xywh_px) / 640, atol=0.05)


@needs_portraits
def test_the_larger_of_two_sure_faces_comes_first() -> None:
    picture = portraits(1)[0]
    sheet = np.full((600, 1000, 3), 128, np.uint8)
    sheet[50:250, 50:250] = cv2.resize(picture, (200, 200), interpolation=cv2.INTER_AREA)
    sheet[50:550, 400:900] = cv2.resize(picture, (500, 500), interpolation=cv2.INTER_AREA)
    faces = detect_faces(sheet)
    assert len(faces) == 2
    assert faces[0].box_xywh_px[2] > faces[1].box_xywh_px[2]
    assert faces[0].box_xywh_px[0] > 400


@needs_portraits
def test_threads_do_not_disturb_one_another() -> None:
    pictures = portraits(4)
    alone = [detect_faces(picture)[0].landmarks_px for picture in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = [faces[0].landmarks_px for faces in pool.map(detect_faces, pictures)]
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


@pytest.mark.parametrize("size", [(1, 1), (11, 300), (480, 640), (2000, 100)])
def test_where_there_is_no_face_none_is_found(size: tuple[int, int]) -> None:
    for picture in (
        np.zeros((*size, 3)),
        np.full((*size, 3), 255),
        np.indices(size)[..., None].sum(0) * np.ones(3),
    ):
        assert detect_faces(picture.astype(np.uint8)) == []


@pytest.mark.parametrize(
    "wrong", [np.zeros((10, 10), np.uint8), np.zeros((10, 10, 3)), np.zeros((10, 10, 4), np.uint8)]
)
def test_what_is_not_an_rgb_picture_is_refused(wrong: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        detect_faces(wrong)
