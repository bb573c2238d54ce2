"""Detector versions and their scores."""

import uuid
from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries import detectors as queries
from clipjury.db.queries import events, rescoring
from clipjury.db.queries.detector_versions import NewPromotion, NewVersion, VersionRow
from clipjury.db.queries.detectors import NewScore
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import ClipScored
from clipjury.services import calibrations, jobs
from clipjury.services.clips import open_if_ready
from clipjury.services.consensus import recompute_clip

RESCORE: Final = "rescore_clips"


def register_version(session: Session, new: NewVersion, actor_id: int | None = None) -> VersionRow:
    """The version, registered the first time; a detector's first version comes into force at once, and where clips
    are here already the scoring of the backlog is queued with it.

    Every later one is a candidate until it is promoted. Raises ConflictError (detector_changed) when the same
    version is known with other weights.
    """
    versions.lock_detector(session, new.detector)
    known = {row.version for row in versions.list_versions(session, new.detector)}
    row = versions.register(session, new)
    if row is None:
        raise ConflictError(
            "detector_changed",
            f"{new.detector} {new.version} is known with other weights. Give the changed weights a version of "
            "their own.",
        )
    if new.version in known:
        return row
    detail = {"sha256": row.sha256, "version": row.version}
    subject = f"detector_version:{row.id}"
    events.record_audit(session, "detector_registered", subject=subject, actor_id=actor_id, detail=detail)
    if known:
        return row
    versions.hold_openings(session)  # a clip that opens meanwhile would be missing in the count
    backlog = rescoring.count_unscored(session, row.id)
    job_id = request_rescoring(session, row.id, actor_id) if backlog.total else None
    first = NewPromotion(row.detector, row.id, None, "first", "The first version of this detector.")
    versions.bring_into_force(session, replace(first, actor_id=actor_id, job_id=job_id))
    return replace(row, state="active")


def request_rescoring(session: Session, version_id: int, actor_id: int | None) -> uuid.UUID:
    """Queue what follows when a version comes into force: clips computed anew, the backlog scored; the job."""
    return jobs.request_job(
        session,
        RESCORE,
        subject=f"detector_version:{version_id}",
        arguments={"version_id": version_id},
        requested_by=actor_id,
    )


def get_version(session: Session, version_id: int) -> VersionRow:
    """The version; raises NotFoundError."""
    row = versions.find_version(session, version_id)
    if row is None:
        raise NotFoundError("There is no such detector version.")
    return row


def record_score(session: Session, score: NewScore) -> bool:
    """Store a score, move the clip's full posterior if its version is in force, open the clip if it was waiting.

    False if the score stood already.
    """
    if not queries.insert_score(session, score):
        return False
    calibrations.calibrate_new(session, score)
    scored = ClipScored(clip_id=str(score.clip_id), detector_version_id=score.detector_version_id)
    events.emit(session, [scored], subject=f"clip:{score.clip_id}", actor_id=None)
    if get_version(session, score.detector_version_id).state == "active":
        recompute_clip(session, score.clip_id, "score")
    open_if_ready(session, score.clip_id)
    return True
