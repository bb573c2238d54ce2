"""Read a manifest of portraits with 468 landmarks each, split it by identity, find donors of like shape."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.squares import cut_square
from clipjury_ml.training.alignment import Points
from clipjury_ml.training.face_regions import CONTROL, OVAL, hull_box
from clipjury_ml.training.pairs import Portrait

CANVAS_MARGIN = 1.8  # the canvas keeps enough around a 1.3× crop for its jitter and the codecs' history
CANVAS_PX = 480
DONORS = 25
LANDMARKS = 468


class ManifestError(ValueError):
    """The manifest of portraits cannot be used; the message says what to change."""


@dataclass(frozen=True, slots=True)
class PortraitRow:
    """One line of the manifest, checked; landmarks (468, 2) in px of the file."""

    path: Path
    identity: str
    licence: str
    source: str
    landmarks: Points


def read_manifest(manifest: Path) -> list[PortraitRow]:
    """Read `path,licence` and `identity` (or `group`), with `landmarks` naming an .npz (default: landmarks468.npz).

    Paths are relative to the manifest. The .npz holds `names` (n,) and `xy_px` (n, 468, 2).
    Raises ManifestError with the line at fault.
    """
    rows: list[PortraitRow] = []
    tables: dict[Path, dict[str, Points]] = {}
    with manifest.open(newline="", encoding="utf-8") as handle:
        for line, row in enumerate(csv.DictReader(handle), start=2):
            where = f"{manifest.name}, line {line}"
            identity = row.get("identity") or row.get("group") or ""
            if not row.get("path") or not identity or not row.get("licence"):
                raise ManifestError(f"{where}: path, identity (or group) and licence must all be filled")
            table_path = manifest.parent / (row.get("landmarks") or "landmarks468.npz")
            if table_path not in tables:
                tables[table_path] = _read_landmarks(table_path)
            points = tables[table_path].get(row["path"])
            if points is None:
                raise ManifestError(f"{where}: {table_path.name} has no landmarks for {row['path']}")
            path = manifest.parent / row["path"]
            rows.append(PortraitRow(path, identity, row["licence"], row.get("source") or "", points))
    if not rows:
        raise ManifestError(f"{manifest.name} lists no portrait")
    return rows


def _read_landmarks(path: Path) -> dict[str, Points]:
    if not path.is_file():
        raise ManifestError(f"landmarks file {path.name} is missing beside the manifest")
    with np.load(path, allow_pickle=False) as table:
        names, points = table["names"], np.asarray(table["xy_px"], dtype=np.float32)
    if points.shape != (len(names), LANDMARKS, 2):
        raise ManifestError(f"{path.name}: xy_px must be (n, {LANDMARKS}, 2), found {points.shape}")
    return {str(name): xy for name, xy in zip(names, points, strict=True)}


def in_dev_split(identity: str, share: float) -> bool:
    """Whether an identity belongs to the dev split: decided by its hash, so a longer manifest moves nobody."""
    digest = hashlib.sha256(identity.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share


def split_by_identity(portraits: Iterable[Portrait], share: float) -> tuple[list[Portrait], list[Portrait]]:
    """Portraits to train on, and those of the identities of the dev split."""
    kept: list[Portrait] = []
    held: list[Portrait] = []
    for portrait in portraits:
        (held if in_dev_split(portrait.identity, share) else kept).append(portrait)
    return kept, held


def load_portrait(row: PortraitRow) -> Portrait:
    """Decode one file and cut the square canvas of CANVAS_MARGIN × the face hull around its face."""
    coded = np.fromfile(row.path, dtype=np.uint8)
    image = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    if image is None:
        raise ManifestError(f"{row.path.name} is not an image that can be decoded")
    x, y, face = hull_box(row.landmarks)
    side = face * CANVAS_MARGIN
    corner = np.array([x - side / 2, y - side / 2])
    canvas = cut_square(np.asarray(image), corner[0], corner[1], side, CANVAS_PX)
    landmarks = ((row.landmarks - corner) * (CANVAS_PX / side)).astype(np.float32)
    return Portrait(np.ascontiguousarray(canvas[..., ::-1]), landmarks, row.identity)


def shape_vectors(landmarks: Sequence[Points]) -> NDArray[np.float32]:
    """Face shapes without place, size and roll: n × (468, 2) -> (n, 2 · control points)."""
    vectors = []
    for points in landmarks:
        chosen = points[list(dict.fromkeys(CONTROL + OVAL))]
        centred = chosen - chosen.mean(axis=0)
        centred /= np.linalg.norm(centred)
        eye_line = points[263] - points[33]
        angle = -np.arctan2(eye_line[1], eye_line[0])
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        vectors.append((centred @ turn.T).ravel())
    return np.asarray(vectors, dtype=np.float32)


def nearest_donors(portraits: Sequence[Portrait], count: int = DONORS) -> list[list[int]]:
    """For each portrait the indices of the count others of nearest shape and of another identity."""
    shapes = shape_vectors([portrait.landmarks for portrait in portraits])
    distances = ((shapes[:, None, :] - shapes[None, :, :]) ** 2).sum(axis=2)
    chosen: list[list[int]] = []
    for index, portrait in enumerate(portraits):
        order = [
            j
            for j in np.argsort(distances[index], kind="stable")
            if portraits[j].identity != portrait.identity
        ]
        chosen.append([int(j) for j in order[:count]])
    return chosen
