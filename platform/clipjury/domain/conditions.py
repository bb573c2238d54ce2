"""Under which conditions a clip was recorded and stored: bands of what its file says and what its detector measured.

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

# Median longer side of the faces' boxes, px of the frame that was scored. Networks look at a face on a crop of a fixed
# size; one of 224 px around 1.13 times the box shows a face of about 200 px as it is. The middle band lies within a
# factor of √2 of that: below it the crop is enlarged and holds no fine detail, above it detail is lost by shrinking.
FACE_SIZES: Final = ((140, "under 140 px"), (280, "140 to 279 px"))
LARGEST_FACES: Final = "280 px and more"

# What a calibration may differ by.
Condition = Literal["compression", "resolution", "face_size", "source"]
CONDITIONS: Final[tuple[Condition, ...]] = ("compression", "resolution", "face_size", "source")
NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """What a clip's row says of the conditions it comes with; `face_px` is what a detector version measured on it."""

    kind: str | None
    source: str | None
    size_bytes: int
    width_px: int | None
    height_px: int | None
    frames: int | None
    face_px: float | None


def band_of(condition: Condition, clip: ClipFacts) -> str | None:
    """The band of a condition that the clip lies in; for the source, what its uploader said.

    None where no face was measured: such a clip lies in no band.
    """
    if condition == "source":
        return clip.source or NOT_STATED
    if condition == "face_size":
        return face_band(clip.face_px)
    if condition == "resolution":
        return resolution_band(clip.width_px, clip.height_px)
    return compression_band(clip.kind, clip.size_bytes, clip.width_px, clip.height_px, clip.frames)


def resolution_band(width_px: int | None, height_px: int | None) -> str:
    """`small`, `medium` or `large` by the shorter side; `unknown` where it was not measured."""
    if not width_px or not height_px:
        return "unknown"
    return _band(min(width_px, height_px), RESOLUTIONS, "large")


def face_band(face_px: float | None) -> str | None:
    """The band of a face size in px; None where none was measured."""
    return None if face_px is None else _band(face_px, FACE_SIZES, LARGEST_FACES)


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
