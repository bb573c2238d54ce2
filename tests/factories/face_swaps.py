"""Drawn people, and the same pictures with another drawn person's face pasted on: small, quick, visible."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.adapters.storage import Storage, original_key
from clipjury_ml.synthetic.recipes import ClipRecipe, Manipulation, SceneName, Segment
from clipjury_ml.synthetic.rendering import render

SCENES: tuple[SceneName, ...] = ("newsroom", "kitchen", "podium", "street", "park")


@dataclass(frozen=True)
class Picture:
    """A picture on disk with its truth; both of a pair share the group."""

    path: Path
    label: str
    group: uuid.UUID | None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def recipe(seed: int, number: int, *, swapped: bool) -> ClipRecipe:
    """The picture `number` of a series; 640 px wide, so that its face is large enough to be judged."""
    rng = np.random.default_rng([seed, number])
    identity, take, donor = (int(rng.integers(1, 2**31)) for _ in range(3))
    done = Manipulation("face_swap", (Segment(12, 12),), donor, 1.0) if swapped else None
    return ClipRecipe(
        title="drawn", scene=SCENES[number % len(SCENES)], identity_seed=identity, take_seed=take, camera="tripod",
        frames=24, fps=24, width=640, height=360, container="jpg", variable_rate=False, group=f"{seed}-{number}",
        manipulation=done,
    )  # fmt: skip


def draw_pairs(folder: Path, seed: int, pairs: int) -> Iterator[Picture]:
    """Each person as they are, and with another's face; some .4 s a pair."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(pairs):
        group = uuid.uuid5(uuid.NAMESPACE_OID, f"pair {seed} {number}")
        for label in ("authentic", "manipulated"):
            path = folder / f"{seed}-{number}-{label[0]}.jpg"
            if not path.exists():
                render(recipe(seed, number, swapped=label == "manipulated"), path)
            yield Picture(path, label, group)


def write_snapshot_folder(folder: Path, pictures: list[Picture], validation_pairs: int) -> Path:
    """A snapshot as it is exported: rows, and media under their hashes; the last pairs are for validation."""
    media = folder / "media"
    media.mkdir(parents=True)
    rows = []
    for place, picture in enumerate(pictures):
        (media / f"{picture.sha256}.jpg").write_bytes(picture.path.read_bytes())
        is_validation = place >= len(pictures) - 2 * validation_pairs
        rows.append(
            {
                "clip_id": str(uuid.uuid5(picture.group, picture.label)),
                "sha256": picture.sha256,
                "group_id": str(picture.group),
                "split": "validation" if is_validation else "train",
                "hard_label": picture.label,
                "soft_label": 0.93 if picture.label == "manipulated" else 0.07,
                "source": "drawn by a program",
                "licence": "CC0-1.0",
                "kind": "image",
            }
        )
    (folder / "items.jsonl").write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return folder


def store_clip(
    session: Session,
    storage: Storage,
    picture: Picture,
    uploader_id: int,
    *,
    state: str = "open",
    gold_role: str | None = None,
) -> uuid.UUID:
    """The picture as a probed clip with its original in the store; retired ones have the outcome that is true."""
    storage.put_file(original_key(picture.sha256), picture.path)
    clip_id = uuid.uuid4()
    retired = state == "retired"
    outcome = "manipulated" if picture.label == "manipulated" else "no_manipulation_found"
    session.execute(
        text(
            """
INSERT INTO clips (id, sha256, size_bytes, container, original_name, source, licence, uploader_id, group_id, kind,
  width_px, height_px, frames, has_audio, state, votes_cap, parallel_leases, outcome, retirement_reason, retired_at)
VALUES (:id, :sha256, :size, 'jpeg', :name, 'drawn by a program', 'CC0-1.0', :uploader, :group, 'image', 640, 360, 1,
  false, :state, 12, 3, :outcome, :reason, CASE WHEN :retired THEN now() END)"""
        ),
        {
            "id": clip_id,
            "sha256": picture.sha256,
            "size": picture.path.stat().st_size,
            "name": picture.path.name,
            "uploader": uploader_id,
            "group": picture.group,
            "state": state,
            "outcome": outcome if retired else None,
            "reason": "evidence" if retired else None,
            "retired": retired,
        },
    )
    if gold_role is not None:
        session.execute(
            text(
                "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:id, :label, :role, 'drawn')"
            ),
            {"id": clip_id, "label": picture.label, "role": gold_role},
        )
    return clip_id


def freeze_clips(
    session: Session, user_id: int, clips: list[tuple[uuid.UUID, Picture]], validation_pairs: int
) -> uuid.UUID:
    """A frozen snapshot of these clips as the people judged them; the last pairs are for validation."""
    dataset_id, snapshot_id = uuid.uuid4(), uuid.uuid4()
    session.execute(
        text("INSERT INTO datasets (id, name, filters, created_by) VALUES (:id, :name, '{}', :user)"),
        {"id": dataset_id, "name": f"Drawn faces {str(dataset_id)[:8]}", "user": user_id},
    )
    session.execute(
        text(
            "INSERT INTO snapshots (id, dataset_id, sequence, filters, release_key, created_by) "
            "VALUES (:id, :dataset, 1, '{}', 'x', :user)"
        ),
        {"id": snapshot_id, "dataset": dataset_id, "user": user_id},
    )
    for place, (clip_id, picture) in enumerate(clips):
        session.execute(
            text(
                "INSERT INTO snapshot_items (snapshot_id, position, clip_id, group_id, split, hard_label, soft_label, "
                "row) VALUES (:snapshot, :place, :clip, :group, :split, :label, :soft, CAST(:row AS jsonb))"
            ),
            {
                "snapshot": snapshot_id,
                "place": place,
                "clip": clip_id,
                "group": picture.group,
                "split": "validation" if place >= len(clips) - 2 * validation_pairs else "train",
                "label": picture.label,
                "soft": 0.93 if picture.label == "manipulated" else 0.07,
                "row": json.dumps({"votes": [{"reviewer": name} for name in ("anna", "ben", "anna")]}),
            },
        )
    session.execute(
        text(
            "UPDATE snapshots SET state = 'frozen', frozen_at = now(), content_sha256 = :sha256, clips_count = :clips, "
            "votes_count = 0, counts = '{}' WHERE id = :id"
        ),
        {"id": snapshot_id, "sha256": "0" * 64, "clips": len(clips)},
    )
    return snapshot_id
