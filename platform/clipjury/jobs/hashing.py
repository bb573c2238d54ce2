"""Perceptual hashes of a clip's preview, and the search for clips that look like it."""

import tempfile
import uuid
from pathlib import Path

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import fingerprints
from clipjury.db.queries.fingerprints import HashedFrame
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.originals import scratch_dir
from clipjury.services import near_duplicates
from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError


def hash_preview(clip_id: uuid.UUID, preview: Path) -> None:
    """Hash the frames of a preview, store the hashes, then hold the clip against all others and link its copies.

    A preview that cannot be hashed is noted as such and holds nothing up: people can still judge the clip.
    """
    hashes: tuple[HashedFrame, ...] = ()
    failure_code = None
    try:
        hashes = tuple(
            HashedFrame(found.frame, int(found.bits, 16), int(found.mirrored, 16), found.quality)
            for found in operations.hashes(preview)
        )
    except MediaError as error:
        failure_code = error.code
    # Committed before the search: of two copies that come in at the same moment, one at least finds the other.
    with transaction() as session:
        near_duplicates.record_hashes(session, clip_id, hashes, failure_code)
    compare_clip(clip_id)


def compare_clip(clip_id: uuid.UUID) -> int:
    """Hold the clip against all others, each pair in its own transaction; how many new pairs were noted."""
    with transaction() as session:
        found = near_duplicates.find_likenesses(session, clip_id)
    n_new = 0
    for other_id, likeness in found:
        with transaction() as session:
            pair_id = near_duplicates.record_likeness(session, clip_id, other_id, likeness)
        n_new += pair_id is not None
    with transaction() as session:
        fingerprints.note_compared(session, clip_id)
    return n_new


def hash_clip(deps: Deps, clip_id: str) -> None:
    """Hash a clip that came in before there were hashes, or whose search was broken off."""
    key = uuid.UUID(clip_id)
    with transaction() as session:
        preview = clip_queries.find_rendition(session, key, "preview")
        is_done = fingerprints.is_compared(session, key)
    if preview is None or is_done:
        return
    path = deps.storage.local_path(preview.storage_key)
    if path is not None:
        hash_preview(key, path)
        return
    root = scratch_dir(deps)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="preview-", ignore_cleanup_errors=True) as name:
        copy = Path(name) / "preview"
        deps.storage.download(preview.storage_key, copy)
        hash_preview(key, copy)
