"""Takes reports of clips, and lets moderators decide on them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import assignments as assignment_queries
from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events, exposures
from clipjury.db.queries import quarantine as quarantine_queries
from clipjury.db.queries import reports as queries
from clipjury.db.queries.clips import ClipRow, RenditionRow
from clipjury.db.queries.locks import lock_names
from clipjury.db.queries.quarantine import QuarantineRow
from clipjury.db.queries.reports import CaseRow, NewReport, ReportRow
from clipjury.domain.errors import ConflictError, NotFoundError, TooManyAttemptsError
from clipjury.domain.events import ClipReported
from clipjury.domain.reports import WINDOW_S, Reason, decide_report, desk_of, is_too_many
from clipjury.services import assignments
from clipjury.services.clip_views import Viewer
from clipjury.services.clips import get_clip
from clipjury.services.quarantine import get_standing, quarantine_clip, release_clip

_MOST_CASES = 200


@dataclass(frozen=True)
class Case:
    """A reported clip with everything that moderators decide on."""

    report: ReportRow
    clip: ClipRow
    reports: Sequence[ReportRow]
    history: Sequence[QuarantineRow]


def file_report(session: Session, report: NewReport) -> uuid.UUID:
    """Take a report, and withhold the clip at once where the rule says so; the report's id.

    The caller is told nothing but the receipt. Raises NotFoundError, TooManyAttemptsError.
    """
    _check_limit(session, report)
    get_clip(session, report.clip_id)
    quarantine_queries.lock_with_leases(session, report.clip_id)
    return _file(session, report)


def report_leased_clip(session: Session, assignment_id: uuid.UUID, report: NewReport) -> uuid.UUID:
    """Take a reviewer's report of the clip they hold, and end the lease, so that they need not watch on.

    `report.clip_id` is not looked at: the lease says which clip. Raises as `get_lease` does.
    """
    _check_limit(session, report)
    reviewer_id = report.reporter_id
    assert reviewer_id is not None
    clip_id = assignments.get_lease(session, assignment_id, reviewer_id).clip_id
    quarantine_queries.lock_with_leases(session, clip_id)
    assignments.get_lease(session, assignment_id, reviewer_id)  # still live, now that it is locked
    exposures.expose(session, reviewer_id, get_clip(session, clip_id).group_id, "skipped")
    assignment_queries.end_lease(session, assignment_id, "skipped", "reported", None)
    return _file(session, NewReport(**{**vars(report), "clip_id": clip_id}))


def _check_limit(session: Session, report: NewReport) -> None:
    who = f"report:{report.reporter_id or report.address}"
    lock_names(session, [who])
    recent = queries.count_recent(session, report.reporter_id, report.address, WINDOW_S)
    if is_too_many(recent, is_signed_in=report.reporter_id is not None):
        detail = "That was many reports in one hour. Wait a while; for an emergency call the police."
        raise TooManyAttemptsError(detail, retry_after_s=WINDOW_S)


def _file(session: Session, report: NewReport) -> uuid.UUID:
    reason: Reason = report.reason  # type: ignore[assignment]  # held by the schema and the column's check
    report_id = queries.insert_report(session, report, desk_of(reason))
    decision = decide_report(
        reason,
        queries.count_independent(session, report.clip_id),
        get_standing(session, report.clip_id).cleared_by,
    )
    reported = ClipReported(clip_id=str(report.clip_id), report_id=str(report_id), desk=decision.desk)
    events.emit(session, [reported], subject=f"clip:{report.clip_id}", actor_id=report.reporter_id)
    if decision.quarantines and decision.desk not in get_standing(session, report.clip_id).held_by:
        quarantine_clip(
            session,
            report.clip_id,
            desk=decision.desk,
            reason=reason,
            actor_id=None,
            report_id=report_id,
            note="Withheld by the rule for reports, before anybody had looked.",
        )
    return report_id


def list_cases(session: Session, viewer: Viewer, *, is_open: bool) -> list[CaseRow]:
    """The moderators' queue, urgent ones first. What is listed is an exposure; a clip one holds is left out."""
    held = exposures.find_held_group(session, viewer.id)
    cases = queries.list_cases(session, is_open=is_open, held_group=held, limit=_MOST_CASES)
    exposures.expose_many(session, viewer.id, [case.group_id for case in cases])
    return cases


def get_case(session: Session, viewer: Viewer, report_id: uuid.UUID) -> Case:
    """One case, an exposure. Raises NotFoundError, also for what is the safeguarding officer's; ConflictError
    (lease_open) for whoever holds the clip."""
    report = queries.find_report(session, report_id)
    clip = clip_queries.find_clip(session, report.clip_id) if report else None
    if report is None or clip is None or report.desk != "moderators" or clip.is_safeguarded:
        raise NotFoundError("There is no such report.")
    if exposures.get_viewer_ties(session, viewer.id, clip.group_id).live:
        raise ConflictError(
            "lease_open", "You hold this clip for review. Vote, skip or report it there first."
        )
    exposures.expose(session, viewer.id, clip.group_id, "read")
    history = [row for row in quarantine_queries.list_steps(session, clip.id) if row.desk == "moderators"]
    return Case(report, clip, queries.list_of_clip(session, clip.id, "moderators"), history)


def uphold_reports(
    session: Session, viewer: Viewer, report_id: uuid.UUID, note: str, answer: str | None
) -> Case:
    """Withhold the clip, or keep it withheld, and close its open reports. Raises as `get_case` does."""
    case = get_case(session, viewer, report_id)
    quarantine_clip(
        session,
        case.clip.id,
        desk="moderators",
        reason=case.report.reason,
        actor_id=viewer.id,
        report_id=report_id,
        note=note,
    )
    return _close(session, viewer, case, "upheld", note, answer)


def dismiss_reports(
    session: Session, viewer: Viewer, report_id: uuid.UUID, note: str, answer: str | None
) -> Case:
    """Let the clip stand, put it back where it is withheld, and close its open reports; raises as `get_case` does."""
    case = get_case(session, viewer, report_id)
    quarantine_queries.lock_with_leases(session, case.clip.id)
    if "moderators" in get_standing(session, case.clip.id).held_by:
        release_clip(session, case.clip.id, desk="moderators", actor_id=viewer.id, note=note)
    return _close(session, viewer, case, "dismissed", note, answer)


def _close(session: Session, viewer: Viewer, case: Case, state: str, note: str, answer: str | None) -> Case:
    queries.close_reports(
        session, case.clip.id, "moderators", state=state, actor_id=viewer.id, note=note, answer=answer
    )
    action = "reports_upheld" if state == "upheld" else "reports_dismissed"
    events.record_audit(
        session, action, subject=f"clip:{case.clip.id}", actor_id=viewer.id, detail={"note": note}
    )
    return get_case(session, viewer, case.report.id)


def get_case_rendition(session: Session, viewer: Viewer, report_id: uuid.UUID, name: str) -> RenditionRow:
    """A rendition of a reported clip for moderators, withheld or not; raises as `get_case` does."""
    case = get_case(session, viewer, report_id)
    rendition = clip_queries.find_rendition(session, case.clip.id, name)
    if rendition is None:
        raise NotFoundError(f"This clip has no {name}.")
    return rendition
