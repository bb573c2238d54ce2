"""Liquify: parts of the face pushed about over time, with a new voice or to an expression that never was."""

from abc import ABC, abstractmethod

import cv2
import numpy as np

from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.edits.edit import Box, Edit
from clipjury_ml.synthetic.edits.voice import splice_voice
from clipjury_ml.synthetic.people.head_shape import EYE_Y, MOUTH_Y
from clipjury_ml.synthetic.people.performance import drift
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.sound.speech import babble
from clipjury_ml.synthetic.takes import Take


class Liquify(Edit, ABC):
    """A warp of the box around the face; subclasses say where each pixel comes from."""

    reach = (0.62, -0.4, 1.02)  # half width, top and bottom of the box in head units

    def region(self, index: int) -> Box | None:
        """Box around the part of the face that is warped."""
        if not self.inside(index):
            return None
        scale = self.take.head_px
        cx, cy = self.take.point(index, 0.0, 0.3)
        half, top, bottom = self.reach
        box = Box(
            round(cx - half * scale),
            round(cy + (top - 0.3) * scale),
            round(cx + half * scale),
            round(cy + (bottom - 0.3) * scale),
        )
        return box.clipped(self.take.size)

    def frame(self, index: int) -> Pixels:
        """The original with the warp inside the segments."""
        image = super().frame(index)
        box = self.region(index)
        if box is None or box.empty:
            return image
        x, y = np.meshgrid(
            np.arange(box.left, box.right, dtype=np.float32), np.arange(box.top, box.bottom, dtype=np.float32)
        )
        dx, dy = self.push(index, x, y)
        view = image[box.window]
        view[:] = cv2.remap(
            view.copy(), x - box.left + dx, y - box.top + dy, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        return image

    @abstractmethod
    def push(self, index: int, x: Field, y: Field) -> tuple[Field, Field]:
        """Displacement (dx, dy) in px from each output pixel (x, y) to where it is read."""

    def ease(self, index: int) -> float:
        """0 at the ends of a segment, 1 inside: nobody leaves a warp jumping."""
        for segment in self.manipulation.segments:
            if segment.holds(index):
                edge = min(index - segment.start_frame, segment.end_frame - index) + 1
                return float(min(1.0, edge / (0.16 * self.recipe.fps)))
        return 0.0


def falloff(x: Field, y: Field, centre: tuple[float, float], radii: tuple[float, float]) -> Field:
    """Smooth weight 1 at ``centre``, 0 from the ellipse of ``radii`` outwards."""
    r = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2
    return np.asarray(np.square(np.maximum(1 - r, 0)), dtype=np.float32)


class MouthWarp(Liquify):
    """The mouth follows another voice, which replaces the original's."""

    reach = (0.5, 0.1, 0.98)

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        self.words = babble(
            take.identity.pitch_hz * 0.97, take.identity.tract, take.frames, take.fps, self.manipulation.seed
        )

    def push(self, index: int, x: Field, y: Field) -> tuple[Field, Field]:
        """Stretch about the line between the lips by what the new voice asks for and the old mouth does not give."""
        scale = self.take.head_px
        wanted, there = float(self.words.jaw[index]), float(self.take.acting.jaw[index])
        strength = (0.55 + 0.45 * self.manipulation.strength) * self.ease(index)
        stretch = float(np.clip((0.3 + wanted) / (0.3 + there), 0.55, 1.9)) ** strength
        centre = self.take.point(index, 0.0, MOUTH_Y + 0.07 * there)
        weight = falloff(x, y, centre, (0.42 * scale, 0.38 * scale))
        wide = 1 - 0.1 * float(self.words.spread[index]) * strength
        return (x - centre[0]) * weight * (wide - 1), (y - centre[1]) * weight * (1 / stretch - 1)

    def sound(self) -> Field:
        """The new voice inside the segments."""
        return splice_voice(self, self.words.samples)


class ExpressionWarp(Liquify):
    """Eyes narrowed or widened and the corners of the mouth pulled, as a puppeteered face."""

    reach = (0.66, -0.4, 0.9)

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        rng = np.random.default_rng([self.manipulation.seed, 7511])
        amount = 0.16 + 0.2 * self.manipulation.strength
        self.eyes = drift(rng, take.frames, take.fps, 0.5, amount) + np.float32(amount)
        self.corners = drift(rng, take.frames, take.fps, 0.6, 0.035 + 0.03 * self.manipulation.strength)

    def push(self, index: int, x: Field, y: Field) -> tuple[Field, Field]:
        """Scale about each eye, lift at each corner of the mouth."""
        scale, ease = self.take.head_px, self.ease(index)
        dx, dy = np.zeros_like(x), np.zeros_like(y)
        grow = float(np.clip(1 + self.eyes[index] * ease, 0.6, 1.6))
        lift = float(self.corners[index]) * scale * ease
        for side in (-1, 1):
            eye = self.take.point(index, side * self.take.identity.eye_x, EYE_Y)
            weight = falloff(x, y, eye, (0.26 * scale, 0.24 * scale))
            dy += (y - eye[1]) * weight * (1 / grow - 1)
            dx += (x - eye[0]) * weight * (1 / grow - 1) * 0.4
            corner = self.take.point(index, side * self.take.identity.mouth_width, MOUTH_Y)
            dy += lift * falloff(x, y, corner, (0.24 * scale, 0.22 * scale))
        return dx, dy
