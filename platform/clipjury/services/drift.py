"""Drift reports: windows filled from the stream of clips, compared by the rule, noted and shown."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from sqlalchemy.orm import Session

from clipjury.db.queries import drift as queries
from clipjury.db.queries.drift import AnchorsRow, DriftReportRow, JudgedRow, SeenRow
from clipjury.domain.conditions import compression_band, face_band, resolution_band
from clipjury.domain.drift import EVERY, FEWEST_CLIPS, FEWEST_JUDGED, measure_drift, state_of
from clipjury.domain.drift_tally import JudgedClip, JudgedTally, SeenClip, SeenTally, Window
from clipjury.services.detectors import get_version

SURE: Final = (0.1, 0.9)  # between them people are not sure, and nobody can disagree with them
HISTORY: Final = 30
_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)

Tally = TypeVar("Tally", SeenTally, JudgedTally)
# (after, until, oldest first) -> a tally of the window's clips
Fill = Callable[[datetime, datetime, bool], Tally]


@dataclass(frozen=True)
class FreshReport:
    """A report that was made and not stored yet."""

    calibration_id: int | None
    state: str
    report: dict[str, Any]


def make_report(session: Session, version_id: int) -> FreshReport:
    """Compare the version's newest clips with its reference; only reads, and keeps counts alone in memory.

    `session` reads one frozen view of the database.
    """
    anchors = queries.get_anchors(session, version_id)
    seen_basis, before, now = _windows(
        anchors, lambda *span: _fill_seen(session, version_id, *span), FEWEST_CLIPS
    )
    judged_basis, judged_before, judged = _windows(
        anchors, lambda *span: _fill_judged(session, version_id, *span), FEWEST_JUDGED
    )
    measures = measure_drift(before, now, judged_before, judged)
    report = {
        "clips": _window_facts(seen_basis, before, now),
        "closed_clips": _window_facts(judged_basis, judged_before, judged),
        "measures": [asdict(measure) for measure in measures],
    }
    return FreshReport(anchors.calibration_id, state_of(measures), report)


def record_report(session: Session, version_id: int, fresh: FreshReport) -> DriftReportRow:
    """Note a report; it is the version's newest from now on."""
    queries.insert_report(session, version_id, fresh.calibration_id, fresh.state, fresh.report)
    return queries.list_reports(session, version_id, 1)[0]


def list_due(session: Session) -> list[int]:
    """Versions in force that should be looked at again: once a day, and after a calibration."""
    return queries.list_due(session, EVERY.total_seconds())


def list_reports(session: Session, version_id: int) -> list[DriftReportRow]:
    """The version's newest reports, newest first. Raises NotFoundError."""
    get_version(session, version_id)
    return queries.list_reports(session, version_id, HISTORY)


def _windows(anchors: AnchorsRow, fill: Fill[Tally], fewest: int) -> tuple[str, Tally, Tally]:
    """What the reference is, the reference, and the newest clips after it.

    It ends with the newest calibration; where there were too few clips before that, with the moment the version
    came into force; else it is the first clips that the version has met.
    """
    for basis, end in (("calibration", anchors.calibrated_at), ("in_force", anchors.in_force_at)):
        if end is not None:
            reference = fill(_EVER, end, False)
            if reference.count >= fewest:
                return basis, reference, fill(end, anchors.now, False)
    reference = fill(_EVER, anchors.now, True)
    return "first", reference, fill(reference.last_at or anchors.now, anchors.now, False)


def _fill_seen(
    session: Session, version_id: int, after: datetime, until: datetime, oldest_first: bool
) -> SeenTally:
    rows = queries.stream_seen(session, version_id, after, until, oldest_first=oldest_first)
    tally = SeenTally()
    for row in _taken(rows, tally):
        faces = face_band(row.face_px) if row.faces else "no face"
        tally.add(SeenClip(row.at, row.score, row.faces > 0, row.source, _condition(row), faces))
    return tally


def _fill_judged(
    session: Session, version_id: int, after: datetime, until: datetime, oldest_first: bool
) -> JudgedTally:
    rows = queries.stream_judged(session, version_id, after, until, SURE, oldest_first=oldest_first)
    tally = JudgedTally()
    for row in _taken(rows, tally):
        tally.add(JudgedClip(row.at, row.people_say_manipulated, row.p_manipulated))
    return tally


Row = TypeVar("Row", SeenRow, JudgedRow)


def _taken(rows: Iterator[Row], window: Window) -> Iterator[Row]:
    """The rows that the window takes; the cursor is closed with the first that it does not."""
    for row in rows:
        if not window.takes(row.at):
            return
        yield row


def _condition(row: SeenRow) -> str:
    bands = (
        row.kind or "unknown",
        row.codec or "unknown",
        resolution_band(row.width_px, row.height_px),
        compression_band(row.kind, row.size_bytes, row.width_px, row.height_px, row.frames),
    )
    return " / ".join(bands)


def _window_facts(basis: str, reference: Window, recent: Window) -> dict[str, Any]:
    return {"basis": basis, "reference": _span(reference), "recent": _span(recent)}


def _span(window: Window) -> dict[str, Any]:
    first, last = window.first_at, window.last_at
    return {
        "count": window.count,
        "first_at": first.isoformat() if first else None,
        "last_at": last.isoformat() if last else None,
    }
