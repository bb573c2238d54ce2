"""After another version came into force: computes clips anew, and scores the backlog."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from clipjury.adapters.storage import StorageError
from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import rescoring as queries
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.gate import ToScoreRow
from clipjury.db.queries.jobs import JobRow
from clipjury.db.queries.rescoring import BacklogRow, Place, Walk
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.detector_store import load_version
from clipjury.jobs.scoring import examine_clip
from clipjury.services import consensus, detectors

_BATCH = 50
_WINDOW = (
    100  # clips walked past at a time; those in hand are scored in the order that stood when they were read
)
_FRUITLESS = 3  # walks that find nothing although something is left: it moves about, or cannot be reached

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
    work = _Backlog(deps, version, report, backlog.total)
    in_force = work.score_all(queries.OPEN_WALKS, lambda left: left.open)
    in_force = in_force and work.score_all(
        (*queries.OPEN_WALKS, queries.RETIRED_WALK), lambda left: left.total
    )
    return {"scored": work.scored, "recomputed": recomputed, "superseded": not in_force}


class _Backlog:
    """The clips that a version has not scored, walked until none is left that can be."""

    def __init__(
        self, deps: Deps, version: VersionRow, report: Callable[[float, str], None], total: int
    ) -> None:
        self._deps, self._version, self._report, self._total = deps, version, report, total
        self.scored = 0

    def score_all(self, walks: Sequence[Walk], count: Callable[[BacklogRow], int]) -> bool:
        """Walk again until `count` of what is left is none but what cannot be scored; False once out of force.

        A clip that is leased, given back or voted on changes its place, and a walk may miss it.
        """
        fruitless = 0
        while fruitless < _FRUITLESS:
            before, passed_over = self.scored, 0
            for clip in self._walk(walks):
                if not _is_active(self._version.id):
                    return False
                share = min(1.0, self.scored / max(1, self._total))
                self._report(0.2 + 0.8 * share, f"Scoring clip {self.scored + 1} of {self._total}")
                is_scored = _score(self._deps, self._version, clip)
                self.scored += is_scored
                passed_over += not is_scored
            with transaction() as session:
                left = count(queries.count_unscored(session, self._version.id))
            if left <= passed_over:
                return True
            fruitless += self.scored == before
        log.warning("%s clips that version %s has not scored are out of reach", left, self._version.id)
        return True

    def _walk(self, walks: Sequence[Walk]) -> Iterator[ToScoreRow]:
        for walk in walks:
            place: Place | None = walk.start
            while place is not None:
                with transaction() as session:
                    found, place = queries.walk_on(session, self._version.id, walk, place, _WINDOW)
                yield from found


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


def _score(deps: Deps, version: VersionRow, clip: ToScoreRow) -> bool:
    """Score one clip, unless it was withdrawn meanwhile; False for one whose original is missing."""
    detector = load_version(deps, version)
    try:
        (score,) = examine_clip(deps, clip.id, clip.sha256, clip.kind, [(version.id, detector)])
    except StorageError as error:
        log.warning("clip %s cannot be scored: %s", clip.id, error)
        return False
    with transaction() as session:
        if clip_queries.lock_clip(session, clip.id) is not None:
            detectors.record_score(session, score)
    return True
