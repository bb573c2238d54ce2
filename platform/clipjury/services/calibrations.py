"""Calibrations of detector versions on gold that is never served: asked for, noted, applied to scores."""

import uuid
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import calibrations as queries
from clipjury.db.queries import detector_versions, events
from clipjury.db.queries import jobs as job_queries
from clipjury.db.queries.calibrations import CalibrationRow
from clipjury.db.queries.detectors import NewScore
from clipjury.db.queries.jobs import JobRow
from clipjury.domain.calibration import Line, calibrated_probability
from clipjury.domain.conditions import ClipFacts, band_of
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.services import jobs

CALIBRATE = "calibrate_detector"


def request_calibration(session: Session, version_id: int, actor_id: int | None) -> JobRow:
    """Queue a calibration on all gold of that role. Raises NotFoundError, ConflictError (calibration_running)."""
    if detector_versions.find_version(session, version_id) is None:
        raise NotFoundError("There is no such detector version.")
    subject = f"detector_version:{version_id}"
    if job_queries.find_unfinished(session, CALIBRATE, subject) is not None:
        raise ConflictError("calibration_running", "This version is being calibrated at this moment.")
    job_id = jobs.request_job(
        session, CALIBRATE, subject=subject, arguments={"version_id": version_id}, requested_by=actor_id
    )
    return jobs.get_job(session, job_id)


def record_calibration(session: Session, job: JobRow, kinds: dict[str, dict[str, Any]]) -> CalibrationRow:
    """Note what was found, once a job; the newest calibration of a version is the one that counts."""
    version_id = job.arguments["version_id"]
    queries.insert_calibration(session, version_id, kinds, job.id)
    found = queries.find_newest(session, version_id)
    assert found is not None
    detail = {"calibration_id": found.id, "kinds": {kind: each["line"] for kind, each in kinds.items()}}
    events.record_audit(
        session,
        "detector_calibrated",
        subject=f"detector_version:{version_id}",
        actor_id=job.requested_by,
        detail=detail,
    )
    return found


def apply_batch(session: Session, calibration: CalibrationRow, limit: int) -> int:
    """Bring up to `limit` scores of the version to this calibration; how many."""
    stale = queries.list_stale(session, calibration.detector_version_id, calibration.id, limit)
    queries.apply(
        session, calibration.id, [(row.id, _probability(calibration, row.facts, row.score)) for row in stale]
    )
    return len(stale)


def calibrate_new(session: Session, score: NewScore) -> None:
    """Turn the score that was just stored into a probability, if its version is calibrated."""
    newest = queries.find_newest(session, score.detector_version_id)
    if newest is None:
        return
    clip = queries.get_facts(session, score.clip_id, score.detector_version_id)
    p = _probability(newest, clip, score.p_manipulated)
    queries.apply_to_one(session, score.clip_id, score.detector_version_id, newest.id, p)


def find_running(session: Session, version_id: int) -> uuid.UUID | None:
    """The job that calibrates the version at this moment."""
    return job_queries.find_unfinished(session, CALIBRATE, f"detector_version:{version_id}")


def _probability(calibration: CalibrationRow, clip: ClipFacts, score: float | None) -> float | None:
    line = _line(calibration.kinds.get(clip.kind or "", {}), clip)
    if line is None or score is None:
        return None
    return calibrated_probability(score, Line(**line))


def _line(kind: dict[str, Any], clip: ClipFacts) -> dict[str, float] | None:
    """The line of the clip's band, where lines by a condition are used and its band has one; else the kind's."""
    common: dict[str, float] | None = kind.get("line")
    for tried in kind.get("conditions", ()):  # calibrations from before have none
        if tried["is_used"]:
            band = band_of(tried["condition"], clip)
            return next((each["line"] for each in tried["bands"] if each["band"] == band), common)
    return common
