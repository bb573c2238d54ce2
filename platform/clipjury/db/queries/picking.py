"""Picks a clip and leases it in one statement, at a cost that does not grow with the queue."""

from typing import Final, Literal

from clipjury.db.prepared import Prepared
from clipjury.domain.assignment import TIER_FRESH, TIER_GOLD, TIER_STARTED

# Whose turn it is: the clips on which a vote is worth most, any clip of the queue, or gold.
Turn = Literal["value", "random", "gold"]

# How many entries of the queue one look may walk: keeps "next" constant in the size of the queue. A look
# that finds all of them barred for this reviewer tries the next part, and last the whole queue.
WINDOW: Final = 50

# A group that the reviewer was exposed to is passed over; SKIP LOCKED keeps callers off each other's rows. Each look
# stops at the first clip that will do, so that a look for gold takes no other time than one for the rest.
_LOOK = """
  SELECT c.id FROM (
    SELECT q.id, q.group_id, {order} FROM clips q
    WHERE {guard} q.leasable AND {where} ORDER BY {order} LIMIT :window
  ) w JOIN clips c ON c.id = w.id
  WHERE c.leasable{free} AND NOT EXISTS (
    SELECT FROM exposures e WHERE e.user_id = :reviewer_id AND e.group_id = w.group_id)
    AND NOT EXISTS (SELECT FROM group_parts p JOIN exposures e ON e.group_id = p.part_id
      WHERE p.group_id = w.group_id AND e.user_id = :reviewer_id)
  ORDER BY {outer} LIMIT 1 FOR UPDATE OF c SKIP LOCKED
"""

# The lowest buckets hold the clips on which a vote is worth most, near-ties in each: it is entered at a random place.
# Clips that somebody is at are left out here: an answer under way may make the next one needless.
BUCKETS: Final = 4

_Look = tuple[str, str, str]  # condition, order, and what keeps a clip back besides


def _bucket_sql(number: int) -> str:
    after = f" AND t.queue_bucket > (SELECT queue_bucket FROM bucket{number - 1})" if number else ""
    return f"""bucket{number} AS MATERIALIZED (
  SELECT t.queue_bucket FROM clips t WHERE t.leasable AND t.queue_priority < 2{after}
  ORDER BY t.queue_bucket, t.rank LIMIT 1)"""


def _in_bucket(number: int) -> tuple[_Look, ...]:
    """From a random place on the circle of a bucket's ranks."""
    bucket = f"q.queue_priority < 2 AND q.queue_bucket = (SELECT queue_bucket FROM bucket{number})"
    return tuple(
        (f"{bucket} AND q.rank {side} :start", "queue_bucket, rank", " AND c.live_leases = 0")
        for side in (">=", "<")
    )


_HELD = """
held AS MATERIALIZED (
  SELECT a.id, a.expires_at <= clock_timestamp() AS is_expired FROM assignments a
  WHERE a.reviewer_id = :reviewer_id AND a.state = 'leased')"""


def _in_tier(tier: int) -> tuple[_Look, ...]:
    """From a random place on the circle of a tier's ranks."""
    return tuple(
        (f"q.queue_priority = {tier} AND q.rank {side} :start", "queue_priority, rank", "")
        for side in (">=", "<")
    )


def _pick_sql(looks: tuple[_Look, ...]) -> str:
    """The lease held already, else one look after the other, each made only when those before it found nothing."""
    found = ["held"]
    parts = [_HELD, *(_bucket_sql(number) for number in range(BUCKETS))]
    for number, (where, columns, free) in enumerate(looks):
        guard = "".join(f"NOT EXISTS (SELECT FROM {name}) AND " for name in found)
        order, outer = (", ".join(f"{at}.{name}" for name in columns.split(", ")) for at in "qw")
        look = _LOOK.format(guard=guard, where=where, order=order, outer=outer, free=free)
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


def _lease_statement(name: str, looks: tuple[_Look, ...]) -> Prepared:
    return Prepared(
        name,
        _pick_sql(looks) + _LEASE_PICKED,
        reviewer_id="bigint",
        start="double precision",
        window="bigint",
        base_s="double precision",
        per_clip_s="double precision",
        cap_s="double precision",
    )


_BY_VALUE = tuple(look for number in range(BUCKETS) for look in _in_bucket(number))
_STARTED, _FRESH, _GOLD = (_in_tier(tier) for tier in (TIER_STARTED, TIER_FRESH, TIER_GOLD))

# Clips in progress, fresh ones and gold are there for everybody in the end, whatever comes first.
LEASE_STATEMENTS: Final[dict[Turn, Prepared]] = {
    "value": _lease_statement("lease_by_value", _BY_VALUE + _STARTED + _FRESH + _GOLD),
    "random": _lease_statement("lease_at_random", _STARTED + _FRESH + _GOLD),
    "gold": _lease_statement("lease_gold_first", _GOLD + _BY_VALUE + _STARTED + _FRESH),
}
