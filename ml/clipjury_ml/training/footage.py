"""Video texture: a still becomes one frame of a short moving clip that went through a real H.264 encoder."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import av
import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
PRESETS = ("ultrafast", "veryfast", "medium")
REPEATABLE = {"threads": "1", "x264-params": "rc-lookahead=0"}
"""With look-ahead libx264 gave other bytes for the same frames in about one of ten calls."""


def through_h264(frames: Sequence[Image], crf: int, preset: str = "veryfast") -> list[Image]:
    """Encode frames (each h, w, 3 RGB) by libx264 at constant rate factor crf and decode them again.

    An odd last row or column is not encoded, as 4:2:0 wants, and comes back as it was.
    """
    height, width = frames[0].shape[0] // 2 * 2, frames[0].shape[1] // 2 * 2
    stored = io.BytesIO()
    with av.open(stored, "w", format="mp4") as container:
        stream = container.add_stream(
            "libx264", rate=25, options=REPEATABLE | {"crf": str(crf), "preset": preset}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for image in frames:
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image[:height, :width]), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    stored.seek(0)
    results = [frame.copy() for frame in frames]
    with av.open(stored, "r") as coded:
        for result, decoded in zip(results, coded.decode(video=0), strict=True):
            result[:height, :width] = decoded.to_ndarray(format="rgb24")
    return results


@dataclass(frozen=True, slots=True)
class Footage:
    """A short take of a still: the camera pans and zooms, and frame `shown` shows the still as it is."""

    frames: int
    shown: int
    scale: float  # of the picture that is encoded, as an upload at lower resolution
    crf: int
    preset: str
    pan_px: tuple[float, float]  # a frame
    zoom: float  # a frame, about 1

    def of(self, still: Image) -> Image:
        """still (h, w, 3) -> the frame that shows it after the encoder, at the still's size."""
        height, width = still.shape[:2]
        size = (max(32, round(width * self.scale)), max(32, round(height * self.scale)))
        small = np.asarray(cv2.resize(still, size, interpolation=cv2.INTER_AREA), np.uint8)
        coded = through_h264([self._moved(small, n) for n in range(self.frames)], self.crf, self.preset)
        back = cv2.resize(coded[self.shown], (width, height), interpolation=cv2.INTER_LINEAR)
        return np.asarray(back, dtype=np.uint8)

    def _moved(self, still: Image, frame: int) -> Image:
        after = frame - self.shown
        if after == 0:
            return still
        height, width = still.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 0.0, self.zoom**after)
        matrix[:, 2] += np.array(self.pan_px) * after
        moved = cv2.warpAffine(still, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        return np.asarray(moved, dtype=np.uint8)


def choose_footage(rng: np.random.Generator) -> Footage:
    """A take of one to six frames, full size or smaller, CRF 17 (good) to 37 (poor)."""
    frames = int(rng.integers(1, 7))
    return Footage(
        frames=frames,
        shown=int(rng.integers(frames)),
        scale=1.0 if rng.random() < 0.5 else float(rng.uniform(0.45, 1.0)),
        crf=int(rng.integers(17, 38)),
        preset=str(rng.choice(PRESETS)),
        pan_px=(float(rng.normal(0, 1.5)), float(rng.normal(0, 1.0))),
        zoom=float(np.clip(rng.normal(1.0, 0.004), 0.98, 1.02)),
    )
