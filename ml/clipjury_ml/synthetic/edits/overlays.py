"""Overlays: a board or banner pasted into the scene, or a thing painted out with what stands around it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Field, Pixels
from clipjury_ml.synthetic.edits.edit import Box, Edit
from clipjury_ml.synthetic.recipes import ClipRecipe, SceneName
from clipjury_ml.synthetic.scenes.stage import Board
from clipjury_ml.synthetic.takes import Take

Indices = NDArray[np.intp]
Fill = Literal["clone", "rows", "columns"]
WORDS = ("CLOSED", "FOR SALE", "NO ENTRY", "FREE RIDES", "OPEN 24 H", "CANCELLED", "FINAL DAY", "ON STRIKE")
PAPERS: tuple[Colour, ...] = ((246, 240, 224), (252, 214, 70), (214, 52, 46), (36, 96, 170))


@dataclass(frozen=True)
class Spot:
    """A place in a scene, design units, that moves with ``parallax`` under the camera."""

    x: float
    y: float
    width: float
    height: float
    parallax: float


PASTE: dict[SceneName, tuple[Spot, Spot]] = {  # for a person left and right of the middle
    "newsroom": (Spot(396, 62, 186, 92, 0.5), Spot(396, 62, 186, 92, 0.5)),
    "street": (Spot(500, 120, 104, 62, 0.5), Spot(52, 120, 104, 62, 0.5)),
    "park": (Spot(500, 226, 100, 58, 0.8), Spot(44, 226, 100, 58, 0.8)),
    "empty_park": (Spot(500, 226, 100, 58, 0.8), Spot(44, 226, 100, 58, 0.8)),
    "podium": (Spot(262, 296, 116, 58, 1.1), Spot(262, 296, 116, 58, 1.1)),
    "kitchen": (Spot(206, 60, 78, 62, 0.6), Spot(206, 60, 78, 62, 0.6)),
}
# What is painted out, how, and from how far away (clone) or from which strip just outside (rows, columns).
PAINT: dict[SceneName, tuple[tuple[Spot, Fill, float], tuple[Spot, Fill, float]]] = {
    "newsroom": ((Spot(380, 238, 112, 60, 1.1), "clone", 118), (Spot(380, 238, 112, 60, 1.1), "clone", 118)),
    "street": ((Spot(452, 112, 66, 92, 0.5), "clone", -70), (Spot(116, 112, 56, 92, 0.5), "clone", 58)),
    "park": ((Spot(468, 196, 64, 84, 0.6), "columns", 74), (Spot(108, 196, 64, 84, 0.6), "columns", -28)),
    "empty_park": (
        (Spot(468, 196, 64, 84, 0.6), "columns", 74),
        (Spot(108, 196, 64, 84, 0.6), "columns", -28),
    ),
    "podium": ((Spot(458, 38, 124, 190, 0.6), "rows", 196), (Spot(458, 38, 124, 190, 0.6), "rows", 196)),
    "kitchen": ((Spot(500, 184, 98, 66, 0.6), "columns", 100), (Spot(500, 184, 98, 66, 0.6), "columns", 100)),
}


class _Overlay(Edit):
    """An edit of one spot of the scene."""

    spot: Spot

    def region(self, index: int) -> Box | None:
        """The spot under the camera."""
        return self._box(index).clipped(self.take.size) if self.inside(index) else None

    def _box(self, index: int) -> Box:
        view, unit, spot = self.take.camera.view(index), self.take.unit, self.spot
        left, top = (
            round((spot.x - view.x * spot.parallax) * unit),
            round((spot.y - view.y * spot.parallax) * unit),
        )
        return Box(left, top, left + round(spot.width * unit), top + round(spot.height * unit))

    def _right(self) -> int:
        return 0 if self.take.place[0] < 320 else 1

    def blend(self, image: Pixels, box: Box, patch: Field, cover: Field) -> None:
        """Mix ``patch`` over ``image`` in place, by ``cover``, where the box lies inside the picture."""
        seen = box.clipped(self.take.size)
        if seen.empty:
            return
        rows, columns = (
            slice(seen.top - box.top, seen.bottom - box.top),
            slice(seen.left - box.left, seen.right - box.left),
        )
        view = image[seen.window]
        mixed = view + (patch[rows, columns] - view) * cover[rows, columns][..., None]
        view[:] = canvas.to_pixels(np.asarray(mixed, dtype=np.float32))


class PasteOver(_Overlay):
    """A printed board that was never there."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        self.spot = PASTE[recipe.scene][self._right()]
        rng = np.random.default_rng([self.manipulation.seed, 7521])
        self.patch, self.cover = self._print(rng)

    def _print(self, rng: np.random.Generator) -> tuple[Field, Field]:
        unit, spot = self.take.unit, self.spot
        board = Board((round(spot.width * unit), round(spot.height * unit)))
        board.unit = unit
        paper = PAPERS[int(rng.integers(len(PAPERS)))]
        ink: Colour = (250, 248, 240) if sum(paper) < 420 else (28, 30, 40)
        board.fade(0, 0, spot.width, spot.height, paper, (paper[0] * 0.86, paper[1] * 0.86, paper[2] * 0.86))
        for edge in ((0.0, 0.0, spot.width, 3.0), (0.0, spot.height - 3, spot.width, 3.0)):
            board.box(*edge, ink)
        word = WORDS[int(rng.integers(len(WORDS)))]
        size = spot.height * 0.36
        wide = canvas.text_mask(word, max(6, round(size * unit)), 1).shape[1] / unit
        size *= min(1.0, 0.84 * spot.width / wide)
        wide = canvas.text_mask(word, max(6, round(size * unit)), 1).shape[1] / unit
        board.text(word, (spot.width - wide) / 2, spot.height * 0.3, size, ink, 1)
        board.box(spot.width * 0.2, spot.height * 0.76, spot.width * 0.6, 2.4, ink, 0.7)
        return board.image, np.full(board.image.shape[:2], 0.97, np.float32)

    def frame(self, index: int) -> Pixels:
        """The original with the board in it inside the segments."""
        image = super().frame(index)
        if self.inside(index):
            self.blend(image, self._box(index), self.patch, self.cover)
        return image


