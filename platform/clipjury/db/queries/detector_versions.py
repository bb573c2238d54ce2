"""Detector versions: registered, found, brought into force."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.locks import lock_names, share_name
from clipjury.db.queries.rows import row_as

_COLUMNS = """id, detector, version, sha256, is_calibrated, card, state, parent_id, training_run_id, storage_key,
  created_at"""

_UPSERT = text(
    f"""
INSERT INTO detector_versions (detector, version, sha256, card, parent_id, training_run_id, storage_key)
VALUES (:detector, :version, :sha256, CAST(:card AS jsonb), :parent_id, :training_run_id, :storage_key)
ON CONFLICT (detector, version) DO UPDATE SET card = excluded.card,
  storage_key = COALESCE(detector_versions.storage_key, excluded.storage_key)
  WHERE detector_versions.sha256 = excluded.sha256
RETURNING {_COLUMNS}"""
)

# Whoever opens a clip shares it, whoever brings a version into force locks it.
_OPENING = "clips open"

_UNANSWERED = text(
    """
SELECT v.id FROM detector_versions v WHERE v.state = 'active'
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = :clip_id AND s.detector_version_id = v.id) ORDER BY v.id"""
)

_FIND = text(f"SELECT {_COLUMNS} FROM detector_versions WHERE id = :id")
_ACTIVE = text(f"SELECT {_COLUMNS} FROM detector_versions WHERE state = 'active' ORDER BY detector")
_ACTIVE_OF = text(f"SELECT {_COLUMNS} FROM detector_versions WHERE detector = :detector AND state = 'active'")
_LIST = text(f"SELECT {_COLUMNS} FROM detector_versions ORDER BY detector, id DESC")
_LIST_OF = text(f"SELECT {_COLUMNS} FROM detector_versions WHERE detector = :detector ORDER BY id DESC")

_RETIRE = text(
    "UPDATE detector_versions SET state = 'retired' WHERE detector = :detector AND state = 'active'"
)
_ACTIVATE = text("UPDATE detector_versions SET state = 'active' WHERE id = :id")

_INSERT_PROMOTION = text(
    """
INSERT INTO promotions (detector, version_id, previous_id, kind, reason, comparison_id, job_id, actor_id)
VALUES (:detector, :version_id, :previous_id, :kind, :reason, :comparison_id, :job_id, :actor_id)"""
)

_PROMOTIONS = text(
    """
SELECT p.id, p.detector, p.version_id, v.version, p.previous_id, b.version AS previous_version, p.kind, p.reason,
  p.comparison_id, p.job_id, p.actor_id, u.display_name AS actor_name, p.created_at
FROM promotions p JOIN detector_versions v ON v.id = p.version_id
LEFT JOIN detector_versions b ON b.id = p.previous_id LEFT JOIN users u ON u.id = p.actor_id
WHERE p.detector = :detector ORDER BY p.id DESC"""
)


@dataclass(frozen=True)
class VersionRow:
    """A detector version as it stands."""

    id: int
    detector: str
    version: str
    sha256: str
    is_calibrated: bool
    card: dict[str, Any]
    state: str
    parent_id: int | None
    training_run_id: uuid.UUID | None
    storage_key: str | None
    created_at: datetime


@dataclass(frozen=True)
class NewVersion:
    """A version to be registered; its folder is in the store under `storage_key`."""

    detector: str
    version: str
    sha256: str
    card: dict[str, Any]
    storage_key: str | None
    parent_id: int | None = None
    training_run_id: uuid.UUID | None = None


@dataclass(frozen=True)
class PromotionRow:
    """When a version came into force, why, and by whom (null: by the program itself)."""

    id: int
    detector: str
    version_id: int
    version: str
    previous_id: int | None
    previous_version: str | None
    kind: str
    reason: str
    comparison_id: int | None
    job_id: uuid.UUID | None
    actor_id: int | None
    actor_name: str | None
    created_at: datetime


@dataclass(frozen=True)
class NewPromotion:
    """A version that comes into force."""

    detector: str
    version_id: int
    previous_id: int | None
    kind: str
    reason: str = ""
    comparison_id: int | None = None
    job_id: uuid.UUID | None = None
    actor_id: int | None = None


def lock_detector(session: Session, detector: str) -> None:
    """Whoever changes which version of the detector is in force goes one by one."""
    lock_names(session, [f"detector:{detector}"])


def hold_openings(session: Session) -> None:
    """Until this transaction ends no clip opens; those that were being opened are open when this returns.

    So of a version that comes into force and a clip that opens one sees the other: either the clip stands in the
    version's backlog, or it opens with the version's score. No lease and no vote waits for it.
    """
    lock_names(session, [_OPENING])


def list_unanswered(session: Session, clip_id: uuid.UUID) -> list[int]:
    """Versions in force that have not answered for the clip."""
    return list(session.execute(_UNANSWERED, {"clip_id": clip_id}).scalars())


def hold_versions(session: Session) -> None:
    """Until this transaction ends no version comes into force; what is read from now on shows those that are.

    Taken after the clip's row, and with no other clip's row waited for afterwards.
    """
    share_name(session, _OPENING)


def register(session: Session, new: NewVersion) -> VersionRow | None:
    """The version's row; None if the same version stands with other weights, which is refused."""
    return row_as(
        VersionRow, session.execute(_UPSERT, {**vars(new), "card": json.dumps(new.card)}).one_or_none()
    )


def find_version(session: Session, version_id: int) -> VersionRow | None:
    """The version."""
    return row_as(VersionRow, session.execute(_FIND, {"id": version_id}).one_or_none())


def find_active(session: Session, detector: str) -> VersionRow | None:
    """The detector's version in force."""
    return row_as(VersionRow, session.execute(_ACTIVE_OF, {"detector": detector}).one_or_none())


def list_active(session: Session) -> list[VersionRow]:
    """The versions in force, one a detector."""
    return [row_as(VersionRow, row) for row in session.execute(_ACTIVE)]


def list_versions(session: Session, detector: str | None = None) -> list[VersionRow]:
    """All versions, or those of one detector, newest first."""
    rows = session.execute(_LIST) if detector is None else session.execute(_LIST_OF, {"detector": detector})
    return [row_as(VersionRow, row) for row in rows]


def bring_into_force(session: Session, promotion: NewPromotion) -> None:
    """Retire the version in force, activate this one, and note why. The detector is locked by the caller."""
    hold_openings(session)
    session.execute(_RETIRE, {"detector": promotion.detector})
    session.execute(_ACTIVATE, {"id": promotion.version_id})
    session.execute(_INSERT_PROMOTION, vars(promotion))


def list_promotions(session: Session, detector: str) -> list[PromotionRow]:
    """Which versions were in force, newest first."""
    return [row_as(PromotionRow, row) for row in session.execute(_PROMOTIONS, {"detector": detector})]
