"""Snapshots: what is frozen, to be read, compared and downloaded."""

import json as json_text
import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import json_answer
from clipjury.api.auth import get_user
from clipjury.api.composition import get_deps
from clipjury.api.contract import describes
from clipjury.api.media import send_object
from clipjury.api.schemas.snapshot import (
    DiffQuery,
    ExportQuery,
    Snapshot,
    SnapshotDifference,
    SnapshotManifest,
    difference_body,
    snapshot_body,
    withheld_body,
)
from clipjury.api.snapshot_exports import MEDIA_TYPES, send_rows
from clipjury.api.snapshot_media import TAR, send_media
from clipjury.db.transaction import transaction
from clipjury.services import snapshots

blueprint = Blueprint("snapshots", __name__)


@blueprint.get("/snapshots/<uuid:id>")
@requires("curator", "admin")
@describes("snapshots", {200: Snapshot})
def get_snapshot(id: uuid.UUID) -> Response:
    """A snapshot: its state, its counts, its content hash and its files."""
    with transaction() as session:
        snapshot = snapshots.get_snapshot(session, id)
        files = snapshots.list_files(session, id)
        withheld = snapshots.list_withheld(session, id)
    return json_answer(snapshot_body(snapshot, files, len(withheld)))


@blueprint.get("/snapshots/<uuid:id>/manifest")
@requires("curator", "admin")
@describes("snapshots", {200: SnapshotManifest})
def get_manifest(id: uuid.UUID) -> Response:
    """The manifest as it was frozen, and how many rows are withheld now."""
    with transaction() as session:
        snapshots.get_frozen(session, id)
        file = snapshots.get_file(session, id, "manifest")
        withheld = snapshots.list_withheld(session, id)
    stored = json_text.loads(b"".join(get_deps().storage.open_stream(file.storage_key)))
    return json_answer({**stored, "withheld": withheld_body(len(withheld))})


@blueprint.get("/snapshots/<uuid:id>/card")
@requires("curator", "admin")
@describes("snapshots", {200: None, 206: None}, produces=("text/markdown",))
def get_data_card(id: uuid.UUID) -> Response:
    """The data card: what somebody must know before using the snapshot, as Markdown."""
    with transaction() as session:
        snapshot = snapshots.get_frozen(session, id)
        file = snapshots.get_file(session, id, "card")
    answer = send_object(get_deps().storage, file.storage_key, "text/markdown")
    name = f"clipjury-snapshot-{snapshot.sequence}-card.md"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.get("/snapshots/<uuid:id>/diff")
@requires("curator", "admin")
@describes("snapshots", {200: SnapshotDifference})
def compare_snapshots(id: uuid.UUID, query: DiffQuery) -> Response:
    """Clips added, removed, and labels flipped since the snapshot `against`."""
    with transaction() as session:
        difference = snapshots.compare(session, query.against, id, get_user().id)
    return json_answer(difference_body(query.against, id, difference))


@blueprint.get("/snapshots/<uuid:id>/export")
@requires("curator", "admin")
@describes("snapshots", {200: None, 206: None}, produces=(*MEDIA_TYPES.values(), TAR))
def export_snapshot(id: uuid.UUID, query: ExportQuery) -> Response:
    """The snapshot's rows as they were frozen, less those of clips in quarantine; Range requests work.

    Headers: X-Content-SHA256 names the frozen content, X-File-SHA256 the stored file, X-Rows-Withheld how many rows
    are left out. With media=1 a tar: the rows, the manifest, and the originals whose licence is open and whose
    uploader agreed to publication. Reading is an exposure to every group inside.
    """
    with transaction() as session:
        snapshot = snapshots.read_snapshot(session, id, get_user().id)
        file = snapshots.get_file(session, id, query.format)
        manifest = snapshots.get_file(session, id, "manifest")
        withheld = snapshots.list_withheld(session, id)
    if query.media:
        return send_media(get_deps(), snapshot, file, manifest, withheld)
    return send_rows(get_deps(), snapshot, file, withheld)
