"""Picks a clip and leases it in one statement, at a cost that does not grow with the queue."""

from typing import Final, Literal

from clipjury.db.prepared import Prepared
from clipjury.domain.assignment import FALL_FRESH, TIER_FRESH, TIER_GOLD, TIER_STARTED
from clipjury.domain.matching import NEAR_TIES, SHARED_MISSES, SUREST, TYPICAL_WEIGHT

# Whose turn it is: the clips on which a vote is worth most, any clip of the queue, or gold.
Turn = Literal["value", "random", "gold"]

# How many entries of the queue one look may walk: keeps "next" constant in the size of the queue. A look
# that finds all of them barred for this reviewer tries the next part, and last the whole queue.
WINDOW: Final = 50

# A group that the reviewer was exposed to is passed over; SKIP LOCKED keeps callers off each other's rows. A look reads
# its whole window, for gold as for the rest, so that the time it takes does not tell which it was.
_LOOK = """
  SELECT c.id FROM (
    SELECT q.id, q.group_id, {order}, row_number() OVER (ORDER BY {order}) AS place FROM clips q
    WHERE {guard} q.leasable AND {where} ORDER BY {order}{limit}
  ) w JOIN clips c ON c.id = w.id
  WHERE c.leasable{free} AND NOT EXISTS (
    SELECT FROM exposures e WHERE e.user_id = :reviewer_id AND e.group_id = w.group_id)
    AND NOT EXISTS (SELECT FROM group_parts p JOIN exposures e ON e.group_id = p.part_id
      WHERE p.group_id = w.group_id AND e.user_id = :reviewer_id)
  ORDER BY {outer} LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""


# `expected_worth` of domain/matching.py, of clip c for whoever asks.
EXPECTED_WORTH: Final = f"""expected_worth(LEAST(1 - {SUREST}, GREATEST({SUREST}, COALESCE(c.p_full, 0.5))),
  COALESCE(c.n_effective, 0), {FALL_FRESH} + :fall_per_vote * (c.votes_count + 1), :sensitivity, :specificity, :bar,
  {SHARED_MISSES}, {TYPICAL_WEIGHT})"""

# The lowest bucket holds the clips on which a vote is worth most, near-ties all of them. It is entered at a random
# place; of the next ones comes first what this reviewer's answer is expected to further most. Clips that somebody is
# at are left out here: an answer under way may make the next one needless.
_TOP_BUCKET = """top AS MATERIALIZED (
  SELECT t.queue_bucket FROM clips t WHERE t.leasable AND t.queue_priority < 2
  ORDER BY t.queue_bucket, t.rank LIMIT 1)"""

# Condition, order of the walk, order of the choice among what was walked, and what keeps a clip back besides.
_Look = tuple[str, str, str, str]
_MATCHED = (
    f"w.queue_bucket, CASE WHEN w.place <= {NEAR_TIES} THEN {EXPECTED_WORTH} END DESC NULLS LAST, w.place"
)
_TOP = "(SELECT queue_bucket FROM top)"
_BY_VALUE: tuple[_Look, ...] = tuple(
    (f"q.queue_priority < 2 AND {part}", "q.queue_bucket, q.rank", _MATCHED, " AND c.live_leases = 0")
    for part in (
        f"q.queue_bucket = {_TOP} AND q.rank >= :start",
        f"q.queue_bucket = {_TOP} AND q.rank < :start",
        f"q.queue_bucket > {_TOP}",
    )
)

_HELD = """
held AS MATERIALIZED (
  SELECT a.id, a.expires_at <= clock_timestamp() AS is_expired FROM assignments a
  WHERE a.reviewer_id = :reviewer_id AND a.state = 'leased')"""


def _in_tier(tier: int) -> tuple[_Look, ...]:
    """From a random place on the circle of a tier's ranks."""
    return tuple(
        (f"q.queue_priority = {tier} AND q.rank {side} :start", "q.queue_priority, q.rank", "w.place", "")
        for side in (">=", "<")
    )


def _pick_sql(looks: tuple[_Look, ...], limit: str) -> str:
    """The lease held already, else one look after the other, each made only when those before it found nothing."""
    found = ["held"]
    parts = [_HELD, _TOP_BUCKET]
    for number, (where, order, outer, free) in enumerate(looks):
        guard = "".join(f"NOT EXISTS (SELECT FROM {name}) AND " for name in found)
        look = _LOOK.format(guard=guard, where=where, order=order, outer=outer, free=free, limit=limit)
        parts.append(f"look{number} AS MATERIALIZED ({look})")
        found.append(f"look{number}")
    union = " UNION ALL ".join(f"SELECT id FROM {name}" for name in found[1:])
    return f"WITH {', '.join(parts)}, picked AS ({union} LIMIT 1)"


_LEASE_PICKED = """
, marked AS (
  UPDATE clips SET live_leases = live_leases + 1 FROM picked WHERE clips.id = picked.id
  RETURNING clips.id, clips.duration_s, clips.queue_priority),
tallied AS (
  INSERT INTO lease_tallies (user_id, leases, gold_leases)
  SELECT :reviewer_id, 1, CAST(queue_priority = 2 AS integer) FROM marked
  ON CONFLICT (user_id) DO UPDATE SET leases = lease_tallies.leases + 1,
    gold_leases = lease_tallies.gold_leases + excluded.gold_leases),
leased AS (
  INSERT INTO assignments (clip_id, reviewer_id, expires_at)
  SELECT id, :reviewer_id,
    clock_timestamp() + make_interval(secs => LEAST(:base_s + :per_clip_s * COALESCE(duration_s, 0), :cap_s))
  FROM marked RETURNING id)
SELECT id, true AS is_new, false AS is_expired FROM leased
UNION ALL SELECT id, false, is_expired FROM held"""


_STARTED, _FRESH, _GOLD = (_in_tier(tier) for tier in (TIER_STARTED, TIER_FRESH, TIER_GOLD))

# Clips in progress, fresh ones and gold are there for everybody in the end, whatever comes first.
_LOOKS: Final[dict[Turn, tuple[_Look, ...]]] = {
    "value": _BY_VALUE + _STARTED + _FRESH + _GOLD,
    "random": _STARTED + _FRESH + _GOLD,
    "gold": _GOLD + _BY_VALUE + _STARTED + _FRESH,
}


_NUMBERS = ("start", "base_s", "per_clip_s", "cap_s")
_OF_MATCHING = ("sensitivity", "specificity", "bar", "fall_per_vote")


def _lease_statements(suffix: str, limit: str) -> dict[Turn, Prepared]:
    """One for each turn. The limit is written out: as a parameter it would be planned anew with every call."""
    return {
        turn: Prepared(
            f"lease_{turn}{suffix}",
            _pick_sql(looks, limit) + _LEASE_PICKED,
            reviewer_id="bigint",
            **dict.fromkeys(_NUMBERS + (() if turn == "random" else _OF_MATCHING), "double precision"),
        )
        for turn, looks in _LOOKS.items()
    }


LEASE_WITHIN_WINDOW: Final = _lease_statements("_within_window", f" LIMIT {WINDOW}")
LEASE_ANYWHERE: Final = _lease_statements("_anywhere", "")
