"""New versions of what is known of the reviewers, and clips recomputed under them."""

import logging
import random
import uuid

from clipjury.db.sole_run import sole_run
from clipjury.db.transaction import bound_engine, transaction
from clipjury.deps import Deps
from clipjury.services import consensus

_BATCH = 200
_random = random.SystemRandom()  # which clips are audited must not be foreseeable

log = logging.getLogger(__name__)


def refit_reliabilities(_deps: Deps) -> None:
    """Fit and activate a new version if enough gold answers have come in; `recompute_clips` follows by event."""
    with sole_run(bound_engine(), "refit") as is_sole:
        if not is_sole:
            return  # the one that runs, or the sweep after it, counts the same answers
        with transaction() as session:
            version = consensus.refit_if_due(session)
    if version is not None:
        log.info("reliabilities: version %d is active", version)


def recompute_clips(_deps: Deps) -> None:
    """Bring every outdated clip to the active version, each in its own transaction under its row lock."""
    count = recompute_outdated()
    if count:
        log.info("reliabilities: %d clips recomputed", count)


def recompute_outdated(limit: int | None = None) -> int:
    """Recompute outdated clips, at most `limit`; how many. A clip is tried once a call, so that it ends."""
    with sole_run(bound_engine(), "recompute") as is_sole:
        return _recompute_each(limit) if is_sole else 0


def _recompute_each(limit: int | None) -> int:
    tried: set[uuid.UUID] = set()
    while limit is None or len(tried) < limit:
        with transaction() as session:
            found = consensus.list_outdated(session, _BATCH)
        fresh = [clip_id for clip_id in found if clip_id not in tried]
        if not fresh:
            break
        for clip_id in fresh[: None if limit is None else limit - len(tried)]:
            with transaction() as session:
                consensus.recompute_clip(session, clip_id, "version", lot=_random.random())
            tried.add(clip_id)
    return len(tried)


def settle_closing(limit: int = _BATCH) -> int:
    """Decide on closing clips that wait for nobody any more; how many."""
    with transaction() as session:
        found = consensus.list_settleable(session, limit)
    for clip_id in found:
        with transaction() as session:
            consensus.settle_clip(session, clip_id, lot=_random.random())
    return len(found)
