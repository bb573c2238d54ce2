"""Streams of closed clips that a detector has scored, straight in the database: clips that stay, clips that change."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from tests.factories.rows import make_user

_FILL = text(
    """
WITH made AS (
  INSERT INTO clips (sha256, size_bytes, container, original_name, uploader_id, group_id, kind, duration_s,
    width_px, height_px, frames, fps, has_audio, state, votes_cap, parallel_leases, source, created_at, p_people,
    outcome, retirement_reason, retired_at)
  SELECT encode(sha256(CAST(:seed || '-' || n AS bytea)), 'hex'), :size_bytes, 'mov', 'clip.mp4', :user,
    COALESCE(CAST(:group_id AS uuid), gen_random_uuid()), 'video', 4, 640, 360, 100, 25, true, 'retired', 12, 3,
    :source || (n % 7), now() - make_interval(days => :days_ago) + make_interval(mins => CAST(n AS integer)),
    CASE WHEN e.fake THEN 0.97 ELSE 0.03 END, CASE WHEN e.fake THEN 'manipulated' ELSE 'no_manipulation_found' END,
    'evidence', now() - make_interval(days => :days_ago) + make_interval(mins => CAST(n AS integer))
  FROM jsonb_to_recordset(CAST(:clips AS jsonb)) AS e(n bigint, fake boolean, p float8)
  RETURNING id, sha256)
INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, abstention, frames_used, faces, seconds,
  face_px)
SELECT m.id, :version, e.p, e.p IS NOT NULL, CASE WHEN e.p IS NULL THEN 'no_face' END, 1,
  CASE WHEN e.p IS NULL THEN 0 ELSE 1 END, 0.1, CASE WHEN e.p IS NOT NULL THEN CAST(:face_px AS float8) END
FROM made m JOIN jsonb_to_recordset(CAST(:clips AS jsonb)) AS e(n bigint, fake boolean, p float8)
  ON m.sha256 = encode(sha256(CAST(:seed || '-' || e.n AS bytea)), 'hex')"""
)


def fill_stream(
    session: Session,
    version_id: int,
    number: int,
    days_ago: int,
    *,
    right: float = 0.8,
    lean: float = 0.0,
    silent: float = 0.1,
    source: str = "site ",
    size_bytes: int = 1_000_000,
    group_id: uuid.UUID | None = None,
    face_px: float | None = 200.0,
    seed: int = 1,
) -> None:
    """Closed clips on which people are sure, a minute apart; the detector sides with them on a share of `right`."""
    rng = random.Random(f"{seed} {days_ago}")
    clips: list[dict[str, Any]] = []
    for place in range(number):
        fake = rng.random() < 0.5
        says = fake if rng.random() < right else not fake
        p = min(0.99, max(0.01, (0.7 if says else 0.3) + rng.uniform(-0.18, 0.18) + lean))
        clips.append({"n": place, "fake": fake, "p": None if rng.random() < silent else p})
    values = {
        "seed": f"{seed}-{days_ago}",
        "user": make_user(session),
        "source": source,
        "days_ago": days_ago,
    }
    values |= {
        "clips": json.dumps(clips),
        "version": version_id,
        "size_bytes": size_bytes,
        "group_id": group_id,
        "face_px": face_px,
    }
    session.execute(_FILL, values)


def date_promotions_back(owner_url: str, days: int) -> None:
    """All versions came into force so long ago; only the owner of the tables can say so."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE promotions DISABLE TRIGGER promotions_append_only"))
        connection.execute(
            text("UPDATE promotions SET created_at = now() - make_interval(days => :days)"), {"days": days}
        )
        connection.execute(text("ALTER TABLE promotions ENABLE TRIGGER promotions_append_only"))
    engine.dispose()
