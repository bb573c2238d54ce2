"""How near copies of a clip come, how near different clips come, and how long the search among many takes.

Draws a few clips, copies each in the ways that copies are made, and prints distances and shares of frames; then,
with --clips N, fills a database of its own with random hashes, ten a clip, and times looking one clip up among N:
100000 clips are a million hashes.

    ./run bench near_duplicates [--clips 100000]
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from clipjury.domain.near_duplicates import Fingerprint, Likeness, compare, decide_likeness
from clipjury_ml.media.perceptual import hash_clip
from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.rendering import render

Picture = NDArray[np.uint8]
Change = Callable[[Picture], Picture]

FRAMES = 40
LOOK_UPS = 20
FRAMES_A_CLIP = 10


def _scaled(picture: Picture, factor: float) -> Picture:
    height, width = (max(2, round(side * factor) // 2 * 2) for side in picture.shape[:2])
    return np.asarray(Image.fromarray(picture).resize((width, height)), np.uint8)


def _cropped(picture: Picture, share: float) -> Picture:
    """Without `share` of the height and width, cut evenly on all sides."""
    height, width = picture.shape[:2]
    top, left = round(height * share / 2), round(width * share / 2)
    cut = picture[top : height - top, left : width - left]
    return cut[: cut.shape[0] // 2 * 2, : cut.shape[1] // 2 * 2]


def _with_logo(picture: Picture) -> Picture:
    marked = picture.copy()
    height, width = picture.shape[:2]
    marked[: height // 7, -width // 5 :] = (240, 240, 40)
    return marked


# Name → what is done to each picture, and the CRF it is encoded with (H.264; 18 is fine, 36 poor).
COPIES: dict[str, tuple[Change, int]] = {
    "encoded again, poor quality": (lambda picture: picture, 36),
    "half the size": (lambda picture: _scaled(picture, 0.5), 23),
    "3 % cropped": (lambda picture: _cropped(picture, 0.03), 23),
    "10 % cropped": (lambda picture: _cropped(picture, 0.10), 23),
    "30 % cropped": (lambda picture: _cropped(picture, 0.30), 23),
    "brighter": (lambda picture: np.clip(picture * 1.15 + 18, 0, 255).astype(np.uint8), 23),
    "a logo in a corner": (_with_logo, 23),
    "mirrored": (lambda picture: np.ascontiguousarray(picture[:, ::-1]), 23),
}
EXCERPT = "the first half"


def draw_clips(folder: Path, n: int) -> list[Path]:
    """Short drawn clips of different people in different places, without manipulations."""
    plain: dict[str, ClipRecipe] = {}
    for recipe in catalogue(seed=11, count=60):
        if recipe.manipulation is None and recipe.container == "mp4" and recipe.has_face:
            plain.setdefault(recipe.scene, recipe)
    recipes = list(plain.values())[:n]
    return [
        render(replace(recipe, frames=FRAMES, variable_rate=False), folder / f"{number}.mp4").path
        for number, recipe in enumerate(recipes)
    ]


def read_pictures(path: Path) -> list[Picture]:
    """All frames of a video as RGB."""
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]


def write_copy(path: Path, pictures: list[Picture], change: Change, crf: int) -> Path:
    """The pictures, changed, as H.264."""
    changed = [change(picture) for picture in pictures]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": str(crf), "threads": "1"})
        stream.height, stream.width, stream.pix_fmt = *changed[0].shape[:2], "yuv420p"
        for picture in changed:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def fingerprint(path: Path) -> Fingerprint:
    """What is stored of the file."""
    hashes = hash_clip(path)
    return Fingerprint(
        tuple(int(found.bits, 16) for found in hashes), tuple(int(found.mirrored, 16) for found in hashes)
    )


def nearest(a: Fingerprint, b: Fingerprint) -> int:
    """The least distance between any two of their frames, plain or mirrored, in bits."""
    return min((one ^ other).bit_count() for one in (*a.hashes, *a.mirrored) for other in b.hashes)


def compare_copies(path: Path, folder: Path) -> dict[str, Likeness | None]:
    """The likeness of a clip to each kind of copy of it."""
    own, pictures = fingerprint(path), read_pictures(path)
    found = {}
    for number, (name, (change, crf)) in enumerate(COPIES.items()):
        copy = write_copy(folder / f"{path.stem}-{number}.mp4", pictures, change, crf)
        found[name] = compare(own, fingerprint(copy))
    half = write_copy(folder / f"{path.stem}-half.mp4", pictures[: len(pictures) // 2], lambda each: each, 23)
    return found | {EXCERPT: compare(own, fingerprint(half))}


def print_copies(folder: Path) -> None:
    """The table of copies, and how near different clips come."""
    paths = draw_clips(folder, 5)
    compared = [compare_copies(path, folder) for path in paths]
    print(
        f"{len(paths)} clips\n\n| copy | distance, bits | shares of frames | what follows |\n|---|---|---|---|"
    )
    for name in compared[0]:
        found = [each[name] for each in compared]
        known = [each for each in found if each is not None]
        states = [decide_likeness(each) if each else None for each in found]
        said = ", ".join(f"{states.count(state)} {state or 'not found'}" for state in dict.fromkeys(states))
        if known:
            distances = [each.distance for each in known]
            shares = [round(100 * share) for each in known for share in (each.share_a, each.share_b)]
            spans = f"{min(distances)}–{max(distances)} | {min(shares)}–{max(shares)} %"
        else:
            spans = "over 31 | 0 %"
        print(f"| {name} | {spans} | {said} |")
    prints = [fingerprint(path) for path in paths]
    between = [nearest(a, b) for number, a in enumerate(prints) for b in prints[:number]]
    print(f"| another clip | {min(between)} and more | 0 % | nothing |")


def time_search(n_clips: int) -> None:
    """Fill a database with random hashes and look clips up: of those, a known one, and a new one."""
    from sqlalchemy import text

    from clipjury.db import migrate, transaction
    from clipjury.launch.embedded_postgres import EmbeddedPostgres

    folder = Path(tempfile.mkdtemp(prefix="clipjury-bench-"))
    folder.chmod(0o711)
    with EmbeddedPostgres(folder, fsync=False) as server:
        server.ensure_database("clipjury", "clipjury_owner", "clipjury_app")
        url = server.dsn("clipjury", "clipjury_owner").replace("postgresql://", "postgresql+psycopg2://", 1)
        migrate.upgrade(url)
        engine = transaction.make_engine(url)
        transaction.bind(engine)
        _fill(n_clips)
        with transaction.transaction() as session:
            size = session.execute(text("SELECT pg_total_relation_size('clip_hashes')")).scalar_one()
            ids = session.execute(text("SELECT id FROM clips LIMIT 200")).scalars().all()
        times_ms = [_time_one(random.choice(ids)) for _ in range(LOOK_UPS)]
        engine.dispose()
    median, worst = statistics.median(times_ms), max(times_ms)
    print(
        f"\n{n_clips * FRAMES_A_CLIP} hashes of {n_clips} clips, {size / 2**20:.0f} MB with their index: looking one "
        f"clip up, {2 * FRAMES_A_CLIP} hashes, takes {median:.0f} ms (median), {worst:.0f} ms at most; "
        f"{median / (2 * FRAMES_A_CLIP):.1f} ms a hash"
    )


def _fill(n_clips: int) -> None:
    from sqlalchemy import text

    from clipjury.db.transaction import transaction

    statement = """
