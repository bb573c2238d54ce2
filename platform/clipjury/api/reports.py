"""Reporting a clip, from every place that shows one; and the moderators' desk for reports."""

import secrets
import uuid

from flask import Blueprint, Response, request

from clipjury.api.access import public, requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import SignedInUser, check_csrf, find_user, get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.media import send_rendition
from clipjury.api.schemas.report import (
    ReportCase,
    ReportDecisionIn,
    ReportIn,
    ReportQueue,
    ReportReceipt,
    ReportsQuery,
    case_body,
    queue_body,
)
from clipjury.db.queries.reports import NewReport
from clipjury.db.transaction import transaction
from clipjury.services import reports
from clipjury.services.sessions import network_of

blueprint = Blueprint("reports", __name__)

_RECEIPT_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # read aloud without mistakes


@blueprint.post("/clips/<uuid:id>/report")
@public
@describes("reports", {202: ReportReceipt})
def report_clip(id: uuid.UUID, json: ReportIn) -> Response:
    """Ask for a clip to be looked at, logged in or not. The answer is a receipt and tells nothing of the clip."""
    user = find_user()
    if user is not None:
        check_csrf(user)
    report = _new_report(id, json, user)
    with transaction() as session:
        reports.file_report(session, report)
    return json_answer({"receipt": report.receipt}, 202)


@blueprint.post("/assignments/<uuid:id>/report")
@requires("reviewer")
@describes("reports", {202: ReportReceipt})
def report_assignment(id: uuid.UUID, json: ReportIn) -> Response:
    """Report the clip one holds. The lease ends: nobody has to watch on."""
    report = _new_report(id, json, get_user())
    with transaction() as session:
        reports.report_leased_clip(session, id, report)
    return json_answer({"receipt": report.receipt}, 202)


def _new_report(clip_id: uuid.UUID, body: ReportIn, user: SignedInUser | None) -> NewReport:
    return NewReport(
        clip_id=clip_id,
        reason=body.reason,
        note=body.note.strip(),
        contact=(body.contact or "").strip() or None,
        reporter_id=user.id if user else None,
        address=None if user else network_of(request.remote_addr or ""),
        receipt=_new_receipt(),
    )


def _new_receipt() -> str:
    letters = "".join(secrets.choice(_RECEIPT_ALPHABET) for _ in range(12))
    return "-".join(letters[start : start + 4] for start in (0, 4, 8))


@blueprint.get("/reports")
@requires("moderator", "admin")
@describes("reports", {200: ReportQueue})
def list_reports(query: ReportsQuery) -> Response:
    """Reported clips, the most urgent first; those of suspected child abuse are not among them."""
    with transaction() as session:
        cases = reports.list_cases(session, get_user().viewer, is_open=query.state == "open")
    return json_answer(queue_body(cases))


@blueprint.get("/reports/<uuid:id>")
@requires("moderator", "admin")
@describes("reports", {200: ReportCase})
def get_report(id: uuid.UUID) -> Response:
    """One reported clip with all its reports and what was done."""
    with transaction() as session:
        case = reports.get_case(session, get_user().viewer, id)
    return json_answer(case_body(case))


@blueprint.post("/reports/<uuid:id>/quarantine")
@requires("moderator", "admin")
@describes("reports", {200: ReportCase})
def uphold_report(id: uuid.UUID, json: ReportDecisionIn) -> Response:
    """Withhold the clip from everybody but moderators, and close its open reports."""
    with transaction() as session:
        case = reports.uphold_reports(session, get_user().viewer, id, json.note, json.answer)
    return json_answer(case_body(case))


@blueprint.post("/reports/<uuid:id>/dismiss")
@requires("moderator", "admin")
@describes("reports", {200: ReportCase})
def dismiss_report(id: uuid.UUID, json: ReportDecisionIn) -> Response:
    """Let the clip stand: it goes back where it was if it is withheld, and its open reports are closed."""
    with transaction() as session:
        case = reports.dismiss_reports(session, get_user().viewer, id, json.note, json.answer)
    return json_answer(case_body(case))


@blueprint.get("/reports/<uuid:id>/media/<any(preview,poster,thumbnails):name>")
@requires("moderator", "admin")
@describes("reports", {200: None, 206: None}, produces=("video/mp4", "video/webm", "image/jpeg", "image/png"))
def get_report_media(id: uuid.UUID, name: str) -> Response:
    """A rendition of a reported clip, withheld or not."""
    with transaction() as session:
        rendition = reports.get_case_rendition(session, get_user().viewer, id, name)
    return send_rendition(get_deps().storage, rendition)
