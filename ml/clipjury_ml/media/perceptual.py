"""Perceptual hashes: 256 bits of a frame that survive re-encoding, resizing and small changes of brightness.

The PDQ hash of "Open-sourcing photo- and video-matching technology to make the internet safer" (Facebook 2019,
and the paper in the same repository): luma, shrunk to 64 × 64, the 16 × 16 lowest cosine terms without the
constant ones, each bit says whether its term lies above their median. The shrinking is our own (means of equal
cells in place of two box filters, which are not the same from left and right), so hashes cannot be exchanged.
Two frames match at a Hamming distance of 31 or less. Cropping and flipping change every term; so a frame's
mirror image is hashed too.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.decoding import Source, opened_file
from clipjury_ml.media.errors import undecodable
from clipjury_ml.media.limits import DEFAULT_LIMITS, Limits
from clipjury_ml.media.results import FrameHash
from clipjury_ml.media.sampling import pick_frames, shaper_for, spread_evenly
from clipjury_ml.media.shaping import fitted_size
from clipjury_ml.media.timeline import read_timeline

LONG_SIDE_PX = 512  # one recipe for ever: another size moves a hash by 8 to 20 bits
MAX_FRAMES = 64
MIN_FRAMES = 4
MIN_QUALITY = 50  # under it a frame has too little in it (black, a title card) to tell it from others

_SIDE = 64
_TERMS = 16
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_COSINES = np.sqrt(2.0 / _SIDE) * np.cos(
    np.pi / (2 * _SIDE) * np.outer(np.arange(1, _TERMS + 1), 2 * np.arange(_SIDE) + 1)
)  # (terms, side)
# A mirror image has the same terms, those of odd horizontal frequency with the other sign.
_MIRROR = np.where(np.arange(1, _TERMS + 1) % 2 == 1, -1.0, 1.0)[np.newaxis, :]


def hash_frame(rgb: NDArray[np.uint8], frame: int = 0) -> FrameHash:
    """The hash of one upright picture, uint8 (height, width, 3), of its mirror image, and its quality 0-100."""
    small = _shrink(rgb.astype(np.float32) @ _LUMA)
    terms = _COSINES @ small @ _COSINES.T  # (vertical, horizontal)
    return FrameHash(frame, _to_hex(terms), _to_hex(terms * _MIRROR), _quality(small))


def hash_clip(source: Source, limits: Limits = DEFAULT_LIMITS) -> tuple[FrameHash, ...]:
    """Hashes of one frame a second, 4 to 64 of them, without those of low quality; none is an answer too.

    Hand it the preview: everything is then of one size and upright. Raises MediaError as `probe_file` does.
    """
    hashes = [hash_frame(rgb, frame) for frame, rgb in _pictures(source, limits)]
    if not hashes:
        raise undecodable()
    return tuple(found for found in hashes if found.quality >= MIN_QUALITY)


def count_frames(frames: int, duration_s: float | None) -> int:
    """How many frames of a clip are hashed."""
    return max(1, min(frames, MAX_FRAMES, max(MIN_FRAMES, math.ceil(duration_s or 0.0))))


def _pictures(source: Source, limits: Limits) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    with opened_file(source) as (_, container):
        kind = container.kind
    if kind == "image":
        from clipjury_ml.media.images import open_image  # not at the top: videos do without Pillow

        picture = open_image(source, limits).rgb
        picture = picture.resize(fitted_size(*picture.size, short_px=None, long_px=LONG_SIDE_PX))
        yield 0, np.asarray(picture, np.uint8)
        return
    timeline = read_timeline(source, limits)
    times_s = timeline.frame_index.times_s
    wanted = spread_evenly(len(timeline), count_frames(len(timeline), times_s[-1] - times_s[0]))
    shaper = None
    for opened, number, frame in pick_frames(source, timeline, wanted, limits):
        shaper = shaper or shaper_for(opened, frame, long_px=LONG_SIDE_PX)
        yield number, shaper.shape_rgb(frame)


def _shrink(luma: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean of each of 64 × 64 equal cells, edges of cells between pixels included: a mirror image gives the
    mirror image of this, to the last digit or so."""
    small: NDArray[np.float64] = luma.astype(np.float64)
    for axis in (0, 1):
        length = small.shape[axis]
        sums = np.concatenate(
            [np.zeros_like(small.take([0], axis=axis)), np.cumsum(small, axis=axis)], axis=axis
        )
        edges = np.arange(_SIDE + 1) * length / _SIDE
        below = np.minimum(edges.astype(int), length - 1)
        part = (edges - below).reshape((-1, 1) if axis == 0 else (1, -1))
        at_edges = sums.take(below, axis=axis) * (1 - part) + sums.take(below + 1, axis=axis) * part
        small = np.diff(at_edges, axis=axis) * _SIDE / length
    return small


def _quality(small: NDArray[np.float64]) -> int:
    """How much there is to see: the steps between neighbours, each in whole percent of full scale, over 90."""
    steps = sum(int(np.abs(np.trunc(np.diff(small, axis=axis) * 100 / 255)).sum()) for axis in (0, 1))
    return min(100, steps // 90)


def _to_hex(terms: NDArray[np.floating]) -> str:
    flat = terms.reshape(-1)
    median = np.sort(flat)[flat.size // 2 - 1]  # np.median would load a module that the sandbox has no way to
    return np.packbits(flat > median).tobytes().hex()
