"""Leases: taking the next clip, renewing, voting, skipping."""

import random
import uuid

from flask import Blueprint, Response

from clipjury.api.access import requires
from clipjury.api.answers import empty_answer, json_answer
from clipjury.api.auth import get_user
from clipjury.api.contract import describes
from clipjury.api.schemas.lease import Lease, SkipIn, lease_body
from clipjury.api.schemas.vote import Vote, VoteIn, ballot_of, vote_body
from clipjury.db.queries.assignments import LeasedClipRow
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError
from clipjury.services import assignments, votes

blueprint = Blueprint("assignments", __name__)

# Neither the next clip nor which clips are audited must be foreseeable.
_random = random.SystemRandom()


@blueprint.post("/assignments")
@requires("reviewer")
@describes("assignments", {201: Lease, 200: Lease, 204: None})
def take_assignment() -> Response:
    """A clip to judge: a new lease (201), the live one again (200), or nothing left for this reviewer (204)."""
    reviewer_id = get_user().id
    try:
        leased = _lease_next(reviewer_id)
    except ConflictError as error:
        if error.code != "lease_race":
            raise
        # The same reviewer's other request has won; its lease is found now. In a new transaction, because the
        # lost insert has ended the first.
        leased = _lease_next(reviewer_id)
    if leased is None:
        return empty_answer()
    lease, is_new = leased
    return json_answer(lease_body(lease), 201 if is_new else 200)


def _lease_next(reviewer_id: int) -> tuple[LeasedClipRow, bool] | None:
    with transaction() as session:
        return assignments.lease_next_clip(
            session,
            reviewer_id,
            start=_random.random(),
            gold_draw=_random.random(),
            value_draw=_random.random(),
        )


@blueprint.get("/assignments/<uuid:id>")
@requires("reviewer")
@describes("assignments", {200: Lease})
def get_assignment(id: uuid.UUID) -> Response:
    """The lease again, for its holder while it is live."""
    with transaction() as session:
        lease = assignments.get_lease(session, id, get_user().id)
    return json_answer(lease_body(lease))


@blueprint.post("/assignments/<uuid:id>/renew")
@requires("reviewer")
@describes("assignments", {200: Lease})
def renew_assignment(id: uuid.UUID) -> Response:
    """Let the lease run its full time again; a limited number of times."""
    with transaction() as session:
        lease = assignments.renew_lease(session, id, get_user().id)
    return json_answer(lease_body(lease))


@blueprint.post("/assignments/<uuid:id>/vote")
@requires("reviewer")
@describes("assignments", {201: Vote, 200: Vote})
def cast_vote(id: uuid.UUID, json: VoteIn) -> Response:
    """Seal a vote (201). The same ballot again gives the stored vote (200), another one 409 vote_sealed."""
    with transaction() as session:
        cast = votes.cast_vote(session, id, get_user().id, ballot_of(json), lot=_random.random())
        times_s = votes.get_segment_times(session, cast.vote)
    return json_answer(vote_body(cast.vote, times_s), 201 if cast.created else 200)


@blueprint.post("/assignments/<uuid:id>/skip")
@requires("reviewer")
@describes("assignments", {204: None})
def skip_assignment(id: uuid.UUID, json: SkipIn) -> Response:
    """Give the clip back; it goes to somebody else and is not offered to this reviewer again."""
    with transaction() as session:
        assignments.skip_clip(session, id, get_user().id, json.reason, json.note)
    return empty_answer()
