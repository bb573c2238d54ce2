"""Builds a snapshot: reads its clips as they stood when it was asked for, writes its files, freezes it.

A build that was cut short leaves nothing but files that the next one replaces: rows and hash appear in one
commit, and the cutoff is the moment of the request, so that a second build gives the same content.
"""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury.db.queries import selection
from clipjury.db.queries import snapshots as queries
from clipjury.db.queries.jobs import JobRow
from clipjury.db.queries.snapshots import Frozen, SnapshotFileRow, SnapshotRow, VersionsRow
from clipjury.db.transaction import frozen_view, transaction
from clipjury.deps import Deps
from clipjury.domain.dataset_counts import Counts
from clipjury.domain.datasets import parse_filters
from clipjury.domain.errors import ConflictError
from clipjury.domain.snapshot_rows import ContentHash
from clipjury.jobs.snapshot_card import write_card
from clipjury.jobs.snapshot_manifest import write_manifest
from clipjury.jobs.snapshot_rows import Release, make_row
from clipjury.services import snapshots
from clipjury.services.dataset_tallies import list_tallies, plan_for
from clipjury.services.snapshots import EMPTY
from clipjury.services.withdrawn_votes import take_out_votes

if TYPE_CHECKING:
    from clipjury.jobs.tracked import Report

_READ, _STORED = 0.85, 0.92  # how far the job is once the rows are written, and once the files are stored


@dataclass(frozen=True)
class Build:
    """What a build has found and written."""

    snapshot: SnapshotRow
    frozen: Frozen
    paths: dict[str, Path]


def freeze_snapshot(deps: Deps, job: JobRow, report: "Report") -> dict[str, Any]:
    """The work of a `freeze_snapshot` job; a snapshot that is frozen already is left as it is."""
    snapshot_id = uuid.UUID(job.arguments["snapshot_id"])
    with transaction() as session:
        snapshot = snapshots.get_snapshot(session, snapshot_id)
        key = queries.get_release_key(session, snapshot_id)
    if snapshot.state != "frozen":
        with _fresh_folder(deps, snapshot_id) as folder:
            build = _build(snapshot, key, folder, report)
            report(_READ, "storing the files")
            files = _store(deps, build)
            report(_STORED, f"writing {build.frozen.clips_count:,} rows in one commit")
            _freeze(build, files)
    with transaction() as session:
        frozen = snapshots.get_frozen(session, snapshot_id)
    return {
        "snapshot_id": str(snapshot_id),
        "content_sha256": frozen.content_sha256,
        "clips": frozen.clips_count,
    }


@contextmanager
def _fresh_folder(deps: Deps, snapshot_id: uuid.UUID) -> Iterator[Path]:
    folder = deps.settings.state_dir / "worker" / "snapshots" / str(snapshot_id)
    shutil.rmtree(folder, ignore_errors=True)  # of a build that was killed
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _build(snapshot: SnapshotRow, key: bytes, folder: Path, report: "Report") -> Build:
    from clipjury.jobs.snapshot_files import ROW_FORMATS, SnapshotWriter

    filters, content = parse_filters(snapshot.filters), ContentHash()
    with frozen_view() as session, SnapshotWriter(folder) as writer:
        versions = queries.get_versions(session)
        tallies = list_tallies(session, filters, snapshot.created_at)
        release = Release(plan_for(session, snapshot.dataset_id, tallies), key)
        counts, total = Counts(release.plan.rule), sum(row.clips for row in tallies)
        for raw in selection.stream_rows(session, filters, snapshot.created_at):
            left = take_out_votes(raw, filters)
            if left is None:
                continue
            row = make_row(left, release)
            content.update(row)
            writer.write(row)
            _count(counts, row)
            report(_READ * counts.clips / total, f"{counts.clips:,} of {total:,} clips")
    if counts.clips == 0:
        raise ConflictError("dataset_empty", EMPTY)
    frozen = _frozen(content, counts, versions)
    paths = {form: writer.path(form) for form in ROW_FORMATS}
    paths["card"] = write_card(snapshot, frozen, folder)
    paths["manifest"] = write_manifest(snapshot, frozen, paths, folder)
    return Build(snapshot, frozen, paths)


def _frozen(content: ContentHash, counts: Counts, versions: VersionsRow) -> Frozen:
    return Frozen(
        frozen_at=datetime.now(UTC),
        content_sha256=content.hexdigest(),
        clips_count=counts.clips,
        votes_count=counts.votes,
        counts=counts.to_json(),
        versions=versions,
    )


def _count(counts: Counts, row: dict[str, Any]) -> None:
    counts.add(
        group_id=row["group_id"],
        split=row["split"],
        outcome=row["outcome"],
        basis=row["basis"],
        hard_label=row["hard_label"],
        licence=row["licence"],
        clips=1,
        votes=len(row["votes"]),
    )


def _store(deps: Deps, build: Build) -> list[SnapshotFileRow]:
    """Put the files under keys of the snapshot's own, where a build before this one may have left some."""
    from clipjury.jobs.snapshot_files import sha256_of

    files = []
    for form, path in build.paths.items():
        key = f"snapshots/{build.snapshot.id}/{path.name}"
        deps.storage.put_file(key, path)
        files.append(
            SnapshotFileRow(build.snapshot.id, form, key, sha256_of(path), size_bytes=path.stat().st_size)
        )
    return files


def _freeze(build: Build, files: list[SnapshotFileRow]) -> None:
    from clipjury.jobs.snapshot_files import read_rows

    rows = read_rows(build.paths["jsonl"])
    with transaction() as session:
        snapshots.freeze(session, build.snapshot.id, rows, files, build.frozen)
