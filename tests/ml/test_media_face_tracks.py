"""Faces are followed where they were drawn; cuts end tracks; files that break off give what they have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.factories.edited_clips import scene
from tests.factories.face_files import write_landscape, write_portrait, write_video
from tests.ml.bad_files import BAD_FILES, BadFile, moov_missing
from tests.ml.drawn_recipes import ORIGINAL
from tests.ml.good_files import RECIPES, Recipe, make_clip

from clipjury_ml.media import face_tracks, operations
from clipjury_ml.media.cuts import CutFinder
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.face_flow import follow, overlap
from clipjury_ml.media.results import FaceTrack, FaceTracks
from clipjury_ml.synthetic.people.head_shape import MOUTH_Y, NOSE_Y
from clipjury_ml.synthetic.takes import Take

FRAMES = 60
FPS = 25


def take(scene_name: str, seed: int) -> Take:
    return Take(
        replace(
            ORIGINAL,
            scene=scene_name,
            identity_seed=seed,
            take_seed=seed,
            width=640,
            height=360,
            frames=FRAMES,
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tracks")


@pytest.fixture(scope="module")
def walker() -> Take:
    return take("park", 43)


@pytest.fixture(scope="module")
def pictures(walker: Take) -> list[NDArray[np.uint8]]:
    return [walker.frame(index) for index in range(FRAMES)]


@pytest.fixture(scope="module")
def clip(folder: Path, pictures: list[NDArray[np.uint8]]) -> Path:
    return write_video(folder / "walker.mp4", pictures, FPS)


@pytest.fixture(scope="module")
def found(folder: Path, clip: Path) -> FaceTracks:
    return operations.face_tracks(clip, folder, 64)


def off_the_face(track: FaceTrack, drawn: Take, first: int = 0) -> NDArray[np.float64]:
    """Distance of each box's middle to where the middle of the face was drawn, over the box's longer side."""
    middles = track.boxes_xywh_px[:, :2] + track.boxes_xywh_px[:, 2:] / 2
    truth = np.array([drawn.point(int(number) - first, 0.0, NOSE_Y - 0.1) for number in track.frames])
    return np.linalg.norm(middles - truth, axis=1) / track.boxes_xywh_px[:, 2:].max(axis=1)


def test_a_drawn_face_is_one_track_whose_boxes_lie_where_it_was_drawn(
    found: FaceTracks, walker: Take
) -> None:
    (track,) = found.tracks
    assert (found.width, found.height, found.frames, found.warnings) == (640, 360, FRAMES, ())
    assert track.frames.tolist() == list(range(FRAMES))
    assert track.times_s == pytest.approx(np.arange(FRAMES) / FPS)
    assert track.end == "end"
    assert track.boxes_xywh_px.dtype == np.float32
    assert off_the_face(track, walker).max() < 0.15


def test_few_boxes_are_measured_and_those_followed_are_as_good(found: FaceTracks, walker: Take) -> None:
    (track,) = found.tracks
    assert np.flatnonzero(track.measured).tolist() == [0, 25, 50]
    off = off_the_face(track, walker)
    assert off[~track.measured].mean() < off[track.measured].mean() + 0.03
    assert (track.scores > 0.9).all()


def test_crops_show_the_mouth_at_the_same_place_throughout(found: FaceTracks, walker: Take) -> None:
    (track,) = found.tracks
    assert track.crops.shape == (FRAMES, 64, 64)
    mouths = np.array([walker.point(int(number), 0.0, MOUTH_Y) for number in track.frames])
    places = (mouths - track.squares_px[:, :2]) / track.squares_px[:, 2:]
    assert places.std(axis=0).max() < 0.04
    assert places.mean(axis=0) == pytest.approx([0.5, 0.7], abs=0.08)


def test_without_crops_asked_for_none_are_kept(clip: Path, folder: Path) -> None:
    (track,) = operations.face_tracks(clip, folder).tracks
    assert len(track.crops) == len(track.squares_px) == 0
    assert len(track.frames) == FRAMES


def test_the_sandbox_and_a_plain_call_say_the_same(found: FaceTracks, clip: Path) -> None:
    (here,), (there,) = face_tracks.track_faces(clip, 64).tracks, found.tracks
    assert np.array_equal(here.boxes_xywh_px, there.boxes_xywh_px)
    assert np.array_equal(here.crops, there.crops)


def test_a_cut_ends_a_track_and_the_next_begins_behind_it(
    tmp_path: Path, pictures: list[NDArray[np.uint8]], walker: Take
) -> None:
    other = take("newsroom", 21)
    joined = pictures[:32] + [other.frame(index) for index in range(28)]
    before, after = operations.face_tracks(write_video(tmp_path / "cut.mp4", joined, FPS), tmp_path).tracks
    assert (before.frames[0], before.frames[-1], before.end) == (0, 31, "cut")
    assert (after.frames[0], after.frames[-1], after.end) == (32, 59, "end")
    assert off_the_face(before, walker).max() < 0.15
    assert off_the_face(after, other, first=32).max() < 0.15


def test_two_people_are_two_tracks_from_left_to_right(
    tmp_path: Path, pictures: list[NDArray[np.uint8]]
) -> None:
    both = [np.hstack([picture[:, 100:], picture[:, ::-1]]) for picture in pictures[:30]]
    left, right = operations.face_tracks(write_video(tmp_path / "both.mp4", both, FPS), tmp_path).tracks
    assert len(left.frames) == len(right.frames) == 30
    middles = [
        float((track.boxes_xywh_px[:, 0] + track.boxes_xywh_px[:, 2] / 2).mean()) for track in (left, right)
    ]
    assert middles[0] < 540 < middles[1]


def test_a_face_that_leaves_is_no_longer_followed(tmp_path: Path, pictures: list[NDArray[np.uint8]]) -> None:
    # It slides out of the picture to the left, 30 px a frame, and the room stays.
    room = np.full_like(pictures[0], 90)
    gone = pictures[:10]
    for step in range(1, 40):
        frame = room.copy()
        if 30 * step < 640:
            frame[:, : 640 - 30 * step] = pictures[10][:, 30 * step :]
        gone.append(frame)
    tracks = operations.face_tracks(write_video(tmp_path / "gone.mp4", gone, FPS), tmp_path).tracks
    assert tracks
    assert max(int(track.frames[-1]) for track in tracks) < 25
    assert all(track.end in ("lost", "cut") for track in tracks)


def test_a_file_that_breaks_off_gives_the_frames_it_has_and_says_so(
    tmp_path: Path, pictures: list[NDArray[np.uint8]]
) -> None:
    path = write_video(tmp_path / "whole.mkv", pictures, FPS)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    found = operations.face_tracks(path, tmp_path)
    assert "truncated" in found.warnings
    assert 10 < found.frames < FRAMES
    assert len(found.tracks[0].frames) == found.frames


def test_what_cannot_be_followed_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="unsupported_format"):
        operations.face_tracks(write_portrait(tmp_path / "still.png"), tmp_path)
    moov_missing(tmp_path / "cut.mp4")
    with pytest.raises(MediaError, match="truncated"):
        operations.face_tracks(tmp_path / "cut.mp4", tmp_path)
    for wrong in (-1, 129):
        with pytest.raises(ValueError, match="crop_px"):
            operations.face_tracks(tmp_path / "cut.mp4", tmp_path, wrong)


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.name)
def test_a_bad_file_is_refused_by_its_own_code_in_pictures_and_in_sound(bad: BadFile, tmp_path: Path) -> None:
    bad.write(tmp_path / bad.name)
    codes = {bad.code} | ({"unsupported_format"} if bad.name.endswith(".png") else set())
    for operation in (operations.face_tracks, operations.loudness):
        with pytest.raises(MediaError) as refused:
            operation(tmp_path / bad.name, tmp_path)
        assert refused.value.code in codes


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_format_is_walked_from_end_to_end_at_its_displayed_size(recipe: Recipe, tmp_path: Path) -> None:
    path = make_clip(recipe, tmp_path)
    found, probed = operations.face_tracks(path, tmp_path), operations.probe(path).probe
    assert found.frames == probed.frames == len(recipe.shown)
    assert (found.width, found.height) == (probed.width, probed.height)
    assert operations.loudness(path, tmp_path).bands_db.shape[0] > 0 or not probed.has_audio


def test_where_there_is_no_face_there_is_no_track(tmp_path: Path) -> None:
    found = operations.face_tracks(write_landscape(tmp_path / "land.mp4"), tmp_path)
    assert (found.tracks, found.frames) == ((), 8)


def test_frames_and_crops_are_bounded(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_tracks, "MOST_FRAMES", 40)
    monkeypatch.setattr(face_tracks, "MOST_CROPS", 12)
    found = face_tracks.track_faces(clip, 32)
    (track,) = found.tracks
    assert (found.frames, len(track.frames), len(track.crops)) == (40, 40, 12)
    assert found.warnings == ("frames_left_out",)


def test_a_flickering_clip_cannot_make_the_costly_step_run_at_every_frame(
    tmp_path: Path, pictures: list[NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    flicker = [picture if at % 2 else 255 - picture for at, picture in enumerate(pictures)]
    calls: list[int] = []
    detect = face_tracks.detect_faces
    monkeypatch.setattr(face_tracks, "detect_faces", lambda *a: calls.append(1) or detect(*a))
    face_tracks.track_faces(write_video(tmp_path / "flicker.mp4", flicker, FPS))
    assert 2 <= len(calls) <= FRAMES / FPS / face_tracks.DETECT_AGAIN_S + 1


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-12, 12), y=st.floats(-12, 12), growth=st.floats(0.93, 1.08), seed=st.integers(0, 3))
def test_a_box_goes_where_its_picture_went(x: float, y: float, growth: float, seed: int) -> None:
    picture = scene(1, seed, noise=0.0)[0]
    height, width = picture.shape
    box = np.array([width / 2 - 40, height / 2 - 30, 80, 60], np.float32)
    matrix = np.array([[growth, 0, width / 2 * (1 - growth) + x], [0, growth, height / 2 * (1 - growth) + y]])
    moved = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    followed = follow(picture, moved, box)
    assert followed is not None
    wanted = np.array([width / 2 - 40 * growth + x, height / 2 - 30 * growth + y, 80 * growth, 60 * growth])
    assert followed == pytest.approx(wanted, abs=3.0)


def test_a_box_is_lost_in_a_picture_of_something_else() -> None:
    one, other = (scene(1, seed)[0] for seed in (1, 2))
    assert follow(one, other[::-1, ::-1].copy(), np.array([40, 30, 80, 60], np.float32)) is None
    assert follow(one, one, np.array([-200, 30, 80, 60], np.float32)) is None


boxes = st.tuples(st.floats(-50, 50), st.floats(-50, 50), st.floats(1, 60), st.floats(1, 60))


@given(one=boxes, other=boxes)
def test_overlap_is_symmetric_and_one_only_for_the_same_box(
    one: tuple[float, ...], other: tuple[float, ...]
) -> None:
    a, b = np.array(one, np.float32), np.array(other, np.float32)
    assert overlap(a, b) == pytest.approx(overlap(b, a), abs=1e-5)
    assert 0 <= overlap(a, b) <= 1 + 1e-5
    assert overlap(a, a) == pytest.approx(1, abs=1e-4)


def test_a_cut_is_told_from_a_moving_picture() -> None:
    finder = CutFinder()
    moving = scene(30, 1)
    assert not any(finder.is_cut(picture) for picture in moving)
    assert finder.is_cut(moving[-1] // 2)
    assert not finder.is_cut(moving[-1] // 2)
