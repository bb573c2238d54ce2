"""Retired clips with votes, posteriors and verdicts, for datasets to be made of."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session
from tests.factories.rows import make_open_clip, make_user

from clipjury_ml.consensus import online


def make_retired_clip(
    session: Session,
    uploader_id: int,
    voters: list[int],
    *,
    label: str = "manipulated",
    outcome: str | None = None,
    reason: str = "evidence",
    group_id: uuid.UUID | None = None,
    gold_label: str | None = None,
    rationale: str = "",
    **columns: Any,
) -> uuid.UUID:
    """A clip that these people voted on alike, retired under the posterior that follows. `columns`: of clips."""
    clip_id = make_open_clip(session, uploader_id, group_id=group_id, gold_label=gold_label)
    for voter in voters:
        cast_vote(session, clip_id, voter, label, rationale)
    posterior = online.people_posterior(
        [online.Ballot(n, label, online.DEFAULT_RELIABILITY) for n, _ in enumerate(voters)]  # type: ignore[arg-type]
    )
    outcome = outcome or ("manipulated" if label == "manipulated" else "no_manipulation_found")
    session.execute(
        text(
            """
WITH p AS (
  INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash,
    reliability_version, policy_version, engine_version)
  VALUES (:id, 'vote', :p, 0.123456789, 0.1, 0.2, :n, :n_effective, 'x', 1, 1, :engine) RETURNING id),
v AS (
  INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id) SELECT :id, 1, :outcome, :reason, id FROM p)
UPDATE clips SET state = 'retired', outcome = :outcome, retirement_reason = :reason, retired_at = now(),
  votes_count = :n, p_people = :p, p_full = 0.123456789, n_effective = :n_effective,
  probe = '{"video_codec": "h264"}' WHERE id = :id"""
        ),
        {
            "id": clip_id,
            "p": posterior.p_manipulated,
            "n": len(voters),
            "n_effective": posterior.n_effective,
            "engine": online.ENGINE_VERSION,
            "outcome": outcome,
            "reason": reason,
        },
    )
    if columns:
        assigned = ", ".join(f"{name} = :{name}" for name in columns)
        session.execute(text(f"UPDATE clips SET {assigned} WHERE id = :id"), {**columns, "id": clip_id})  # noqa: S608 - names from the test itself
    return clip_id


def cast_vote(session: Session, clip_id: uuid.UUID, voter: int, label: str, rationale: str = "") -> None:
    """A sealed vote, with a segment, a region and a kind where it says manipulated."""
    is_manipulated = label == "manipulated"
    session.execute(
        text(
            """
WITH a AS (
  INSERT INTO assignments (clip_id, reviewer_id, state, expires_at) VALUES (:c, :u, 'voted', now()) RETURNING id)
INSERT INTO votes (assignment_id, clip_id, reviewer_id, label, confidence, kinds, segments, regions, cues, rationale,
  body_hash)
SELECT a.id, :c, :u, :label, :confidence, CAST(:kinds AS text[]), CAST(:segments AS jsonb), CAST(:regions AS jsonb),
  CAST(:cues AS text[]), :rationale, 'x' FROM a"""
        ),
        {
            "c": clip_id,
            "u": voter,
            "label": label,
            "confidence": None if label == "unsure" else 1.0,
            "kinds": ["face_swap"] if is_manipulated else [],
            "segments": json.dumps([{"start_frame": 10, "end_frame": 20}] if is_manipulated else []),
            "regions": json.dumps(
                [{"frame": 10, "x": 0, "y": 0.25, "width": 1, "height": 0.5}] if is_manipulated else []
            ),
            "cues": ["flicker_on_turn"] if is_manipulated else [],
            "rationale": rationale,
        },
    )


_ADJUDICATE = """
WITH d AS (INSERT INTO disputes (clip_id, round) VALUES (:c, 1) RETURNING id),
p AS (
  INSERT INTO provisionals (dispute_id, moderator_id, verdict, is_blind) SELECT id, :u, :outcome, :blind FROM d),
v AS (
  INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id)
  SELECT :c, 2, :outcome, 'adjudication', max(id) FROM posteriors WHERE clip_id = :c RETURNING id)
INSERT INTO decisions (dispute_id, clip_id, round, moderator_id, verdict, reason_codes, vocabulary_version, rationale,
  is_blind, verdict_id)
