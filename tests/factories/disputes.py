"""Disputed clips by the platform's own rules: anchored reviewers who vote against each other."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.services import jobs
from clipjury.services.assignments import lease_next_clip
from clipjury.services.calibrations import CALIBRATE, record_calibration
from clipjury.services.votes import cast_vote


def vote(reviewer_id: int, label: str, *, lot: float = 1.0) -> None:
    """Lease the one clip that is free, and vote."""
    with transaction() as session:
        leased = lease_next_clip(session, reviewer_id, start=0.5)
    assert leased is not None
    with transaction() as session:
        cast_vote(session, leased[0].id, reviewer_id, ballot(label, rationale="seen at the jaw"), lot=lot)


def make_strong(session: Session, n: int = 1) -> list[int]:
    """Reviewers anchored on gold whose votes weigh much."""
    made = [make_user(session) for _ in range(n)]
    for user_id in made:
        anchor_reviewer(session, user_id)
    return made


FOUND = "A cut at frame 17."  # what the detector of `add_score` finds


def add_score(session: Session, clip_id: uuid.UUID, p: float, *, calibrated: bool = True) -> None:
    """A detector's answer, in its domain."""
    version = text(
        "INSERT INTO detector_versions (detector, version, sha256, is_calibrated, card, state) "
        "VALUES (:name, '1', :name, :calibrated, '{}', 'active') "
        "ON CONFLICT (detector, version) DO UPDATE SET sha256 = excluded.sha256 RETURNING id"
    )
    name = "calibrated" if calibrated else "uncalibrated"
    detector_id = session.execute(version, {"name": name, "calibrated": calibrated}).scalar_one()
    session.execute(
        text(
            "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, p_calibrated, is_in_domain, "
            "frames_used, faces, seconds, findings) "
            "VALUES (:c, :d, :p, :calibrated, true, 8, 1, 0.5, CAST(:findings AS jsonb))"
        ),
        {
            "c": clip_id,
            "d": detector_id,
            "p": p,
            "calibrated": p if calibrated else None,
            "findings": json.dumps([{"kind": "cut", "words": FOUND, "strength": "strong", "basis": ""}]),
        },
    )


def trust_version(session: Session, version_id: int) -> None:
    """Calibrate the version as though gold had shown that its scores mean what they say."""
    line = {"intercept": 0.0, "slope": 1.0, "log_low": -5.0, "log_high": 5.0}
    job_id = jobs.request_job(
        session, CALIBRATE, subject="test", arguments={"version_id": version_id}, requested_by=None
    )
    record_calibration(session, jobs.get_job(session, job_id), {"video": {"line": line}})


@dataclass(frozen=True)
class Disputed:
    """A disputed clip with those who voted on it."""

    id: uuid.UUID
    clip_id: uuid.UUID
    uploader_id: int
    voters: tuple[int, ...]


def make_disputed(p_detector: float | None = None, *, group_id: uuid.UUID | None = None) -> Disputed:
    """An open clip on which two anchored, strong reviewers voted against each other; nothing else may be free."""
    with transaction() as session:
        uploader = make_user(session)
        clip_id = make_open_clip(session, uploader, group_id=group_id)
        if p_detector is not None:
            add_score(session, clip_id, p_detector)
        voters = make_strong(session, 2)
    for reviewer, label in zip(voters, ("manipulated", "authentic"), strict=True):
        vote(reviewer, label)
    with transaction() as session:
        found = session.execute(text("SELECT id FROM disputes WHERE clip_id = :c"), {"c": clip_id})
        dispute_id = found.scalar_one()
        # Out of the way of the next clip that a test votes on.
        session.execute(text("UPDATE clips SET parallel_leases = 0 WHERE id = :c"), {"c": clip_id})
    return Disputed(dispute_id, clip_id, uploader, tuple(voters))


def list_reasons(clip_id: uuid.UUID) -> list[str]:
    """Every reason for which the clip was ever disputed, in their order."""
    statement = text(
        "SELECT r.reason FROM dispute_reasons r JOIN disputes d ON d.id = r.dispute_id "
        "WHERE d.clip_id = :c ORDER BY r.id"
    )
    with transaction() as session:
        return list(session.execute(statement, {"c": clip_id}).scalars())
