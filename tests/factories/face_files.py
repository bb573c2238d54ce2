"""Files for detectors to read: a drawn talking head, a picture without a face, and broken ones."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pictures
from tests.factories.detectors import draw_portrait


def write_video(path: Path, images: list[NDArray[np.uint8]], fps: int = 25) -> Path:
    """Encode images (h, w, 3) as H.264 at path; the suffix names the container."""
    height, width = images[0].shape[:2]
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "18", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def write_talking_head(path: Path, seed: int = 0, frames: int = 16, side_px: int = 320) -> Path:
    """A drawn face that sways a little, as a video."""
    portrait = draw_portrait(side_px, seed)
    sway = [int(4 * np.sin(frame / 3)) for frame in range(frames)]
    return write_video(path, [np.roll(portrait, shift, axis=1) for shift in sway])


def write_portrait(path: Path, seed: int = 0, side_px: int = 320) -> Path:
    """A drawn face as a picture."""
    Pictures.fromarray(draw_portrait(side_px, seed)).save(path)
    return path


def write_landscape(path: Path, frames: int = 8) -> Path:
    """A moving gradient without a face, as a video."""
    ramp = np.linspace(40, 200, 320, dtype=np.float32)
    pictures = []
    for frame in range(frames):
        plane = np.tile(np.roll(ramp, 5 * frame)[None, :, None], (240, 1, 3))
        pictures.append(plane.astype(np.uint8))
    return write_video(path, pictures)


def write_broken(path: Path) -> Path:
    """A file that says it is a video and is not."""
    path.write_bytes(b"\x00\x00\x00\x20ftypisom" + bytes(range(256)) * 8)
    return path
