"""What a detector version met and how it answered, window by window, and the drift reports made of it.

Clips are taken in the order in which they came in, not in which they were scored: after a promotion the backlog is
scored newest first, and its order would look like drift. Gold is left out, since somebody chose it, and so is every
clip but the first of a near-duplicate group: copies are no further evidence.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_STREAM: Final = {"stream_results": True, "yield_per": 500}

_STREAM_CLIPS = """
FROM clips c JOIN scores s ON s.clip_id = c.id AND s.detector_version_id = :version_id
WHERE c.quarantined_at IS NULL
  AND NOT EXISTS (SELECT FROM gold_labels g WHERE g.clip_id = c.id)
  AND NOT EXISTS (SELECT FROM clips e
    WHERE e.group_id = c.group_id AND (e.created_at, e.id) < (c.created_at, c.id))"""

_SEEN = f"""
SELECT c.created_at AS at, CASE WHEN s.is_in_domain THEN s.p_manipulated END AS score, s.faces, s.face_px, c.source,
  c.kind, c.size_bytes, c.width_px, c.height_px, c.frames, c.probe ->> 'video_codec' AS codec {_STREAM_CLIPS}
  AND c.created_at > :after AND c.created_at <= :until ORDER BY c.created_at"""

# Sealed before any detector figure was seen: blind decisions, and the people fit where it is sure.
_JUDGED = f"""
SELECT c.retired_at AS at, COALESCE(s.p_calibrated, s.p_manipulated) AS p_manipulated,
  COALESCE(d.verdict = 'manipulated', c.p_people > 0.5) AS people_say_manipulated {
    _STREAM_CLIPS.replace(
        "WHERE",
        '''
LEFT JOIN LATERAL (SELECT x.verdict FROM decisions x WHERE x.clip_id = c.id AND x.is_blind
  ORDER BY x.round DESC LIMIT 1) d ON true
WHERE''',
        1,
    )
}
  AND c.state = 'retired' AND s.is_in_domain AND s.p_manipulated IS NOT NULL
  AND CASE WHEN d.verdict IS NOT NULL THEN d.verdict <> 'inconclusive'
    ELSE c.p_people NOT BETWEEN :unsure_low AND :unsure_high END
  AND c.retired_at > :after AND c.retired_at <= :until ORDER BY c.retired_at"""

_SEEN_OF = {True: text(_SEEN), False: text(_SEEN + " DESC")}
_JUDGED_OF = {True: text(_JUDGED), False: text(_JUDGED + " DESC")}

_ANCHORS = text(
    """
SELECT c.id AS calibration_id, c.created_at AS calibrated_at,
  (SELECT max(p.created_at) FROM promotions p WHERE p.version_id = :version_id) AS in_force_at, now() AS now
FROM (VALUES (1)) one LEFT JOIN LATERAL (
  SELECT id, created_at FROM detector_calibrations WHERE detector_version_id = :version_id
  ORDER BY id DESC LIMIT 1) c ON true"""
)

_DUE = text(
    """
SELECT v.id FROM detector_versions v
WHERE v.state = 'active' AND EXISTS (SELECT FROM scores s WHERE s.detector_version_id = v.id) AND NOT EXISTS (
  SELECT FROM detector_drift_reports r
  WHERE r.detector_version_id = v.id AND r.created_at > now() - make_interval(secs => :every_s)
    AND r.calibration_id IS NOT DISTINCT FROM (
      SELECT max(c.id) FROM detector_calibrations c WHERE c.detector_version_id = v.id))
ORDER BY v.id"""
)

_INSERT = text(
    """
INSERT INTO detector_drift_reports (detector_version_id, calibration_id, state, report)
VALUES (:version_id, :calibration_id, :state, CAST(:report AS jsonb))"""
)

_REPORTS = text(
    """
SELECT id, detector_version_id, calibration_id, state, report, created_at FROM detector_drift_reports
WHERE detector_version_id = :version_id ORDER BY id DESC LIMIT :limit"""
)


@dataclass(frozen=True)
class SeenRow:
    """A clip as it came in, with what the version said of it."""

    at: datetime
    score: float | None
    faces: int
    face_px: float | None
    source: str | None
    kind: str | None
    size_bytes: int
    width_px: int | None
    height_px: int | None
    frames: int | None
    codec: str | None


@dataclass(frozen=True)
class JudgedRow:
    """A closed clip of which people alone are sure, with what the version said of it."""

    at: datetime
    p_manipulated: float
    people_say_manipulated: bool


@dataclass(frozen=True)
class AnchorsRow:
    """What a reference may end with: the newest calibration, the last time the version came into force."""

    calibration_id: int | None
    calibrated_at: datetime | None
    in_force_at: datetime | None
    now: datetime


@dataclass(frozen=True)
class DriftReportRow:
    """A report as it stands."""

    id: int
    detector_version_id: int
    calibration_id: int | None
    state: str
    report: dict[str, Any]
    created_at: datetime


def stream_seen(
    session: Session, version_id: int, after: datetime, until: datetime, *, oldest_first: bool
) -> Iterator[SeenRow]:
    """Scored clips that came in after `after` and up to `until`, from a server-side cursor."""
    values = {"version_id": version_id, "after": after, "until": until}
    for row in session.execute(_SEEN_OF[oldest_first], values, execution_options=_STREAM):
        yield row_as(SeenRow, row)


def stream_judged(
    session: Session,
    version_id: int,
    after: datetime,
    until: datetime,
    unsure: tuple[float, float],
    *,
    oldest_first: bool,
) -> Iterator[JudgedRow]:
    """Clips that closed in that time and were decided blind, or on which the people fit lies outside `unsure`."""
    values = {
        "version_id": version_id,
        "after": after,
        "until": until,
        "unsure_low": unsure[0],
        "unsure_high": unsure[1],
    }
    for row in session.execute(_JUDGED_OF[oldest_first], values, execution_options=_STREAM):
        yield row_as(JudgedRow, row)


def get_anchors(session: Session, version_id: int) -> AnchorsRow:
    """What the reference of a version may end with."""
    return row_as(AnchorsRow, session.execute(_ANCHORS, {"version_id": version_id}).one())


def list_due(session: Session, every_s: float) -> list[int]:
    """Versions in force that have met a clip, without a report of the last `every_s` seconds on their newest
    calibration."""
    return list(session.execute(_DUE, {"every_s": every_s}).scalars())


def insert_report(
    session: Session, version_id: int, calibration_id: int | None, state: str, report: dict[str, Any]
) -> None:
    """Note a report."""
    values = {"version_id": version_id, "calibration_id": calibration_id, "state": state}
    session.execute(_INSERT, {**values, "report": json.dumps(report)})


def list_reports(session: Session, version_id: int, limit: int) -> list[DriftReportRow]:
    """The version's reports, newest first."""
    values = {"version_id": version_id, "limit": limit}
    return [row_as(DriftReportRow, row) for row in session.execute(_REPORTS, values)]