WITH uploader AS (
  INSERT INTO users (email, display_name, roles) VALUES ('bench@example.org', 'Bench', '{reviewer}') RETURNING id),
made AS (
  INSERT INTO clips (id, sha256, size_bytes, container, original_name, uploader_id, group_id, votes_cap,
    parallel_leases)
  SELECT g, encode(sha256(CAST(CAST(g AS text) AS bytea)), 'hex'), 1, 'mov', 'x', uploader.id, g, 12, 3
  FROM uploader, (SELECT gen_random_uuid() AS g FROM generate_series(1, :n)) ids RETURNING id),
frames AS MATERIALIZED (
  SELECT id, frame, sha256(CAST(CAST(id AS text) || frame AS bytea)) AS bytes
  FROM made, generate_series(1, :frames) AS frame)
INSERT INTO clip_hashes (clip_id, frame, hash, mirrored, quality, bands)
SELECT id, frame, CAST(bits AS bit(256)), CAST(~CAST(bits AS bit(256)) AS bit(256)), 100,
  ARRAY(SELECT (15 - band) * 65536 + (get_byte(bytes, 2 * band) << 8) + get_byte(bytes, 2 * band + 1)
    FROM generate_series(0, 15) AS band)
FROM frames, LATERAL (SELECT substring(CAST(bytes AS text) FROM 3) AS hex) h,
  LATERAL (SELECT CAST('x' || hex AS bit(256)) AS bits) b"""
    with transaction() as session:
        session.execute(text("SET LOCAL gin_pending_list_limit = '64kB'"))  # as `fingerprints.store` does
        session.execute(text(statement), {"n": n_clips, "frames": FRAMES_A_CLIP})
    with transaction() as session:
        session.execute(text("ANALYZE clip_hashes"))


def _time_one(clip_id: uuid.UUID) -> float:
    from clipjury.db.transaction import transaction
    from clipjury.services.near_duplicates import find_likenesses

    with transaction() as session:
        started = time.perf_counter()
        find_likenesses(session, clip_id)
        return 1000 * (time.perf_counter() - started)


def main() -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--clips", type=int, default=0, help="also time the search among so many clips")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        print_copies(Path(name))
    if arguments.clips:
        time_search(arguments.clips)
    return 0


if __name__ == "__main__":
    sys.exit(main())
