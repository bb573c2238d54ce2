"""A kitchen with daylight from a window, shelves, a lamp that swings and a kettle that steams."""

import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.lighting import Light
from clipjury_ml.synthetic.scenes.stage import Board, Plate, Sprite, View, cut_out

WALLS: tuple[Colour, ...] = ((206, 196, 176), (176, 194, 186), (196, 182, 196), (214, 190, 164))
FRONTS: tuple[Colour, ...] = ((92, 116, 112), (160, 108, 72), (232, 228, 218), (70, 86, 116))
JARS: tuple[Colour, ...] = (
    (196, 92, 62),
    (226, 176, 86),
    (110, 140, 92),
    (236, 230, 214),
    (92, 118, 150),
    (150, 96, 110),
)


class Kitchen:
    """Somebody who talks to a camera at home."""

    sound = "room"

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self.rng = np.random.default_rng([seed, 7237])
        self.size, self.unit = size, size[1] / 360
        self.light = Light((-0.66, -0.4, 0.62), (1.02, 1.0, 0.96), (0.36, 0.34, 0.31), (0.5, 0.42, 0.3))
        self.person = (float(self.rng.uniform(310, 370)), 150.0, 72.0)
        self.room = Plate(self._room(), 1.9, 0.6)
        self.lamp, self.steam = self._lamp(), self._steam()

    def _room(self) -> Board:
        board = Board(self.size, (28, 18))
        wall = WALLS[int(self.rng.integers(len(WALLS)))]
        board.sky(
            (0, (wall[0] * 1.06, wall[1] * 1.06, wall[2] * 1.06)),
            (0.6, wall),
            (1, (wall[0] * 0.8, wall[1] * 0.8, wall[2] * 0.8)),
        )
        self._tiles(board)
        self._window(board)
        for y in (70, 128):
            self._shelf(board, 404, y, 216)
        front = FRONTS[int(self.rng.integers(len(FRONTS)))]
        board.fade(-40, 240, 720, 12, (232, 222, 204), (176, 160, 138))
        board.fade(-40, 252, 720, 140, front, (front[0] * 0.6, front[1] * 0.6, front[2] * 0.6))
        for x in range(-20, 680, 92):
            board.box(x, 262, 86, 110, (0, 0, 0), 0.1)
            board.box(x + 3, 265, 80, 104, (255, 255, 255), 0.07)
            board.box(x + 34, 270, 18, 3, (214, 208, 196))
        self._kettle(board)
        board.glow(70, 110, 210, 150, (255, 246, 222), 0.18)
        board.grain(self.rng, (80, 80), 0.05)
        return board

    def _tiles(self, board: Board) -> None:
        for row in range(3):
            for column in range(-2, 36):
                shade = float(self.rng.uniform(-7, 7))
                x = column * 20 + (row % 2) * 10
                board.box(x, 184 + row * 19, 19, 18, (226 + shade, 226 + shade, 218 + shade))
                board.box(x, 184 + row * 19, 19, 2.4, (255, 255, 255), 0.5)

    def _window(self, board: Board) -> None:
        board.box(24, 22, 160, 146, (244, 242, 236))
        board.fade(32, 30, 144, 130, (196, 222, 244), (236, 242, 236))
        for _ in range(26):
            x, y = float(self.rng.uniform(34, 170)), float(self.rng.uniform(112, 156))
            board.disc(x, y, 13, 9, (120 + float(self.rng.uniform(-20, 30)), 164, 104), 0.7)
        board.box(24, 160, 160, 20, (244, 242, 236), 0.0)
        board.box(101, 30, 5, 130, (244, 242, 236))
        board.box(32, 92, 144, 4, (244, 242, 236))
        board.box(16, 166, 178, 7, (222, 214, 198))
        for x in (48, 150):
            board.poly([(x - 9, 148), (x + 9, 148), (x + 6, 167), (x - 6, 167)], (186, 104, 74))
            for angle in np.linspace(-1.1, 1.1, 9):
                tip = (x + 22 * np.sin(angle), 148 - 24 * np.cos(angle))
                board.poly([(x - 2, 148), (x + 2, 148), (float(tip[0]), float(tip[1]))], (84, 130, 74))

    def _shelf(self, board: Board, x: float, y: float, width: float) -> None:
        board.box(x, y + 2, width, 9, (0, 0, 0), 0.18)
        board.fade(x, y, width, 6, (176, 132, 88), (132, 94, 60))
        at = x + 8
        while at < x + width - 20:
            wide, high = float(self.rng.uniform(9, 19)), float(self.rng.uniform(16, 38))
            tint = JARS[int(self.rng.integers(len(JARS)))]
            board.fade(at, y - high, wide, high, tint, (tint[0] * 0.66, tint[1] * 0.66, tint[2] * 0.66))
            board.box(at + 1.5, y - high + 2, wide * 0.2, high - 5, (255, 255, 255), 0.35)
            board.box(at - 0.5, y - high - 3, wide + 1, 4, (92, 76, 62))
            at += wide + float(self.rng.uniform(3, 12))

    def _kettle(self, board: Board) -> None:
        board.disc(556, 222, 26, 20, (150, 156, 162))
        board.poly([(536, 222), (576, 222), (582, 242), (530, 242)], (132, 138, 144))
        board.poly([(530, 222), (512, 206), (517, 203), (538, 214)], (132, 138, 144))
        board.disc(548, 215, 9, 7, (236, 240, 244), 0.7)
        board.disc(556, 201, 4, 3, (40, 40, 44))

    def _lamp(self) -> Sprite:
        size = (round(80 * self.unit), round(90 * self.unit))
        board, key = Board(size), Board(size)
        board.unit = key.unit = self.unit
        for target, white in ((key, True), (board, False)):
            target.box(39, 0, 1.6, 44, (255, 255, 255) if white else (60, 56, 52))
            target.poly([(26, 42), (54, 42), (72, 74), (8, 74)], (255, 255, 255) if white else (206, 128, 62))
        board.poly([(26, 42), (36, 42), (30, 74), (8, 74)], (240, 178, 108), 0.7)
        board.box(8, 72, 64, 2.5, (255, 244, 206))
        return cut_out(board, key, 1.2)

    def _steam(self) -> Sprite:
        size = (round(44 * self.unit), round(120 * self.unit))
        x, y = np.meshgrid(
            np.linspace(-1, 1, size[0], dtype=np.float32), np.linspace(0, 1, size[1], dtype=np.float32)
        )
        noise = canvas.fbm(self.rng, (size[1], size[0]), (18 * self.unit, 26 * self.unit), 4)
        body = np.exp(-((x / 0.45) ** 2)) * np.sin(np.pi * y) ** 2 * np.clip(0.3 + noise, 0, 1)
        return Sprite(
            np.full((size[1], size[0], 3), 250, np.float32), (body * 0.5).astype(np.float32), self.unit, 2.0
        )

    def behind(self, view: View) -> Pixels:
        """The room, the swinging lamp, the steam."""
        frame = self.room.seen(view)
        swing = 2.4 * np.sin(view.time_s * 1.9)
        self.lamp.draw(frame, 454 + float(swing) - view.x * 0.7, -26 - view.y * 0.7)
        for phase in (0.0, 0.5):
            rise = (view.time_s * 0.45 + phase) % 1.0
            self.steam.draw(
                frame,
                488 + 6 * float(np.sin(3 * view.time_s + phase)) - view.x * 0.6,
                132 - 40 * rise - view.y * 0.6,
            )
        return frame

    def before(self, frame: Pixels, view: View) -> None:
        """Nothing stands between the person and the camera."""
