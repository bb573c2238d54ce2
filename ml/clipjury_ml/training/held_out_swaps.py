"""Clips by swap styles never trained on: `python -m clipjury_ml.training.held_out_swaps --data M.csv --out DIR`.

From each portrait of the dev split one authentic clip and one swap, with the same camera path and encoder. Two
styles by turns: a mesh of all 468 landmarks warped triangle by triangle with histogram-matched colours, and an
eigenface decoder (Turk & Pentland 1991) that mixes both people.
"""

from __future__ import annotations

import argparse
import csv
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from clipjury_ml.training.alignment import CLOSE, Points, cut, put_back, to_square
from clipjury_ml.training.blending import blend_alpha
from clipjury_ml.training.degradation import frame_history
from clipjury_ml.training.face_regions import hull_box, hull_polygon
from clipjury_ml.training.pairs import Portrait
from clipjury_ml.training.portraits import (
    ManifestError,
    load_portrait,
    nearest_donors,
    read_manifest,
    split_by_identity,
)

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]
EIGEN_PX = 112
COMPONENTS = 90
FRAMES = 24
LOOKS = 4  # a swap is drawn anew so often, with jittered landmarks, and flickers between these


@dataclass(frozen=True, eq=False)
class Eigenfaces:
    """Mean (d,) and principal components (k, d) of upright faces, d = 112 · 112 · 3."""

    mean: Plane
    components: Plane

    def mix(self, target: Image, donor: Image, share: float) -> Image:
        """Draw a face with share of donor's coefficients and the rest of target's; all (112, 112, 3) uint8.

        Half of target's fine detail, which no component holds, is put back.
        """
        vectors = [face.reshape(-1).astype(np.float32) - self.mean for face in (target, donor)]
        codes = [self.components @ vector for vector in vectors]
        detail = vectors[0] - codes[0] @ self.components
        mixed = self.mean + ((1 - share) * codes[0] + share * codes[1]) @ self.components + 0.5 * detail
        return np.clip(mixed, 0, 255).astype(np.uint8).reshape(EIGEN_PX, EIGEN_PX, 3)


def fit_eigenfaces(portraits: list[Portrait]) -> Eigenfaces:
    """Principal components of the portraits' upright faces."""
    faces = [cut(p.image, to_square(p.landmarks, EIGEN_PX, CLOSE), EIGEN_PX).reshape(-1) for p in portraits]
    stack = np.stack(faces).astype(np.float32)
    mean = stack.mean(axis=0)
    _, _, components = np.linalg.svd(stack - mean, full_matrices=False)
    return Eigenfaces(mean, np.asarray(components[:COMPONENTS], np.float32))


def match_histogram(source: Image, target: Image, inside: NDArray[np.bool_]) -> Image:
    """Give source target's distribution of each channel inside; both (h, w, 3)."""
    matched = source.copy()
    for channel in range(3):
        have, want = np.sort(source[inside][:, channel]), np.sort(target[inside][:, channel])
        positions = np.searchsorted(have, np.arange(256)) / max(1, len(have))
        table = want[np.clip((positions * len(want)).astype(int), 0, len(want) - 1)]
        matched[..., channel] = table[source[..., channel]]
    return matched


