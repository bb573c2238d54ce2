"""The promotion gate: comparisons on gate gold, promotion, rollback."""

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries import events, gate
from clipjury.db.queries import jobs as job_queries
from clipjury.db.queries.detector_versions import NewPromotion, VersionRow
from clipjury.db.queries.gate import ComparisonRow
from clipjury.db.queries.jobs import JobRow
from clipjury.domain.errors import ConflictError, FieldError, ForbiddenError, InvalidError
from clipjury.domain.promotion import MIN_REASON_CHARACTERS, how_to_promote
from clipjury.services import jobs
from clipjury.services.detectors import get_version, request_rescoring

COMPARE = "compare_detectors"

_REFUSALS = {
    "already_active": "This version is in force already.",
    "not_compared": "Compare this version with the one in force first: the gate decides on that comparison.",
    "comparison_outdated": "Another version has come into force since the comparison. Compare again.",
    "gate_not_passed": "The gate has not passed this version; its report says why. Only an admin can override it.",
}


@dataclass(frozen=True)
class Actor:
    """Who promotes."""

    id: int
    is_admin: bool


def request_comparison(session: Session, version_id: int, actor_id: int | None) -> JobRow:
    """Queue a comparison with the version in force. Raises NotFoundError, ConflictError (already_active,
    no_incumbent, comparison_running)."""
    candidate = get_version(session, version_id)
    versions.lock_detector(session, candidate.detector)
    incumbent = versions.find_active(session, candidate.detector)
    if incumbent is None:
        raise ConflictError("no_incumbent", "No version of this detector is in force to compare with.")
    if incumbent.id == candidate.id:
        raise ConflictError("already_active", _REFUSALS["already_active"])
    subject = f"detector_version:{version_id}"
    if job_queries.find_unfinished(session, COMPARE, subject) is not None:
        raise ConflictError("comparison_running", "This version is being compared at this moment.")
    arguments = {"candidate_id": candidate.id, "incumbent_id": incumbent.id}
    job_id = jobs.request_job(session, COMPARE, subject=subject, arguments=arguments, requested_by=actor_id)
    return jobs.get_job(session, job_id)


def record_comparison(
    session: Session, job: JobRow, *, outcome: str, report: dict[str, Any]
) -> ComparisonRow:
    """Note a comparison with its report; the one that stands already where this job made it before."""
    known = gate.find_of_job(session, job.id)
    if known is not None:
        return known
    candidate_id, incumbent_id = job.arguments["candidate_id"], job.arguments["incumbent_id"]
    comparison_id = gate.insert_comparison(
        session,
        candidate_id=candidate_id,
        incumbent_id=incumbent_id,
        outcome=outcome,
        report=report,
        job_id=job.id,
    )
    events.record_audit(
        session,
        "detector_compared",
        subject=f"detector_version:{candidate_id}",
        actor_id=job.requested_by,
        detail={"comparison_id": comparison_id, "incumbent_id": incumbent_id, "outcome": outcome},
    )
    found = gate.find_of_job(session, job.id)
    assert found is not None
    return found


def promote(session: Session, version_id: int, actor: Actor, override_reason: str | None) -> JobRow:
    """Bring the version into force and queue the scoring of the backlog; that job.

    Raises NotFoundError, ForbiddenError (admin_only), InvalidError, ConflictError (already_active, not_compared,
    comparison_outdated, gate_not_passed).
    """
    detector = get_version(session, version_id).detector
    versions.lock_detector(
        session, detector
    )  # of two who promote at once the second sees the first's version
    version = get_version(session, version_id)
    incumbent, newest = versions.find_active(session, detector), gate.find_newest(session, version_id)
    reason = None if override_reason is None else override_reason.strip()
    decision = how_to_promote(
        is_active=version.state == "active",
        outcome=newest.outcome if newest else None,
        compared_with_incumbent=bool(newest and incumbent and newest.incumbent_id == incumbent.id),
        override=reason is not None,
        is_admin=actor.is_admin,
    )
    if decision == "admin_only":
        raise ForbiddenError(
            "Only an admin can promote a version that the gate has not passed.", "admin_only"
        )
    if decision not in ("gate", "override"):
        raise ConflictError(decision, _REFUSALS[decision])
    if decision == "override":
        _check_reason(reason or "", "override_reason")
    change = NewPromotion(
        detector=detector,
        version_id=version_id,
        previous_id=incumbent.id if incumbent else None,
        kind=decision,
        reason=reason or "",
        comparison_id=newest.id if newest else None,
        actor_id=actor.id,
    )
    return _bring_into_force(session, version, change)


def roll_back(session: Session, version_id: int, actor_id: int, reason: str) -> JobRow:
    """Take this version out of force for the one before it, whose scores still stand; the job that follows.

    Raises NotFoundError, InvalidError, ConflictError (not_active, nothing_before).
    """
    detector = get_version(session, version_id).detector
    versions.lock_detector(session, detector)
    if get_version(session, version_id).state != "active":
        raise ConflictError("not_active", "This version is not in force, so there is nothing to take back.")
    _check_reason(reason.strip(), "reason")
    previous_id = next(
        (
            row.previous_id
            for row in versions.list_promotions(session, detector)
            if row.version_id == version_id and row.kind != "rollback"
        ),
        None,
    )
    if previous_id is None:
        raise ConflictError("nothing_before", "No version was in force before this one.")
    change = NewPromotion(detector, previous_id, version_id, "rollback", reason.strip(), actor_id=actor_id)
    return _bring_into_force(session, get_version(session, previous_id), change)


def _check_reason(reason: str, field: str) -> None:
    if len(reason) < MIN_REASON_CHARACTERS:
        message = f"Say why in at least {MIN_REASON_CHARACTERS} characters; the reason is kept for good."
        raise InvalidError("A reason is needed.", [FieldError(field, message)])


def _bring_into_force(session: Session, version: VersionRow, change: NewPromotion) -> JobRow:
    job_id = request_rescoring(session, version.id, change.actor_id)
    versions.bring_into_force(session, _with_job(change, job_id))
    events.record_audit(
        session,
        "detector_rolled_back" if change.kind == "rollback" else "detector_promoted",
        subject=f"detector_version:{version.id}",
        actor_id=change.actor_id,
        detail={
            "detector": change.detector,
            "version": version.version,
            "previous_id": change.previous_id,
            "kind": change.kind,
            "reason": change.reason,
            "comparison_id": change.comparison_id,
        },
    )
    return jobs.get_job(session, job_id)


def _with_job(change: NewPromotion, job_id: uuid.UUID) -> NewPromotion:
    return NewPromotion(**{**vars(change), "job_id": job_id})
