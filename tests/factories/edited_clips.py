"""Clips with one known edit each: a textured scene under a moving camera, cut, repeated, slowed, joined or cropped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
WIDTH, HEIGHT, FPS = 320, 192, 25


def scene(frames: int, seed: int = 0, noise: float = 2.0) -> list[Image]:
    """Luma (h, w) of a textured wall that the camera pans over on a wavy path, with sensor noise."""
    rng = np.random.default_rng(seed)
    wall = cv2.GaussianBlur(rng.normal(0, 1, (HEIGHT + 400, WIDTH + 700)).astype(np.float32), (0, 0), 6)
    wall += 0.6 * cv2.GaussianBlur(rng.normal(0, 1, wall.shape).astype(np.float32), (0, 0), 14) * 5
    wall = 128 + 45 * wall / wall.std()
    out = []
    for at in range(frames):
        x, y = 0.9 * at % 600, 200 + 70 * np.sin(at / 47) + 60 * np.sin(at / 131)
        moved = cv2.getRectSubPix(wall, (WIDTH, HEIGHT), (WIDTH / 2 + x, HEIGHT / 2 + y))
        out.append(np.clip(moved + rng.normal(0, noise, moved.shape), 0, 255).astype(np.uint8))
    return out


def encode(
    path: Path,
    images: Iterable[Image],
    codec: str = "libx264",
    times: Sequence[int] | None = None,
    sound: Sequence[tuple[float, float]] = (),
    **options: str,
) -> Path:
    """Encode luma images; times are in frames, sound is (start, length) in s of stretches of a tone."""
    images = list(images)
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=FPS, options={"threads": "1"} | options)
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        track = container.add_stream("pcm_s16le", rate=8000, layout="mono") if sound else None
        stream.time_base = Fraction(1, FPS)
        stream.height, stream.width = images[0].shape
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(cv2.cvtColor(image, cv2.COLOR_GRAY2RGB), format="rgb24")
            frame.pts, frame.time_base = (times[number] if times else number), Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        for start, length in sound:
            assert track is not None
            for at in range(round(start * 8000), round((start + length) * 8000), 400):
                tone = (9000 * np.sin(np.arange(at, at + 400) / 6)).astype(np.int16)[None]
                frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
                frame.sample_rate, frame.pts, frame.time_base = 8000, at, Fraction(1, 8000)
                container.mux(track.encode(frame))
        if track is not None:
            container.mux(track.encode(None))
    return path


def decode(path: Path) -> list[Image]:
    """Luma of every frame."""
    with av.open(path) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def join(path: Path, parts: Sequence[Path]) -> Path:
    """The packets of parts one behind the other, not coded anew, as a tool that joins without re-encoding does."""
    with av.open(path, "w") as out:
        stream, shift = None, 0
        for part in parts:
            with av.open(part) as source:
                track = source.streams.video[0]
                stream = stream or out.add_stream_from_template(track)
                last = 0
                for packet in source.demux(track):
                    if packet.dts is None or packet.pts is None:
                        continue
                    packet.pts, packet.dts = packet.pts + shift, packet.dts + shift
                    last, packet.stream = max(last, packet.pts + (packet.duration or 0)), stream
                    out.mux(packet)
                shift = last
    return path
