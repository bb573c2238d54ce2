"""Where people point and what they name, computed when it is read: from the sealed votes, under the reliabilities in
force. Whoever calls has asked whether the reader may see it."""

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import marks as queries
from clipjury.db.queries.marks import MarkedVoteRow
from clipjury.domain.kinds import cue_posteriors, kind_posteriors
from clipjury.domain.marks import AgreedRange, Box, MarkedVote, agreed_ranges
from clipjury.domain.regions import AgreedRegion, agreed_regions
from clipjury_ml.consensus import online


@dataclass(frozen=True)
class ClipMarks:
    """Agreed ranges and regions, P(kind) and P(cue), all given that the clip is manipulated. `times_s`: when the
    frames at the ends of the ranges are shown."""

    ranges: list[AgreedRange]
    regions: list[AgreedRegion]
    kinds: dict[str, float]
    cues: dict[str, float]
    times_s: dict[int, float]


def get_marks(session: Session, clip_id: uuid.UUID, frames: int | None) -> ClipMarks:
    """What the clip's votes for `manipulated` agree on. frames: of the preview; None, as for an image, is one."""
    votes = [_marked_vote(row) for row in queries.list_marked_votes(session, clip_id)]
    length = frames or 1
    ranges = agreed_ranges(votes, length)
    ends = sorted({frame for found in ranges for frame in (found.start_frame, found.end_frame)})
    return ClipMarks(
        ranges=ranges,
        regions=agreed_regions(votes, length),
        kinds=kind_posteriors(votes),
        cues=cue_posteriors(votes),
        times_s=clip_queries.get_frame_times(session, clip_id, ends) if ends else {},
    )


def _marked_vote(row: MarkedVoteRow) -> MarkedVote:
    known = online.DEFAULT_RELIABILITY
    return MarkedVote(
        sensitivity=known.sensitivity if row.sensitivity is None else row.sensitivity,
        specificity=known.specificity if row.specificity is None else row.specificity,
        ranges=tuple((segment["start_frame"], segment["end_frame"]) for segment in row.segments),
        boxes=tuple(Box(**region) for region in row.regions),
        kinds=tuple(row.kinds),
        cues=tuple(row.cues),
    )
