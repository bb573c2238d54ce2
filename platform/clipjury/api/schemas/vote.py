"""A ballot on its way in, and the sealed vote."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.words import Kind, Label, ResponseLabel
from clipjury.db.queries.votes import BallotBody, VoteRow

_MAX_LISTED = 100  # a bound on the work before the ballot's rules are asked; they say what is too many
_MAX_FRAME = 2**31 - 1


class SegmentIn(RequestModel):
    """A time range of the preview, both frames included."""

    start_frame: int = Field(ge=0, le=_MAX_FRAME)
    end_frame: int = Field(ge=0, le=_MAX_FRAME)


class Region(RequestModel):
    """A box on one frame, as fractions [0, 1] of the displayed (rotated) frame."""

    frame: int = Field(ge=0, le=_MAX_FRAME)
    x: float
    y: float
    width: float
    height: float


class VoteIn(RequestModel):
    """A ballot. With `unsure`, confidence is null, or 0.5-1 together with the side it leans to."""

    label: ResponseLabel
    confidence: float | None = None
    lean: Label | None = None
    kinds: list[Kind] = Field(default=[], max_length=_MAX_LISTED)
    segments: list[SegmentIn] = Field(default=[])
    regions: list[Region] = Field(default=[])
    cues: list[PlainText] = Field(default=[], max_length=_MAX_LISTED)
    rationale: PlainText = ""


class Segment(AnswerModel):
    """A time range with the seconds at which its first and last frame are shown."""

    start_frame: int
    end_frame: int
    start_s: float
    end_s: float


class Vote(AnswerModel):
    """The sealed vote; it never changes."""

    id: int
    label: ResponseLabel
    confidence: float | None
    lean: Label | None
    kinds: list[Kind]
    segments: list[Segment]
    regions: list[Region]
    cues: list[str]
    rationale: str
    cast_at: datetime


def ballot_of(ballot: VoteIn) -> BallotBody:
    """The ballot as the service takes it."""
    return BallotBody(
        label=ballot.label,
        confidence=ballot.confidence,
        lean=ballot.lean,
        kinds=tuple(ballot.kinds),
        segments=tuple({"start_frame": s.start_frame, "end_frame": s.end_frame} for s in ballot.segments),
        regions=tuple(
            {"frame": r.frame, "x": r.x, "y": r.y, "width": r.width, "height": r.height}
            for r in ballot.regions
        ),
        cues=tuple(ballot.cues),
        rationale=ballot.rationale,
    )


def segment_body(segment: Mapping[str, Any], times_s: Mapping[int, float]) -> dict[str, Any]:
    """`Segment`; a frame without a known time (an image's) stands at 0 s."""
    start, end = int(segment["start_frame"]), int(segment["end_frame"])
    return {
        "start_frame": start,
        "end_frame": end,
        "start_s": times_s.get(start, 0.0),
        "end_s": times_s.get(end, 0.0),
    }


def vote_body(vote: VoteRow, times_s: Mapping[int, float]) -> dict[str, Any]:
    """`Vote`; `times_s` gives the segments' frames their seconds."""
    return {
        "id": vote.id,
        "label": vote.label,
        "confidence": vote.confidence,
        "lean": vote.lean,
        "kinds": vote.kinds,
        "segments": [segment_body(segment, times_s) for segment in vote.segments],
        "regions": vote.regions,
        "cues": vote.cues,
        "rationale": vote.rationale,
        "cast_at": vote.cast_at,
    }
