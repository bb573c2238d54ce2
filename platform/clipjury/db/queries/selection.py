"""The clips that a dataset's filters take, as they stood at one moment: counted, sampled, or read whole.

Everything comes from append-only tables (verdicts, posteriors, votes) up to the cutoff, so that a build that is
begun again gives the same rows.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.rows import row_as
from clipjury.domain.datasets import Filters

_TAKEN = """
FROM clips c
JOIN LATERAL (
  SELECT v.id, v.outcome, v.reason FROM verdicts v
  WHERE v.clip_id = c.id AND v.created_at <= COALESCE(CAST(:cutoff AS timestamptz), 'infinity')
  ORDER BY v.sequence DESC LIMIT 1) d ON true
JOIN LATERAL (
  SELECT q.p_people, q.n_votes, q.n_effective, q.reliability_version, q.policy_version, q.engine_version
  FROM posteriors q
  WHERE q.clip_id = c.id AND q.created_at <= COALESCE(CAST(:cutoff AS timestamptz), 'infinity')
  ORDER BY q.id DESC LIMIT 1) p ON true
WHERE c.state = 'retired' AND c.quarantined_at IS NULL
  AND c.group_id NOT IN (SELECT gc.group_id FROM gold_labels g JOIN clips gc ON gc.id = g.clip_id)
  AND (CAST(:outcomes AS text[]) IS NULL OR d.outcome = ANY(:outcomes))
  AND (CAST(:bases AS text[]) IS NULL OR d.reason = ANY(:bases))
  AND (CAST(:p_people_min AS float8) IS NULL OR p.p_people >= :p_people_min)
  AND (CAST(:p_people_max AS float8) IS NULL OR p.p_people <= :p_people_max)
  AND (CAST(:kinds AS text[]) IS NULL OR EXISTS (
    SELECT FROM votes v WHERE v.clip_id = c.id AND v.kinds && CAST(:kinds AS text[])))
  AND (CAST(:min_votes AS integer) IS NULL OR p.n_votes >= :min_votes)
  AND (CAST(:min_effective_votes AS float8) IS NULL OR p.n_effective >= :min_effective_votes)
  AND (CAST(:media AS text[]) IS NULL OR c.kind = ANY(:media))
  AND (CAST(:containers AS text[]) IS NULL OR lower(c.container) = ANY(:containers))
  AND (CAST(:codecs AS text[]) IS NULL OR lower(c.probe ->> 'video_codec') = ANY(:codecs))
  AND (CAST(:has_licence AS boolean) IS NULL OR (c.licence IS NOT NULL) = :has_licence)
  AND (CAST(:licences AS text[]) IS NULL OR c.licence = ANY(:licences))
  AND (CAST(:sources AS text[]) IS NULL OR c.source = ANY(:sources))
  AND (CAST(:uploaded_since AS timestamptz) IS NULL OR c.created_at >= :uploaded_since)
  AND (CAST(:uploaded_until AS timestamptz) IS NULL OR c.created_at < :uploaded_until)
  AND (CAST(:retired_since AS timestamptz) IS NULL OR c.retired_at >= :retired_since)
  AND (CAST(:retired_until AS timestamptz) IS NULL OR c.retired_at < :retired_until)
  AND (:include_simulated OR NOT c.is_simulated AND NOT EXISTS (
    SELECT FROM votes v JOIN users u ON u.id = v.reviewer_id WHERE v.clip_id = c.id AND u.is_simulated))"""

# Sealed before any detector figure was seen: only then may a decision become a label.
_IS_BLIND = "EXISTS (SELECT FROM decisions x WHERE x.verdict_id = d.id AND x.is_blind)"

_TALLIES = """
SELECT c.group_id, c.source, d.outcome, d.reason, c.licence, count(*) AS clips, sum(p.n_votes)::integer AS votes
{taken} GROUP BY c.group_id, c.source, d.outcome, d.reason, c.licence"""

# Where accounts' votes are to be taken out: clips that they have voted on, which are judged anew without them, and
# the others, of which those that nobody voted on count only if they were decided blind (services/withdrawn_votes.py).
_TOUCHED = """EXISTS (
    SELECT FROM votes v WHERE v.clip_id = c.id AND v.reviewer_id = ANY(CAST(:gone AS bigint[])))"""
_UNTOUCHED = f"""NOT {_TOUCHED}
  AND (EXISTS (SELECT FROM votes v WHERE v.clip_id = c.id) OR d.reason = 'adjudication' AND {_IS_BLIND})"""

_ALL_TALLIES = text(_TALLIES.format(taken=_TAKEN))
_UNTOUCHED_TALLIES = text(_TALLIES.format(taken=f"{_TAKEN} AND {_UNTOUCHED}"))

# What of votes decides whether a clip is taken, and under which label.
_VOTES = """COALESCE((SELECT jsonb_agg(jsonb_build_object(
      'vote_id', v.id, 'reviewer_id', v.reviewer_id, 'label', v.label, 'confidence', v.confidence, 'kinds', v.kinds,
      'reliability', CASE WHEN r.user_id IS NOT NULL THEN jsonb_build_array(r.sensitivity, r.specificity,
        r.sensitivity_sd, r.specificity_sd, r.gold_answers, r.is_anchored) END) ORDER BY v.id)
    FROM votes v LEFT JOIN reliabilities r ON r.user_id = v.reviewer_id AND r.version = p.reliability_version
    WHERE v.clip_id = c.id), '[]') AS votes"""

_TOUCHED_CLIPS = text(
    f"""
