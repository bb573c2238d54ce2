"""Frame i of the preview is frame i of the original, shown at the same time: on every kind of file we accept."""

from __future__ import annotations

import os
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.ml.good_files import BY_NAME, CLICK_S, RATE_HZ, RECIPES, Recipe, make_clip, read_number

from clipjury_ml.media.decoding import opened_video
from clipjury_ml.media.limits import DEFAULT_LIMITS
from clipjury_ml.media.previews import make_preview
from clipjury_ml.media.probe import probe_file
from clipjury_ml.media.sampling import pick_frames, sample_frames, shaper_for
from clipjury_ml.media.stills import make_poster, make_thumbnails
from clipjury_ml.media.timeline import number_frames, read_timeline

EVERY_CLIP = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clips")


def clip_of(recipe: Recipe, folder: Path) -> Path:
    path = folder / recipe.name
    return path if path.exists() else make_clip(recipe, folder)


def pictures_of(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as opened:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in opened.decode(video=0)]


@EVERY_CLIP
def test_the_index_has_every_picture_shown_at_the_time_its_maker_gave_it(recipe: Recipe, clips: Path) -> None:
    found = probe_file(clip_of(recipe, clips))
    given = [float((tick - recipe.ticks[recipe.skipped]) * recipe.time_base) for tick in recipe.ticks]
    assert found.probe.frames == len(found.frame_index.times_s) == len(recipe.shown)
    first = found.frame_index.times_s[0]
    assert np.allclose(np.array(found.frame_index.times_s) - first, given[recipe.skipped :], atol=1.01e-3)


@EVERY_CLIP
def test_the_preview_shows_the_same_pictures_at_the_same_times(
    recipe: Recipe, clips: Path, tmp_path: Path
) -> None:
    path = clip_of(recipe, clips)
    found = probe_file(path)
    preview = make_preview(path, tmp_path)
    assert preview.frames == found.probe.frames
    assert np.allclose(preview.times_s, found.frame_index.times_s, atol=1e-6)
    assert [read_number(picture) for picture in pictures_of(preview.path)] == recipe.shown
    assert preview.warnings == ()


@EVERY_CLIP
def test_counting_packets_and_decoding_them_tell_the_same_number_of_pictures(
    recipe: Recipe, clips: Path
) -> None:
    path = clip_of(recipe, clips)
    timeline = read_timeline(path, DEFAULT_LIMITS)
    with opened_video(path, DEFAULT_LIMITS) as opened:
        numbers = [number for number, _ in number_frames(opened, timeline)]
    assert numbers == list(range(len(timeline)))


