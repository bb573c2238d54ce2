"""New versions of what is known of the reviewers, and clips recomputed under them."""

import logging
import random
import uuid

from clipjury.db.queries import reliabilities as queries
from clipjury.db.sole_run import sole_run
from clipjury.db.transaction import bound_engine, transaction
from clipjury.deps import Deps
from clipjury.jobs.refit_guard import compare_with_active
from clipjury.services import consensus, reliabilities

_BATCH = 200
_random = random.SystemRandom()  # which clips are audited must not be foreseeable

log = logging.getLogger(__name__)


def refit_reliabilities(_deps: Deps) -> None:
    """Fit a new version if enough has come in; activate it, or freeze it; `recompute_clips` follows by event."""
    with sole_run(bound_engine(), "refit") as is_sole:
        if is_sole:  # else the one that runs, or the sweep after it, counts the same answers
            refit()


def refit() -> list[int]:
    """Write, compare and decide on a version if one is due; the versions that came into force.

    Fit and guard read one snapshot and write nothing; a short transaction writes the version, inactive; another
    activates it by one row. A worker that dies between these two leaves a pending version, which the next refit
    decides on.
    """
    with transaction() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        fit = reliabilities.fit_if_due(session)
        if fit is not None:
            active = queries.get_active_version(session)
            found = compare_with_active(session, active, fit.reliabilities, fit.new.watermark)
    if fit is not None:
        with transaction() as session:
            written = reliabilities.write_version(session, fit, found)
    with transaction() as session:
        activated = reliabilities.settle_pending(session)
    for version in activated:
        log.info("reliabilities: version %d is active", version)
    if fit is not None and not activated:
        log.warning("reliabilities: version %d is frozen until an admin has looked at it", written)
    return activated


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
