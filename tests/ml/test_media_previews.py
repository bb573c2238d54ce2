"""What a rendition looks like and what it must not give away."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.ml.good_files import BY_NAME, Recipe, make_clip, make_photo

from clipjury_ml.media.orientation import Orientation
from clipjury_ml.media.previews import make_preview
from clipjury_ml.media.probe import probe_file
from clipjury_ml.media.sampling import sample_frames, spread_evenly
from clipjury_ml.media.shaping import fitted_size
from clipjury_ml.media.stills import make_thumbnails

RED, GREEN = (230, 40, 40), (0, 255, 0)


@pytest.mark.parametrize(
    ("name", "rotation_deg", "size"),
    [
        ("turned_90.mp4", 270, (240, 320)),
        ("turned_270.mov", 90, (240, 320)),
        ("turned_180.mp4", 180, (320, 240)),
        ("turned_and_mirrored.mp4", 90, (240, 320)),
        ("wide_pixels.mp4", 0, (427, 320)),
    ],
)
def test_a_turned_clip_is_measured_and_shown_upright(
    tmp_path: Path, name: str, rotation_deg: int, size: tuple[int, int]
) -> None:
    path = make_clip(BY_NAME[name], tmp_path)
    probe = probe_file(path).probe
    assert (probe.rotation_deg, (probe.width, probe.height)) == (rotation_deg, size)
    for shown in (sample_frames(path, 1).rgb[0], sample_frames(make_preview(path, tmp_path).path, 1).rgb[0]):
        corner = shown[: shown.shape[0] // 8, : shown.shape[1] // 8].mean(axis=(0, 1))
        assert np.abs(corner - RED).max() < 40


def test_a_preview_is_h264_with_a_keyframe_every_twelve_frames_and_no_b_frames(tmp_path: Path) -> None:
    preview = make_preview(make_clip(BY_NAME["plain.mp4"], tmp_path), tmp_path)
    with av.open(str(preview.path)) as opened:
        stream = opened.streams.video[0]
        context = stream.codec_context
        assert (context.name, context.pix_fmt, context.profile) == ("h264", "yuv420p", "High")
        assert opened.streams.audio[0].codec_context.name == "aac"
        packets = [packet for packet in opened.demux(stream) if packet.size]
    assert [packet.pts for packet in packets] == [packet.dts for packet in packets]
    assert [number for number, packet in enumerate(packets) if packet.is_keyframe] == [0, 12, 24, 36]


def test_a_preview_plays_before_it_is_fully_loaded(tmp_path: Path) -> None:
    content = make_preview(make_clip(BY_NAME["plain.mp4"], tmp_path), tmp_path).path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_a_preview_names_no_device_no_date_and_no_program(tmp_path: Path) -> None:
    path = tmp_path / "tagged.mp4"
    plain = make_clip(BY_NAME["plain.mp4"], tmp_path)
    with (
        av.open(str(plain)) as source,
        av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as output,
    ):
        output.metadata.update(
            {"comment": "FAKE", "location": "+48.1+11.5/", "creation_time": "2026-01-01T00:00:00Z"}
        )
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                output.mux(packet)
    assert b"+48.1+11.5" in path.read_bytes()
    preview = make_preview(path, tmp_path)
    with av.open(str(preview.path)) as opened:
        assert set(opened.metadata) <= {"major_brand", "minor_version", "compatible_brands"}
    assert not [word for word in (b"FAKE", b"+48.1", b"Lavf", b"Lavc") if word in preview.path.read_bytes()]


def test_the_same_clip_gives_the_same_bytes(tmp_path: Path) -> None:
    path = make_clip(BY_NAME["plain.mp4"], tmp_path)
    assert make_preview(path, tmp_path).path.read_bytes() == make_preview(path, tmp_path).path.read_bytes()


def test_where_the_original_has_its_keyframes_does_not_show(tmp_path: Path) -> None:
    keyframes = set()
    for gop in ("5", "40"):
        path = make_clip(replace(BY_NAME["plain.mp4"], name=f"gop{gop}.mp4", options={"g": gop}), tmp_path)
        keyframes.add(tuple(probe_file(make_preview(path, tmp_path).path).frame_index.keyframes))
    assert len(keyframes) == 1


def test_a_large_clip_is_scaled_to_480_lines_and_a_small_one_is_left_alone(tmp_path: Path) -> None:
    large = make_clip(Recipe("large.mp4", size=(1280, 720), ticks=(0, 512)), tmp_path)
    small = make_clip(Recipe("small.mp4", size=(64, 48), ticks=(0, 512)), tmp_path)
    sizes = [(p.width, p.height) for p in (make_preview(large, tmp_path), make_preview(small, tmp_path))]
    assert sizes == [(852, 480), (64, 48)]


def test_the_colours_of_a_preview_are_those_of_the_original(tmp_path: Path) -> None:
    for recipe in (BY_NAME["plain.mp4"], BY_NAME["motion_jpeg.mov"], BY_NAME["odd_size.mp4"]):
        path = make_clip(recipe, tmp_path)
        before, after = (
            sample_frames(path, 1).rgb[0],
            sample_frames(make_preview(path, tmp_path).path, 1).rgb[0],
        )
        # A patch of plain background, away from the numbered band.
        patch = (slice(-30, -10), slice(20, 60))
        assert np.abs(before[patch].mean((0, 1)) - after[patch].mean((0, 1))).max() < 4, recipe.name
        assert np.abs(before[patch].mean((0, 1)) - (60, 90, 140)).max() < 8, recipe.name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_shown_the_way_it_was_held(tmp_path: Path, orientation: int) -> None:
    path = make_photo(tmp_path / "photo.jpg", orientation=orientation)
    found = probe_file(path)
    preview = make_preview(path, tmp_path)
    with Image.open(path) as stored:
        from PIL import ImageOps

        upright = np.asarray(ImageOps.exif_transpose(stored), np.int16)
    assert (found.probe.width, found.probe.height) == (upright.shape[1], upright.shape[0])
    assert found.probe.rotation_deg in ({90, 270} if orientation > 4 else {0, 180})
    with Image.open(preview.path) as shown:
        assert dict(shown.getexif()) == {}
        assert np.abs(np.asarray(shown, np.int16) - upright).mean() < 3
    assert b"camera" not in preview.path.read_bytes()


def test_an_image_is_one_frame_at_time_zero(tmp_path: Path) -> None:
    found = probe_file(make_photo(tmp_path / "photo.png"))
    assert found.probe.kind == "image"
    assert (found.probe.frames, found.probe.duration_s, found.frame_index.times_s) == (1, None, (0.0,))
    assert make_thumbnails(tmp_path / "photo.png", tmp_path, 40).count == 1


@pytest.mark.parametrize(
    ("mode", "colour"),
    [("L", 90), ("RGBA", (10, 200, 30, 255)), ("P", 3), ("I;16", 40_000), ("1", 1), ("CMYK", (0, 90, 90, 0))],
)
def test_every_kind_of_pixel_becomes_plain_rgb(tmp_path: Path, mode: str, colour: object) -> None:
    path = tmp_path / ("picture.jpg" if mode == "CMYK" else "picture.png")
    Image.new(mode, (40, 30), colour).save(path)  # type: ignore[arg-type]
    preview = make_preview(path, tmp_path)
    with Image.open(preview.path) as shown:
        assert (shown.mode, shown.size) == ("RGB", (40, 30))
        if mode == "I;16":
            assert abs(shown.getpixel((5, 5))[0] - 40_000 // 256) < 4  # type: ignore[index]


def test_a_photograph_that_broke_off_gives_its_upper_part_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    noise = np.random.default_rng(0).integers(0, 256, (300, 400, 3)).astype(np.uint8)
    Image.fromarray(noise).save(path, quality=95)
    path.write_bytes(path.read_bytes()[:40_000])
    assert probe_file(path).warnings == ("truncated",)
    assert make_preview(path, tmp_path).warnings == ("truncated",)


def test_an_animated_picture_says_that_only_its_first_frame_is_judged(tmp_path: Path) -> None:
    first, second = (Image.new("RGB", (20, 20), colour) for colour in ("red", "blue"))
    first.save(tmp_path / "moving.webp", save_all=True, append_images=[second], duration=100)
    assert probe_file(tmp_path / "moving.webp").warnings == ("animation_first_frame_only",)


@given(
    st.integers(1, 9000),
    st.integers(1, 9000),
    st.sampled_from([None, 480]),
    st.sampled_from([160, 1280]),
    st.booleans(),
)
def test_a_fitted_size_stays_inside_and_is_never_larger(
    width: int, height: int, short: int | None, long: int, even: bool
) -> None:
    fitted = fitted_size(width, height, short_px=short, long_px=long, even=even)
    floor = 2 if even else 1
    assert max(fitted) <= long + 1
    assert short is None or min(fitted) <= short
    assert all(side <= max(original, floor) for side, original in zip(fitted, (width, height), strict=True))
    assert not even or all(side % 2 == 0 for side in fitted)


@given(st.integers(1, 40_000), st.integers(1, 128))
def test_frames_spread_evenly_are_distinct_ascending_and_inside(frames: int, count: int) -> None:
    numbers = spread_evenly(frames, count)
    assert len(numbers) == min(frames, count)
    assert numbers == sorted(set(numbers))
    assert 0 <= numbers[0] <= numbers[-1] < frames


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("flip_horizontal", [False, True])
@pytest.mark.parametrize("flip_vertical", [False, True])
def test_each_of_the_eight_orientations_moves_pixels_as_it_says(
    transpose: bool, flip_horizontal: bool, flip_vertical: bool
) -> None:
    from clipjury_ml.media.shaping import Shaper

    turn = Orientation(transpose, flip_horizontal, flip_vertical)
    stored = np.random.default_rng(5).integers(0, 256, (16, 24, 3)).astype(np.uint8)
    expected = stored.swapaxes(0, 1) if transpose else stored
    expected = expected[:, ::-1] if flip_horizontal else expected
    expected = expected[::-1] if flip_vertical else expected
    frame = av.VideoFrame.from_ndarray(stored, "rgb24")
    frame.pts, frame.time_base = 0, Fraction(1, 25)
    assert np.array_equal(Shaper(*turn.displayed(24, 16), "rgb24", turn).shape_rgb(frame), expected)
