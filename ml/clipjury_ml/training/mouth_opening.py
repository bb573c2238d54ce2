"""Open and close the mouth of a still face by warping its lower half, with the landmarks that follow.

The portraits smile or keep their lips shut; a regressor trained on them alone has never seen anybody talk.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.training.alignment import Points

Image = NDArray[np.uint8]
Plane = NDArray[np.float32]
Numbers = NDArray[np.float64]

# Inner edges of the lips from one corner to the other, MediaPipe's mesh.
_UPPER = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308)
_LOWER = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308)
_UPPER_SHARE = 0.2  # of the opening, the upper lip's; the jaw does the rest
_JAW_SHARE = 0.8  # of the lower lip's way, the chin's
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Mouth:
    """What to make of a mouth: gape between the inner lips and stretch of its width, both shares of its width."""

    gape: float
    stretch: float
    painted: bool  # a dark inside with teeth, or what is between the lips now, stretched


def choose_mouth(rng: np.random.Generator) -> Mouth:
    """A third shut, the rest open to .75 of the width, small gapes more often; rounded to wide."""
    gape = 0.0 if rng.random() < 0.33 else float(0.75 * rng.beta(1.1, 2.0))
    return Mouth(
        gape, float(np.clip(rng.normal(1.0 - 0.25 * gape, 0.1), 0.65, 1.25)), bool(rng.random() < 0.6)
    )


class _Frame:
    """The mouth's own axes: u across from −1 to 1 between the inner corners, v down, in half widths."""

    def __init__(self, landmarks: Points) -> None:
        left, right = landmarks[78].astype(np.float64), landmarks[308].astype(np.float64)
        self.middle, self.half = (left + right) / 2, float(np.linalg.norm(right - left)) / 2
        across = (right - left) / (2 * self.half)
        self.axes = np.array([across, [-across[1], across[0]]])
        self.upper, self.lower = (self.to_mouth(landmarks[list(edge)]) for edge in (_UPPER, _LOWER))
        self.chin = float(self.to_mouth(landmarks[[152]])[0, 1])

    def to_mouth(self, points: Points | Numbers) -> Numbers:
        return np.asarray((points - self.middle) @ self.axes.T / self.half, np.float64)

    def to_picture(self, points: Numbers) -> Numbers:
        return np.asarray(points * self.half @ self.axes + self.middle, np.float64)


