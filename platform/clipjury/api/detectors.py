"""Detectors: versions, comparisons on gate gold, promotion and rollback."""

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.detector import (
    DetectorDetail,
    DetectorPromotionIn,
    Detectors,
    InForce,
    RollbackIn,
    detail_body,
    detectors_body,
    version_body,
)
from clipjury.api.schemas.drift import Drift, drift_body
from clipjury.api.schemas.job import Job, job_body
from clipjury.db.transaction import transaction
from clipjury.services import calibrations, detector_views, drift, promotions
from clipjury.services.promotions import Actor

blueprint = Blueprint("detectors", __name__)


@blueprint.get("/detectors")
@requires("curator", "admin")
@describes("detectors", {200: Detectors})
def list_detectors() -> Response:
    """Every detector with its versions, and how large the gate set is."""
    with transaction() as session:
        views, gate = detector_views.list_detectors(session)
    return json_answer(detectors_body(views, gate))


@blueprint.get("/detectors/<int:id>")
@requires("curator", "admin")
@describes("detectors", {200: DetectorDetail})
def get_detector(id: int) -> Response:
    """One version: its card, its newest comparison with every figure, and what was in force when.

    Reading it is an exposure to the gate items that it names; 409 lease_open while one of them is held for review.
    """
    with transaction() as session:
        detail = detector_views.see_version(session, get_user().viewer, id)
    return json_answer(detail_body(detail))


@blueprint.get("/detectors/<int:id>/drift")
@requires("curator", "admin")
@describes("detectors", {200: Drift})
def get_detector_drift(id: int) -> Response:
    """Whether what this version sees, or how it answers, has moved away from what it was measured on."""
    with transaction() as session:
        rows = drift.list_reports(session, id)
    return json_answer(drift_body(id, rows))


@blueprint.post("/detectors/<int:id>/compare")
@requires("curator", "admin")
@describes("detectors", {202: Job})
def compare_detector(id: int) -> Response:
    """Queue a comparison with the version in force, on gate gold. Every comparison is counted."""
    with transaction() as session:
        job = promotions.request_comparison(session, id, get_user().id)
    return json_answer(job_body(job), 202)


@blueprint.post("/detectors/<int:id>/calibrate")
@requires("curator", "admin")
@describes("detectors", {202: Job})
def calibrate_detector(id: int) -> Response:
    """Queue a calibration of this version's scores on gold of the role `calibrate`. 409 calibration_running."""
    with transaction() as session:
        job = calibrations.request_calibration(session, id, get_user().id)
    return json_answer(job_body(job), 202)


@blueprint.post("/detectors/<int:id>/promote")
@requires("curator", "admin")
@describes("detectors", {200: InForce})
def promote_detector(id: int, json: DetectorPromotionIn) -> Response:
    """Bring a version into force that the gate has passed; with a reason, an admin may do so against the gate."""
    user = get_user()
    actor = Actor(user.id, is_admin="admin" in user.roles)
    with transaction() as session:
        job = promotions.promote(session, id, actor, json.override_reason)
        view = detector_views.get_view(session, id)
    return json_answer({"version": version_body(view), "job": job_body(job)})


@blueprint.post("/detectors/<int:id>/rollback")
@requires("curator", "admin")
@describes("detectors", {200: InForce})
def roll_back_detector(id: int, json: RollbackIn) -> Response:
    """Take this version back for the one before it, whose scores still stand. 409 not_active, nothing_before."""
    with transaction() as session:
        job = promotions.roll_back(session, id, get_user().id, json.reason)
        view = detector_views.get_view(session, int(job.arguments["version_id"]))
    return json_answer({"version": version_body(view), "job": job_body(job)})
