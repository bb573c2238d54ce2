"""The demo's dispute: where none has come up by itself, practised simulated reviewers vote against each other."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from clipjury.cli.simulation import (
    Crowd,
    KnownClip,
    Tally,
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
from clipjury.domain.errors import ConflictError
from clipjury.services import votes
from clipjury_ml.consensus.simulator import Truth, answer

_OTHER: Mapping[str, Truth] = {"manipulated": "authentic", "authentic": "manipulated"}


def ensure_dispute(crowd: Crowd, known: Mapping[uuid.UUID, KnownClip]) -> int:
    """Have strong reviewers contradict each other until a dispute waits; how many wait then.

    The votes are leased, cast and marked as simulated like all others, and the dispute follows from them by the
    platform's own rule. Zero where nobody of the crowd has proved themselves, or nothing is left for them.
    """
    with transaction() as session:
        waiting = queries.count_open(session)
        sides = {
            user: found for user, found in queries.list_strong_sides(session).items() if user in crowd.members
        }
    for reviewer_id in sides:
        while not waiting and (leased := lease_clip(crowd, reviewer_id)) is not None:
            _contradict(crowd, sides, leased, known.get(leased.clip_id))
            with transaction() as session:
                waiting = queries.count_open(session)
    return waiting


def choose_label(own: Sequence[str], standing: Sequence[str], truth: Truth) -> Truth:
    """What a reviewer says whose votes for the labels `own` are strong, where strong votes stand already.

    Against the first of them if they can; else what they are strong for, the truth before anything else.
    """
    against = _OTHER[standing[0]] if standing else truth
    if against in own:
        return against
    return _OTHER[against]


def _contradict(
    crowd: Crowd, sides: Mapping[int, Sequence[str]], leased: LeasedClipRow, clip: KnownClip | None
) -> None:
    if clip is None:
        leave_alone(leased, Tally())
        return
    with transaction() as session:
        cast = vote_queries.list_of_clip(session, leased.clip_id)
    standing = [vote.label for vote in cast if vote.label in sides.get(vote.reviewer_id, ())]
    label = clip.truth if clip.is_gold else choose_label(sides[leased.reviewer_id], standing, clip.truth)
    body = _ballot_saying(crowd, leased, clip, label)
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
