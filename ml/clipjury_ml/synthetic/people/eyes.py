"""Eyes that look, blink and catch the light, composed over a face that is painted with its lids shut."""

from dataclasses import dataclass

import numpy as np

from clipjury_ml.synthetic.canvas import Field, fbm, smoothstep, to_linear
from clipjury_ml.synthetic.people.head_shape import EYE_Y, Grid
from clipjury_ml.synthetic.people.identity import Identity

HALF_WIDTH, UPPER, LOWER = 0.145, 0.07, 0.047  # of the open eye, head units
IRIS_RADIUS, PUPIL_RADIUS = 0.063, 0.027


@dataclass(frozen=True)
class Gaze:
    """Where the eyes look (−1…1 right and down) and how far the lids are open (0 shut – 1 open)."""

    x: float
    y: float
    open: float


class Eye:
    """One eye's window on the head canvas with everything that does not change from frame to frame."""

    def __init__(self, identity: Identity, grid: Grid, side: int) -> None:
        self.centre = (side * identity.eye_x, EYE_Y)
        self.size = identity.eye_size
        reach = HALF_WIDTH * self.size * 1.35
        left, right = round(grid.column(self.centre[0] - reach)), round(grid.column(self.centre[0] + reach))
        top, bottom = round(grid.row(EYE_Y - reach)), round(grid.row(EYE_Y + reach * 0.85))
        self.window = (slice(top, bottom), slice(left, right))
        self.x = ((grid.x[self.window] - self.centre[0]) / self.size).astype(np.float32)
        self.y = ((grid.y[self.window] - self.centre[1]) / self.size).astype(np.float32)
        self.inner = (self.x * -side).astype(np.float32)  # grows towards the nose
        self.y = self.y + np.float32(identity.eye_tilt) * (-self.inner)
        self.soft = 1.1 / grid.scale
        s = np.clip(np.abs(self.x) / HALF_WIDTH, 0, 1)
        peak = np.clip(np.abs(self.x - 0.02 * side * -1) / HALF_WIDTH, 0, 1)
        self.upper_arc = np.asarray((1 - s**2.1) ** 0.75 * (1 - 0.15 * peak), dtype=np.float32)
        self.lower_arc = np.asarray((1 - s**2) ** 0.9, dtype=np.float32)
        self.across = smoothstep(HALF_WIDTH + 0.004, HALF_WIDTH - 0.012, np.abs(self.x))
        self.iris = to_linear(identity.iris)
        self.lash = to_linear((34, 24, 22)) * np.float32(1.0 if max(identity.hair) < 150 else 2.0)
        rng = np.random.default_rng([identity.seed, 7017])
        self.fibres = fbm(rng, (24, 96), (4, 24), 2)
        self.lid_shine = 0.5

    def _eyeball(self, gaze: Gaze, light: Field, catch: tuple[float, float]) -> Field:
        x, y = self.x, self.y
        sphere = np.clip(1 - (x / (HALF_WIDTH * 1.25)) ** 2 - (y / 0.14) ** 2, 0.0, 1)
        white = np.asarray((0.66, 0.62, 0.6), np.float32) * (0.35 + 0.65 * np.sqrt(sphere))[..., None]
        pink = smoothstep(0.7 * HALF_WIDTH, HALF_WIDTH, self.inner)[..., None] * 0.6
        white = white * (1 - pink) + np.asarray((0.45, 0.18, 0.16), np.float32) * pink
        gx, gy = x - 0.042 * gaze.x, y - 0.024 * gaze.y + 0.014
        r = np.hypot(gx, gy)
        turn = ((np.arctan2(gy, gx) / (2 * np.pi) + 0.5) * 95).astype(np.int32)
        rings = np.clip(r / IRIS_RADIUS * 23, 0, 23).astype(np.int32)
        fibre = self.fibres[rings, turn]
        lit_below = 1 + 0.7 * gy / IRIS_RADIUS  # light enters above and brightens the iris below
        tone = (1.15 + 0.5 * fibre) * lit_below * (1 - 0.72 * smoothstep(0.72 * IRIS_RADIUS, IRIS_RADIUS, r))
        iris = self.iris * np.maximum(tone, 0.05)[..., None] * 1.3
        soft = self.soft
        out = white + (iris - white) * smoothstep(IRIS_RADIUS + soft, IRIS_RADIUS - soft, r)[..., None]
        out *= (1 - 0.97 * smoothstep(PUPIL_RADIUS + soft, PUPIL_RADIUS - soft, r))[..., None]
        out *= light
        for (cx, cy), radius, power in ((catch, 0.016, 1.1), ((-catch[0] * 0.9, 0.03), 0.009, 0.35)):
            spot = smoothstep(radius + soft * 1.2, radius - soft, np.hypot(gx - cx, gy - cy)) * power
            out += spot[..., None]
        return np.asarray(out, dtype=np.float32)

    def draw(self, lit: Field, gaze: Gaze, light: Field, catch: tuple[float, float]) -> None:
        """Compose the eye into ``lit`` (height, width, 3, linear) in place; ``light`` (3,) is what falls on it."""
        view = lit[self.window]
        open_ = float(np.clip(gaze.open, 0, 1.15))
        look_down = 0.018 * gaze.y
        upper = (
            LOWER * 0.55 * (1 - open_) * self.lower_arc - (UPPER * open_ - look_down * open_) * self.upper_arc
        )
        lower = LOWER * (0.55 + 0.45 * open_) * self.lower_arc
        soft = self.soft
        crease = upper - 0.042 * self.upper_arc - 0.006
        fold = np.exp(-0.5 * ((self.y - crease) / 0.011) ** 2) * self.across * min(1.0, open_)
        view *= (1 - 0.42 * fold)[..., None]
        aperture = (
            smoothstep(-soft, soft, self.y - upper) * smoothstep(-soft, soft, lower - self.y) * self.across
        )
        ball = self._eyeball(gaze, light, catch)
        ball *= (0.3 + 0.7 * smoothstep(0.0, 0.05, self.y - upper))[..., None]
        view += (ball - view) * aperture[..., None]
        wet = np.exp(-0.5 * ((self.y - lower) / 0.008) ** 2) * self.across * min(1.0, open_ * 2)
        view += (light * np.asarray((0.5, 0.36, 0.34), np.float32) - view) * (0.35 * wet)[..., None]
        self._lashes(view, upper, lower, light)

    def _lashes(self, view: Field, upper: Field, lower: Field, light: Field) -> None:
        outer = smoothstep(0.1, -0.14, self.inner)
        thick = 0.011 + 0.008 * outer
        reach = smoothstep(HALF_WIDTH + 0.03, HALF_WIDTH - 0.01, np.abs(self.x - 0.0))
        line = np.exp(-0.5 * ((self.y - upper + 0.004) / thick) ** 2) * reach
        below = (
            0.35 * np.exp(-0.5 * ((self.y - lower - 0.006) / 0.008) ** 2) * self.across * (0.4 + 0.6 * outer)
        )
        amount = np.clip(line * 0.95 + below, 0, 1)[..., None]
        view += (self.lash * light - view) * amount
