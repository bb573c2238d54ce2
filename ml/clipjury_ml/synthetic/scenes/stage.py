"""The stage that scenes are built on: drawing boards in design units, opaque plates, moving sprites, the camera.

Scenes are designed on a picture of 640 × 360 units, whatever the size that is rendered.
"""

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Field, Pixels
from clipjury_ml.synthetic.people.lighting import Light

WIDTH, HEIGHT = 640.0, 360.0  # design units


@dataclass(frozen=True)
class View:
    """The camera at one moment: shift of the near plane in design units, and seconds since the start."""

    x: float
    y: float
    time_s: float


class Scene(Protocol):
    """A place that can be drawn at any time of the clip."""

    light: Light
    sound: str
    person: tuple[float, float, float]  # middle of the head and half its height, design units

    def behind(self, view: View) -> Pixels:
        """A fresh frame (height, width, 3) with everything behind the person."""

    def before(self, frame: Pixels, view: View) -> None:
        """Draw in place what stands between the person and the camera."""


class Board:
    """A float picture drawn in design units, with a margin around so that a camera can move over it."""

    def __init__(self, size: tuple[int, int], margin: tuple[float, float] = (0.0, 0.0)) -> None:
        self.unit = size[1] / HEIGHT
        self.margin, self.seen = margin, size
        width, height = round(size[0] + 2 * margin[0] * self.unit), round(size[1] + 2 * margin[1] * self.unit)
        self.image = np.zeros((height, width, 3), np.float32)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixel position of a design position."""
        return (x + self.margin[0]) * self.unit, (y + self.margin[1]) * self.unit

    def grid(self) -> tuple[Field, Field]:
        """Design coordinates (x, y) of every pixel."""
        height, width = self.image.shape[:2]
        x = np.arange(width, dtype=np.float32) / np.float32(self.unit) - np.float32(self.margin[0])
        y = np.arange(height, dtype=np.float32) / np.float32(self.unit) - np.float32(self.margin[1])
        columns, rows = np.meshgrid(x, y)
        return columns, rows

    def sky(self, *stops: tuple[float, Colour]) -> None:
        """Fill the whole board with a vertical gradient."""
        height, width = self.image.shape[:2]
        self.image[:] = canvas.vertical_gradient((width, height), stops)

    def poly(self, points: list[tuple[float, float]], colour: Colour, alpha: float = 1.0) -> None:
        """Filled polygon."""
        canvas.fill(self.image, [self.at(x, y) for x, y in points], colour, alpha)

    def box(
        self, x: float, y: float, width: float, height: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """Filled rectangle."""
        self.poly([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], colour, alpha)

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1.0) -> None:
        """Filled ellipse."""
        cx, cy = self.at(x, y)
        canvas.fill(self.image, canvas.ellipse_points(cx, cy, rx * self.unit, ry * self.unit), colour, alpha)

    def fade(self, x: float, y: float, width: float, height: float, top: Colour, bottom: Colour) -> None:
        """Rectangle with a vertical gradient."""
        (x0, y0), (x1, y1) = self.at(x, y), self.at(x + width, y + height)
        left, right = max(0, round(x0)), min(self.image.shape[1], round(x1))
        upper, lower = max(0, round(y0)), min(self.image.shape[0], round(y1))
        if right > left and lower > upper:
            self.image[upper:lower, left:right] = canvas.vertical_gradient(
                (right - left, lower - upper), ((0, top), (1, bottom))
            )

    def glow(self, x: float, y: float, rx: float, ry: float, colour: Colour, power: float) -> None:
        """Soft light added around a point."""
        height, width = self.image.shape[:2]
        (cx, cy), sx, sy = self.at(x, y), rx * self.unit, ry * self.unit
        across = np.exp(-0.5 * ((np.arange(width) - cx) / sx) ** 2)
        down = np.exp(-0.5 * ((np.arange(height) - cy) / sy) ** 2)
        light = np.outer(down, across).astype(np.float32)
        self.image += light[..., None] * (np.asarray(colour, np.float32) * np.float32(power))

    def grain(self, rng: np.random.Generator, cell: tuple[float, float], amount: float) -> None:
        """Multiply by fractal noise: nothing real is one flat colour."""
        height, width = self.image.shape[:2]
        noise = canvas.fbm(rng, (height, width), (cell[0] * self.unit, cell[1] * self.unit), 5)
        self.image *= (1 + amount * noise)[..., None]

    def text(self, words: str, x: float, y: float, size: float, colour: Colour, weight: int = 0) -> float:
        """One line of text; returns its width in design units."""
        left, top = self.at(x, y)
        return canvas.write(self.image, words, left, top, size * self.unit, colour, weight) / self.unit

    def pixels(self, soften: float = 0.0) -> Pixels:
        """The finished picture, out of focus by ``soften`` design units."""
        return canvas.blur_pixels(canvas.to_pixels(self.image), soften * self.unit)


class Plate:
    """An opaque picture with a margin, of which the camera sees a part."""

    def __init__(self, board: Board, soften: float, parallax: float) -> None:
        self.image = board.pixels(soften)
        self.unit, self.margin, self.parallax = board.unit, board.margin, parallax
        self.size = board.seen

    def seen(self, view: View, x: float = 0.0) -> Pixels:
        """Fresh frame of the plate under ``view``, shifted ``x`` design units more."""
        centre = (
            (self.image.shape[1] - 1) / 2 + (view.x * self.parallax + x) * self.unit,
            (self.image.shape[0] - 1) / 2 + view.y * self.parallax * self.unit,
        )
        return np.asarray(cv2.getRectSubPix(self.image, self.size, centre), dtype=np.uint8)


class Sprite:
    """A premultiplied RGBA picture that is laid over the frame at a design position."""

    def __init__(self, colour: Field, alpha: Field, unit: float, soften: float = 0.0) -> None:
        layer = canvas.premultiplied(colour, alpha)
        self.layer, self.unit = canvas.blur_pixels(layer, soften * unit), unit

    def draw(self, frame: Pixels, x: float, y: float) -> None:
        """Draw with the upper left corner at (x, y) design units, to a fraction of a pixel."""
        px, py = x * self.unit, y * self.unit
        left, top = int(np.floor(px)), int(np.floor(py))
        height, width = self.layer.shape[:2]
        if left >= frame.shape[1] or top >= frame.shape[0] or left + width < 0 or top + height < 0:
            return
        move = np.array([[1, 0, px - left], [0, 1, py - top]], np.float64)
        moved = cv2.warpAffine(self.layer, move, (width + 1, height + 1), flags=cv2.INTER_LINEAR)
        canvas.paste(frame, np.asarray(moved, dtype=np.uint8), left, top)


def cut_out(board: Board, key: Board, soften: float = 0.0) -> Sprite:
    """Sprite of ``board`` where ``key`` was drawn white."""
    return Sprite(board.image, key.image[..., 0] / np.float32(255), board.unit, soften)
