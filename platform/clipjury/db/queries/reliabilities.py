"""What is known of the reviewers, by version: new versions, and the one in force."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from clipjury.db.models.consensus import Reliability
from clipjury.db.queries.rows import row_as

_NEW_VERSION = text(
    """
INSERT INTO reliability_versions (engine_version, gold_answers, gold_watermark, vote_watermark, parameters,
  input_hash, votes_missing, guard_state)
VALUES (:engine_version, :gold_answers, :watermark, :watermark, CAST(:parameters AS jsonb), :input_hash,
  :votes_missing, 'pending')
RETURNING version"""
)

_RELIABILITY = text(
    """
SELECT r.user_id, r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd, r.gold_answers,
  r.synthetic_answers, r.is_anchored
FROM reliabilities r JOIN reliability_versions v ON v.version = r.version AND v.is_active
WHERE r.user_id = :user_id"""
)

_OF_VERSION = text(
    """
SELECT user_id, sensitivity, specificity, sensitivity_sd, specificity_sd, gold_answers, synthetic_answers,
  is_anchored
FROM reliabilities WHERE version = :version ORDER BY user_id"""
)

_BALLOTS = text(
    "SELECT clip_id, reviewer_id, label FROM votes WHERE id <= :watermark ORDER BY clip_id, reviewer_id"
)

_VERSION_COLUMNS = """
  v.version, v.engine_version, v.is_active, v.guard_state, v.guard, v.gold_answers, v.vote_watermark, v.created_at,
  v.decided_at, v.decision_reason, u.display_name AS decided_by,
  (SELECT count(*) FROM reliabilities r WHERE r.version = v.version) AS reviewers,
  (SELECT count(*) FROM reliabilities r WHERE r.version = v.version AND r.is_anchored) AS anchored"""

_LIST = text(
    f"""
SELECT {_VERSION_COLUMNS} FROM reliability_versions v LEFT JOIN users u ON u.id = v.decided_by
ORDER BY v.version DESC LIMIT :limit"""
)

_FIND = text(
    f"""
SELECT {_VERSION_COLUMNS} FROM reliability_versions v LEFT JOIN users u ON u.id = v.decided_by
WHERE v.version = :version"""
)

_LOCK = text(f"{_FIND.text} FOR UPDATE OF v")

_SET_GUARD = text(
    """
UPDATE reliability_versions SET guard_state = :guard_state, guard = CAST(:guard AS jsonb)
WHERE version = :version"""
)

_DECIDE = text(
    """
UPDATE reliability_versions SET guard_state = :guard_state, decided_by = :user_id, decided_at = clock_timestamp(),
  decision_reason = :reason
WHERE version = :version"""
)

_PENDING = text("SELECT version FROM reliability_versions WHERE guard_state = 'pending' ORDER BY version")

_COUNT_OUTDATED = text(
    """
SELECT count(*) FROM clips c, (SELECT version FROM reliability_versions WHERE is_active) a
WHERE c.state IN ('open', 'closing', 'retired') AND c.reliability_version <> a.version"""
)


@dataclass(frozen=True)
class ReliabilityRow:
    """A reviewer's reliability in one version."""

    user_id: int
    sensitivity: float
    specificity: float
    sensitivity_sd: float
    specificity_sd: float
    gold_answers: int
    synthetic_answers: int
    is_anchored: bool


@dataclass(frozen=True)
class NewVersion:
    """A version about to be written, with what its fit rests on (votes_missing: ids not there at the time)."""

    engine_version: str
    gold_answers: int
    watermark: int
    input_hash: str
    votes_missing: list[int]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class VersionRow:
    """A version with what the guard counted and what somebody decided about it."""

    version: int
    engine_version: str
    is_active: bool
    guard_state: str
    guard: dict[str, Any]
    gold_answers: int
    vote_watermark: int
    created_at: datetime
    decided_at: datetime | None
    decision_reason: str | None
    decided_by: str | None
    reviewers: int
    anchored: int


def insert_version(session: Session, new: NewVersion) -> int:
    """A new, inactive version that the guard has not looked at; its number."""
    parameters = {**vars(new), "parameters": json.dumps(new.parameters)}
    return int(session.execute(_NEW_VERSION, parameters).scalar_one())


def insert_reliabilities(session: Session, version: int, rows: Sequence[ReliabilityRow]) -> None:
    """The reliabilities of a version that is not active yet."""
    if rows:
        # Into the table, past the mapper: it would ask for every table that a foreign key names, and a worker has
        # loaded no other models.
        table = cast(Table, Reliability.__table__)
        session.execute(insert(table), [{"version": version, **vars(row)} for row in rows])


def list_reliabilities(session: Session, version: int) -> list[ReliabilityRow]:
    """Everybody who has a reliability in this version."""
    return [row_as(ReliabilityRow, row) for row in session.execute(_OF_VERSION, {"version": version})]


def stream_ballots(
    session: Session, watermark: int, batch: int = 50_000
) -> Iterator[Sequence[tuple[uuid.UUID, int, str]]]:
    """Clip, reviewer and label of the votes up to `watermark`, clip by clip, from a server-side cursor."""
    result = session.execute(
        _BALLOTS, {"watermark": watermark}, execution_options={"stream_results": True, "yield_per": batch}
    )
    yield from cast(Any, result.partitions())


def set_guard(session: Session, version: int, guard_state: str, guard: dict[str, Any]) -> None:
    """Note what the guard counted, and whether it lets the version pass."""
    parameters = {"version": version, "guard_state": guard_state, "guard": json.dumps(guard)}
    session.execute(_SET_GUARD, parameters)


def decide_version(session: Session, version: int, guard_state: str, user_id: int, reason: str) -> None:
    """Note what somebody decided about the version, and why."""
    parameters = {"version": version, "guard_state": guard_state, "user_id": user_id, "reason": reason}
    session.execute(_DECIDE, parameters)


def activate_version(session: Session, version: int) -> None:
    """Put `version` in force instead of the one before."""
    session.execute(text("UPDATE reliability_versions SET is_active = false WHERE is_active"))
    session.execute(
        text("UPDATE reliability_versions SET is_active = true WHERE version = :v"), {"v": version}
    )


def get_active_version(session: Session) -> int:
    """The number of the version in force."""
    return int(session.execute(text("SELECT version FROM reliability_versions WHERE is_active")).scalar_one())


def find_reliability(session: Session, user_id: int) -> ReliabilityRow | None:
    """The reviewer's reliability in the active version; None while nothing is known."""
    return row_as(ReliabilityRow, session.execute(_RELIABILITY, {"user_id": user_id}).one_or_none())


def list_versions(session: Session, limit: int) -> list[VersionRow]:
    """Versions, newest first."""
    return [row_as(VersionRow, row) for row in session.execute(_LIST, {"limit": limit})]


def lock_version(session: Session, version: int) -> VersionRow | None:
    """The version, locked until the transaction ends."""
    return row_as(VersionRow, session.execute(_LOCK, {"version": version}).one_or_none())


def find_version(session: Session, version: int) -> VersionRow | None:
    """The version, as it stands."""
    return row_as(VersionRow, session.execute(_FIND, {"version": version}).one_or_none())


def list_pending(session: Session) -> list[int]:
    """Versions whose refit ended before it was decided what becomes of them."""
    return list(session.execute(_PENDING).scalars())


def count_outdated(session: Session) -> int:
    """Clips whose posterior still rests on another version than the active one."""
    return int(session.execute(_COUNT_OUTDATED).scalar_one())