SELECT d.id, :c, 1, :u, :outcome, '{other}', 1, 'why', :blind, v.id FROM d, v"""


def adjudicate(session: Session, clip_id: uuid.UUID, outcome: str, *, is_blind: bool) -> None:
    """A moderator's decision that supersedes the clip's first verdict."""
    moderator = make_user(session, "moderator")
    parameters = {"c": clip_id, "u": moderator, "outcome": outcome, "blind": is_blind}
    session.execute(text(_ADJUDICATE), parameters)


def make_crowd(session: Session, size: int = 3, *, simulated: bool = False) -> list[int]:
    """So many reviewers."""
    return [make_user(session, simulated=simulated) for _ in range(size)]


def insert_frozen(
    session: Session, user_id: int, clip_id: uuid.UUID, row: dict[str, Any], size_bytes: int
) -> uuid.UUID:
    """A frozen snapshot of one row, whose two files are named and not written."""
    dataset_id, snapshot_id = uuid.uuid4(), uuid.uuid4()
    ids = {"d": dataset_id, "s": snapshot_id, "u": user_id, "c": clip_id, "n": size_bytes}
    for statement in (
        "INSERT INTO datasets (id, name, filters, created_by) VALUES (:d, CAST(:d AS text), '{}', :u)",
        "INSERT INTO snapshots (id, dataset_id, sequence, filters, release_key, created_by) "
        "VALUES (:s, :d, 1, '{}', 'key', :u)",
        "INSERT INTO snapshot_items (snapshot_id, position, clip_id, group_id, split, hard_label, soft_label, row) "
        "SELECT :s, 0, id, group_id, 'train', 'manipulated', 0.9, CAST(:row AS jsonb) FROM clips WHERE id = :c",
        "INSERT INTO snapshot_files (snapshot_id, format, storage_key, sha256, size_bytes) "
        "SELECT :s, f, 'snapshots/' || CAST(:s AS text) || '/' || f, 'x', :n "
        "FROM unnest(ARRAY['jsonl', 'manifest']) AS f",
        "UPDATE snapshots SET state = 'frozen', content_sha256 = 'x', frozen_at = now() WHERE id = :s",
    ):
        session.execute(text(statement), {**ids, "row": json.dumps(row)})
    return snapshot_id


_MANY = (
    """
INSERT INTO clips (id, sha256, size_bytes, container, original_name, uploader_id, group_id, kind, duration_s, width_px,
  height_px, frames, fps, has_audio, state, votes_cap, parallel_leases, outcome, retirement_reason, retired_at,
  votes_count)
SELECT i, encode(sha256(CAST(CAST(i AS text) AS bytea)), 'hex'), 1000, 'mov', 'c.mp4', :u, i, 'video', 4, 640, 360, 100,
  25, true, 'retired', 12, 3, 'manipulated', 'evidence', now(), 3
FROM (SELECT gen_random_uuid() AS i FROM generate_series(1, :n)) t""",
    """
INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, votes_hash,
  reliability_version, policy_version, engine_version)
SELECT id, 'vote', 0.9, 0.9, 0.8, 0.95, 3, 3, 'x', 1, 1, 'test' FROM clips""",
    """
INSERT INTO verdicts (clip_id, sequence, outcome, reason, posterior_id)
SELECT clip_id, 1, 'manipulated', 'evidence', id FROM posteriors""",
    """
INSERT INTO assignments (clip_id, reviewer_id, state, expires_at)
SELECT c.id, r.id, 'voted', now() FROM clips c, (SELECT unnest(CAST(:voters AS bigint[])) AS id) r""",
    """
INSERT INTO votes (assignment_id, clip_id, reviewer_id, label, confidence, kinds, segments, regions, cues, rationale,
  body_hash)
SELECT id, clip_id, reviewer_id, 'manipulated', 0.8, '{face_swap}', '[]', '[]', '{eyes}', repeat('why ', 50), 'x'
FROM assignments""",
)


def make_many_retired(session: Session, uploader_id: int, voters: list[int], n: int) -> None:
    """So many retired clips in an empty database, in a few statements."""
    for statement in _MANY:
        session.execute(text(statement), {"u": uploader_id, "n": n, "voters": voters})
