"""What every detector is: frames in, one score or an honest abstention out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from pathlib import Path

    from clipjury_ml.media.containers import Kind
    from clipjury_ml.media.results import SampledFrames

Abstention = Literal[
    "no_face", "face_too_small", "too_few_frames_with_a_face", "too_few_frames", "still_picture", "facts_only",
    "no_sound", "no_speech", "no_talking_face", "several_talking_faces", "too_short",
    "untrained_kind",
]  # fmt: skip


Strength = Literal["fact", "weak", "moderate", "strong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something seen in a clip, in words, for people: by itself it says neither manipulated nor authentic.

    strength: `fact` is written in the file and as easily changed as written; the others say how clearly a
    statistic stands out. Frames are numbers of the frame index, both ends inclusive; all four ends are None for
    the clip as a whole. value is the statistic, whose meaning, paper and threshold `basis` gives.
    """

    kind: str
    words: str
    strength: Strength
    basis: str
    start_frame: int | None = None
    end_frame: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    value: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Score:
    """A detector's answer for one clip.

    p_manipulated is None exactly where in_domain is False, with the reason in abstention: a clip the
    detector was not made for gets no number, never .5. calibrated says whether p_manipulated may be read as
    a probability; else it only ranks. frame_scores has one entry a sampled frame, None where nothing could
    be scored. faces counts the faces scored over all frames, frames_used the frames they were in, face_px is
    the median longer side of their boxes. findings are for people and move nothing.
    """

    p_manipulated: float | None
    in_domain: bool
    calibrated: bool
    frames_used: int
    faces: int
    seconds: float
    frame_scores: tuple[float | None, ...]
    abstention: Abstention | None
    face_px: float | None = None
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        if self.in_domain != (self.p_manipulated is not None) or self.in_domain != (self.abstention is None):
            raise ValueError(
                "a score is either in domain with p_manipulated, or an abstention with its reason"
            )
        if self.p_manipulated is not None and not 0 <= self.p_manipulated <= 1:
            raise ValueError(f"p_manipulated must lie in 0…1, got {self.p_manipulated}")


class Detector(Protocol):
    """An automatic model, by id and version; the same frames always get the same score."""

    @property
    def id(self) -> str:
        """Stable name, as `--detector` takes it."""

    @property
    def version(self) -> str:
        """Changes with every change of weights, thresholds or aggregation."""

    @property
    def sha256(self) -> str:
        """Of the weights file."""

    @property
    def modality(self) -> str:
        """What it looks at: `face`, `frame` or `sound`."""

    def describe(self) -> dict[str, Any]:
        """The manifest as plain values: licence, sources, input, limits."""

    def score(self, frames: SampledFrames) -> Score:
        """Judge the frames of one clip; abstains rather than guess."""


@runtime_checkable
class ReadsFiles(Protocol):
    """A detector that looks at the whole file instead of sampled frames."""

    def examine(self, path: Path) -> Score:
        """Judge the file at path, decoded in the sandbox; raises MediaError."""


@runtime_checkable
class DeclinesKinds(Protocol):
    """A detector that may know by a file's kind alone that it has nothing to say."""

    def decline(self, kind: Kind) -> Score | None:
        """The abstention from every file of this kind, told before anything is decoded; None: it looks."""
