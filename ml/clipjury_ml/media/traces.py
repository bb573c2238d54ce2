"""Everything that the tests for traces of editing look at, taken from a video in one walk over its frames."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from clipjury_ml.media.decoding import Source, opened_file, opened_video, packets
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.noise import noise_map
from clipjury_ml.media.results import BIDIRECTIONAL, INTRA, PREDICTED, Traces
from clipjury_ml.media.timeline import number_frames, read_timeline

LONG_SIDE_PX = 160
MOST_FRAMES = 4500  # 3 minutes at 25 a second; what comes after is not looked at
_FULL_FRAMES = 6
_NOISE_PAIRS = 8
_PICTURE_TYPES = (INTRA, PREDICTED, BIDIRECTIONAL)


class _Noise:
    """Noise maps of pairs of frames that follow each other; those of another size than the first are left out."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self._maps: list[NDArray[np.float32]] = []
        self._before: tuple[int, NDArray[np.uint8]] | None = None

    def take_in(self, number: int, luma: NDArray[np.uint8], *, row: int, begins_pair: bool) -> None:
        """The next frame, which may end the pair that the one before began, and begin one."""
        if self._before is not None and number == self._before[0] + 1 and luma.shape == self._before[1].shape:
            found = noise_map(self._before[1], luma)
            if not self._maps or found.shape == self._maps[0].shape:
                self._maps.append(found)
                self.rows.append(row - 1)
        self._before = (number, luma) if begins_pair else None

    def maps(self) -> NDArray[np.float32]:
        """(pairs, 4, rows, columns), see `noise_map`."""
        return np.stack(self._maps) if self._maps else np.zeros((0, 4, 0, 0), np.float32)


def read_traces(source: Source, limits: Limits = DEFAULT_LIMITS) -> Traces:
    """Measure a video. Raises MediaError as `probe_file` does, and `unsupported_format` for an image."""
    with opened_file(source) as (_, container):
        if container.kind == "image":
            raise MediaError("unsupported_format", "Traces of editing are looked for in videos only.")
    import cv2  # not at the top: other operations in the sandbox start faster without; `sandboxed` loads it for this

    timeline = read_timeline(source, limits)
    sizes, sound = _read_packets(source, limits)
    frames = min(len(timeline), MOST_FRAMES)
    wanted, pairs = _spread(frames, _FULL_FRAMES), _spread(frames, _NOISE_PAIRS)
    small, full, numbers, bits, types = [], [], [], [], []
    noise = _Noise()
    with opened_video(source, limits) as opened:
        codec = opened.stream.codec_context.codec.canonical_name
        width, height = _small_size(opened.stream.codec_context.width, opened.stream.codec_context.height)
        for number, frame in number_frames(opened, timeline):
            if number >= frames:
                break
            luma = _luma(frame)
            small.append(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA))
            numbers.append(number)
            bits.append(sizes.get(frame.pts, 0))
            types.append(int(frame.pict_type) if frame.pict_type in _PICTURE_TYPES else 0)
            if number in wanted:
                full.append(luma)
            noise.take_in(number, luma, row=len(small) - 1, begins_pair=number in pairs)
    times_s = np.array(timeline.frame_index.times_s)[numbers]
    same = [picture for picture in full if picture.shape == full[0].shape]
    return Traces(
        times_s=times_s,
        frames=np.array(numbers, np.int64),
        small=np.stack(small) if small else np.zeros((0, height, width), np.uint8),
        full=np.stack(same) if same else np.zeros((0, 0, 0), np.uint8),
        noise=noise.maps(),
        noise_rows=np.array(noise.rows, np.int64),
        packet_bytes=np.array(bits, np.int64),
        picture_types=np.array(types, np.uint8),
        sound_s=np.array(sound, np.float64).reshape(-1, 2) - [float(timeline.origin_s), 0.0],
        duration_s=timeline.duration_s,
        codec=codec,
    )


def _spread(frames: int, parts: int) -> set[int]:
    """The middle frame of each of `parts` equal parts."""
    return {(2 * part + 1) * frames // (2 * parts) for part in range(parts)}


def _small_size(width: int, height: int) -> tuple[int, int]:
    scale = LONG_SIDE_PX / max(width, height)
    return max(8, round(width * scale)), max(8, round(height * scale))


def _luma(frame: VideoFrame) -> NDArray[np.uint8]:
    """The luma plane as it was coded, brought to eight bits; of packed formats and RGB, what a scaler makes of it."""
    bits = frame.format.components[0].bits
    if not frame.format.is_planar or frame.format.is_rgb or not 8 <= bits <= 16:
        return np.asarray(frame.to_ndarray(format="gray", threads=1), np.uint8)
    plane = frame.planes[0]
    samples: NDArray[np.integer[Any]] = np.frombuffer(
        bytes(plane), np.uint8 if bits == 8 else np.dtype("<u2")
    )
    rows = samples.reshape(-1, plane.line_size // samples.itemsize)[: frame.height, : frame.width]
    return np.asarray(rows >> (bits - 8), np.uint8)


def _read_packets(source: Source, limits: Limits) -> tuple[dict[int | None, int], list[tuple[float, float]]]:
    """Bytes of each picture's packet by presentation stamp, and start and length in s of each sound packet."""
    sizes: dict[int | None, int] = {}
    sound: list[tuple[float, float]] = []
    with opened_video(source, limits) as opened:
        for packet in packets(opened, with_audio=True):
            if packet.stream_index == opened.stream.index:
                sizes[packet.pts] = packet.size
            elif packet.pts is not None and packet.duration:
                base = packet.time_base or Fraction(1, 90_000)
                sound.append((float(packet.pts * base), float(packet.duration * base)))
    return sizes, sound
