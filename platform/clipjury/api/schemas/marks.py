"""What people agree on: where, what kind and by which cues. All of it given that the clip is manipulated."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.api.schemas.vote import Segment, segment_body
from clipjury.domain.marks import AgreedRange
from clipjury.services.marks import ClipMarks


class AgreedSegment(Segment):
    """A time range that people agree on, both ends included. `people`: the most who marked one of its frames;
    `certainty`: the share of it expected to be manipulated, if the clip is."""

    people: int
    certainty: float


class AgreedRegion(AnswerModel):
    """A region that people agree on, as fractions [0, 1] of the displayed frame. `people`: who drew it; `certainty`:
    how probably something manipulated is there, if the clip is."""

    frame: int
    x: float
    y: float
    width: float
    height: float
    people: int
    certainty: float


def agreed_segment_body(found: AgreedRange, times_s: Mapping[int, float]) -> dict[str, Any]:
    """`AgreedSegment`."""
    ends = {"start_frame": found.start_frame, "end_frame": found.end_frame}
    return {**segment_body(ends, times_s), "people": found.people, "certainty": found.certainty}


def marks_body(marks: ClipMarks) -> dict[str, Any]:
    """The parts of `Consensus` that say where and what."""
    return {
        "segments": [agreed_segment_body(found, marks.times_s) for found in marks.ranges],
        "regions": [
            {**asdict(found.box), "people": found.people, "certainty": found.certainty}
            for found in marks.regions
        ],
        "kinds": marks.kinds,
        "cues": marks.cues,
    }
