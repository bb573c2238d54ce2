"""Fills a database of the product with clips and reviewers, for measurements."""

from __future__ import annotations

import hashlib
import secrets

import psycopg2

REVIEWERS = 16


def execute(dsn: str, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    """Run one statement on its own connection."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def fill_product(owner_dsn: str, clips: int) -> list[str]:
    """Open clips (one in twenty gold), reviewers with known reliabilities, and a browser session each."""
    execute(
        owner_dsn,
        "INSERT INTO users (email, display_name, roles) SELECT 'r' || n || '@example.org', 'R' || n, "
        "ARRAY['reviewer'] FROM generate_series(0, %s) n",
        REVIEWERS,
    )
    execute(
        owner_dsn,
        """
INSERT INTO clips (sha256, size_bytes, container, original_name, uploader_id, group_id, kind, duration_s, frames,
  fps, width_px, height_px, has_audio, state, votes_cap, parallel_leases)
SELECT encode(sha256(n::text::bytea), 'hex'), 1000, 'mov', 'clip.mp4', (SELECT min(id) FROM users),
  gen_random_uuid(), 'video', 6, 150, 25, 640, 360, true, 'open', CASE WHEN n %% 20 = 0 THEN 30 ELSE 12 END, 3
FROM generate_series(1, %s) n""",
        clips,
    )
    execute(
        owner_dsn,
        "INSERT INTO gold_labels (clip_id, label, source) SELECT id, 'manipulated', 'bench' FROM clips "
        "WHERE votes_cap = 30",
    )
    execute(
        owner_dsn,
        "INSERT INTO reliabilities SELECT v.version, u.id, 0.8, 0.75, 0.05, 0.05, 20, true "
        "FROM users u, reliability_versions v WHERE v.is_active",
    )
    tokens = [secrets.token_urlsafe(32) for _ in range(REVIEWERS)]
    for number, token in enumerate(tokens, start=1):
        digest = hashlib.sha256(token.encode()).hexdigest()
        execute(
            owner_dsn,
            "INSERT INTO browser_sessions (token_sha256, user_id) SELECT %s, id FROM users WHERE email = %s",
            digest,
            f"r{number}@example.org",
        )
    execute(owner_dsn, "VACUUM ANALYZE")
    return tokens
