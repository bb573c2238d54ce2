"""Finds clips that look alike, joins them into groups under locks, and lets people confirm or reject it."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import events, fingerprints, groups
from clipjury.db.queries import near_duplicates as queries
from clipjury.db.queries.fingerprints import HashedFrame
from clipjury.db.queries.near_duplicates import NearDuplicateRow
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import NearDuplicateDecided
from clipjury.domain.grouping import assign_groups
from clipjury.domain.near_duplicates import (
    JOINING,
    Hindrance,
    Likeness,
    compare,
    decide_likeness,
    find_hindrance,
)
from clipjury.services.quarantine import quarantine_likeness

RECIPE = "pdq-512-1"
_MOST_CANDIDATES = 50
_HINDRANCE_WORDS: dict[Hindrance, str] = {
    "gold_roles": (
        "These two cannot be put into one group: what is known of them serves different ends, and that is for life. "
        "The pair stays a suggestion."
    )
}


def record_hashes(
    session: Session, clip_id: uuid.UUID, hashes: Sequence[HashedFrame], failure_code: str | None = None
) -> None:
    """Store the clip's hashes, or that it has none and why. Commit before `find_likenesses`, so that of two copies
    that come in at once one finds the other."""
    fingerprints.store(session, clip_id, RECIPE, hashes, failure_code)


def find_likenesses(session: Session, clip_id: uuid.UUID) -> list[tuple[uuid.UUID, Likeness]]:
    """Clips that look like this one, and how much. Candidates by the index, then every frame against every frame."""
    own = fingerprints.get_fingerprints(session, [clip_id])[clip_id]
    if not own.hashes:
        return []
    candidates = fingerprints.list_candidates(session, clip_id, own, _MOST_CANDIDATES)
    others = fingerprints.get_fingerprints(session, candidates)
    found = [(other_id, compare(own, others[other_id])) for other_id in candidates]
    return [(other_id, likeness) for other_id, likeness in found if likeness is not None]


def record_likeness(
    session: Session, clip_id: uuid.UUID, other_id: uuid.UUID, likeness: Likeness
) -> uuid.UUID | None:
    """Note a pair: linked at once where the likeness is strong, suggested where it is weak. None for no news.

    A new copy of a clip that is withheld is withheld as well.
    """
    state = decide_likeness(likeness)
    if state is None:
        return None
    pair_id = queries.insert_pair(session, clip_id, other_id, likeness)
    if pair_id is None:
        return None
    if state == "linked":
        _decide(session, pair_id, "linked", actor_id=None, note="")
        quarantine_likeness(session, clip_id, other_id)
    else:
        queries.set_state(session, pair_id, "suggested", actor_id=None)
    return pair_id


def confirm_near_duplicate(
    session: Session, pair_id: uuid.UUID, actor_id: int, note: str
) -> NearDuplicateRow:
    """Say that the two are copies of each other: they form one group. Raises NotFoundError, ConflictError
    (gold_roles_differ)."""
    return _decide(session, pair_id, "confirmed", actor_id=actor_id, note=note)


def reject_near_duplicate(session: Session, pair_id: uuid.UUID, actor_id: int, note: str) -> NearDuplicateRow:
    """Say that they are not: each goes back to the group it came from, unless other links hold them together.

    Who was exposed to the whole stays exposed to each part. Raises NotFoundError.
    """
    return _decide(session, pair_id, "rejected", actor_id=actor_id, note=note)


def get_pair(session: Session, pair_id: uuid.UUID) -> NearDuplicateRow:
    """The pair; raises NotFoundError."""
    pair = queries.find_pair(session, pair_id)
    if pair is None:
        raise NotFoundError("There is no such pair of clips.")
    return pair


def _decide(
    session: Session, pair_id: uuid.UUID, state: str, *, actor_id: int | None, note: str
) -> NearDuplicateRow:
    pair = get_pair(session, pair_id)
    members, leases = groups.lock_groups_of(session, [pair.clip_a_id, pair.clip_b_id])
    locked = queries.lock_pair(session, pair_id)
    assert locked is not None  # pairs are never deleted
    if locked.state == state and locked.decided_at is not None:
        return locked
    hindrance = _find_hindrance(session, locked) if state in JOINING else None
    if hindrance is not None:
        if actor_id is not None:
            raise ConflictError("gold_roles_differ", _HINDRANCE_WORDS[hindrance])
        queries.set_state(session, pair_id, "suggested", actor_id=None, hindrance=hindrance)
        return get_pair(session, pair_id)
    change_id = queries.set_state(session, pair_id, state, actor_id=actor_id, note=note)
    moves = assign_groups(
        members, groups.list_links(session, [member.clip_id for member in members]), uuid.uuid4
    )
    if moves:
        groups.move_clips(session, change_id, moves)
        groups.end_barred_leases(session, leases)
    decided = NearDuplicateDecided(near_duplicate_id=str(pair_id), state=state)
    events.emit(session, [decided], subject=f"near_duplicate:{pair_id}", actor_id=actor_id)
    return get_pair(session, pair_id)


def _find_hindrance(session: Session, pair: NearDuplicateRow) -> Hindrance | None:
    a, b = (clip_queries.find_clip(session, clip_id) for clip_id in (pair.clip_a_id, pair.clip_b_id))
    assert a is not None
    assert b is not None
    if a.group_id == b.group_id:
        return None
    return find_hindrance(
        groups.list_gold_roles(session, a.id),
        groups.list_gold_roles(session, b.id),
    )
