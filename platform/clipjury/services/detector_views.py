"""What curators and admins see of detectors. A report names gate items, so whoever reads it is exposed to them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from clipjury.db.queries import calibrations as calibration_queries
from clipjury.db.queries import detector_versions as versions
from clipjury.db.queries import drift as drift_queries
from clipjury.db.queries import exposures, gate
from clipjury.db.queries import jobs as job_queries
from clipjury.db.queries.calibrations import CalibrationGoldRow, CalibrationRow
from clipjury.db.queries.detector_versions import PromotionRow, VersionRow
from clipjury.db.queries.gate import ComparisonRow, GateCountRow
from clipjury.domain.errors import ConflictError
from clipjury.services import calibrations, score_views
from clipjury.services.clip_views import Viewer
from clipjury.services.detectors import get_version
from clipjury.services.promotions import COMPARE


@dataclass(frozen=True)
class VersionView:
    """A version with its newest comparison, the job that compares it at this moment, and for one in force what its
    newest drift report says."""

    version: VersionRow
    comparison: ComparisonRow | None
    comparison_job_id: uuid.UUID | None
    drift_state: str | None


@dataclass(frozen=True)
class VersionDetail:
    """A version with everything that was measured and decided about it and its detector."""

    view: VersionView
    incumbent: VersionRow | None
    compared_with: VersionRow | None
    promotions: Sequence[PromotionRow]
    gate: GateCountRow
    calibration: CalibrationRow | None
    calibration_gold: Sequence[CalibrationGoldRow]
    calibration_job_id: uuid.UUID | None


def list_detectors(session: Session) -> tuple[list[VersionView], GateCountRow]:
    """All versions of all detectors, newest first within each, and the size of the gate set."""
    return [_view(session, row) for row in versions.list_versions(session)], gate.count_gate(session)


def see_version(session: Session, viewer: Viewer, version_id: int) -> VersionDetail:
    """One version with its report. Raises NotFoundError, or ConflictError (lease_open) while the viewer holds a
    near-duplicate of an item that the report names. Items whose figures are kept from a moderator are left out."""
    version = get_version(session, version_id)
    view = _view(session, version)
    if view.comparison is not None:
        view = replace(view, comparison=_as_seen_by(session, viewer, view.comparison))
    return VersionDetail(
        view=view,
        incumbent=versions.find_active(session, version.detector),
        compared_with=versions.find_version(session, view.comparison.incumbent_id)
        if view.comparison
        else None,
        promotions=versions.list_promotions(session, version.detector),
        gate=gate.count_gate(session),
        calibration=calibration_queries.find_newest(session, version_id),
        calibration_gold=calibration_queries.count_gold(session),
        calibration_job_id=calibrations.find_running(session, version_id),
    )


def get_view(session: Session, version_id: int) -> VersionView:
    """One version without its report; raises NotFoundError."""
    return _view(session, get_version(session, version_id))


def _view(session: Session, row: VersionRow) -> VersionView:
    running = job_queries.find_unfinished(session, COMPARE, f"detector_version:{row.id}")
    reports = drift_queries.list_reports(session, row.id, 1) if row.state == "active" else []
    return VersionView(row, gate.find_newest(session, row.id), running, reports[0].state if reports else None)


def _as_seen_by(session: Session, viewer: Viewer, comparison: ComparisonRow) -> ComparisonRow:
    """The report with the items that this viewer may see, who is noted for them."""
    flips = comparison.report["flips"]
    groups = gate.get_groups(session, [uuid.UUID(flip["key"]) for flip in flips])
    if exposures.find_held_group(session, viewer.id) in set(groups.values()):
        raise ConflictError(
            "lease_open",
            "You hold a near-duplicate of one of the gate items for review. Vote or skip first, then read the report.",
        )
    withheld = set(score_views.list_withheld(session, viewer))
    shown = {clip_id: group for clip_id, group in groups.items() if group not in withheld}
    exposures.expose_many(session, viewer.id, list(shown.values()))
    score_views.note(session, viewer.id, list(shown.values()))
    kept = [flip for flip in flips if uuid.UUID(flip["key"]) in shown]
    return replace(comparison, report=comparison.report | {"flips": kept})
