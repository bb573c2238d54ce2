"""Under which conditions a clip was recorded and stored: bands of what its file says, without decoding it.

The measures are those of `clipjury_ml.detection.conditions`, in fixed bands instead of thirds: a band must mean the
same in every window and for every version.
"""

from dataclasses import dataclass
from typing import Final, Literal

# Shorter side of the picture, px: below what a face fills less than a detector's crop; streaming's usual steps.
RESOLUTIONS: Final = ((480, "small"), (900, "medium"))
# Bits a pixel and frame. Video: H.264 at about .1 is what platforms send; a third of it shows blocks.
VIDEO_BITS: Final = ((0.035, "strong"), (0.12, "usual"))
# Pictures: JPEG of quality 75 takes about 1 to 1.5.
IMAGE_BITS: Final = ((0.8, "strong"), (2.0, "usual"))

# What a calibration may differ by.
Condition = Literal["compression", "resolution", "source"]
CONDITIONS: Final[tuple[Condition, ...]] = ("compression", "resolution", "source")
NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a clip's row says of the conditions it comes with."""

    kind: str | None
    source: str | None
    size_bytes: int
    width_px: int | None
    height_px: int | None
    frames: int | None


def band_of(condition: Condition, clip: ClipFacts) -> str:
    """The band of a condition that the clip lies in; for the source, what its uploader said."""
    if condition == "source":
        return clip.source or NOT_STATED
    if condition == "resolution":
        return resolution_band(clip.width_px, clip.height_px)
    return compression_band(clip.kind, clip.size_bytes, clip.width_px, clip.height_px, clip.frames)


def resolution_band(width_px: int | None, height_px: int | None) -> str:
    """`small`, `medium` or `large` by the shorter side; `unknown` where it was not measured."""
    if not width_px or not height_px:
        return "unknown"
    return _band(min(width_px, height_px), RESOLUTIONS, "large")


def compression_band(
    kind: str | None, size_bytes: int, width_px: int | None, height_px: int | None, frames: int | None
) -> str:
    """`strong`, `usual` or `light` by bits a pixel and frame, sound included; `unknown` where it was not measured."""
    if not width_px or not height_px:
        return "unknown"
    bits = size_bytes * 8.0 / (width_px * height_px * max(1, frames or 1))
    return _band(bits, IMAGE_BITS if kind == "image" else VIDEO_BITS, "light")


def _band(value: float, bands: tuple[tuple[float, str], ...], highest: str) -> str:
    return next((name for below, name in bands if value < below), highest)
