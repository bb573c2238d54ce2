"""What the operations of this package give back. No FFmpeg here: callers of the sandbox import this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from clipjury_ml.media.containers import Kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_SAMPLES = 128
MAX_THUMBNAILS = 60
MAX_CLAIMS = 20
MAX_CROP_PX = 128
INTRA, PREDICTED, BIDIRECTIONAL = 1, 2, 3  # picture types, as FFmpeg counts them; 0 is unknown
TRACK_SERIES = ("frames", "times_s", "boxes_xywh_px", "scores", "measured", "crops", "squares_px")


@dataclass(frozen=True)
class FrameIndex:
    """Presentation time in seconds and keyframe flag of every frame; position = frame number."""

    times_s: tuple[float, ...]
    keyframes: tuple[bool, ...]


@dataclass(frozen=True)
class Probe:
    """`width` and `height` are as displayed: after the sample aspect ratio and turning.

    `rotation_deg` is the clockwise turn a player applies. An image has one frame, and no duration or rate.
    """

    kind: Kind
    container: str
    duration_s: float | None
    width: int
    height: int
    rotation_deg: int
    frames: int
    fps_mean: float | None
    variable_frame_rate: bool
    video_codec: str
    audio_codec: str | None
    has_audio: bool


@dataclass(frozen=True)
class ProbeResult:
    """`warnings` are codes: `truncated`, `timestamps_repaired`, `animation_first_frame_only`."""

    probe: Probe
    frame_index: FrameIndex
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """A written preview. `times_s` are measured from the file written; position = frame number.

    `warnings` add `frames_stood_in` (pictures that did not decode) and `sound_unreadable` to the probe's.
    """

    path: Path
    kind: Kind
    media_type: str
    width: int
    height: int
    frames: int
    times_s: tuple[float, ...]
    duration_s: float | None
    has_audio: bool
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Poster:
    """One JPEG; `frame` is the frame number it shows."""

    path: Path
    width: int
    height: int
    frame: int


@dataclass(frozen=True)
class ThumbnailStrip:
    """One JPEG with `count` pictures of `width` × `height` px each, row by row, `columns` in a row."""

    path: Path
    count: int
    columns: int
    width: int
    height: int
    times_s: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class SampledFrames:
    """`rgb` is uint8 (n, height, width, 3), upright; frame numbers and times are those of the frame index."""

    rgb: NDArray[np.uint8]
    frame_indices: tuple[int, ...]
    times_s: tuple[float, ...]


@dataclass(frozen=True)
class FrameHash:
    """A frame's perceptual hash and its mirror image's, 256 bits as 64 hex digits; quality is 0 to 100."""

    frame: int
    bits: str
    mirrored: str
    quality: int


@dataclass(frozen=True)
class Manifest:
    """What a C2PA manifest says: the programs that signed, IPTC digital source types, actions. All unvalidated."""

    bytes: int
    generators: tuple[str, ...]
    source_types: tuple[str, ...]
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Action:
    """One step that content credentials tell of: C2PA's name, the last part of an IPTC source type, a program."""

    name: str
    source_type: str
    software: str


@dataclass(frozen=True)
class Ingredient:
    """A file that this one was made from: `parentOf`, `componentOf` or `inputTo`, and what failed in its own
    credentials when it was taken in."""

    title: str
    relationship: str
    has_credentials: bool
    failures: tuple[str, ...]


@dataclass(frozen=True)
class Credentials:
    """What became of checking a C2PA manifest. Texts are the signer's, at most 200 letters; "" where nothing is said.

    state: `intact`, the signature fits and so do all hashes; `broken`, with C2PA's failure codes in `failures`;
    `unreadable`, with the reason there. Who signed is vouched for by nobody in any of them.
    """

    state: Literal["intact", "broken", "unreadable"]
    signer: str
    issuer: str
    signed_at: str
    generators: tuple[str, ...]
    failures: tuple[str, ...]
    actions: tuple[Action, ...]
    ingredients: tuple[Ingredient, ...]


@dataclass(frozen=True)
class Provenance:
    """A file's own account of itself: the order of an MP4's top boxes, its brands, and tags.

    tags are (place, name, text), place one of `container`, `video`, `audio`, `stream`, `exif`, `text`.
    has_position says that coordinates are there, which are not repeated.
    """

    container: str
    boxes: tuple[str, ...]
    brands: tuple[str, ...]
    tags: tuple[tuple[str, str, str], ...]
    has_position: bool
    manifest: Manifest | None


@dataclass(frozen=True, eq=False)
class Traces:
    """What the tests for traces of editing look at, one row a frame in the order shown.

    small is luma (n, h, w) with a long side of 160 px, full the undivided luma (k, H, W) of a few frames;
    noise (p, 4, rows, columns) is what `noise_map` makes of pairs of frames that follow each other, the first of each
    in row noise_rows (p,); packet_bytes is 0 where a packet cannot be told from its neighbours; picture_types are
    1 I, 2 P, 3 B, 0 unknown; sound_s (m, 2) is start and length of each packet of sound, on the pictures' clock.
    """

    times_s: NDArray[np.float64]
    frames: NDArray[np.int64]
    small: NDArray[np.uint8]
    full: NDArray[np.uint8]
    noise: NDArray[np.float32]
    noise_rows: NDArray[np.int64]
    packet_bytes: NDArray[np.int64]
    picture_types: NDArray[np.uint8]
    sound_s: NDArray[np.float64]
    duration_s: float
    codec: str


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face followed over n frames without a gap; times are the frame index's, boxes px of the displayed frame.

    scores are the face finder's, those of the last measurement where the face was followed and not `measured`.
    crops are grey (m, px, px) with their squares_px (m, 3: left, top, side), of the first m frames; m is n, or less
    where the clip has too many faces, or 0 where no crops were asked for. end: `cut`, `lost` or `end` (of the clip).
    """

    frames: NDArray[np.int64]
    times_s: NDArray[np.float64]
    boxes_xywh_px: NDArray[np.float32]
    scores: NDArray[np.float32]
    measured: NDArray[np.bool_]
    crops: NDArray[np.uint8]
    squares_px: NDArray[np.float32]
    end: str


@dataclass(frozen=True, eq=False)
class FaceTracks:
    """All faces of a clip, by their first frame. width and height are as displayed, frames those looked at.

    `warnings` are codes: `truncated` (the file breaks off or parts of it do not decode: what there is, is given),
    `frames_left_out` (more than 4500).
    """

    tracks: tuple[FaceTrack, ...]
    width: int
    height: int
    frames: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Loudness:
    """Levels of a clip's sound in dB of full scale, (n, 4): 80–300, 300–1000, 1000–3000 and 3000–7000 Hz.

    Row i is measured over 25 ms from i · step_s on, of the player's time; no rows where there is no sound.
    `warnings` may hold `truncated`.
    """

    bands_db: NDArray[np.float32]
    step_s: float
    warnings: tuple[str, ...]


def check_count(count: int, most: int) -> None:
    """Raise ValueError unless 1 <= count <= most."""
    if not 1 <= count <= most:
        raise ValueError(f"count must be between 1 and {most}, got {count}")