class _Warp:
    """Where each place of the changed mouth comes from; all in the mouth's axes."""

    def __init__(self, frame: _Frame, mouth: Mouth) -> None:
        self.stretch, self.chin = mouth.stretch, frame.chin
        self.place = np.linspace(-1, 1, 65)
        upper, lower = (np.interp(self.place, edge[:, 0], edge[:, 1]) for edge in (frame.upper, frame.lower))
        self.upper, self.lower = upper, np.maximum(lower, upper)
        shape = np.sqrt(np.maximum(1 - self.place**2, 0)) * (1 - 0.2 * np.abs(self.place))
        change = 2 * mouth.gape * shape - (self.lower - self.upper)
        self.raised, self.lowered = _UPPER_SHARE * change, (1 - _UPPER_SHARE) * change

    def source(self, u: Numbers, v: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Places (u, v) -> where they come from, and how deep inside the mouth they lie, −1…1 between the lips."""
        u0 = u / (1 + self._widening(u, v))
        top, bottom = self._edges(u0)
        gap = np.maximum(bottom - top, 1e-6)
        depth = 2 * (v - (top + bottom) / 2) / gap
        inside = (np.abs(depth) < 1) & (gap > 1e-3) & (np.abs(u0) < 1)
        seam = self._along(self.upper, u0)
        within = seam + (v - top) / gap * (self._along(self.lower, u0) - seam)
        outside = np.where(depth > 0, v - self._down(u0, v - bottom), v + self._up(u0, top - v))
        return u0, np.where(inside, within, outside), np.where(inside, depth, 9.0)

    def forward(self, points: Numbers) -> Numbers:
        """Where landmarks (n, 2) go: the inverse of `source` outside the mouth, by fixed-point iteration."""
        u, v = points.T
        is_below = v > (self._along(self.upper, u) + self._along(self.lower, u)) / 2
        top, bottom = self._edges(u)
        goal_u, goal_v = u, v
        for _ in range(_ROUNDS):
            goal_u = u * (1 + self._widening(goal_u, goal_v))
            goal_v = np.where(is_below, v + self._down(u, goal_v - bottom), v - self._up(u, top - goal_v))
        return np.stack([goal_u, goal_v], axis=1)

    def _along(self, table: Numbers, u: Numbers) -> Numbers:
        return np.interp(u, self.place, table)

    def _edges(self, u: Numbers) -> tuple[Numbers, Numbers]:
        """The changed inner edges of the lips at u."""
        return self._along(self.upper - self.raised, u), self._along(self.lower + self.lowered, u)

    def _widening(self, u: Numbers, v: Numbers) -> Numbers:
        """Places move outwards by this share of u; the cheeks and the chin stay."""
        return np.asarray((self.stretch - 1) * np.exp(-0.5 * ((u / 1.1) ** 4 + (v / 0.9) ** 2)), np.float64)

    def _down(self, u: Numbers, below: Numbers) -> Numbers:
        """How far a place `below` the lower lip's edge goes down: beside and under the mouth the jaw goes along."""
        length = np.maximum(self.chin - self._along(self.lower, u), 0.3)
        depth = np.clip(below / (0.7 * length), 0, 1)
        jaw = _JAW_SHARE * self.lowered[len(self.lowered) // 2] * np.exp(-0.5 * (u / 1.8) ** 4)
        throat = np.clip((1.5 * length - below) / (0.5 * length), 0, 1)
        return np.asarray(((1 - depth) * self._along(self.lowered, u) + depth * jaw) * throat, np.float64)

    def _up(self, u: Numbers, above: Numbers) -> Numbers:
        return self._along(self.raised, u) * np.exp(-np.maximum(above, 0) / 0.45)


def change_mouth(
    image: Image, landmarks: Points, mouth: Mouth, rng: np.random.Generator
) -> tuple[Image, Points]:
    """Give the face of a grey image (h, w) with landmarks (468, 2) px the mouth asked for; both as they were given.

    Landmarks above the nose do not move. The colour of a painted inside, teeth and tongue are drawn at random.
    """
    frame = _Frame(landmarks)
    warp = _Warp(frame, mouth)
    reach = 3.2 * frame.half
    left, top = (max(0, int(c - reach)) for c in frame.middle)
    right, bottom = (
        min(side, int(c + reach)) for side, c in zip(image.shape[1::-1], frame.middle, strict=True)
    )
    ys, xs = np.mgrid[top:bottom, left:right].astype(np.float64)
    places = frame.to_mouth(np.stack([xs.ravel(), ys.ravel()], axis=1))
    u, v, depth = warp.source(places[:, 0], places[:, 1])
    origin = frame.to_picture(np.stack([u, v], axis=1)).astype(np.float32).reshape(*xs.shape, 2)
    moved = cv2.remap(
        image, origin[..., 0], origin[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
    ).astype(np.float32)
    if mouth.painted and mouth.gape > 0.02:
        moved = _paint_inside(moved, u.reshape(xs.shape), depth.reshape(xs.shape), mouth.gape, rng)
    changed = image.copy()
    changed[top:bottom, left:right] = np.clip(moved, 0, 255).astype(np.uint8)
    return changed, frame.to_picture(warp.forward(frame.to_mouth(landmarks))).astype(np.float32)


def _paint_inside(picture: Plane, u: Numbers, depth: Numbers, gape: float, rng: np.random.Generator) -> Plane:
    """Darkness, mostly with upper teeth, sometimes with lower ones or a tongue; depth −1…1 from lip to lip."""
    skin = float(np.median(picture))
    inside = np.full(picture.shape, skin * rng.uniform(0.05, 0.4))
    shade = 1 - 0.5 * np.abs(u)
    teeth = rng.uniform(0.8, 1.5) * skin * shade
    if rng.random() < 0.6:
        inside = np.where((depth < rng.uniform(-0.8, 0.0) - 0.5 * gape) & (np.abs(u) < 0.8), teeth, inside)
    if rng.random() < 0.2:
        inside = np.where((depth > rng.uniform(0.4, 0.8)) & (np.abs(u) < 0.7), 0.8 * teeth, inside)
    if rng.random() < 0.4:
        tongue = np.exp(-0.5 * ((u / 0.5) ** 2 + ((depth - 0.9) / 0.5) ** 2))
        inside = inside + tongue * (skin * rng.uniform(0.3, 0.7) - inside)
    cover = cv2.GaussianBlur((np.abs(depth) < 1).astype(np.float32), (0, 0), 0.8)
    return np.asarray(picture + (inside - picture) * cover, np.float32)