def warp_mesh(source: Image, points: Points, goal: Points) -> Image:
    """Warp every triangle of points (468, 2) to goal (468, 2); source and result (side, side, 3)."""
    warped = np.zeros_like(source)
    for corners in Delaunay(goal).simplices:
        matrix = cv2.getAffineTransform(
            np.ascontiguousarray(points[corners]), np.ascontiguousarray(goal[corners])
        )
        x, y, width, height = cv2.boundingRect(goal[corners])
        x, y = max(0, x), max(0, y)
        matrix[:, 2] -= (x, y)
        patch = cv2.warpAffine(source, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
        inside = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(inside, np.round(goal[corners] - (x, y)).astype(np.int32), 1)
        area = warped[y : y + height, x : x + width]
        seen = inside[: len(area), : area.shape[1]] > 0
        area[seen] = patch[: len(area), : area.shape[1]][seen]
    return warped


def swap(target: Portrait, donor: Portrait, eigenfaces: Eigenfaces | None, rng: np.random.Generator) -> Image:
    """Target's canvas with donor's face: by the mesh, or by eigenfaces where given."""
    jitter = np.float32(hull_box(target.landmarks)[2] * 0.004)
    landmarks = target.landmarks + rng.normal(0, jitter, 2).astype(np.float32)
    mask = np.zeros(target.image.shape[:2], np.float32)
    cv2.fillConvexPoly(mask, hull_polygon(landmarks, "oval", 0.93), 1.0)
    inside = mask > 0
    if eigenfaces is None:
        drawn = warp_mesh(donor.image, donor.landmarks, landmarks)
        feather = 0.012
    else:
        faces = [cut(p.image, to_square(p.landmarks, EIGEN_PX), EIGEN_PX) for p in (target, donor)]
        mixed = eigenfaces.mix(faces[0], faces[1], 0.5)
        drawn = put_back(mixed, to_square(landmarks, EIGEN_PX), target.image)
        feather = 0.03
    drawn = match_histogram(drawn, target.image, inside)
    side = max(3, int(hull_box(landmarks)[2] * feather * 2) | 1)
    soft = cv2.GaussianBlur(cv2.erode(mask, np.ones((side, side), np.uint8)), (side, side), 0)
    return blend_alpha(drawn, target.image, np.asarray(soft, np.float32))


@dataclass(frozen=True, slots=True)
class Take:
    """How both clips of a portrait are filmed and encoded."""

    side_px: int
    crf: int
    pan_px: tuple[float, float]
    turn_degrees: float

    def film(self, looks: list[Image], path: Path) -> None:
        """Write FRAMES frames that show looks by turns."""
        with av.open(str(path), "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=25, options={"crf": str(self.crf), "threads": "1"})
            stream.width = stream.height = self.side_px
            stream.pix_fmt = "yuv420p"
            for number in range(FRAMES):
                still = self._view(looks[number % len(looks)], number - FRAMES / 2)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(still, format="rgb24")))
            container.mux(stream.encode(None))

    def _view(self, still: Image, after: float) -> Image:
        side = still.shape[0]
        matrix = np.array(
            cv2.getRotationMatrix2D((side / 2, side / 2), self.turn_degrees * after, 1.0), dtype=np.float64
        )
        matrix[:, 2] += np.array(self.pan_px) * after
        moved = cv2.warpAffine(still, matrix, (side, side), borderMode=cv2.BORDER_REFLECT_101)
        small = cv2.resize(moved, (self.side_px, self.side_px), interpolation=cv2.INTER_AREA)
        return np.ascontiguousarray(small, dtype=np.uint8)


def choose_take(rng: np.random.Generator) -> Take:
    """Canvas of 170 to 480 px (face 94 to 265), CRF 20 to 37, a slow pan and turn."""
    pan = rng.normal(0, 1.2, 2)
    return Take(
        int(rng.integers(85, 241)) * 2,
        int(rng.integers(20, 38)),
        (float(pan[0]), float(pan[1])),
        float(rng.normal(0, 0.2)),
    )


def write_clips(held: list[Portrait], others: list[Portrait], out: Path, seed: int) -> Path:
    """Write real_N.mp4 and fake_N.mp4 for each portrait in held, and their manifest; returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    eigenfaces = fit_eigenfaces(others)
    donors = nearest_donors(held, 8)
    rows = [("path", "label", "source", "kind", "group")]
    for number, pristine in enumerate(held):
        rng = np.random.default_rng([seed, number])
        take = choose_take(rng)
        portrait = replace(pristine, image=frame_history(pristine.image, rng))
        donor = held[int(rng.choice(donors[number]))]
        donor = replace(donor, image=frame_history(donor.image, rng))
        style = "mesh" if number % 2 else "eigenfaces"
        looks = [
            swap(portrait, donor, eigenfaces if style == "eigenfaces" else None, rng) for _ in range(LOOKS)
        ]
        take.film([portrait.image], out / f"real_{number}.mp4")
        take.film(looks, out / f"fake_{number}.mp4")
        rows.append((f"real_{number}.mp4", "real", "portrait", "video", portrait.identity))
        rows.append((f"fake_{number}.mp4", "fake", style, "video", portrait.identity))
    with (out / "manifest.csv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)
    return out / "manifest.csv"


def main(arguments: list[str] | None = None) -> int:
    """Run from the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="held_out_swaps", description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="CSV: path, licence, identity or group, landmarks"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dev-share", type=float, default=0.1)
    options = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    try:
        portraits = [load_portrait(row) for row in read_manifest(options.data)]
    except (ManifestError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    others, held = split_by_identity(portraits, options.dev_share)
    sys.stdout.write(f"{write_clips(held, others, options.out, options.seed)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