class PaintOut(_Overlay):
    """A thing that was there, covered with its surroundings."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        self.spot, self.fill, self.away = PAINT[recipe.scene][self._right()]
        columns, rows = round(self.spot.width * take.unit), round(self.spot.height * take.unit)
        x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
        inwards = np.minimum(np.minimum(x, columns - 1 - x), np.minimum(y, rows - 1 - y))
        self.cover = canvas.smoothstep(0.0, 7 * take.unit, inwards)

    def frame(self, index: int) -> Pixels:
        """The original without the thing inside the segments."""
        image = super().frame(index)
        if self.inside(index):
            box = self._box(index)
            self.blend(image, box, self._surroundings(image, box), self.cover)
        return image

    def _surroundings(self, image: Pixels, box: Box) -> Field:
        shift, strip = round(self.away * self.take.unit), max(4, round(10 * self.take.unit))
        rows: Indices = np.arange(box.top, box.bottom)
        columns: Indices = np.arange(box.left, box.right)
        if self.fill == "clone":
            columns = columns + shift
        elif self.fill == "rows":
            rows = box.top + shift + _bounce(len(rows), strip)
        else:
            columns = box.left + shift + _bounce(len(columns), strip)
        rows, columns = np.clip(rows, 0, image.shape[0] - 1), np.clip(columns, 0, image.shape[1] - 1)
        return image[np.ix_(rows, columns)].astype(np.float32)


def _bounce(length: int, strip: int) -> Indices:
    """Indices that run to and fro over ``strip`` rows for ``length`` steps: a strip mirrored on and on."""
    phase = np.arange(length) % (2 * strip - 2)
    return np.minimum(phase, 2 * strip - 2 - phase)
