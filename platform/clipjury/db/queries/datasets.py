"""Datasets: named filters that clips move in and out of until a snapshot is frozen."""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as

_COLUMNS = "d.id, d.name, d.description, d.filters, d.created_by, d.created_at"

_INSERT = text(
    """
INSERT INTO datasets (name, description, filters, created_by)
VALUES (:name, :description, CAST(:filters AS jsonb), :created_by) ON CONFLICT (name) DO NOTHING RETURNING id"""
)

_FIND = text(f"SELECT {_COLUMNS} FROM datasets d WHERE d.id = :id")
_FIND_BY_NAME = text(f"SELECT {_COLUMNS} FROM datasets d WHERE d.name = :name")
_LOCK = text(f"SELECT {_COLUMNS} FROM datasets d WHERE d.id = :id FOR UPDATE OF d")

_UPDATE = text(
    """
UPDATE datasets SET name = :name, description = :description, filters = CAST(:filters AS jsonb)
WHERE id = :id AND NOT EXISTS (SELECT FROM datasets other WHERE other.name = :name AND other.id <> :id)
RETURNING id"""
)

_LIST = text(
    f"""
SELECT {_COLUMNS}, count(s.id) FILTER (WHERE s.state = 'frozen') AS snapshots, max(s.frozen_at) AS frozen_at,
  (array_agg(s.clips_count ORDER BY s.sequence DESC) FILTER (WHERE s.state = 'frozen'))[1] AS clips_count
FROM datasets d LEFT JOIN snapshots s ON s.dataset_id = d.id
GROUP BY d.id ORDER BY d.created_at DESC, d.id LIMIT :limit"""
)


@dataclass(frozen=True)
class DatasetRow:
    """A dataset."""

    id: uuid.UUID
    name: str
    description: str
    filters: dict[str, Any]
    created_by: int
    created_at: datetime


@dataclass(frozen=True)
class ListedDatasetRow(DatasetRow):
    """A dataset with how often it was frozen, when last, and how many clips that holds."""

    snapshots: int
    frozen_at: datetime | None
    clips_count: int | None


def insert_dataset(
    session: Session, *, name: str, description: str, filters: dict[str, Any], created_by: int
) -> uuid.UUID | None:
    """A new dataset; None where the name is taken."""
    parameters = {"name": name, "description": description, "created_by": created_by}
    return session.execute(_INSERT, {**parameters, "filters": json.dumps(filters)}).scalar()


def find_dataset(session: Session, dataset_id: uuid.UUID) -> DatasetRow | None:
    """The dataset."""
    return row_as(DatasetRow, session.execute(_FIND, {"id": dataset_id}).one_or_none())


def find_by_name(session: Session, name: str) -> DatasetRow | None:
    """The dataset of that name."""
    return row_as(DatasetRow, session.execute(_FIND_BY_NAME, {"name": name}).one_or_none())


def lock_dataset(session: Session, dataset_id: uuid.UUID) -> DatasetRow | None:
    """The dataset, locked until the transaction ends: its snapshots are numbered under it."""
    return row_as(DatasetRow, session.execute(_LOCK, {"id": dataset_id}).one_or_none())


def update_dataset(
    session: Session, dataset_id: uuid.UUID, *, name: str, description: str, filters: dict[str, Any]
) -> bool:
    """Write all three; False where another dataset has the name."""
    parameters = {"id": dataset_id, "name": name, "description": description, "filters": json.dumps(filters)}
    return session.execute(_UPDATE, parameters).scalar() is not None


def list_datasets(session: Session, limit: int) -> list[ListedDatasetRow]:
    """Newest first."""
    return [row_as(ListedDatasetRow, row) for row in session.execute(_LIST, {"limit": limit})]
