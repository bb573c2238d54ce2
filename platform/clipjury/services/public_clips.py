"""What anybody may read of a clip whose verdict is published. Nothing is told of one that is still open."""

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from clipjury.db.queries import exposures
from clipjury.db.queries import public_clips as queries
from clipjury.db.queries.public_clips import DetectorsRow, PublicRow, PublishedRow
from clipjury.domain.clip_states import ClipState, Outcome
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.exposure import may_see_public
from clipjury.domain.ladder import VerdictWords, verdict_words
from clipjury.domain.marks import AgreedRange
from clipjury.services import score_views
from clipjury.services.clip_views import LEASE_OPEN, Viewer
from clipjury.services.marks import get_marks

NOT_PUBLISHED = "There is no such clip, or it is still being judged."
WITHHELD = "This result is withheld at the moment. The people who run this installation are looking into it."


@dataclass(frozen=True)
class PublicCase:
    """A published verdict with what it rests on. `kinds`: what people called it, and how many did. `detectors` is
    None for a moderator who has to judge it blind."""

    clip: PublicRow
    words: VerdictWords
    answers: dict[str, int]
    simulated_answers: int
    detectors: DetectorsRow | None
    kinds: list[tuple[str, int]]
    marks: list[AgreedRange]
    times_s: dict[int, float]
    verdicts: list[PublishedRow]


@dataclass(frozen=True)
class LatestVerdict:
    """A published verdict in one line."""

    clip: PublicRow
    words: VerdictWords


def see_case(session: Session, clip_id: uuid.UUID, viewer: Viewer | None) -> PublicCase:
    """The case of a retired clip; a reader who is logged in is exposed by it.

    Raises NotFoundError (not_found, withheld), ConflictError (lease_open) for a live lease's holder.
    """
    clip = queries.find_clip(session, clip_id)
    if clip is None or may_see_public(cast(ClipState, clip.state)).answer != "allow":
        raise NotFoundError(NOT_PUBLISHED)
    if viewer is not None:
        if exposures.get_viewer_ties(session, viewer.id, clip.group_id).live:
            raise ConflictError("lease_open", LEASE_OPEN)
        exposures.expose(session, viewer.id, clip.group_id, "read")
    if clip.is_quarantined:
        raise NotFoundError(WITHHELD, code="withheld")
    if viewer is not None and score_views.withholds(session, viewer, clip.group_id):
        return replace(_case(session, _veil(clip)), detectors=None)
    if viewer is not None:
        score_views.note(session, viewer.id, [clip.group_id])
    return _case(session, clip)


def _veil(clip: PublicRow) -> PublicRow:
    """Without what detectors moved, for a moderator who has the case to judge."""
    return replace(clip, p_full=None, p_low=None, p_high=None)


def _case(session: Session, clip: PublicRow) -> PublicCase:
    answers = queries.list_answers(session, clip.id)
    accusing = [answer for answer in answers if answer.label == "manipulated"]
    kinds = Counter(kind for answer in accusing for kind in dict.fromkeys(answer.kinds))
    marks = get_marks(session, clip.id, clip.frames)
    return PublicCase(
        clip=clip,
        words=words_of(clip),
        answers=dict(Counter(answer.label for answer in answers)),
        simulated_answers=sum(answer.is_simulated for answer in answers),
        detectors=queries.count_detectors(session, clip.id),
        kinds=kinds.most_common(),
        marks=marks.ranges,
        times_s=marks.times_s,
        verdicts=queries.list_verdicts(session, clip.id),
    )


def words_of(clip: PublicRow) -> VerdictWords:
    """The ladder's words for the clip's outcome."""
    return verdict_words(
        cast(Outcome, clip.outcome),
        clip.p_low or 0.0,
        clip.votes_count,
        is_adjudicated=clip.retirement_reason == "adjudication",
    )


def list_latest(
    session: Session, viewer: Viewer | None, *, before: tuple[datetime, uuid.UUID] | None = None, limit: int
) -> list[LatestVerdict]:
    """Published verdicts, the latest first. A reader who is logged in is exposed to each, and one who holds a clip
    is told nothing of its group."""
    held = None if viewer is None else exposures.find_held_group(session, viewer.id)
    found = queries.list_latest(session, held_group=held, before=before, limit=limit)
    if viewer is not None:
        withheld = set(score_views.list_withheld(session, viewer))
        groups = [clip.group_id for clip in found]
        exposures.expose_many(session, viewer.id, groups)
        score_views.note(session, viewer.id, [group for group in groups if group not in withheld])
        found = [_veil(clip) if clip.group_id in withheld else clip for clip in found]
    return [LatestVerdict(clip, words_of(clip)) for clip in found]
