"""Speech on the lips: the lower face is stretched open by the jaw, and teeth and tongue are painted in the gap."""

from dataclasses import dataclass

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, bump, smoothstep
from clipjury_ml.synthetic.people.head_shape import MOUTH_Y, Grid, lip_lines
from clipjury_ml.synthetic.people.identity import Identity

MAX_GAPE = 0.2  # head units between the lips at ``jaw`` = 1


@dataclass(frozen=True)
class Speech:
    """What the mouth does now: ``jaw`` 0–1 open, ``spread`` −1 rounded … 1 wide, ``smile`` 0–1."""

    jaw: float
    spread: float
    smile: float


class Mouth:
    """The lower face's window on the head canvas."""

    def __init__(self, identity: Identity, grid: Grid) -> None:
        top, bottom = round(grid.row(0.2)), round(grid.row(1.2))
        left, right = round(grid.column(-0.7)), round(grid.column(0.7))
        self.window = (slice(top, bottom), slice(left, right))
        self.x, self.y = grid.x[self.window].copy(), grid.y[self.window].copy()
        self.scale, self.width = grid.scale, identity.mouth_width
        self.identity = identity
        self.columns, self.rows = np.meshgrid(
            np.arange(self.x.shape[1], dtype=np.float32), np.arange(self.x.shape[0], dtype=np.float32)
        )
        self.around = bump(self.x, self.y, (0, MOUTH_Y), (0.27, 0.13))
        # The chin moves with the lip; the throat and the sides of the jaw stay.
        self.falls = smoothstep(1.19, 0.98, self.y) * smoothstep(0.66, 0.3, np.abs(self.x))
        self.corner = sum(
            bump(self.x, self.y, (side * self.width, MOUTH_Y), (0.1, 0.1)) * side for side in (-1, 1)
        )

    def gape(self, speech: Speech) -> Field:
        """Opening between the lips at each column of the window, head units."""
        width = self.width * (1 + 0.1 * speech.spread)
        s = np.clip(np.abs(self.x) / (width * 0.94), 0, 1)
        return np.asarray(
            MAX_GAPE * speech.jaw * np.sqrt(np.maximum(1 - s**2, 0)) * (1 - 0.25 * s), dtype=np.float32
        )

    def draw(self, lit: Field, speech: Speech, light: Field) -> None:
        """Move the lower face in ``lit`` (height, width, 3, linear) in place and paint the inside of the mouth."""
        view = lit[self.window]
        spread = 0.13 * speech.spread - 0.05 * speech.jaw
        dx = self.x * self.around * spread + 0.03 * speech.smile * self.corner
        lift = (0.085 * speech.smile - 0.012 * speech.jaw) * np.abs(self.corner)
        x0 = self.x - dx
        _, line, _ = lip_lines(self.identity, x0.astype(np.float32))
        line = np.asarray(line - lift, dtype=np.float32)
        gape = self.gape(speech)
        upper = line - 0.24 * gape
        lower = upper + gape
        chin_drop = 0.1 * speech.jaw * self.falls
        below = np.where(
            self.y > lower, np.maximum(gape * 0.76 * np.exp(-((self.y - lower) / 0.13)), chin_drop), 0
        )
        below = np.where(self.y > lower, np.minimum(below, self.y - line), 0) * smoothstep(1.2, 1.0, self.y)
        above = np.where(self.y <= upper, -0.24 * gape * np.exp(-np.maximum(upper - self.y, 0) / 0.06), 0)
        dy = below + above - lift
        map_x = (self.columns - dx * self.scale).astype(np.float32)
        map_y = (self.rows - dy * self.scale).astype(np.float32)
        moved = np.asarray(cv2.remap(view, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
        soft = 0.8 / self.scale + 0.004
        inside = (
            smoothstep(-soft, soft, self.y - upper) * smoothstep(-soft, soft, lower - self.y) * (gape > 0.008)
        )
        moved += (self._interior(upper, lower, gape, light) - moved) * inside[..., None]
        view[:] = moved

    def _interior(self, upper: Field, lower: Field, gape: Field, light: Field) -> Field:
        depth = np.clip((self.y - upper) / np.maximum(gape, 1e-3), 0, 1)
        dark = np.asarray((0.09, 0.022, 0.022), np.float32) * np.ones((*self.x.shape, 1), np.float32)
        tongue = bump(self.x, self.y - lower, (0, 0.0), (0.13, 0.045))[..., None]
        out = dark + tongue * np.asarray((0.3, 0.09, 0.09), np.float32)
        edge = upper + np.minimum(0.05, 0.012 + 0.3 * gape) - 0.3 * self.x**2
        teeth = smoothstep(0.008, -0.008, self.y - edge) * smoothstep(0.2, 0.12, np.abs(self.x))
        gaps = 1 - 0.22 * np.exp(-((((np.abs(self.x) % 0.062) - 0.001) / 0.006) ** 2))
        shade = (0.72 - 1.9 * np.abs(self.x)) * gaps * (0.55 + 0.45 * smoothstep(0.0, 0.03, self.y - upper))
        enamel = np.asarray((1.0, 0.94, 0.86), np.float32) * np.maximum(shade, 0.05)[..., None]
        out += (enamel - out) * teeth[..., None]
        return np.asarray(out * light * (1 - 0.25 * depth[..., None]), dtype=np.float32)
