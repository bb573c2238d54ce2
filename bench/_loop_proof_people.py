"""Faces for the loop's proof: drawn people, or portraits from a manifest; and edits that the bundled detector
has not learned. Every edit needs only eyes, nose and mouth corners, so that it works on both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.media.squares import cut_square
from clipjury_ml.synthetic.edits.choice import edit_for
from clipjury_ml.synthetic.people.head_shape import EYE_Y, MOUTH_Y, NOSE_Y
from clipjury_ml.synthetic.recipes import ClipRecipe, Manipulation, SceneName, Segment
from clipjury_ml.training.alignment import five_points
from clipjury_ml.training.blending import blend_alpha, match_lab
from clipjury_ml.training.pairs import Portrait
from clipjury_ml.training.portraits import CANVAS_MARGIN, CANVAS_PX

Image = NDArray[np.uint8]
Points = NDArray[np.float32]
FRAME = 12  # of a drawn take, the one that is filmed
SCENES: tuple[SceneName, ...] = ("newsroom", "kitchen", "podium", "street", "park")


@dataclass(frozen=True, eq=False)
class Person:
    """A square canvas around one face: image (480, 480, 3), eyes, nose and mouth corners (5, 2) px of it."""

    identity: str
    source: str
    image: Image
    points: Points

    @property
    def eye_gap_px(self) -> float:
        """Distance between the eyes, the unit of every edit."""
        return float(np.hypot(*(self.points[1] - self.points[0])))


def draw_person(seed: int, number: int, *, swapped: bool = False) -> Person:
    """Person `number` of a drawn crowd, or the same picture with another drawn face on it; the same for one seed."""
    rng = np.random.default_rng([seed, number, 7])
    identity, take_seed, other = (int(value) for value in rng.integers(1, 2**31, 3))
    done = Manipulation("face_swap", (Segment(FRAME, FRAME),), other, 1.0) if swapped else None
    scene = SCENES[number % len(SCENES)]
    recipe = ClipRecipe(
        title="drawn", scene=scene, identity_seed=identity, take_seed=take_seed, camera="tripod", frames=24, fps=24,
        width=1280, height=720, container="jpg", variable_rate=False, group=f"{seed}-{number}", manipulation=done,
    )  # fmt: skip
    drawing = edit_for(recipe)
    take, frame = drawing.take, drawing.frame(FRAME)
    eye = take.identity.eye_x
    places = [(-eye, EYE_Y), (eye, EYE_Y), (0.0, NOSE_Y), (-0.26, MOUTH_Y), (0.26, MOUTH_Y)]
    points = np.array([take.point(FRAME, x, y) for x, y in places], dtype=np.float32)
    gap = float(np.hypot(*(points[1] - points[0])))
    side = gap * 2.3 * CANVAS_MARGIN
    corner = points.mean(axis=0) - np.float32(side / 2)
    canvas = cut_square(frame, float(corner[0]), float(corner[1]), side, CANVAS_PX)
    placed = ((points - corner) * np.float32(CANVAS_PX / side)).astype(np.float32)
    return Person(f"drawn-{seed}-{number}", f"drawn, {scene}", np.ascontiguousarray(canvas), placed)


def as_person(portrait: Portrait, source: str) -> Person:
    """A portrait by its five points."""
    points = five_points(portrait.landmarks).astype(np.float32)
    return Person(portrait.identity, source, portrait.image, points)


def lips(person: Person, donor: Person, rng: np.random.Generator) -> Image:
    """Another person's mouth: moved by eyes, nose and mouth corners, coloured alike, faded in over an ellipse."""
    matrix, _ = cv2.estimateAffinePartial2D(donor.points, person.points, method=cv2.LMEDS)
    size = person.image.shape[0]
    moved = cv2.warpAffine(donor.image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101)
    mask = _ellipse(person, person.points[3:].mean(axis=0), (rng.uniform(0.5, 0.62), rng.uniform(0.3, 0.38)))
    return blend_alpha(match_lab(np.asarray(moved, np.uint8), person.image, mask, 0.9), person.image, mask)


