"""Snapshots: what is frozen, its files, its manifest, and what two of them differ in."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from typing_extensions import TypeAliasType

from clipjury.api.schemas.base import AnswerModel, QueryModel
from clipjury.api.schemas.job import Job
from clipjury.api.schemas.words import Label
from clipjury.db.queries.snapshots import SnapshotFileRow, SnapshotRow
from clipjury.services.snapshots import Difference

SnapshotState = TypeAliasType("SnapshotState", Literal["building", "frozen", "failed"])
RowFormat = TypeAliasType("RowFormat", Literal["csv", "jsonl", "parquet"])

WITHHELD_NOTE = (
    "These rows are of clips that were put into quarantine after the freeze. The content hash still names what was "
    "frozen, so a file without them does not give it; each row that is left proves itself by row_sha256."
)


class SnapshotFile(AnswerModel):
    """One file: its format, and the hash and size that it was stored with."""

    format: str
    sha256: str
    size_bytes: int


class Snapshot(AnswerModel):
    """An immutable version of a dataset. Counts and hash are null until it is frozen; `rows_withheld` are of clips
    that were put into quarantine since and are left out of every download."""

    id: uuid.UUID
    dataset_id: uuid.UUID
    dataset_name: str
    sequence: int
    state: SnapshotState
    filters: dict[str, Any]
    clips_count: int | None
    votes_count: int | None
    counts: dict[str, Any] | None
    content_sha256: str | None
    reliability_version: int | None
    policy_version: int | None
    job_id: uuid.UUID | None
    error: str | None
    created_at: datetime
    frozen_at: datetime | None
    files: list[SnapshotFile]
    rows_withheld: int


class Freeze(AnswerModel):
    """The job that builds the snapshot, and the snapshot it builds."""

    job: Job
    snapshot: Snapshot


class ExportQuery(QueryModel):
    """Which file; with `media`, a tar of that file and of those originals that may be handed out."""

    format: RowFormat = "jsonl"
    media: bool = False


class DiffQuery(QueryModel):
    """The snapshot that came before."""

    against: uuid.UUID


class ClipChange(AnswerModel):
    """A clip that was added, removed, or whose hard label flipped."""

    clip_id: uuid.UUID
    sha256: str
    change: Literal["added", "removed", "flipped"]
    label_before: Label | None
    label_after: Label | None
    soft_before: float | None
    soft_after: float | None


class SnapshotDifference(AnswerModel):
    """What changed from `before` to `after`. `changes` holds the first 500: all of them where
    `is_complete`."""

    before: uuid.UUID
    after: uuid.UUID
    added: int
    removed: int
    flipped: int
    changes: list[ClipChange]
    is_complete: bool


class Withheld(AnswerModel):
    """Rows that are left out of every download from now on."""

    rows: int
    as_of: datetime
    note: str


class SnapshotManifest(AnswerModel):
    """What a snapshot holds, how it was made, and the hashes that prove both; `withheld` is of now."""

    format: str
    dataset: dict[str, Any]
    snapshot: dict[str, Any]
    content_sha256: str
    content_hash: str
    files: dict[str, Any]
    filters: dict[str, Any]
    counts: dict[str, Any]
    versions: dict[str, Any]
    columns: list[dict[str, Any]]
    splits: dict[str, Any]
    pseudonyms: str
    times: str
    media: dict[str, Any]
    limits: list[str]
    withheld: Withheld


def snapshot_body(row: SnapshotRow, files: Sequence[SnapshotFileRow], withheld: int) -> dict[str, Any]:
    """`Snapshot`."""
    own = {name: getattr(row, name) for name in Snapshot.model_fields if hasattr(row, name)}
    named = [{name: getattr(file, name) for name in SnapshotFile.model_fields} for file in files]
    return {**own, "files": named, "rows_withheld": withheld}


def difference_body(before: uuid.UUID, after: uuid.UUID, difference: Difference) -> dict[str, Any]:
    """`SnapshotDifference`."""
    changes = [vars(change) for change in difference.changes]
    return {
        "before": before,
        "after": after,
        **difference.counts,
        "changes": changes,
        "is_complete": len(changes) == sum(difference.counts.values()),
    }


def withheld_body(rows: int) -> dict[str, Any]:
    """`Withheld`."""
    return {"rows": rows, "as_of": datetime.now(UTC), "note": WITHHELD_NOTE if rows else ""}