@EVERY_CLIP
def test_any_frame_can_be_fetched_by_its_number(recipe: Recipe, clips: Path) -> None:
    path = clip_of(recipe, clips)
    timeline = read_timeline(path, DEFAULT_LIMITS)
    wanted = sorted({0, len(timeline) // 3, len(timeline) // 2, len(timeline) - 1})
    for opened, number, frame in pick_frames(path, timeline, wanted, DEFAULT_LIMITS):
        picture = shaper_for(opened, frame, long_px=1280).shape_rgb(frame)
        assert read_number(picture) == recipe.shown[number]
        wanted.remove(number)
    assert wanted == []


@EVERY_CLIP
def test_a_frame_that_is_fetched_is_the_one_that_decoding_everything_gives(
    recipe: Recipe, clips: Path
) -> None:
    path = clip_of(recipe, clips)
    timeline = read_timeline(path, DEFAULT_LIMITS)
    with opened_video(path, DEFAULT_LIMITS) as opened:
        every = {
            number: frame.to_ndarray(format="rgb24") for number, frame in number_frames(opened, timeline)
        }
    for wanted in (range(0, len(timeline), 4), range(1, len(timeline), 3), range(len(timeline))):
        picked = {
            number: frame.to_ndarray(format="rgb24")
            for _, number, frame in pick_frames(path, timeline, wanted, DEFAULT_LIMITS)
        }
        assert list(picked) == list(wanted)
        assert all(np.array_equal(picture, every[number]) for number, picture in picked.items())


def spared(path: Path, only: set[int]) -> list[int]:
    """The frames that a walk leaves out which wants only those."""
    timeline = read_timeline(path, DEFAULT_LIMITS)
    with opened_video(path, DEFAULT_LIMITS) as opened:
        decoded = {number for number, _ in number_frames(opened, timeline, only)}
    return sorted(set(range(len(timeline))) - decoded)


def test_pictures_that_nothing_is_made_of_are_spared_unless_they_are_wanted(clips: Path) -> None:
    path = clip_of(BY_NAME["plain.mp4"], clips)
    left_out = spared(path, {0})
    assert len(left_out) > 10
    assert spared(path, {0, left_out[3]}) == [number for number in left_out if number != left_out[3]]
    assert spared(clip_of(BY_NAME["hevc.mp4"], clips), {0}) == []
    assert spared(clip_of(BY_NAME["far_from_zero.ts"], clips), {0}) == []


def test_a_wanted_picture_that_does_not_decode_is_stood_in_for_by_the_next_that_does(
    clips: Path, tmp_path: Path
) -> None:
    whole = clip_of(BY_NAME["plain.mp4"], clips)
    first, second = spared(whole, {0})[4:6]
    with av.open(str(whole)) as opened:
        stamps = read_timeline(whole, DEFAULT_LIMITS).stored_pts
        places = {packet.pts: (packet.pos, packet.size) for packet in opened.demux(video=0) if packet.size}
    content = bytearray(whole.read_bytes())
    at, size = places[stamps[first]]
    content[at : at + size] = bytes(size)
    path = tmp_path / "hole.mp4"
    path.write_bytes(content)
    timeline = read_timeline(path, DEFAULT_LIMITS)
    picked = {
        number: shaper_for(opened, frame, long_px=1280).shape_rgb(frame)
        for opened, number, frame in pick_frames(path, timeline, [0, first, second + 1], DEFAULT_LIMITS)
    }
    assert list(picked) == [0, first + 1, second + 1]
    assert [read_number(picture) for picture in picked.values()] == list(picked)


def test_samples_are_spread_over_the_clip_and_carry_their_numbers_and_times(clips: Path) -> None:
    recipe = BY_NAME["variable_rate.mp4"]
    path = clip_of(recipe, clips)
    sampled = sample_frames(path, 8)
    assert sampled.rgb.shape == (8, 240, 320, 3)
    assert [read_number(picture) for picture in sampled.rgb] == list(sampled.frame_indices)
    times = probe_file(path).frame_index.times_s
    assert sampled.times_s == tuple(times[number] for number in sampled.frame_indices)
    gaps = np.diff((0, *sampled.frame_indices, len(times)))
    assert max(gaps) <= 2 * len(times) / 8


def test_more_samples_than_frames_gives_every_frame_once(clips: Path) -> None:
    assert sample_frames(clip_of(BY_NAME["ten_bits.mp4"], clips), 128).frame_indices == tuple(range(12))


def test_thumbnails_and_poster_of_the_preview_show_frames_of_the_original(
    clips: Path, tmp_path: Path
) -> None:
    path = clip_of(BY_NAME["variable_rate.mp4"], clips)
    preview = make_preview(path, tmp_path)
    strip = make_thumbnails(preview.path, tmp_path, 12)
    with av.open(str(strip.path)) as opened:
        sheet = next(opened.decode(video=0)).to_ndarray(format="rgb24")
    assert sheet.shape == (2 * strip.height, strip.columns * strip.width, 3)
    numbers = [
        read_number(
            sheet[place // 10 * strip.height :, place % 10 * strip.width :][: strip.height, : strip.width]
        )
        for place in range(strip.count)
    ]
    times = probe_file(path).frame_index.times_s
    assert strip.times_s == tuple(times[number] for number in numbers)
    poster = make_poster(preview.path, tmp_path)
    assert read_number(pictures_of(poster.path)[0]) == poster.frame


@pytest.mark.parametrize(
    "name", ["plain.mp4", "turned_270.mov", "late_picture.mp4", "late_sound.mp4", "vp9.webm"]
)
def test_sound_stays_beside_its_picture(clips: Path, tmp_path: Path, name: str) -> None:
    preview = make_preview(clip_of(BY_NAME[name], clips), tmp_path)
    assert preview.has_audio
    assert abs(loudest_s(preview.path) - CLICK_S) < 0.02


def test_sound_stays_beside_its_picture_when_the_clock_starts_far_from_zero(
    clips: Path, tmp_path: Path
) -> None:
    path = clip_of(BY_NAME["far_from_zero.ts"], clips)
    preview = make_preview(path, tmp_path)
    # The first picture was stamped 10.0 s and the click 11.0 s.
    assert abs(loudest_s(preview.path) - (preview.times_s[0] + 1.0)) < 0.02


def loudest_s(path: Path) -> float:
    """When the click starts in the file's own sound, in seconds from the player's zero."""
    with av.open(str(path)) as opened:
        frames = [(frame.pts * frame.time_base, frame.to_ndarray()) for frame in opened.decode(audio=0)]
    for start, samples in frames:
        loud = np.flatnonzero(np.abs(samples).max(axis=0) > 0.3)
        if loud.size:
            return float(start) + int(loud[0]) / RATE_HZ
    raise AssertionError("no click was heard")


def test_an_upload_that_broke_off_is_judged_by_the_pictures_it_has(tmp_path: Path) -> None:
    from tests.ml import bad_files

    path = tmp_path / "cut.mp4"
    bad_files.truncated_tail(path)
    found = probe_file(path)
    preview = make_preview(path, tmp_path)
    assert found.warnings == preview.warnings == ("truncated",)
    assert 5 < found.probe.frames == preview.frames < 30


def test_a_picture_that_does_not_decode_is_stood_in_for_and_said_so(tmp_path: Path) -> None:
    path = make_clip(Recipe("hole.mov", codec="mjpeg", pix_fmt="yuvj420p"), tmp_path)
    with av.open(str(path)) as opened:
        packets = [(packet.pos, packet.size) for packet in opened.demux(video=0) if packet.size]
    content = bytearray(path.read_bytes())
    for at, size in packets[10:13]:
        content[at : at + size] = bytes(size)
    path.write_bytes(content)
    preview = make_preview(path, tmp_path)
    assert preview.frames == 45
    assert preview.warnings == ("frames_stood_in",)
    numbers = [read_number(picture) for picture in pictures_of(preview.path)]
    assert numbers == [*range(10), 9, 9, 9, *range(13, 45)]


def test_making_a_file_leaves_the_tests_at_ordinary_priority(tmp_path: Path) -> None:
    """An encoder that asks for real time gets it for good, and hands it on to every process started afterwards."""
    make_clip(BY_NAME["av1.mp4"], tmp_path)
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
