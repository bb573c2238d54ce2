"""Perceptual hashes: stored by clip and frame, found again by any of their sixteen parts."""

import json
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from clipjury.domain.near_duplicates import MATCH_BITS, Fingerprint

_NOTE = text(
    """
INSERT INTO clip_fingerprints (clip_id, recipe, frames, failure_code)
VALUES (:clip_id, :recipe, :frames, :failure_code)
ON CONFLICT (clip_id) DO UPDATE SET recipe = excluded.recipe, frames = excluded.frames,
  failure_code = excluded.failure_code, is_compared = false"""
)
# What was inserted last waits in a list that every search reads from end to end. By default it grows to 4 MB, and
# one hash then takes fifty times as long to find among a million (ADR 0034).
_SHORT_LIST = text("SET LOCAL gin_pending_list_limit = '64kB'")
_CLEAR = text("DELETE FROM clip_hashes WHERE clip_id = :clip_id")
_INSERT = text(
    """
INSERT INTO clip_hashes (clip_id, frame, hash, mirrored, quality, bands)
SELECT :clip_id, h.frame, h.hash, h.mirrored, h.quality, h.bands
FROM jsonb_to_recordset(CAST(:hashes AS jsonb))
  AS h(frame int, hash bit(256), mirrored bit(256), quality smallint, bands int[])"""
)
_COMPARED = text("UPDATE clip_fingerprints SET is_compared = true WHERE clip_id = :clip_id")
_IS_COMPARED = text("SELECT is_compared FROM clip_fingerprints WHERE clip_id = :clip_id")

# Two hashes at 31 bits or less share one of sixteen 16-bit parts in nine of ten cases, and a clip has several.
_CANDIDATES = text(
    f"""
SELECT found.clip_id, count(*) AS matches
FROM jsonb_to_recordset(CAST(:hashes AS jsonb)) AS q(hash bit(256), bands int[])
CROSS JOIN LATERAL (
  SELECT h.clip_id FROM clip_hashes h
  WHERE h.bands && q.bands AND h.clip_id <> :clip_id AND bit_count(h.hash # q.hash) <= {MATCH_BITS}) found
GROUP BY found.clip_id ORDER BY matches DESC, found.clip_id LIMIT :limit"""
)
_OF_CLIPS = text(
    """
SELECT clip_id, CAST(hash AS text) AS hash, CAST(mirrored AS text) AS mirrored FROM clip_hashes
WHERE clip_id = ANY(:clip_ids) ORDER BY clip_id, frame"""
)
_UNHASHED = text(
    """
SELECT c.id FROM clips c JOIN renditions r ON r.clip_id = c.id AND r.name = 'preview'
LEFT JOIN clip_fingerprints f ON f.clip_id = c.id
WHERE f.is_compared IS NOT TRUE AND c.state IN ('open', 'closing', 'retired') AND NOT c.is_safeguarded
ORDER BY c.created_at LIMIT :limit"""
)


@dataclass(frozen=True)
class HashedFrame:
    """The hash of one frame and of its mirror image."""

    frame: int
    bits: int
    mirrored: int
    quality: int


def store(
    session: Session,
    clip_id: uuid.UUID,
    recipe: str,
    hashes: Sequence[HashedFrame],
    failure_code: str | None = None,
) -> None:
    """Put these hashes in place of any before; `failure_code` where the clip could not be hashed."""
    rows = [
        {
            "frame": each.frame,
            "hash": _as_bits(each.bits),
            "mirrored": _as_bits(each.mirrored),
            "quality": each.quality,
            "bands": bands_of(each.bits),
        }
        for each in hashes
    ]
    noted = {"clip_id": clip_id, "recipe": recipe, "frames": len(rows), "failure_code": failure_code}
    session.execute(_NOTE, noted)
    session.execute(_CLEAR, {"clip_id": clip_id})
    session.execute(_SHORT_LIST)
    session.execute(_INSERT, {"clip_id": clip_id, "hashes": json.dumps(rows)})


def bands_of(bits: int) -> list[int]:
    """The sixteen 16-bit parts of a hash, each with its place in the bits above it."""
    return [band << 16 | (bits >> 16 * band) & 0xFFFF for band in range(16)]


def _as_bits(number: int) -> str:
    return f"{number:0256b}"


def note_compared(session: Session, clip_id: uuid.UUID) -> None:
    """The clip has been held against all that were there."""
    session.execute(_COMPARED, {"clip_id": clip_id})


def is_compared(session: Session, clip_id: uuid.UUID) -> bool:
    """Whether it has been."""
    return bool(session.execute(_IS_COMPARED, {"clip_id": clip_id}).scalar())


def list_candidates(
    session: Session, clip_id: uuid.UUID, fingerprint: Fingerprint, limit: int
) -> list[uuid.UUID]:
    """Clips of which a frame matches one of these, plain or mirrored, those with the most matches first."""
    sought = [
        {"hash": _as_bits(bits), "bands": bands_of(bits)}
        for bits in (*fingerprint.hashes, *fingerprint.mirrored)
    ]
    parameters = {"clip_id": clip_id, "hashes": json.dumps(sought), "limit": limit}
    return [row.clip_id for row in session.execute(_CANDIDATES, parameters)]


def get_fingerprints(session: Session, clip_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Fingerprint]:
    """The fingerprints of these clips; a clip without hashes has an empty one."""
    found: dict[uuid.UUID, tuple[list[int], list[int]]] = {clip_id: ([], []) for clip_id in clip_ids}
    for row in session.execute(_OF_CLIPS, {"clip_ids": list(clip_ids)}):
        hashes, mirrored = found[row.clip_id]
        hashes.append(int(row.hash, 2))
        mirrored.append(int(row.mirrored, 2))
    return {clip_id: Fingerprint(tuple(plain), tuple(turned)) for clip_id, (plain, turned) in found.items()}


def list_uncompared(session: Session, limit: int) -> list[uuid.UUID]:
    """Clips in the queue or past it that have never been held against the others, oldest first."""
    return list(session.execute(_UNHASHED, {"limit": limit}).scalars())
