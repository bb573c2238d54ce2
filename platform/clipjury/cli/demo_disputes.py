"""The demo's dispute: where none has come up by itself, simulated reviewers with a good eye vote against each other."""

import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from clipjury.cli.simulation import (
    Crowd,
    KnownClip,
    Tally,
    ensure_reviewers,
    lease_clip,
    leave_alone,
    segments_within,
    to_body,
)
from clipjury.db.queries import disputes as queries
from clipjury.db.queries import votes as vote_queries
from clipjury.db.queries.assignments import LeasedClipRow
from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError
from clipjury.domain.trust import REFIT_GOLD_ANSWERS
from clipjury.jobs.consensus import recompute_outdated, refit_reliabilities
from clipjury.services import votes
from clipjury_ml.consensus.simulator import Truth, answer, simulated_reviewers

SEED = 8
MOST = 10
_OTHER: Mapping[str, Truth] = {"manipulated": "authentic", "authentic": "manipulated"}


def ensure_dispute(deps: Deps, known: Mapping[uuid.UUID, KnownClip]) -> int:
    """Have newcomers who are right on all gold contradict each other on the other clips; how many disputes wait.

    Their votes are leased, cast and marked as simulated like all others. Once their answers on gold have made them
    strong, the disputes follow by the platform's own rule. Where a dispute waits already, nobody votes.
    """
    waiting = _count_waiting()
    gold = sum(clip.is_gold for clip in known.values())
    if waiting or not gold:
        return waiting
    wanted = min(MOST, max(2, math.ceil(REFIT_GOLD_ANSWERS / gold)))
    members = ensure_reviewers(simulated_reviewers(SEED, wanted, mean_skill=0.9, spam_share=0.0), "demo-late")
    crowd = Crowd(members, np.random.default_rng([SEED, 1]))
    for reviewer_id in members:
        while (leased := lease_clip(crowd, reviewer_id)) is not None:
            _contradict(crowd, leased, known.get(leased.clip_id))
    refit_reliabilities(deps)
    recompute_outdated()
    return _count_waiting()


def _count_waiting() -> int:
    with transaction() as session:
        return queries.count_open(session)


def choose_label(said: Sequence[str], truth: Truth) -> Truth:
    """Against the first of what the other newcomers have said of the clip; the truth where none has."""
    answers = [label for label in said if label in _OTHER]
    return _OTHER[answers[0]] if answers else truth


def _contradict(crowd: Crowd, leased: LeasedClipRow, clip: KnownClip | None) -> None:
    if clip is None:
        leave_alone(leased, Tally())
        return
    with transaction() as session:
        cast = vote_queries.list_of_clip(session, leased.clip_id)
    said = [vote.label for vote in cast if vote.reviewer_id in crowd.members]
    body = _ballot_saying(crowd, leased, clip, clip.truth if clip.is_gold else choose_label(said, clip.truth))
    try:
        with transaction() as session:
            lot = float(crowd.lots.random())
            votes.cast_vote(session, leased.id, leased.reviewer_id, body, lot=lot)
    except ConflictError:
        return  # the clip ended under it; the next lease is another clip


def _ballot_saying(crowd: Crowd, leased: LeasedClipRow, clip: KnownClip, label: Truth) -> BallotBody:
    """A ballot with this label, as a reviewer fills one in who is sure of it."""
    sure = replace(
        crowd.members[leased.reviewer_id],
        sensitivity=0.97,
        specificity=0.97,
        unsure_rate=0.0,
        is_spammer=False,
    )
    is_true = label == clip.truth
    kinds = clip.kinds if is_true else ()
    segments = segments_within(clip, leased.frames) if is_true else []
    while True:
        ballot = answer(sure, label, crowd.rng, kinds, segments, leased.frames)
        if ballot["label"] == label:
            return to_body(ballot)
