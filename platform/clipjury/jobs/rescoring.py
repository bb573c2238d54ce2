"""After another version came into force: computes clips anew, and scores the backlog."""

import logging
import uuid
from collections.abc import Callable
from typing import Any

from clipjury.adapters.storage import StorageError
from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import rescoring as queries
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.gate import ToScoreRow
from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.detector_store import load_version
from clipjury.jobs.scoring import examine_clip
from clipjury.services import consensus, detectors

_BATCH = 50

log = logging.getLogger(__name__)


def rescore_clips(deps: Deps, job: JobRow, report: Callable[[float, str], None]) -> dict[str, Any]:
    """Recompute clips under their locks, then score what the version has not scored: open clips first.

    A retired clip's posterior follows and its verdict never: where it would now end otherwise, it is disputed. Ends
    early when the version is no longer in force: the job of the one that took its place does the rest.
    """
    with transaction() as session:
        version = detectors.get_version(session, job.arguments["version_id"])
        backlog = queries.count_unscored(session, version.id)
    if version.state != "active":
        return {"scored": 0, "recomputed": 0, "superseded": True}
    recomputed = recompute_scored(version, report)
    total, tried = backlog.open + backlog.retired, list[uuid.UUID]()
    while True:
        with transaction() as session:
            batch = queries.list_unscored(session, version.id, tried, _BATCH)
        if not batch:
            break
        for clip in batch:
            report(
                0.2 + 0.8 * min(1.0, len(tried) / max(1, total)), f"Scoring clip {len(tried) + 1} of {total}"
            )
            if not _is_active(version.id):
                return {"scored": len(tried), "recomputed": recomputed, "superseded": True}
            _score(deps, version, clip)
            tried.append(clip.id)
    return {"scored": len(tried), "recomputed": recomputed, "superseded": False}


def recompute_scored(version: VersionRow, report: Callable[[float, str], None]) -> int:
    """Bring every clip that this detector has scored to the versions in force, open ones first; how many."""
    done = 0
    for states in (("open", "closing"), ("retired",)):
        after = uuid.UUID(int=0)
        while True:
            with transaction() as session:
                found = queries.list_scored(session, version.detector, states, after, _BATCH)
            if not found:
                break
            for clip_id in found:
                report(0.1, f"Recomputing clips: {done + 1}")
                with transaction() as session:
                    consensus.recompute_clip(session, clip_id, "detector")
                done += 1
            after = found[-1]
    return done


def _is_active(version_id: int) -> bool:
    with transaction() as session:
        return detectors.get_version(session, version_id).state == "active"


def _score(deps: Deps, version: VersionRow, clip: ToScoreRow) -> None:
    """Score one clip, unless it was withdrawn meanwhile; one whose original is missing is passed over."""
    detector = load_version(deps, version)
    try:
        (score,) = examine_clip(deps, clip.id, clip.sha256, clip.kind, [(version.id, detector)])
    except StorageError as error:
        log.warning("clip %s cannot be scored: %s", clip.id, error)
        return
    with transaction() as session:
        if clip_queries.lock_clip(session, clip.id) is not None:
            detectors.record_score(session, score)
