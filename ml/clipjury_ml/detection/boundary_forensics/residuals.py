"""What is left of a picture once its content is taken away: noise and detail, pixel by pixel.

SRM kernels: Fridrich and Kodovský, "Rich models for steganalysis of digital images", 2012, used on faces by Zhou et
al., CVPR 2017. JPEG ghosts: Farid, "Exposing digital forgeries from JPEG ghosts", 2009.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]

_SRM3 = np.array([[-1, 2, -1], [2, -4, 2], [-1, 2, -1]], np.float32) / 4
_SRM5 = (
    np.array(
        [[-1, 2, -2, 2, -1], [2, -6, 8, -6, 2], [-2, 8, -12, 8, -2], [2, -6, 8, -6, 2], [-1, 2, -2, 2, -1]],
        np.float32,
    )
    / 12
)
_SCALES = (0.7, 1.2, 2.0, 3.4, 5.8)  # px; neighbours make the differences of Gaussians
_GHOSTS = (55, 80)
_FLOOR = 0.08  # grey levels: what rounding to whole levels leaves in a flat picture is not told apart
_AROUND = (7, 7)

CHANNELS = {
    "srm3": "finest noise",
    "srm5": "fine noise",
    "median": "speckle",
    "dog1": "finest detail",
    "dog2": "fine detail",
    "dog3": "medium detail",
    "dog4": "coarse detail",
    "gradient": "contrast of edges",
    "chroma_a": "colour noise from green to red",
    "chroma_b": "colour noise from blue to yellow",
    "ghost55": "loss under strong JPEG compression",
    "ghost80": "loss under light JPEG compression",
}
"""Name → words, in the order of `log_energies`."""


def log_energies(crop: Image) -> NDArray[np.float32]:
    """crop (h, w, 3) uint8 RGB -> (CHANNELS, h, w): the log of each residual's mean size around each pixel.

    Logs, so that one hard edge does not outweigh a whole band of skin, and a difference is a ratio.
    """
    lab = cv2.cvtColor(crop, cv2.COLOR_RGB2LAB).astype(np.float32)
    grey_levels = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
    grey = grey_levels.astype(np.float32)
    soft = [cv2.GaussianBlur(grey, (0, 0), scale) for scale in _SCALES]
    planes = [
        cv2.filter2D(grey, cv2.CV_32F, _SRM3),
        cv2.filter2D(grey, cv2.CV_32F, _SRM5),
        grey - cv2.medianBlur(grey_levels, 3),
        *(before - after for before, after in pairwise(soft)),
        np.hypot(cv2.Scharr(grey, cv2.CV_32F, 1, 0), cv2.Scharr(grey, cv2.CV_32F, 0, 1)) / 32,
        *(lab[..., n] - cv2.GaussianBlur(lab[..., n], (0, 0), 1.5) for n in (1, 2)),
        *(grey - _through_jpeg(grey_levels, quality) for quality in _GHOSTS),
    ]
    sizes = [cv2.blur(np.abs(np.asarray(plane, np.float32)), _AROUND) for plane in planes]
    return np.asarray(np.log(np.stack(sizes) + np.float32(_FLOOR)), np.float32)


def high_pass(crop: Image) -> NDArray[np.float32]:
    """crop (h, w, 3) -> its three colour channels (3, h, w) without what is smooth."""
    pixels = crop.astype(np.float32)
    return np.ascontiguousarray((pixels - cv2.GaussianBlur(pixels, (0, 0), 1.0)).transpose(2, 0, 1))


def _through_jpeg(grey: Image, quality: int) -> Plane:
    _, coded = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.float32)
