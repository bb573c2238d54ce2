"""A park: drifting clouds, hills, a lawn with a path, trees; a kite and a ball when nobody is there."""

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.lighting import Light
from clipjury_ml.synthetic.scenes.foliage import tree
from clipjury_ml.synthetic.scenes.stage import Board, Plate, Sprite, View, cut_out


class Park:
    """Open air; ``empty`` scenes get a kite in the sky and a ball on the lawn instead of a person."""

    sound = "birds"

    def __init__(self, size: tuple[int, int], seed: int, empty: bool = False) -> None:
        self.rng = np.random.default_rng([seed, 7223])
        self.size, self.unit, self.empty = size, size[1] / 360, empty
        self.light = Light((-0.55, -0.62, 0.56), (1.04, 0.98, 0.86), (0.38, 0.43, 0.46), (0.8, 0.76, 0.6))
        self.person = (float(self.rng.uniform(260, 380)), 152.0, 76.0)
        self.sky = Plate(self._sky(), 1.2, 0.1)
        self.hills = self._hills()
        self.lawn = self._lawn()
        spots = (-50.0, 60.0, 420.0, 520.0)
        self.trees = [(x + float(self.rng.uniform(-15, 15)), float(self.rng.uniform(20, 70))) for x in spots]
        self.sprites = [tree(self.unit, 160, 220, self.light, self.rng, 1.0) for _ in spots]
        self.kite, self.ball = self._kite(), self._ball()

    def _sky(self) -> Board:
        board = Board(self.size, (160, 12))
        board.sky((0, (86, 148, 214)), (0.5, (176, 212, 236)), (1, (226, 234, 232)))
        shape = board.image.shape[:2]
        noise = canvas.fbm(self.rng, (shape[0], shape[1]), (150 * self.unit, 60 * self.unit), 6)
        below = np.roll(noise, -round(5 * self.unit), axis=0)
        cover = canvas.smoothstep(-0.02, 0.5, noise)
        bright = 252 - 30 * canvas.smoothstep(0.0, 0.5, below)
        board.image[:] = canvas.mix(
            board.image, np.repeat(bright[..., None], 3, axis=2).astype(np.float32), cover * 0.92
        )
        return board

    def _hills(self) -> Sprite:
        board, key = Board(self.size, (60, 10)), Board(self.size, (60, 10))
        x, y = board.grid()
        for level, height, near, far in (
            (188, 26, (150, 176, 170), (168, 190, 188)),
            (206, 20, (112, 146, 104), (140, 168, 128)),
        ):
            shift = float(self.rng.uniform(0, 7))
            ridge = level - height * (0.6 * np.sin(x / 97 + shift) + 0.4 * np.sin(x / 41 + 2 * shift))
            mask = canvas.smoothstep(-0.7, 0.7, (y - ridge).astype(np.float32))
            depth = np.clip((y - ridge) / 70, 0, 1).astype(np.float32)
            shade = canvas.mix(
                np.broadcast_to(np.asarray(far, np.float32), board.image.shape).astype(np.float32),
                np.broadcast_to(np.asarray(near, np.float32), board.image.shape).astype(np.float32),
                depth,
            )
            board.image[:] = canvas.mix(board.image, shade, mask)
            key.image[:] = np.maximum(key.image, mask[..., None] * 255)
        board.grain(self.rng, (30, 9), 0.14)
        return cut_out(board, key, 1.3)

    def _lawn(self) -> Sprite:
        board, key = Board(self.size, (80, 20)), Board(self.size, (80, 20))
        key.poly([(-80, 232), (200, 226), (460, 230), (720, 224), (720, 400), (-80, 400)], (255, 255, 255))
        board.sky((0, (128, 164, 84)), (0.62, (128, 164, 84)), (1, (72, 112, 50)))
        board.grain(self.rng, (60, 12), 0.2)
        board.grain(self.rng, (5, 7), 0.28)
        path = [
            (430.0, 228.0),
            (446.0, 228.0),
            (420.0, 262.0),
            (360.0, 310.0),
            (330.0, 400.0),
            (120.0, 400.0),
            (230.0, 316.0),
            (380.0, 258.0),
        ]
        board.poly(path, (206, 188, 150), 0.9)
        for _ in range(90):
            x, y = float(self.rng.uniform(-70, 710)), float(self.rng.uniform(244, 380))
            tint: Colour = (252, 250, 244) if self.rng.random() < 0.6 else (244, 206, 82)
            board.disc(x, y, 0.5 + (y - 230) / 110, 0.4 + (y - 230) / 150, tint, 0.85)
        return cut_out(board, key, 0.9)

    def _kite(self) -> Sprite:
        board, key = (
            Board((round(60 * self.unit), round(80 * self.unit))),
            Board((round(60 * self.unit), round(80 * self.unit))),
        )
        board.unit = key.unit = self.unit
        key.poly([(30, 2), (54, 30), (30, 72), (6, 30)], (255, 255, 255))
        board.poly([(30, 2), (54, 30), (30, 30)], (226, 70, 60))
        board.poly([(30, 2), (6, 30), (30, 30)], (246, 176, 60))
        board.poly([(30, 72), (54, 30), (30, 30)], (246, 176, 60))
        board.poly([(30, 72), (6, 30), (30, 30)], (226, 70, 60))
        return cut_out(board, key, 0.4)

    def _ball(self) -> Sprite:
        size = (round(44 * self.unit), round(44 * self.unit))
        board, key = Board(size), Board(size)
        board.unit = key.unit = self.unit
        key.disc(22, 22, 20, 20, (255, 255, 255))
        board.disc(22, 22, 20, 20, (240, 240, 240))
        for index, tint in enumerate(((214, 58, 54), (60, 106, 190), (244, 196, 70))):
            angle = index * 2.1
            board.disc(22 + 12 * np.cos(angle), 22 + 12 * np.sin(angle), 10, 8, tint)
        board.disc(15, 13, 5, 4, (255, 255, 255), 0.7)
        board.disc(27, 33, 14, 9, (0, 0, 0), 0.22)
        return cut_out(board, key, 0.3)

    def behind(self, view: View) -> Pixels:
        """Sky with moving clouds, hills, lawn and swaying trees."""
        frame = self.sky.seen(view, x=min(150.0, view.time_s * 7) - 75)
        self.hills.draw(frame, -60 - view.x * 0.3, -10 - view.y * 0.3)
        self.lawn.draw(frame, -80 - view.x * 0.7, -20 - view.y * 0.7)
        for index, ((x, y), sprite) in enumerate(zip(self.trees, self.sprites, strict=True)):
            sway = 1.6 * np.sin(view.time_s * 1.3 + index * 1.7)
            sprite.draw(frame, x + sway - view.x * 0.6, y - view.y * 0.6)
        return frame

    def before(self, frame: Pixels, view: View) -> None:
        """Kite and ball, when the park has nobody in it."""
        if not self.empty:
            return
        t = view.time_s
        x, y = 260 + 60 * np.sin(t * 0.7), 60 + 26 * np.sin(t * 1.1 + 1)
        tail = [(x + 30, y + 70)]
        tail += [(x + 30 + 9 * k + 6 * np.sin(t * 5 + k), y + 70 + 13 * k) for k in range(1, 14)]
        points = np.round((np.asarray(tail) - (view.x * 0.4, view.y * 0.4)) * self.unit * 8).astype(np.int32)
        cv2.polylines(frame, [points], False, (92, 92, 96), max(1, round(self.unit)), cv2.LINE_AA, 3)
        self.kite.draw(frame, float(x - view.x * 0.4), float(y - view.y * 0.4))
        hop = abs(np.sin(t * 2.6)) * 66 * np.exp(-0.25 * (t % 4))
        self.ball.draw(frame, (70 + 90 * t) % 760 - 60 - view.x, 286 - float(hop) - view.y)
