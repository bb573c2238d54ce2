"""Makes rows straight in the database, for tests that start in the middle of a clip's life."""

from __future__ import annotations

import hashlib
import itertools
import json
import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.db.queries.votes import BallotBody

_numbers = itertools.count(1)


def make_user(session: Session, *roles: str, email: str | None = None, simulated: bool = False) -> int:
    """An account without a password."""
    number = next(_numbers)
    return int(
        session.execute(
            text(
                "INSERT INTO users (email, display_name, roles, is_simulated) "
                "VALUES (:email, :name, CAST(:roles AS text[]), :simulated) RETURNING id"
            ),
            {
                "email": email or f"user{number}-{uuid.uuid4().hex[:8]}@example.org",
                "name": f"User {number}",
                "roles": list(roles or ("reviewer",)),
                "simulated": simulated,
            },
        ).scalar_one()
    )


def make_open_clip(
    session: Session,
    uploader_id: int,
    *,
    gold_label: str | None = None,
    cap: int = 12,
    parallel_leases: int = 3,
    group_id: uuid.UUID | None = None,
    state: str = "open",
    kind: str = "video",
) -> uuid.UUID:
    """A probed clip of 100 frames with its preview's row, in the queue."""
    clip_id = uuid.uuid4()
    session.execute(
        text(
            """
INSERT INTO clips (id, sha256, size_bytes, container, original_name, uploader_id, group_id, kind, duration_s,
  width_px, height_px, frames, fps, has_audio, state, votes_cap, parallel_leases)
VALUES (:id, :sha256, 1000, 'mov', 'clip.mp4', :uploader_id, :group_id, :kind, 4.0, 640, 360, :frames, 25, true,
  :state, :cap, :parallel_leases)"""
        ),
        {
            "id": clip_id,
            "sha256": hashlib.sha256(clip_id.bytes).hexdigest(),
            "uploader_id": uploader_id,
            "group_id": group_id or clip_id,
            "kind": kind,
            "frames": 1 if kind == "image" else 100,
            "state": state,
            "cap": cap,
            "parallel_leases": parallel_leases,
        },
    )
    facts = json.dumps({"times_s": [frame / 25 for frame in range(100)], "count": 100})
    session.execute(
        text(
            "INSERT INTO renditions (clip_id, name, storage_key, media_type, size_bytes, sha256, facts) "
            "VALUES (:id, 'frames', 'renditions/frames.json', 'application/json', 10, 'x', CAST(:facts AS jsonb))"
        ),
        {"id": clip_id, "facts": facts},
    )
    if gold_label:
        session.execute(
            text("INSERT INTO gold_labels (clip_id, label, source) VALUES (:id, :label, 'test')"),
            {"id": clip_id, "label": gold_label},
        )
    return clip_id


def anchor_reviewer(
    session: Session, user_id: int, *, sensitivity: float = 0.9, specificity: float = 0.9
) -> None:
    """Give the reviewer an anchored reliability in the active version."""
    session.execute(
        text(
            """
INSERT INTO reliabilities (version, user_id, sensitivity, specificity, sensitivity_sd, specificity_sd, gold_answers,
  is_anchored)
SELECT version, :user_id, :sensitivity, :specificity, 0.05, 0.05, 20, true FROM reliability_versions WHERE is_active"""
        ),
        {"user_id": user_id, "sensitivity": sensitivity, "specificity": specificity},
    )


def ballot(label: str = "manipulated", confidence: float | None = 0.8, rationale: str = "") -> BallotBody:
    """A complete ballot."""
    return BallotBody(
        label=label,
        confidence=None if label == "unsure" else confidence,
        lean=None,
        kinds=("face_swap",) if label == "manipulated" else (),
        segments=({"start_frame": 10, "end_frame": 20},) if label == "manipulated" else (),
        regions=(),
        cues=(),
        rationale=rationale,
    )
