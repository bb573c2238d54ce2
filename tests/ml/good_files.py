"""Makers of real, playable files. Every picture carries its own number, so that a mix-up shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image

BITS = 10
CLICK_S = 1.0
RATE_HZ = 48_000


@dataclass(frozen=True)
class Recipe:
    """How to make one clip: codec, times of its pictures in ticks, and what is unusual about it."""

    name: str
    codec: str = "libx264"
    size: tuple[int, int] = (320, 240)
    ticks: Sequence[int] = tuple(range(0, 45 * 512, 512))
    time_base: Fraction = Fraction(1, 15360)
    pix_fmt: str = "yuv420p"
    options: dict[str, str] = field(default_factory=dict)
    audio: str | None = None
    audio_delay_s: float = 0.0
    rotation_deg: float = 0.0
    mirrored: bool = False
    sample_aspect: Fraction | None = None
    skipped: int = 0
    format_options: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> list[int]:
        """The numbers written into the pictures that a player shows."""
        return list(range(self.skipped, len(self.ticks)))


VARIABLE_TICKS = tuple(int(t) for t in np.cumsum([0] + [3000, 1500, 9000, 3003, 20_000, 900, 3000] * 5))

RECIPES: tuple[Recipe, ...] = (
    Recipe("plain.mp4", audio="aac", options={"bf": "3", "g": "250"}),
    Recipe("no_b_frames.mp4", options={"bf": "0"}),
    Recipe("variable_rate.mp4", ticks=VARIABLE_TICKS, time_base=Fraction(1, 90_000), options={"bf": "2"}),
    Recipe("variable_rate.mkv", ticks=tuple(t // 90 for t in VARIABLE_TICKS), time_base=Fraction(1, 1000)),
    Recipe("turned_90.mp4", rotation_deg=90),
    Recipe("turned_270.mov", rotation_deg=270, audio="aac"),
    Recipe("turned_180.mp4", rotation_deg=180),
    Recipe("turned_and_mirrored.mp4", rotation_deg=90, mirrored=True),
    Recipe("edit_list.mp4", skipped=7, options={"bf": "2"}, format_options={"avoid_negative_ts": "disabled"}),
    Recipe("late_picture.mp4", ticks=tuple(range(7680, 7680 + 30 * 512, 512)), audio="aac"),
    Recipe("late_sound.mp4", audio="aac", audio_delay_s=0.5),
    Recipe(
        "far_from_zero.ts",
        ticks=tuple(range(900_000, 900_000 + 45 * 3000, 3000)),
        time_base=Fraction(1, 90_000),
        audio="aac",
        audio_delay_s=10.0,
    ),
    Recipe(
        "vp9.webm",
        codec="libvpx-vp9",
        ticks=tuple(round(i * 1000 / 30) for i in range(45)),
        time_base=Fraction(1, 1000),
        audio="libopus",
        options={"deadline": "realtime", "cpu-used": "8"},
    ),
    Recipe(
        "vp8_hidden_frames.webm",
        codec="libvpx",
        ticks=tuple(round(i * 1000 / 30) for i in range(60)),
        time_base=Fraction(1, 1000),
        options={"auto-alt-ref": "1", "lag-in-frames": "16", "cpu-used": "4"},
    ),
    Recipe(
        "b_frames.avi", codec="mpeg4", ticks=tuple(range(40)), time_base=Fraction(1, 25), options={"bf": "2"}
    ),
    Recipe("motion_jpeg.mov", codec="mjpeg", pix_fmt="yuvj420p"),
    Recipe("hevc.mp4", codec="libx265", options={"preset": "ultrafast", "x265-params": "log-level=none"}),
    Recipe(
        "av1.mp4",
        codec="libsvtav1",
        ticks=tuple(range(0, 20 * 512, 512)),
        options={"preset": "8", "crf": "20"},
    ),
    Recipe(
        "delays.gif",
        codec="gif",
        pix_fmt="rgb8",
        ticks=tuple(int(t) for t in np.cumsum([0] + [4, 10, 25] * 6)),
        time_base=Fraction(1, 100),
    ),
    Recipe("wide_pixels.mp4", size=(240, 320), sample_aspect=Fraction(16, 9)),
    Recipe("odd_size.mp4", size=(321, 243), pix_fmt="yuv444p"),
    Recipe("ten_bits.mp4", pix_fmt="yuv420p10le", size=(1280, 720), ticks=tuple(range(0, 12 * 512, 512))),
    Recipe("one_frame.mp4", ticks=(0,)),
)
BY_NAME = {recipe.name: recipe for recipe in RECIPES}


def make_clip(recipe: Recipe, folder: Path) -> Path:
    """Write the clip that `recipe` describes and return its path."""
    path = folder / recipe.name
    with av.open(str(path), "w", options=recipe.format_options) as output:
        rate = max(1, round(1 / (recipe.time_base * _usual_gap(recipe))))
        stream = output.add_stream(recipe.codec, rate=rate, options=recipe.options)
        stream.width, stream.height = recipe.size
        stream.pix_fmt = recipe.pix_fmt
        stream.codec_context.time_base = recipe.time_base
        if recipe.sample_aspect:
            stream.codec_context.sample_aspect_ratio = recipe.sample_aspect
        if recipe.rotation_deg or recipe.mirrored:
            stream.set_display_rotation(recipe.rotation_deg, hflip=recipe.mirrored)
        sound = output.add_stream(recipe.audio, rate=RATE_HZ, layout="stereo") if recipe.audio else None
        packets = [packet for frame in _pictures(recipe) for packet in stream.encode(frame)] + stream.encode(
            None
        )
        for packet in packets:
            output.mux(packet)
        if sound is not None:
            for heard in _click(recipe.audio_delay_s):
                output.mux(sound.encode(heard))
            output.mux(sound.encode(None))
    return path


def make_photo(path: Path, size: tuple[int, int] = (400, 300), orientation: int = 1) -> Path:
    """Write an image whose top left quarter is red, top right green; `orientation` is its EXIF tag."""
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[: size[1] // 2, : size[0] // 2] = (255, 0, 0)
    picture[: size[1] // 2, size[0] // 2 :] = (0, 255, 0)
    image = Image.fromarray(picture)
    exif = image.getexif()
    exif[0x0112] = orientation
    exif[0x010F] = "A camera that must not be named"
    image.save(path, exif=exif, quality=95)
    return path


def read_number(rgb: NDArray[np.uint8]) -> int:
    """The number that an upright picture carries: a row of black and white cells across its middle."""
    height, width = rgb.shape[:2]
    row = rgb[height // 2 - height // 16 : height // 2 + height // 16].mean(axis=(0, 2))
    cells = [
        row[int((bit + 0.25) * width / BITS) : int((bit + 0.75) * width / BITS)].mean() for bit in range(BITS)
    ]
    return sum(1 << bit for bit, brightness in enumerate(cells) if brightness > 127)


def numbered_picture(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """An upright RGB picture of `width` × `height` that carries `number`."""
    rgb = np.full((height, width, 3), (60, 90, 140), np.uint8)
    rgb[: height // 6, : width // 6] = (230, 40, 40)
    band = slice(height // 2 - height // 6, height // 2 + height // 6)
    for bit in range(BITS):
        cell = slice(bit * width // BITS, (bit + 1) * width // BITS)
        rgb[band, cell] = 255 if number >> bit & 1 else 0
    return rgb


def _pictures(recipe: Recipe) -> list[VideoFrame]:
    shift = recipe.ticks[recipe.skipped] if recipe.skipped else 0
    return [_picture(recipe, number, tick - shift) for number, tick in enumerate(recipe.ticks)]


def _picture(recipe: Recipe, number: int, tick: int) -> VideoFrame:
    quarter_turns = round(recipe.rotation_deg / 90)
    width, height = recipe.size if quarter_turns % 2 == 0 else recipe.size[::-1]
    upright = numbered_picture(number, width, height)
    # The player turns counterclockwise by rotation_deg and mirrors after it; store the opposite.
    stored = np.rot90(upright[:, ::-1] if recipe.mirrored else upright, -quarter_turns)
    frame = VideoFrame.from_ndarray(np.ascontiguousarray(stored), "rgb24").reformat(format=recipe.pix_fmt)
    frame.pts, frame.time_base = tick, recipe.time_base
    return frame


def _click(delay_s: float) -> list[av.AudioFrame]:
    """Two seconds of near silence with a burst one second in; starts at `delay_s`."""
    samples = np.zeros((2, 2 * RATE_HZ), np.float32)
    at = int((CLICK_S - (delay_s % 1.0)) * RATE_HZ)
    samples[:, at : at + 960] = 0.8 * np.sin(np.arange(960) * 2 * np.pi * 1000 / RATE_HZ)
    frames = []
    for start in range(0, samples.shape[1], 960):
        heard = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[:, start : start + 960]), "fltp", "stereo"
        )
        heard.sample_rate, heard.pts = RATE_HZ, start + round(delay_s * RATE_HZ)
        heard.time_base = Fraction(1, RATE_HZ)
        frames.append(heard)
    return frames


def _usual_gap(recipe: Recipe) -> int:
    gaps = np.diff(recipe.ticks)
    return int(np.median(gaps)) if len(gaps) else 512
