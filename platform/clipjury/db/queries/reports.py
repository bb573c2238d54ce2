"""Reports of clips: filed, counted, listed as cases, closed."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_COUNT_RECENT = text(
    """
SELECT count(*) FROM reports WHERE created_at > clock_timestamp() - make_interval(secs => :window_s)
  AND (reporter_id = CAST(:reporter_id AS bigint) OR address = CAST(:address AS text))"""
)
_COUNT_INDEPENDENT = text(
    """
SELECT count(DISTINCT reporter_id) + max(CASE WHEN reporter_id IS NULL THEN 1 ELSE 0 END) FROM reports
WHERE clip_id = :clip_id AND desk = 'moderators' AND state = 'open'"""
)
_INSERT = text(
    """
INSERT INTO reports (receipt, clip_id, reason, desk, note, contact, reporter_id, address)
VALUES (:receipt, :clip_id, :reason, :desk, :note, :contact, :reporter_id, :address) RETURNING id"""
)

_COLUMNS = """
  r.id, r.receipt, r.clip_id, r.reason, r.desk, r.note, r.contact, r.reporter_id, u.display_name AS reporter_name,
  r.state, r.created_at, r.decided_at, r.decision_note, r.answer"""

_FIND = text(
    f"SELECT {_COLUMNS} FROM reports r LEFT JOIN users u ON u.id = r.reporter_id WHERE r.id = :report_id"
)
_OF_CLIP = text(
    f"""
SELECT {_COLUMNS} FROM reports r LEFT JOIN users u ON u.id = r.reporter_id
WHERE r.clip_id = :clip_id AND r.desk = :desk ORDER BY r.created_at, r.id"""
)
# One line a clip: under the id of its newest report, with the urgent reason where there is one.
_CASES = text(
    """
SELECT newest.id, newest.clip_id, newest.created_at, counts.reasons, counts.n_reports,
  c.kind, c.original_name, c.group_id, c.quarantined_at
FROM (
  SELECT DISTINCT ON (r.clip_id) r.id, r.clip_id, r.created_at, r.state FROM reports r
  WHERE r.desk = 'moderators' ORDER BY r.clip_id, r.state = 'open' DESC, r.created_at DESC, r.id) newest
JOIN clips c ON c.id = newest.clip_id
CROSS JOIN LATERAL (
  SELECT count(*) AS n_reports, array_agg(DISTINCT r.reason ORDER BY r.reason) AS reasons FROM reports r
  WHERE r.clip_id = newest.clip_id AND r.desk = 'moderators' AND (r.state = 'open') = :is_open) counts
WHERE (newest.state = 'open') = :is_open AND NOT c.is_safeguarded
  AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid)
ORDER BY 'intimate' = ANY(counts.reasons) DESC, newest.created_at LIMIT :limit"""
)
_CLOSE = text(
    """
UPDATE reports SET state = :state, decided_by = :actor_id, decided_at = clock_timestamp(), decision_note = :note,
  answer = :answer
WHERE clip_id = :clip_id AND desk = :desk AND state = 'open'"""
)
_FORGET = text(
    "UPDATE reports SET address = NULL WHERE address IS NOT NULL AND created_at < now() - interval '1 day'"
)
_SAFEGUARDED = text(
    """
SELECT c.id AS clip_id, c.kind, c.created_at AS uploaded_at, c.is_safeguarded, c.sha256,
  (SELECT count(*) FROM reports r WHERE r.clip_id = c.id AND r.desk = 'safeguarding' AND r.state = 'open') AS n_open,
  (SELECT max(r.created_at) FROM reports r WHERE r.clip_id = c.id AND r.desk = 'safeguarding') AS reported_at,
  (SELECT q.reference FROM quarantines q WHERE q.clip_id = c.id AND q.action = 'blocked' ORDER BY q.id LIMIT 1)
    AS reference
FROM clips c
WHERE c.is_safeguarded
  OR EXISTS (SELECT FROM reports r WHERE r.clip_id = c.id AND r.desk = 'safeguarding' AND r.state = 'open')
ORDER BY (SELECT q.id FROM quarantines q WHERE q.clip_id = c.id AND q.action = 'blocked' LIMIT 1) IS NOT NULL,
  reported_at LIMIT :limit"""
)
_HAS_SAFEGUARDING = text(
    """
