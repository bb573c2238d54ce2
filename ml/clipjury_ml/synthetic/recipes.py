"""What a made clip is: one frozen recipe from which the same file can be cooked again, and the truth about it."""

from dataclasses import dataclass
from typing import Literal

Technique = Literal[
    "face_swap", "mouth_warp", "expression_warp", "splice_cut", "splice_insert", "frame_repeat", "speed",
    "overlay_paste", "overlay_paint_out", "voice_replace", "voice_shift",
]  # fmt: skip
SceneName = Literal["newsroom", "street", "park", "podium", "kitchen", "empty_park"]
Container = Literal["mp4", "jpg", "png"]
Label = Literal["authentic", "manipulated"]

# The platform's vocabulary of kinds, by what was done.
KINDS: dict[Technique, tuple[str, ...]] = {
    "face_swap": ("face_swap",), "mouth_warp": ("lip_sync", "voice"), "expression_warp": ("face_reenactment",),
    "splice_cut": ("splice",), "splice_insert": ("splice",), "frame_repeat": ("splice",), "speed": ("speed",),
    "overlay_paste": ("overlay",), "overlay_paint_out": ("overlay",), "voice_replace": ("voice",),
    "voice_shift": ("voice",),
}  # fmt: skip
NEEDS_FACE: frozenset[Technique] = frozenset(
    {"face_swap", "mouth_warp", "expression_warp", "voice_replace", "voice_shift"}
)


@dataclass(frozen=True)
class Segment:
    """Frames from ``start_frame`` to ``end_frame``, both inclusive."""

    start_frame: int
    end_frame: int

    def holds(self, frame: int) -> bool:
        """Whether ``frame`` lies inside."""
        return self.start_frame <= frame <= self.end_frame


@dataclass(frozen=True)
class Manipulation:
    """What was done to the original, where, and how hard (0 subtle – 1 obvious)."""

    technique: Technique
    segments: tuple[Segment, ...]
    seed: int
    strength: float


@dataclass(frozen=True)
class ClipRecipe:
    """Everything that ``render`` needs; equal recipes give equal bytes."""

    title: str
    scene: SceneName
    identity_seed: int
    take_seed: int
    camera: str
    frames: int  # 1 for an image
    fps: int
    width: int
    height: int
    container: Container
    variable_rate: bool
    group: str
    manipulation: Manipulation | None

    @property
    def label(self) -> Label:
        """The truth about this clip."""
        return "authentic" if self.manipulation is None else "manipulated"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What kinds of manipulation there are, in the platform's words."""
        return () if self.manipulation is None else KINDS[self.manipulation.technique]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Where the manipulation is."""
        return () if self.manipulation is None else self.manipulation.segments

    @property
    def media(self) -> Literal["video", "image"]:
        """Video or image."""
        return "video" if self.container == "mp4" else "image"

    @property
    def seconds(self) -> float:
        """Playing time; 0 for an image."""
        return 0.0 if self.media == "image" else self.frames / self.fps

    @property
    def has_face(self) -> bool:
        """Whether somebody is in the picture."""
        return self.scene != "empty_park"
