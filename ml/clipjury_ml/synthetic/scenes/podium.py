"""A stage with a lectern: a curtain in folds, two flags that stir, microphones."""

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.lighting import Light
from clipjury_ml.synthetic.scenes.stage import Board, Plate, Sprite, View, cut_out

CURTAINS: tuple[Colour, ...] = ((30, 44, 92), (96, 22, 34), (28, 72, 62), (62, 40, 84))
BANDS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((36, 90, 150), (240, 238, 230), (226, 164, 50)), ((36, 116, 84), (244, 240, 228), (190, 52, 52)),
    ((96, 52, 128), (244, 216, 120), (34, 64, 96)), ((210, 88, 46), (246, 240, 226), (38, 110, 120)),
)  # fmt: skip


class Podium:
    """A speaker behind a lectern; the flags belong to no country."""

    sound = "hall"

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self.rng = np.random.default_rng([seed, 7229])
        self.size, self.unit = size, size[1] / 360
        self.light = Light((0.42, -0.66, 0.62), (1.08, 1.0, 0.88), (0.24, 0.25, 0.3), (0.7, 0.7, 0.8))
        self.person = (320.0, 126.0, 66.0)
        self.curtain = Plate(self._curtain(), 1.1, 0.5)
        first = int(self.rng.integers(len(BANDS)))
        self.flags = [self._flag(BANDS[first]), self._flag(BANDS[(first + 1) % len(BANDS)])]
        self.pole = self._pole()
        self.lectern = self._lectern()

    def _curtain(self) -> Board:
        board = Board(self.size, (28, 18))
        tint = np.asarray(CURTAINS[int(self.rng.integers(len(CURTAINS)))], np.float32)
        x, y = board.grid()
        bend = x + 3 * np.sin(y / 46 + x / 30)
        folds = 0.75 + 0.3 * np.sin(bend / 6.4) + 0.16 * np.sin(bend / 2.7 + 1) + 0.12 * np.sin(x / 61)
        board.image[:] = tint * np.maximum(folds, 0.2)[..., None].astype(np.float32)
        board.glow(330, 110, 190, 130, (255, 236, 205), 0.2)
        board.image *= (0.5 + 0.5 * canvas.bump(x, y, (320, 130), (330, 220)))[..., None]
        board.fade(-40, 318, 720, 70, (66, 46, 36), (34, 24, 20))
        board.grain(self.rng, (9, 60), 0.1)
        return board

    def _flag(self, bands: tuple[Colour, Colour, Colour]) -> Pixels:
        size = (round(104 * self.unit), round(170 * self.unit))
        board = Board(size)
        board.unit = self.unit
        for index, tint in enumerate(bands):
            board.box(0, index * 57, 110, 57.5, tint)
        board.disc(52, 85, 21, 21, bands[0])
        board.disc(52, 85, 14, 14, bands[2])
        layer = np.empty((*board.image.shape[:2], 4), np.uint8)
        layer[..., :3], layer[..., 3] = board.pixels(), 255
        return layer

    def _pole(self) -> Sprite:
        size = (round(14 * self.unit), round(320 * self.unit))
        board, key = Board(size), Board(size)
        board.unit = key.unit = self.unit
        key.box(5.4, 10, 3.4, 310, (255, 255, 255))
        key.disc(7, 7, 5, 6, (255, 255, 255))
        board.fade(0, 0, 14, 320, (228, 190, 96), (130, 98, 42))
        board.box(5.4, 10, 1.2, 310, (255, 240, 190), 0.6)
        return cut_out(board, key, 0.8)

    def _lectern(self) -> Sprite:
        board, key = Board(self.size, (20, 0)), Board(self.size, (20, 0))
        outline = [
            (206.0, 268.0),
            (434.0, 268.0),
            (442.0, 280.0),
            (424.0, 284.0),
            (410.0, 380.0),
            (230.0, 380.0),
            (216.0, 284.0),
            (198.0, 280.0),
        ]
        key.poly(outline, (255, 255, 255))
        board.fade(-20, 260, 680, 110, (134, 88, 54), (72, 44, 28))
        board.grain(self.rng, (150, 5), 0.3)
        board.poly([(198, 268), (442, 268), (442, 281), (198, 281)], (164, 114, 74), 0.8)
        board.box(198, 279, 244, 2.4, (30, 18, 12), 0.6)
        board.disc(320, 326, 29, 29, (214, 178, 92))
        board.disc(320, 326, 25, 25, (40, 52, 84))
        star = [
            (320 + r * np.sin(k * np.pi / 5), 326 - r * np.cos(k * np.pi / 5))
            for k in range(10)
            for r in ((18,) if k % 2 == 0 else (8,))
        ]
        board.poly(star, (238, 214, 140))
        for side in (-1, 1):
            for target, tint in ((key, (255.0, 255.0, 255.0)), (board, (38.0, 40.0, 44.0))):
                foot, tip = 320 + side * 30, 320 + side * 13
                target.poly([(foot - 1.3, 270), (foot + 1.3, 270), (tip + 1, 232), (tip - 1, 232)], tint)
                target.disc(tip, 228, 4.2, 7.5, tint)
        for side in (-1, 1):
            board.disc(320 + side * 13 - 1.2, 226, 1.4, 4, (120, 122, 128), 0.8)
        return cut_out(board, key, 0.6)

    def behind(self, view: View) -> Pixels:
        """Curtain, flags."""
        frame = self.curtain.seen(view)
        for index, (x, flag) in enumerate(zip((82.0, 470.0), self.flags, strict=True)):
            self.pole.draw(frame, x - 8 - view.x * 0.6, 36 - view.y * 0.6)
            self._wave(frame, flag, x - view.x * 0.6, 48 - view.y * 0.6, view.time_s + index * 1.3)
        return frame

    def _wave(self, frame: Pixels, flag: Pixels, x: float, y: float, time_s: float) -> None:
        height, width = flag.shape[:2]
        pad = round(8 * self.unit)
        columns, rows = np.meshgrid(
            np.arange(width, dtype=np.float32), np.arange(height + 2 * pad, dtype=np.float32)
        )
        along = columns / np.float32(self.unit)
        phase = (along / 9 - rows / np.float32(self.unit * 40) - np.float32(time_s * 1.7)).astype(np.float32)
        swing = np.sin(phase) * np.minimum(along / 26, 1)
        map_y = rows - pad - swing * np.float32(3.4 * self.unit)
        waved = np.asarray(cv2.remap(flag, columns, map_y, cv2.INTER_LINEAR), dtype=np.uint8)
        shade = np.clip(0.78 + 0.3 * np.cos(phase) * np.minimum(along / 20, 1), 0, 1)
        waved[..., :3] = (waved[..., :3] * shade[..., None]).astype(np.uint8)
        canvas.paste(
            frame,
            canvas.blur_pixels(waved, 0.8 * self.unit),
            round(x * self.unit),
            round(y * self.unit) - pad,
        )

    def before(self, frame: Pixels, view: View) -> None:
        """The lectern with its microphones."""
        self.lectern.draw(frame, -20 - view.x * 1.1, -view.y * 1.1)
