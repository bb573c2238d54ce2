"""How much the picture flickers from one frame to the next, in blocks: what is left of a camera's noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK_PX = 16
_TO_DEVIATION = 1.2533  # mean absolute value of a normal variable to its standard deviation


def noise_map(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Two frames that follow each other, luma (h, w), to (4, h // 16, w // 16), in grey levels.

    Standard deviation of what is finer than five pixels in their difference, over the root of two, and in the second
    frame; its brightness; its slope per pixel after a blur that takes noise away. What is noise is renewed with
    every frame, so that the first two agree; texture stays, and the first is smaller.
    """
    import cv2  # not at the top: other operations in the sandbox start faster without

    rows, columns = (side // BLOCK_PX for side in before.shape)
    if min(rows, columns) == 0:
        return np.zeros((4, rows, columns), np.float32)
    one, other = (
        image[: rows * BLOCK_PX, : columns * BLOCK_PX].astype(np.float32) for image in (before, after)
    )
    change, smooth = other - one, cv2.blur(other, (5, 5))
    coarse = cv2.blur(smooth, (9, 9))
    slope = np.abs(cv2.Sobel(coarse, cv2.CV_32F, 1, 0, scale=1 / 8))
    slope += np.abs(cv2.Sobel(coarse, cv2.CV_32F, 0, 1, scale=1 / 8))
    fine = np.abs(change - cv2.blur(change, (5, 5))) * (_TO_DEVIATION / 1.4142)
    still = np.abs(other - smooth) * _TO_DEVIATION
    size = (columns, rows)
    return np.stack(
        [
            cv2.resize(each.astype(np.float32), size, interpolation=cv2.INTER_AREA)
            for each in (fine, still, other, slope)
        ]
    )
