"""The backlog after another detector version came into force: what to score again, what to compute again."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from clipjury.db.queries.gate import ToScoreRow
from clipjury.db.queries.rows import row_as

# A place in a walk: the key of the last clip that was walked past.
Place = tuple[Any, ...]


def _walk(where: str, keys: dict[str, str], *, descending: bool = False) -> TextClause:
    """The next clips along an index of `keys` (column → type), from behind a place: what it reads is `:limit` entries
    of the index, however many clips there are and whether or not they are scored."""
    columns = ", ".join(f"c.{key}" for key in keys)
    place = ", ".join(f"CAST(:key{n} AS {type_})" for n, type_ in enumerate(keys.values()))
    way = " DESC" if descending else ""
    order = ", ".join(f"{{}}.{key}{way}" for key in keys)
    aliases = ["c"] * len(keys), ["w"] * len(keys)
    return text(
        f"""
WITH walked AS MATERIALIZED (
  SELECT c.sha256, c.kind, c.quarantined_at, c.id AS clip_id, {columns} FROM clips c
  WHERE {where} AND ({columns}) {"<" if descending else ">"} ({place})
  ORDER BY {order.format(*aliases[0])} LIMIT :limit)
SELECT w.clip_id AS id, w.sha256, w.kind, ARRAY[{", ".join(f"CAST(w.{key} AS text)" for key in keys)}] AS place,
  w.quarantined_at IS NULL AND known.id IS NULL AS is_wanted
FROM walked w LEFT JOIN LATERAL (  -- looked up for each: NOT EXISTS may read all scores of the version instead
  SELECT s.id FROM scores s WHERE s.clip_id = w.clip_id AND s.detector_version_id = :version_id LIMIT 1) known ON true
ORDER BY {order.format(*aliases[1])}"""
    )


@dataclass(frozen=True)
class Walk:
    """One stretch of the backlog and where it begins."""

    name: str
    statement: TextClause
    start: Place


# Open clips in the order in which the queue serves them: by the worth of a vote, gold, and what nobody can be given at
# this moment. Then those that have retired, newest first. A clip on its way in is scored by its own job.
_RANKED: Final = {"rank": "float8"}
OPEN_WALKS: Final = (
    Walk(
        "value",
        _walk("c.leasable AND c.queue_priority < 2", {"queue_bucket": "integer", **_RANKED}),
        (-(2**31), -1.0),
    ),
    Walk("gold", _walk("c.leasable", {"queue_priority": "smallint", **_RANKED}), (1, float("inf"))),
    Walk(
        "unleasable",
        _walk("c.state IN ('open', 'closing') AND NOT c.leasable", {"id": "uuid"}),
        (uuid.UUID(int=0),),
    ),
)
RETIRED_WALK: Final = Walk(
    "retired",
    _walk("c.state = 'retired'", {"retired_at": "timestamptz", "id": "uuid"}, descending=True),
    ("infinity", uuid.UUID(int=2**128 - 1)),
)

# Every one of them: a vote in flight may have been computed under the version before, whenever it was written.
_SCORED = text(
    """
SELECT c.id FROM clips c
WHERE c.state = ANY(:states) AND c.id > CAST(:after AS uuid)
  AND EXISTS (SELECT FROM scores s JOIN detector_versions d ON d.id = s.detector_version_id
    WHERE s.clip_id = c.id AND d.detector = :detector)
ORDER BY c.id LIMIT :limit"""
)

_COUNT = text(
    """
SELECT count(*) FILTER (WHERE c.state <> 'retired') AS open, count(*) FILTER (WHERE c.state = 'retired') AS retired
FROM clips c WHERE c.state IN ('open', 'closing', 'retired') AND c.quarantined_at IS NULL
  AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id AND s.detector_version_id = :version_id)"""
)


@dataclass(frozen=True)
class BacklogRow:
    """How many clips the version has not scored."""

    open: int
    retired: int

    @property
    def total(self) -> int:
        """Both."""
        return self.open + self.retired


def count_unscored(session: Session, version_id: int) -> BacklogRow:
    """How many clips are still to be scored."""
    return row_as(BacklogRow, session.execute(_COUNT, {"version_id": version_id}).one())


def walk_on(
    session: Session, version_id: int, walk: Walk, after: Place, limit: int
) -> tuple[list[ToScoreRow], Place | None]:
    """Of the next `limit` clips behind `after` those that this version has not scored, and how far that came.

    The place is None at the walk's end. Clips change places while others are scored: walk again until none is left.
    """
    values = {"version_id": version_id, "limit": limit, **{f"key{n}": key for n, key in enumerate(after)}}
    rows = session.execute(walk.statement, values).all()
    found = [ToScoreRow(row.id, row.sha256, row.kind) for row in rows if row.is_wanted]
    return found, tuple(rows[-1].place) if len(rows) == limit else None


def list_scored(
    session: Session, detector: str, states: Sequence[str], after: uuid.UUID, limit: int
) -> list[uuid.UUID]:
    """Clips in these states with a score of any version of this detector, by id, from behind `after`."""
    values = {"detector": detector, "states": list(states), "after": after, "limit": limit}
    return list(session.execute(_SCORED, values).scalars())
