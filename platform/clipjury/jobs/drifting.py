"""Makes the drift reports of the detector versions in force, once a day and after each calibration."""

import logging

from clipjury.db.queries.drift import DriftReportRow
from clipjury.db.transaction import frozen_view, transaction
from clipjury.deps import Deps
from clipjury.services import drift

log = logging.getLogger(__name__)


def report_drift(_deps: Deps | None = None) -> int:
    """Report on every version whose report is due; how many. Safe to run twice: a fresh report is not due."""
    with transaction() as session:
        due = drift.list_due(session)
    for version_id in due:
        found = report_version(version_id)
        if found.state == "alert":
            log.warning("detector version %s has drifted: %s", version_id, alert_words(found))
    return len(due)


def report_version(version_id: int) -> DriftReportRow:
    """Look at one version now, whether or not it is due. Raises NotFoundError."""
    with transaction() as session:
        drift.list_reports(session, version_id)
    with frozen_view() as session:
        fresh = drift.make_report(session, version_id)
    with transaction() as session:
        return drift.record_report(session, version_id, fresh)


def alert_words(report: DriftReportRow) -> str:
    """The sentences of the measures that alert."""
    return " ".join(each["sentence"] for each in report.report["measures"] if each["state"] == "alert")
