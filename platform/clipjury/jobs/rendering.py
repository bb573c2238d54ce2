"""What reviewers are given in place of the original: preview, poster, thumbnails, frame times."""

import hashlib
import json
import math
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clipjury.adapters.storage import rendition_key
from clipjury.db.queries import clips as queries
from clipjury.db.queries.clips import ClipRow, RenditionRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.hashing import hash_preview
from clipjury.jobs.originals import opened_original
from clipjury.services import clips
from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.results import Preview

_MOST_THUMBNAILS = 40
_JPEG = "image/jpeg"


@dataclass(frozen=True)
class MadeFile:
    """A rendition in the job's own folder, not stored yet."""

    name: str
    path: Path
    media_type: str
    facts: dict[str, Any]


def make_preview(deps: Deps, clip_id: str) -> None:
    """Make all renditions, store the files, hash the preview and look for copies of the clip, then note the
    renditions in one transaction; or fail the clip. So no clip opens before its copies are known.

    Files stand under their own hash before a row names them: a reader never meets half a rendition, and a
    second run stores the same bytes at the same keys.
    """
    key = uuid.UUID(clip_id)
    with transaction() as session:
        clip = queries.find_clip(session, key)
    if clip is None or not _is_wanted(clip):
        return
    try:
        with opened_original(deps, clip.sha256) as (original, out_dir):
            made = make_renditions(original, out_dir)
            rows = [_store(deps, key, file) for file in made]
            hash_preview(key, made[0].path)
    except MediaError as error:
        with transaction() as session:
            clips.fail_clip(session, key, error.code, error.detail)
        return
    with transaction() as session:
        locked = queries.lock_clip(session, key)
        if locked is not None and _is_wanted(locked):
            clips.record_renditions(session, key, rows)


def _is_wanted(clip: ClipRow) -> bool:
    return clip.state == "processing" and not set(clips.PREVIEW_NAMES) <= set(clip.rendition_names)


def make_renditions(original: Path, out_dir: Path) -> list[MadeFile]:
    """Preview, poster, thumbnails (videos) and frame times, written to `out_dir`. Raises MediaError.

    Stills are taken from the preview: reviewers see the same pixels, at a fraction of the cost.
    """
    preview = operations.preview(original, out_dir)
    poster = operations.poster(preview.path, out_dir)
    made = [
        MadeFile("preview", preview.path, preview.media_type, _preview_facts(preview)),
        MadeFile(
            "poster",
            poster.path,
            _JPEG,
            {"width": poster.width, "height": poster.height, "frame": poster.frame},
        ),
        _frame_times(preview, out_dir),
    ]
    if preview.kind == "video":
        strip = operations.thumbnails(preview.path, out_dir, count_thumbnails(preview))
        facts = {
            "count": strip.count,
            "columns": strip.columns,
            "width": strip.width,
            "height": strip.height,
            "times_s": list(strip.times_s),
        }
        made.append(MadeFile("thumbnails", strip.path, _JPEG, facts))
    return made


def count_thumbnails(preview: Preview) -> int:
    """Two a second, at most forty and never more than there are frames."""
    wanted = math.ceil(2.0 * (preview.duration_s or 0.0))
    return max(1, min(_MOST_THUMBNAILS, preview.frames, wanted))


def _preview_facts(preview: Preview) -> dict[str, Any]:
    return {
        "width": preview.width,
        "height": preview.height,
        "frames": preview.frames,
        "duration_s": preview.duration_s,
        "has_audio": preview.has_audio,
        "warnings": list(preview.warnings),
    }


def _frame_times(preview: Preview, out_dir: Path) -> MadeFile:
    facts = {"times_s": list(preview.times_s)}
    path = out_dir / "frames.json"
    path.write_text(json.dumps(facts, separators=(",", ":")))
    return MadeFile("frames", path, "application/json", facts)


def _store(deps: Deps, clip_id: uuid.UUID, made: MadeFile) -> RenditionRow:
    with made.path.open("rb") as source:
        sha256 = hashlib.file_digest(source, "sha256").hexdigest()
    key = rendition_key(clip_id, made.name, sha256, made.path.suffix)
    deps.storage.put_file(key, made.path)
    return RenditionRow(
        clip_id=clip_id,
        name=made.name,
        storage_key=key,
        media_type=made.media_type,
        size_bytes=made.path.stat().st_size,
        sha256=sha256,
        facts=made.facts,
    )
