"""received → processing: what the file is, found out in a sandbox."""

import uuid
from dataclasses import asdict

from clipjury.db.queries import clips as queries
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.originals import opened_original
from clipjury.services import clips
from clipjury_ml.media import operations
from clipjury_ml.media.errors import MediaError
from clipjury_ml.media.results import ProbeResult


def probe_clip(deps: Deps, clip_id: str) -> None:
    """Probe the original and note the facts, or fail the clip with the file's fault."""
    key = uuid.UUID(clip_id)
    with transaction() as session:
        clip = queries.find_clip(session, key)
    if clip is None or clip.state != "received":
        return
    try:
        with opened_original(deps, clip.sha256) as (original, _):
            result = operations.probe(original)
    except MediaError as error:
        with transaction() as session:
            clips.fail_clip(session, key, error.code, error.detail)
        return
    _record(key, result)


def _record(clip_id: uuid.UUID, result: ProbeResult) -> None:
    """record_probe moves the clip only from `received`, so that a second run changes nothing."""
    probe = result.probe
    with transaction() as session:
        clips.record_probe(
            session,
            clip_id,
            kind=probe.kind,
            duration_s=probe.duration_s,
            width_px=probe.width,
            height_px=probe.height,
            frames=probe.frames,
            fps=probe.fps_mean,
            has_audio=probe.has_audio,
            probe={**asdict(probe), "warnings": list(result.warnings)},
        )
