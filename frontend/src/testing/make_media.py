"""Draws the clips that the mock server serves: no photograph, no person, frame numbers readable by eye and by code.

Run: python frontend/src/testing/make_media.py [FOLDER]   (default: clipjury-mock in the temporary folder)
Each frame carries its number twice: as text, and as 12 black or white squares along the bottom edge
(most significant bit left), so that a browser test can read which frame is really on the screen.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageDraw

TIME_BASE = Fraction(1, 90_000)
CODE_BITS = 12
CODE_PX = 12


def draw_frame(number: int, seconds: float, width: int, height: int) -> Image.Image:
    """One RGB frame: an evening with a moving sun, a drawn head, and the frame's number."""
    image = Image.new("RGB", (width, height))
    draw = ImageDraw.Draw(image)
    for y in range(height):
        shade = y / height
        draw.line(
            [(0, y), (width, y)], fill=(int(58 + 120 * shade), int(74 + 60 * shade), int(96 + 10 * shade))
        )
    sun_x = width * (0.15 + 0.7 * ((seconds / 8) % 1))
    draw.ellipse([sun_x - 26, height * 0.16 - 26, sun_x + 26, height * 0.16 + 26], fill=(246, 214, 150))
    draw.polygon(
        [
            (0, height * 0.62),
            (width * 0.4, height * 0.44),
            (width, height * 0.66),
            (width, height),
            (0, height),
        ],
        fill=(52, 66, 64),
    )
    centre, top, size = width / 2, height * 0.30, min(width, height) * 0.42
    draw.rounded_rectangle(
        [centre - size * 0.75, top + size * 1.02, centre + size * 0.75, height + 40], 40, fill=(38, 44, 58)
    )
    draw.ellipse([centre - size * 0.42, top, centre + size * 0.42, top + size], fill=(206, 168, 138))
    blink = 0.012 if number % 37 < 3 else 0.05
    for side in (-1, 1):
        eye = centre + side * size * 0.17
        draw.ellipse(
            [eye - size * 0.06, top + size * (0.40 - blink), eye + size * 0.06, top + size * (0.40 + blink)],
            fill=(40, 34, 30),
        )
    mouth = size * (0.02 + 0.06 * abs(math.sin(seconds * 7)))
    draw.ellipse(
        [centre - size * 0.14, top + size * 0.72 - mouth, centre + size * 0.14, top + size * 0.72 + mouth],
        fill=(120, 56, 52),
    )
    draw.text((10, 8), f"frame {number}", fill=(255, 255, 255))
    for bit in range(CODE_BITS):
        white = number >> (CODE_BITS - 1 - bit) & 1
        x = bit * CODE_PX
        draw.rectangle(
            [x, height - CODE_PX, x + CODE_PX - 1, height - 1], fill=(255,) * 3 if white else (0,) * 3
        )
    return image


def frame_times_s(frames: int, fps: float, *, variable: bool) -> list[float]:
    """Presentation times; with `variable`, steps of 1, 2 or 3 frame lengths as phones make them."""
    times, at = [], 0.0
    for number in range(frames):
        times.append(at)
        at += (1 + (number * 7 % 3 if variable else 0)) / fps
    return times


def write_video(path: Path, size: tuple[int, int], times_s: list[float], *, audio: bool) -> None:
    """H.264 with B-frames (yuv420p), optionally a quiet tone in AAC; presentation times exactly as given."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=30, options={"bf": "2", "g": "25", "crf": "20"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = TIME_BASE
        tone = container.add_stream("aac", rate=44_100, layout="mono") if audio else None
        for number, at in enumerate(times_s):
            frame = av.VideoFrame.from_image(draw_frame(number, at, *size))
            frame.pts, frame.time_base = round(at / TIME_BASE), TIME_BASE
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
        if tone is not None:
            samples = (0.05 * np.sin(2 * np.pi * 220 * np.arange(int(44_100 * times_s[-1])) / 44_100)).astype(
                np.float32
            )
            for start in range(0, len(samples) - 1024, 1024):
                block = av.AudioFrame.from_ndarray(
                    samples[None, start : start + 1024], format="fltp", layout="mono"
                )
                block.sample_rate, block.pts, block.time_base = 44_100, start, Fraction(1, 44_100)
                container.mux(tone.encode(block))
            container.mux(tone.encode())


def write_strip(
    path: Path, size: tuple[int, int], times_s: list[float], count: int, columns: int
) -> dict[str, object]:
    """One JPEG of `count` small frames, `columns` a row; returns the strip's description."""
    width, height = (
        (160, round(160 * size[1] / size[0])) if size[0] > size[1] else (round(90 * size[0] / size[1]), 90)
    )
    sheet = Image.new("RGB", (columns * width, math.ceil(count / columns) * height))
    chosen = [round(i * (len(times_s) - 1) / max(1, count - 1)) for i in range(count)]
    for place, number in enumerate(chosen):
        tile = draw_frame(number, times_s[number], *size).resize((width, height))
        sheet.paste(tile, (place % columns * width, place // columns * height))
    sheet.save(path, quality=80)
    return {
        "count": count,
        "columns": columns,
        "width": width,
        "height": height,
        "times_s": [times_s[n] for n in chosen],
    }


def main(folder: Path) -> None:
    """Writes evening, portrait (variable frame rate) and still, each with poster and description."""
    folder.mkdir(parents=True, exist_ok=True)
    catalogue = []
    for name, size, frames, fps, variable in (
        ("evening", (640, 360), 240, 25.0, False),
        ("portrait", (360, 640), 150, 30.0, True),
    ):
        times = frame_times_s(frames, fps, variable=variable)
        write_video(folder / f"{name}.mp4", size, times, audio=not variable)
        draw_frame(0, 0.0, *size).save(folder / f"{name}.jpg", quality=85)
        strip = write_strip(folder / f"{name}-strip.jpg", size, times, 24, 6)
        catalogue.append(
            {
                "name": name,
                "kind": "video",
                "width": size[0],
                "height": size[1],
                "frames": frames,
                "duration_s": times[-1] + 1 / fps,
                "has_audio": not variable,
                "times_s": times,
                "thumbnails": strip,
            }
        )
    draw_frame(5, 2.0, 1200, 800).save(folder / "still.jpg", quality=90)
    catalogue.append(
        {
            "name": "still",
            "kind": "image",
            "width": 1200,
            "height": 800,
            "frames": 1,
            "duration_s": None,
            "has_audio": False,
            "times_s": [0.0],
            "thumbnails": None,
        }
    )
    (folder / "catalogue.json").write_text(json.dumps(catalogue))
    sys.stdout.write(f"wrote {len(catalogue)} clips to {folder}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "clipjury-mock")
