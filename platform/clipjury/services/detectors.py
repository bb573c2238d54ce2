"""Detector versions and their scores."""

from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import detectors as queries
from clipjury.db.queries import events
from clipjury.db.queries.detectors import NewScore
from clipjury.domain.errors import ConflictError
from clipjury.domain.events import ClipScored
from clipjury.services.clips import open_if_ready
from clipjury.services.consensus import recompute_clip


def register_version(
    session: Session, *, detector: str, version: str, sha256: str, is_calibrated: bool, card: dict[str, Any]
) -> int:
    """The version's id, registered the first time. Raises ConflictError when its weights have changed."""
    version_id = queries.register_version(
        session, detector=detector, version=version, sha256=sha256, is_calibrated=is_calibrated, card=card
    )
    if version_id is None:
        raise ConflictError(
            "detector_changed",
            f"{detector} {version} is known with other weights. Give the changed weights a version of their own.",
        )
    return version_id


def record_score(session: Session, score: NewScore) -> bool:
    """Store a score, move the clip's full posterior, open the clip if it was waiting. False if it stood already."""
    if not queries.insert_score(session, score):
        return False
    scored = ClipScored(clip_id=str(score.clip_id), detector_version_id=score.detector_version_id)
    events.emit(session, [scored], subject=f"clip:{score.clip_id}", actor_id=None)
    recompute_clip(session, score.clip_id, "score")
    open_if_ready(session, score.clip_id)
    return True