SELECT EXISTS (SELECT FROM clips WHERE id = :clip_id AND is_safeguarded)
  OR EXISTS (SELECT FROM reports WHERE clip_id = :clip_id AND desk = 'safeguarding')"""
)


@dataclass(frozen=True)
class ReportRow:
    """A report; nobody as reporter: somebody who was logged out."""

    id: uuid.UUID
    receipt: str
    clip_id: uuid.UUID
    reason: str
    desk: str
    note: str
    contact: str | None
    reporter_id: int | None
    reporter_name: str | None
    state: str
    created_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    answer: str | None


@dataclass(frozen=True)
class NewReport:
    """What somebody says of a clip. `address` for those who are logged out."""

    clip_id: uuid.UUID
    reason: str
    note: str
    contact: str | None
    reporter_id: int | None
    address: str | None
    receipt: str


@dataclass(frozen=True)
class CaseRow:
    """A clip in the moderators' queue."""

    id: uuid.UUID
    clip_id: uuid.UUID
    created_at: datetime
    reasons: list[str]
    n_reports: int
    kind: str | None
    original_name: str
    group_id: uuid.UUID
    quarantined_at: datetime | None


@dataclass(frozen=True)
class SafeguardedRow:
    """A clip on the safeguarding officer's desk."""

    clip_id: uuid.UUID
    kind: str | None
    uploaded_at: datetime
    is_safeguarded: bool
    sha256: str
    n_open: int
    reported_at: datetime | None
    reference: str | None


def count_recent(session: Session, reporter_id: int | None, address: str | None, window_s: float) -> int:
    """Reports of this account, or from this address, in the window."""
    parameters = {"reporter_id": reporter_id, "address": address, "window_s": window_s}
    return int(session.execute(_COUNT_RECENT, parameters).scalar_one())


def count_independent(session: Session, clip_id: uuid.UUID) -> int:
    """How many people have open reports of the clip with the moderators; all who were logged out are one."""
    return int(session.execute(_COUNT_INDEPENDENT, {"clip_id": clip_id}).scalar() or 0)


def insert_report(session: Session, report: NewReport, desk: str) -> uuid.UUID:
    """The new report's id."""
    return uuid.UUID(str(session.execute(_INSERT, {**vars(report), "desk": desk}).scalar_one()))


def find_report(session: Session, report_id: uuid.UUID) -> ReportRow | None:
    """The report."""
    return row_as(ReportRow, session.execute(_FIND, {"report_id": report_id}).one_or_none())


def list_of_clip(session: Session, clip_id: uuid.UUID, desk: str) -> list[ReportRow]:
    """The clip's reports to this desk, oldest first."""
    rows = session.execute(_OF_CLIP, {"clip_id": clip_id, "desk": desk})
    return [row_as(ReportRow, row) for row in rows]


def list_cases(session: Session, *, is_open: bool, held_group: uuid.UUID | None, limit: int) -> list[CaseRow]:
    """The moderators' cases, without `held_group` and without what the safeguarding officer holds."""
    parameters = {"is_open": is_open, "held_group": held_group, "limit": limit}
    return [row_as(CaseRow, row) for row in session.execute(_CASES, parameters)]


def close_reports(
    session: Session,
    clip_id: uuid.UUID,
    desk: str,
    *,
    state: str,
    actor_id: int,
    note: str,
    answer: str | None,
) -> None:
    """Close all open reports of the clip to this desk."""
    session.execute(
        _CLOSE,
        {
            "clip_id": clip_id,
            "desk": desk,
            "state": state,
            "actor_id": actor_id,
            "note": note,
            "answer": answer,
        },
    )


def forget_addresses(session: Session) -> int:
    """Drop the addresses of reports that are older than a day; how many."""
    return int(session.execute(_FORGET).rowcount)  # type: ignore[attr-defined]


def list_safeguarded(session: Session, limit: int) -> list[SafeguardedRow]:
    """What is on the safeguarding officer's desk: undecided first, the longest waiting first."""
    return [row_as(SafeguardedRow, row) for row in session.execute(_SAFEGUARDED, {"limit": limit})]


def concerns_safeguarding(session: Session, clip_id: uuid.UUID) -> bool:
    """Whether the clip is the safeguarding officer's to see."""
    return bool(session.execute(_HAS_SAFEGUARDING, {"clip_id": clip_id}).scalar())
