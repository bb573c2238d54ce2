"""Whether a fit of reliabilities is due, and what it reads, now and in a replay: gold, and the answers on it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from sqlalchemy import Table, insert, text
from sqlalchemy.orm import Session

from clipjury.db.models.consensus import ReliabilityGoldChange
from clipjury.db.queries.rows import row_as
from clipjury.domain.gold_tally import GoldAnswer

_STREAM = {"stream_results": True, "yield_per": 10_000}
_RECENT_IDS = 10_000

# Withdrawn gold is quarantined, and so is left out here.
_GOLD_NOW = """
SELECT g.clip_id, g.label, g.origin = 'synthetic' AS is_synthetic
FROM gold_labels g JOIN clips c ON c.id = g.clip_id AND c.quarantined_at IS NULL
WHERE g.role = 'serve'"""

_GOLD_THEN = """
SELECT * FROM (
  SELECT DISTINCT ON (clip_id) clip_id, label, is_synthetic FROM reliability_gold_changes
  WHERE version <= :version ORDER BY clip_id, version DESC) newest
WHERE label IS NOT NULL"""

_ANSWERS = """
SELECT v.id AS vote_id, v.reviewer_id, v.clip_id, v.label, g.label AS truth, g.is_synthetic
FROM votes v JOIN ({gold}) g ON g.clip_id = v.clip_id
WHERE v.label <> 'unsure' AND v.id <= :watermark {without}ORDER BY v.id"""

_ANSWERS_NOW = text(_ANSWERS.format(gold=_GOLD_NOW, without=""))
_ANSWERS_THEN = text(_ANSWERS.format(gold=_GOLD_THEN, without="AND v.id <> ALL(:missing) "))

_CHANGES = text(
    f"""
SELECT clip_id, now.label, COALESCE(now.is_synthetic, kept.is_synthetic) AS is_synthetic
FROM ({_GOLD_NOW}) now FULL JOIN ({_GOLD_THEN}) kept USING (clip_id)
WHERE (now.label, now.is_synthetic) IS DISTINCT FROM (kept.label, kept.is_synthetic) ORDER BY clip_id"""
)

_MISSING = text(
    """
SELECT i FROM generate_series(GREATEST(1, :watermark - :recent), :watermark) i
WHERE NOT EXISTS (SELECT FROM votes v WHERE v.id = i) ORDER BY i"""
)


# Votes are counted from the newest version's watermark on, and no further than it takes to know that one is due.
_PROGRESS = text(
    f"""
WITH newest AS (SELECT gold_answers, vote_watermark FROM reliability_versions ORDER BY version DESC LIMIT 1)
SELECT COALESCE((SELECT max(id) FROM votes), 0) AS watermark,
  (SELECT count(*) FROM votes v JOIN ({_GOLD_NOW}) g ON g.clip_id = v.clip_id
    WHERE v.label <> 'unsure') AS gold_answers, newest.gold_answers AS gold_answers_known,
  (SELECT count(*) FROM (
    SELECT FROM votes WHERE id > newest.vote_watermark ORDER BY id LIMIT :enough) n) AS new_votes
FROM newest"""
)


@dataclass(frozen=True)
class RefitProgressRow:
    """How far votes and gold answers have come, and how many of each the newest version knows of."""

    watermark: int
    gold_answers: int
    gold_answers_known: int
    new_votes: int


@dataclass(frozen=True)
class GoldChange:
    """A clip that has become gold for fits, or gold of another label; label None: it no longer is."""

    clip_id: uuid.UUID
    label: str | None
    is_synthetic: bool


def get_progress(session: Session, enough_votes: int) -> RefitProgressRow:
    """How far things have come since the newest version, active or not; new votes are counted to `enough_votes`."""
    return row_as(RefitProgressRow, session.execute(_PROGRESS, {"enough": enough_votes}).one())


def stream_answers(session: Session, watermark: int) -> Iterator[GoldAnswer]:
    """The answers on today's gold up to the watermark, in the order of vote ids, from a server-side cursor."""
    yield from _stream(session, _ANSWERS_NOW, {"watermark": watermark})


def stream_answers_of(
    session: Session, version: int, watermark: int, missing: Sequence[int]
) -> Iterator[GoldAnswer]:
    """The answers that the fit of this version read: its gold, and without the votes that were in flight."""
    parameters = {"version": version, "watermark": watermark, "missing": list(missing)}
    yield from _stream(session, _ANSWERS_THEN, parameters)


def _stream(session: Session, statement: Any, parameters: dict[str, Any]) -> Iterator[GoldAnswer]:
    for row in session.execute(statement, parameters, execution_options=_STREAM):
        yield row_as(GoldAnswer, row)


def list_gold_changes(session: Session) -> list[GoldChange]:
    """How the gold of this snapshot differs from that of the newest version."""
    newest = session.execute(text("SELECT max(version) FROM reliability_versions")).scalar_one()
    return [row_as(GoldChange, row) for row in session.execute(_CHANGES, {"version": newest})]


def list_missing(session: Session, watermark: int) -> list[int]:
    """Ids under the watermark that no vote of this snapshot has: given up, or of a vote still being cast.

    Only the newest 10,000 are looked at: a vote takes its id milliseconds before it is committed.
    """
    found = session.execute(_MISSING, {"watermark": watermark, "recent": _RECENT_IDS})
    return [int(number) for number in found.scalars()]


def insert_gold_changes(session: Session, version: int, changes: Sequence[GoldChange]) -> None:
    """Note how this version's gold differs from that of the version before."""
    if changes:
        rows = [{"version": version, **asdict(change)} for change in changes]
        table = cast(Table, ReliabilityGoldChange.__table__)  # as in `insert_reliabilities`
        session.execute(insert(table), rows)
