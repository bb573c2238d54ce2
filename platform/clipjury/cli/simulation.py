"""Simulated reviewers at work: they lease and vote through the services, one vote at a time, as people do."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from clipjury.db.queries import users as user_queries
from clipjury.db.queries.assignments import LeasedClipRow
from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError
from clipjury.jobs.consensus import recompute_outdated, refit_reliabilities
from clipjury.services import accounts, assignments, votes
from clipjury_ml.consensus.simulator import SimulatedReviewer, Truth, answer

_LEFT_ALONE = "A simulated reviewer cannot judge a clip whose truth it was not given."


@dataclass(frozen=True)
class KnownClip:
    """The truth about a clip. Reviewers never see it: it only steers how likely each of their answers is."""

    truth: Truth
    is_gold: bool = False
    kinds: tuple[str, ...] = ()
    segments: tuple[Mapping[str, int], ...] = ()


@dataclass
class Crowd:
    """Simulated reviewers by account, and those whom the queue has nothing left for.

    People come for a sitting, not for one clip: `sitting` clips in a row, then somebody else. It matters: gold
    tells a reviewer's skill after a sitting or two, while it would take a crowd that alternates until its
    clips have reached their cap.
    """

    members: dict[int, SimulatedReviewer]
    rng: np.random.Generator
    sitting: int = 20
    idle: set[int] = field(default_factory=set)
    _at_work: int | None = None
    _left: int = 0

    def __post_init__(self) -> None:
        """Lots for audits come from a stream of their own: drawing them changes no answer."""
        self.lots = self.rng.spawn(1)[0]

    def choose(self) -> int | None:
        """Who takes the next clip; None when nobody finds one any more."""
        if self._at_work in self.idle or self._left == 0:
            waiting = sorted(set(self.members) - self.idle)
            self._at_work = int(self.rng.choice(waiting)) if waiting else None
            self._left = self.sitting
        self._left -= 1
        return self._at_work


@dataclass
class Tally:
    """What the crowd has done."""

    votes: int = 0
    gold_votes: int = 0
    left_alone: int = 0


def ensure_reviewers(reviewers: Sequence[SimulatedReviewer], prefix: str) -> dict[int, SimulatedReviewer]:
    """An account for each, marked as simulated and without a password; those of an earlier run are used again."""
    found: dict[int, SimulatedReviewer] = {}
    for number, reviewer in enumerate(reviewers, start=1):
        email = f"{prefix}-{number}@simulated.invalid"
        with transaction() as session:
            known = user_queries.find_by_email(session, email)
            user_id = known.id if known else _create(session, email, reviewer.name)
        found[user_id] = reviewer
    return found


def _create(session: Session, email: str, name: str) -> int:
    return accounts.create_user(
        session, email=email, display_name=name, roles=["reviewer"], password=None, is_simulated=True
    )


def run_reviews(
    deps: Deps,
    crowd: Crowd,
    known: Mapping[uuid.UUID, KnownClip],
    is_enough: Callable[[Tally], bool],
) -> Tally:
    """Have the crowd vote until nobody finds a clip any more, or `is_enough` (asked after each vote) says so.

    After each vote on gold the reliabilities are refitted when due, as the worker does.
    """
    tally = Tally()
    while (reviewer_id := crowd.choose()) is not None:
        leased = lease_clip(crowd, reviewer_id)
        if leased is None:
            crowd.idle.add(reviewer_id)
        elif leased.clip_id not in known:
            leave_alone(leased, tally)
        elif _vote(crowd, leased, known[leased.clip_id]):
            tally.votes += 1
            if known[leased.clip_id].is_gold:
                tally.gold_votes += 1
                refit_reliabilities(deps)
                recompute_outdated()
            if is_enough(tally):
                break
    return tally


def lease_clip(crowd: Crowd, reviewer_id: int) -> LeasedClipRow | None:
    """The next clip of this simulated reviewer; None when nothing is left for them."""
    with transaction() as session:
        start, gold_draw, value_draw = (float(number) for number in crowd.rng.random(3))
        leased = assignments.lease_next_clip(
            session, reviewer_id, start=start, gold_draw=gold_draw, value_draw=value_draw
        )
    return leased[0] if leased else None


def leave_alone(leased: LeasedClipRow, tally: Tally) -> None:
    """Give a clip back whose truth nobody has told."""
    with transaction() as session:
        assignments.skip_clip(session, leased.id, leased.reviewer_id, "other", _LEFT_ALONE)
    tally.left_alone += 1


def _vote(crowd: Crowd, leased: LeasedClipRow, clip: KnownClip) -> bool:
    reviewer = crowd.members[leased.reviewer_id]
    ballot = answer(
        reviewer, clip.truth, crowd.rng, clip.kinds, segments_within(clip, leased.frames), leased.frames
    )
    try:
        with transaction() as session:
            votes.cast_vote(
                session, leased.id, leased.reviewer_id, to_body(ballot), lot=float(crowd.lots.random())
            )
    except ConflictError:
        return False  # the clip ended under it; the next lease is another clip
    return True


def segments_within(clip: KnownClip, frames: int) -> list[Mapping[str, int]]:
    """The true time ranges, as far as they lie within the preview."""
    return [segment for segment in clip.segments if segment["end_frame"] < frames]


def to_body(ballot: Mapping[str, Any]) -> BallotBody:
    """The simulator's ballot as the service takes it."""
    return BallotBody(
        label=ballot["label"],
        confidence=ballot["confidence"],
        lean=ballot["lean"],
        kinds=tuple(ballot["kinds"]),
        segments=tuple(ballot["segments"]),
        regions=tuple(ballot["regions"]),
        cues=tuple(ballot["cues"]),
        rationale=ballot["rationale"],
    )
