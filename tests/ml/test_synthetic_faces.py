"""Drawn people are people enough: a detector trained on photographs finds their faces, and where they are."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ml.drawn_recipes import ORIGINAL

from clipjury_ml.synthetic.people.head_shape import EYE_Y, NOSE_Y
from clipjury_ml.synthetic.people.identity import make_identity
from clipjury_ml.synthetic.people.performance import perform
from clipjury_ml.synthetic.recipes import SceneName
from clipjury_ml.synthetic.sound.speech import babble
from clipjury_ml.synthetic.takes import Take

faces = pytest.importorskip(
    "clipjury_ml.media.faces", reason="the face detector is not installed: faces NOT checked"
)

CAST: list[tuple[SceneName, int]] = [
    ("newsroom", 21),
    ("street", 32),
    ("park", 43),
    ("podium", 54),
    ("kitchen", 65),
]
FRAMES = (3, 15, 27, 38)


def recompressed(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a quality-80 JPEG leaves of the picture: the detector never sees a drawing fresh from the pen."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_COLOR), dtype=np.uint8)


def test_the_detector_finds_the_face_where_it_was_drawn_in_at_least_seventy_percent_of_frames() -> None:
    found = 0
    for scene, seed in CAST:
        take = Take(replace(ORIGINAL, scene=scene, identity_seed=seed, take_seed=seed, width=640, height=360))
        for index in FRAMES:
            nose = take.point(index, 0.0, NOSE_Y)
            for face in faces.detect_faces(recompressed(take.frame(index))):
                x, y, width, height = face.box_xywh_px
                found += x < nose[0] < x + width and y < nose[1] < y + height and face.confidence > 0.9
    assert found >= 0.7 * len(CAST) * len(FRAMES)


def test_the_detector_sees_the_eyes_where_they_were_drawn() -> None:
    take = Take(replace(ORIGINAL, width=640, height=360))
    face = faces.detect_faces(take.frame(20))[0]
    for row, side in ((0, -1), (1, 1)):
        x, y = take.point(20, side * take.identity.eye_x, EYE_Y)
        assert np.hypot(*(face.landmarks_px[row] - (x, y))) < 0.12 * take.head_px


def test_an_empty_park_has_no_face_in_it() -> None:
    take = Take(replace(ORIGINAL, scene="empty_park", width=640, height=360))
    assert [face for face in faces.detect_faces(take.frame(20)) if face.confidence > 0.9] == []


def test_the_same_seed_is_the_same_person_and_people_differ() -> None:
    assert make_identity(5) == make_identity(5)
    people = [make_identity(seed) for seed in range(60)]
    assert len({(p.hair_style, p.skin, p.hair, p.glasses, p.beard) for p in people}) > 40


def test_the_mouth_opens_with_the_voice_and_shuts_with_it() -> None:
    talk = babble(120.0, 1.0, 250, 25, 3)
    acting = perform(talk, 250, 25, 3)
    loudness = np.sqrt(np.mean(talk.samples[: 250 * 1920].reshape(250, 1920) ** 2, axis=1))
    assert np.corrcoef(acting.jaw, loudness)[0, 1] > 0.5
    assert acting.jaw[loudness < 0.004].max(initial=0.0) < 0.35


def test_people_blink_a_few_times_in_ten_seconds() -> None:
    acting = perform(babble(120.0, 1.0, 250, 25, 4), 250, 25, 4)
    shut = acting.lids < 0.3
    blinks = int(np.sum(shut[1:] & ~shut[:-1]))
    assert 2 <= blinks <= 8
    assert shut.mean() < 0.2
