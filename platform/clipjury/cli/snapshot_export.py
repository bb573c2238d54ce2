"""Writes a snapshot's files into a folder."""

import json
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path

from clipjury.api.schemas.snapshot import withheld_body
from clipjury.api.snapshot_exports import rows_without
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.services import snapshots

ROW_FORMATS = ("csv", "jsonl", "parquet")


def export_snapshot(
    deps: Deps, snapshot_id: uuid.UUID, folder: Path, forms: Sequence[str], user_id: int
) -> int:
    """Files, manifest and card; how many rows are withheld. The reader is exposed to every group inside."""
    with transaction() as session:
        snapshots.read_snapshot(session, snapshot_id, user_id)
        files = {file.format: file for file in snapshots.list_files(session, snapshot_id)}
        withheld = snapshots.list_withheld(session, snapshot_id)
    folder.mkdir(parents=True, exist_ok=True)
    for form in forms or ROW_FORMATS:
        target = folder / f"labels.{form}"
        if withheld:
            with rows_without(deps, files[form], withheld) as path:
                shutil.copyfile(path, target)
        else:
            deps.storage.download(files[form].storage_key, target)
    deps.storage.download(files["card"].storage_key, folder / "card.md")
    stored = json.loads(b"".join(deps.storage.open_stream(files["manifest"].storage_key)))
    about = withheld_body(len(withheld))
    manifest = {**stored, "withheld": {**about, "as_of": about["as_of"].isoformat()}}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    return len(withheld)