SELECT c.group_id, c.source, d.outcome, d.reason AS basis, {_IS_BLIND} AS is_blind, c.licence, p.p_people, p.n_votes,
  p.n_effective, p.engine_version, {_VOTES} {_TAKEN} AND {_TOUCHED}"""
)

_SAMPLE = text(
    f"""
SELECT c.id AS clip_id, c.group_id, c.kind, c.duration_s, c.source, c.licence, c.is_simulated, c.retired_at,
  d.outcome, d.reason AS basis, p.p_people, p.n_votes, p.n_effective, p.engine_version, {_IS_BLIND} AS is_blind,
  {_VOTES}
{_TAKEN} AND c.group_id IS DISTINCT FROM CAST(:held_group AS uuid)
ORDER BY c.retired_at DESC, c.id LIMIT :limit"""
)

_COUNT = text(f"SELECT count(*) {_TAKEN}")

# Seconds of a segment's ends are the times of its first and last frame. Reliabilities are those that the stored
# posterior was computed under; they give the people fit's interval and leave the row before it is written.
_ROWS = text(
    f"""
SELECT c.id AS clip_id, c.sha256, c.group_id, c.kind, c.duration_s, c.frames, c.width_px, c.height_px, c.container,
  c.probe ->> 'video_codec' AS codec, c.size_bytes, c.source, c.licence, c.is_simulated, c.created_at, c.retired_at,
  d.outcome, d.reason AS basis, {_IS_BLIND} AS is_blind, p.p_people, p.n_votes, p.n_effective,
  p.reliability_version, p.policy_version, p.engine_version,
  COALESCE((SELECT jsonb_agg(jsonb_build_object(
      'vote_id', v.id, 'reviewer_id', v.reviewer_id, 'label', v.label, 'confidence', v.confidence, 'lean', v.lean,
      'kinds', v.kinds, 'regions', v.regions, 'cues', v.cues, 'rationale', v.rationale, 'cast_at', v.cast_at,
      'is_simulated', u.is_simulated,
      'segments', (SELECT COALESCE(jsonb_agg(s.segment || jsonb_build_object(
            'start_s', f.facts #> ARRAY['times_s', s.segment ->> 'start_frame'],
            'end_s', f.facts #> ARRAY['times_s', s.segment ->> 'end_frame']) ORDER BY s.place), '[]')
          FROM jsonb_array_elements(v.segments) WITH ORDINALITY AS s(segment, place)),
      'reliability', CASE WHEN r.user_id IS NOT NULL THEN jsonb_build_array(r.sensitivity, r.specificity,
        r.sensitivity_sd, r.specificity_sd, r.gold_answers, r.is_anchored) END) ORDER BY v.id)
    FROM votes v JOIN users u ON u.id = v.reviewer_id
    LEFT JOIN reliabilities r ON r.user_id = v.reviewer_id AND r.version = p.reliability_version
    LEFT JOIN renditions f ON f.clip_id = c.id AND f.name = 'frames' AND v.segments <> '[]'
    WHERE v.clip_id = c.id), '[]') AS votes
{_TAKEN} ORDER BY c.id"""
)

_CHOICES = text(
    """
WITH shown AS (SELECT container, probe, licence, source FROM clips WHERE state = 'retired' AND quarantined_at IS NULL)
SELECT (SELECT COALESCE(array_agg(DISTINCT lower(container)), '{}') FROM shown) AS containers,
  (SELECT COALESCE(array_agg(DISTINCT lower(probe ->> 'video_codec')) FILTER (WHERE probe ? 'video_codec'), '{}')
    FROM shown) AS codecs,
  ARRAY(SELECT licence FROM shown WHERE licence IS NOT NULL
    GROUP BY licence ORDER BY count(*) DESC, licence LIMIT :limit) AS licences,
  ARRAY(SELECT source FROM shown WHERE source IS NOT NULL
    GROUP BY source ORDER BY count(*) DESC, source LIMIT :limit) AS sources"""
)


@dataclass(frozen=True)
class TallyRow:
    """How many clips of one group and source have this outcome, on this basis, under this licence."""

    group_id: uuid.UUID
    source: str | None
    outcome: str
    reason: str
    licence: str | None
    clips: int
    votes: int


@dataclass(frozen=True)
class ChoicesRow:
    """What retired clips hold, so that a filter can be picked instead of typed."""

    containers: list[str]
    codecs: list[str]
    licences: list[str]
    sources: list[str]


def _parameters(filters: Filters, cutoff: datetime | None) -> dict[str, Any]:
    values = {name: getattr(filters, name) for name in Filters.__slots__}
    if values.pop("without_reviewers"):
        # What votes say is asked again of those that are left (services/withdrawn_votes.py).
        values |= {"p_people_min": None, "p_people_max": None}
    listed = {name: list(value) or None for name, value in values.items() if isinstance(value, tuple)}
    return {**values, **listed, "cutoff": cutoff}


def stream_tallies(
    session: Session, filters: Filters, cutoff: datetime | None = None, batch: int = 5000
) -> Iterator[TallyRow]:
    """Tallies of what the filters take, in no order, but for the clips of `stream_touched`."""
    options = {"stream_results": True, "yield_per": batch}
    values, statement = _parameters(filters, cutoff), _ALL_TALLIES
    if (
        filters.without_reviewers
    ):  # nobody's votes are taken out here, so the stored posterior is what is asked
        bounds = {"p_people_min": filters.p_people_min, "p_people_max": filters.p_people_max}
        values |= {**bounds, "gone": list(filters.without_reviewers)}
        statement = _UNTOUCHED_TALLIES
    for row in session.execute(statement, values, execution_options=options):
        yield row_as(TallyRow, row)


def stream_touched(
    session: Session, filters: Filters, cutoff: datetime | None = None, batch: int = 500
) -> Iterator[dict[str, Any]]:
    """The clips with votes of accounts whose votes are to be taken out, in no order."""
    if not filters.without_reviewers:
        return
    options = {"stream_results": True, "yield_per": batch}
    values = {**_parameters(filters, cutoff), "gone": list(filters.without_reviewers)}
    for row in session.execute(_TOUCHED_CLIPS, values, execution_options=options):
        yield dict(row._mapping)


def list_sample(
    session: Session, filters: Filters, held_group: uuid.UUID | None, limit: int
) -> list[dict[str, Any]]:
    """The newest clips that the filters take, without the group that the reader holds a lease on."""
    parameters = {**_parameters(filters, None), "held_group": held_group, "limit": limit}
    return [dict(row._mapping) for row in session.execute(_SAMPLE, parameters)]


def count_taken(session: Session, filters: Filters, cutoff: datetime | None = None) -> int:
    """How many clips the filters take, as things stood at the cutoff."""
    return int(session.execute(_COUNT, _parameters(filters, cutoff)).scalar_one())


def stream_rows(
    session: Session, filters: Filters, cutoff: datetime, batch: int = 500
) -> Iterator[dict[str, Any]]:
    """The clips in the order of their ids, each with all its votes; `batch` rows in memory at a time."""
    options = {"stream_results": True, "yield_per": batch}
    for row in session.execute(_ROWS, _parameters(filters, cutoff), execution_options=options):
        yield dict(row._mapping)


def get_choices(session: Session, limit: int = 50) -> ChoicesRow:
    """Containers, codecs, and the commonest licences and sources of retired clips."""
    return row_as(ChoicesRow, session.execute(_CHOICES, {"limit": limit}).one())
