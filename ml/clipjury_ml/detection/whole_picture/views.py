"""What the whole-picture detector sees of a frame: tiles of its own pixels, and the frame reduced to one view.

Generators leave their traces in the finest detail, and resizing wipes it away (Gragnaniello et al., ICME 2021): so a
tile is never scaled. The reduced view is for what a tile is too small to hold.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

CENTRES = ((0.5, 0.5), (0.25, 0.25), (0.75, 0.75), (0.75, 0.25), (0.25, 0.75))  # x, y as shares of the frame
STEP_PX = 8  # tiles begin on JPEG's grid of blocks, so that its edges lie alike in all of them


def cut_views(frames: Image, size_px: int) -> list[Image]:
    """The views of each frame of frames (n, h, w, 3), as arrays (views, size, size, 3).

    A still gives all five tiles and the reduced view; of a video's frames each gives one tile, in turn, and the
    reduced view, so that twelve frames cost as much as four stills and still cover every place.
    """
    if len(frames) == 1:
        return [_views(frames[0], range(len(CENTRES)), size_px)]
    return [_views(frame, (number % len(CENTRES),), size_px) for number, frame in enumerate(frames)]


def _views(frame: Image, places: range | tuple[int, ...], size_px: int) -> Image:
    tiles = [_tile(frame, *CENTRES[place], size_px) for place in places]
    reduced = cv2.resize(frame, (size_px, size_px), interpolation=cv2.INTER_AREA)
    return np.stack([*tiles, np.asarray(reduced, np.uint8)])


def _tile(frame: Image, x: float, y: float, size_px: int) -> Image:
    """size_px × size_px of the frame's own pixels around (x, y); a smaller frame is mirrored past its edges."""
    height, width = frame.shape[:2]
    top, left = _begin(height, y, size_px), _begin(width, x, size_px)
    tile = frame[top : top + size_px, left : left + size_px]
    below, right = size_px - tile.shape[0], size_px - tile.shape[1]
    if below or right:
        tile = np.asarray(cv2.copyMakeBorder(tile, 0, below, 0, right, cv2.BORDER_REFLECT), np.uint8)
    return tile


def _begin(length_px: int, share: float, size_px: int) -> int:
    begin = min(max(0, round(length_px * share) - size_px // 2), max(0, length_px - size_px))
    return begin // STEP_PX * STEP_PX