def liquify(person: Person, donor: Person, rng: np.random.Generator) -> Image:
    """The person's own face pushed into another shape: larger eyes, a slimmer jaw, a smaller nose; no seam."""
    del donor
    size, gap = person.image.shape[0], person.eye_gap_px
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    shift = np.zeros((2, size, size), np.float32)
    for eye in person.points[:2]:
        _zoom(shift, xs, ys, eye, 0.33 * gap, rng.uniform(0.14, 0.24))
    _zoom(shift, xs, ys, person.points[2], 0.4 * gap, -rng.uniform(0.12, 0.22))
    for corner, side in zip(person.points[3:], (-1.0, 1.0), strict=True):
        jaw = corner + np.float32([side * 0.45 * gap, 0.3 * gap])
        hill = np.exp(-((xs - jaw[0]) ** 2 + (ys - jaw[1]) ** 2) / (2 * (0.35 * gap) ** 2))
        shift[0] += hill * np.float32(side * gap * rng.uniform(0.08, 0.14))
    bent = cv2.remap(
        person.image, xs + shift[0], ys + shift[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    return np.asarray(bent, np.uint8)


def retouch(person: Person, donor: Person, rng: np.random.Generator) -> Image:
    """A beauty filter: skin smoothed where it is skin, eyes and mouth left sharp, the whole a little brighter."""
    del donor
    gap = person.eye_gap_px
    smooth = cv2.bilateralFilter(person.image, 0, rng.uniform(20, 34), gap * rng.uniform(0.05, 0.08))
    face = _ellipse(person, person.points.mean(axis=0), (1.05, 1.3))
    for point, reach in zip(person.points, (0.3, 0.3, 0.12, 0.3, 0.3), strict=True):
        face = face * (1 - _ellipse(person, point, (reach, 0.7 * reach)))
    lit = np.clip(np.asarray(smooth, np.float32) * rng.uniform(1.0, 1.05), 0, 255).astype(np.uint8)
    return blend_alpha(lit, person.image, np.asarray(face * rng.uniform(0.75, 1.0), np.float32))


def eyes(person: Person, donor: Person, rng: np.random.Generator) -> Image:
    """Another person's eyes, pasted as `lips` pastes a mouth."""
    matrix, _ = cv2.estimateAffinePartial2D(donor.points, person.points, method=cv2.LMEDS)
    size = person.image.shape[0]
    moved = cv2.warpAffine(donor.image, matrix, (size, size), borderMode=cv2.BORDER_REFLECT_101)
    mask = np.zeros((size, size), np.float32)
    for eye in person.points[:2]:
        mask = np.maximum(mask, _ellipse(person, eye, (rng.uniform(0.36, 0.42), rng.uniform(0.2, 0.26))))
    return blend_alpha(match_lab(np.asarray(moved, np.uint8), person.image, mask, 0.9), person.image, mask)


Edit = Callable[[Person, Person, np.random.Generator], Image]
EDITS: dict[str, Edit] = {"lips": lips, "eyes": eyes, "liquify": liquify, "retouch": retouch}


def _zoom(
    shift: NDArray[np.float32],
    xs: NDArray[np.float32],
    ys: NDArray[np.float32],
    at: Points,
    reach: float,
    by: float,
) -> None:
    """Add to shift (2, h, w) what enlarges the surroundings of a point by a share, fading over reach px."""
    x, y = xs - at[0], ys - at[1]
    hill = np.float32(by) * np.exp(-(x * x + y * y) / (2 * np.float32(reach) ** 2))
    shift[0] -= x * hill
    shift[1] -= y * hill


def _ellipse(person: Person, at: Points, axes: tuple[float, float]) -> NDArray[np.float32]:
    """1 inside an ellipse whose half axes are in eye gaps, fading to 0 over a tenth of the gap; along the eyes."""
    gap = person.eye_gap_px
    step = person.points[1] - person.points[0]
    mask = np.zeros(person.image.shape[:2], np.float32)
    angle = float(np.degrees(np.arctan2(step[1], step[0])))
    centre = (round(float(at[0])), round(float(at[1])))
    cv2.ellipse(mask, centre, (round(axes[0] * gap), round(axes[1] * gap)), angle, 0, 360, 1.0, cv2.FILLED)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), 0.07 * gap), np.float32)


def choose_donor(people: Sequence[Person], number: int, rng: np.random.Generator) -> Person:
    """Whose features are pasted: of eight drawn at random the one whose face is nearest in shape and colour."""
    others = [
        int(n) for n in rng.integers(0, len(people), 8) if people[n].identity != people[number].identity
    ]
    if not others:
        return people[(number + 1) % len(people)]
    return people[min(others, key=lambda n: _distance(people[number], people[n]))]


def _distance(one: Person, other: Person) -> float:
    shapes = [(p.points - p.points.mean(axis=0)) / np.float32(p.eye_gap_px) for p in (one, other)]
    skins = [p.image[int(p.points[2, 1]), int(p.points[2, 0])].astype(np.float64) for p in (one, other)]
    return float(np.abs(shapes[0] - shapes[1]).mean() + np.abs(skins[0] - skins[1]).mean() / 255)
