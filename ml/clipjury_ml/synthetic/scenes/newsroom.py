"""A newsroom: panelled wall with strips of light, a screen with a moving graphic, a desk."""

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.lighting import Light
from clipjury_ml.synthetic.scenes.stage import Board, Plate, Sprite, View, cut_out

THEMES: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((14, 30, 62), (36, 78, 138), (92, 190, 255)), ((40, 16, 30), (112, 40, 56), (255, 150, 120)),
    ((10, 40, 46), (24, 92, 98), (120, 245, 220)),
)  # fmt: skip
SCREEN = (378.0, 44.0, 222.0, 128.0)  # x, y, width, height


class Newsroom:
    """A studio; the screen beside the presenter scrolls over a map with a chart."""

    sound = "music"

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self.rng = np.random.default_rng([seed, 7201])
        self.size, self.unit = size, size[1] / 360
        self.dark, self.mid, self.glow = THEMES[int(self.rng.integers(len(THEMES)))]
        self.light = Light((-0.5, -0.5, 0.72), (1.02, 0.98, 0.94), (0.3, 0.33, 0.4), (0.5, 0.6, 0.8))
        self.person = (218.0, 140.0, 68.0)
        self.wall = Plate(self._wall(), 1.3, 0.5)
        self.map = self._map()
        self.desk = self._desk()

    def _wall(self) -> Board:
        board = Board(self.size, (28, 18))
        board.sky((0, self.dark), (0.55, self.mid), (1, self.dark))
        for x in np.arange(-40.0, 690.0, 46.0):
            shade = float(self.rng.uniform(0.0, 0.16))
            board.box(x, -20, 44, 400, (0, 0, 0), shade)
            board.box(x + 43.2, -20, 1.2, 400, (255, 255, 255), 0.1)
        for y, power in ((34.0, 0.5), (238.0, 0.8)):
            board.box(-40, y, 720, 3.0, self.glow)
            board.glow(320, y, 420, 16, self.glow, power * 0.3)
        for x in (46.0, 92.0, 344.0, 622.0):
            board.box(x, -20, 4, 420, self.glow, 0.75)
            board.glow(x + 2, 160, 16, 200, self.glow, 0.16)
        self._city(board)
        x, y, width, height = SCREEN
        board.box(x - 7, y - 7, width + 14, height + 14, (10, 12, 18))
        board.box(x - 5, y - 5, width + 10, 1.5, (130, 150, 180), 0.6)
        board.glow(x + width / 2, y + height / 2, width * 0.62, height * 0.75, self.mid, 0.25)
        board.fade(-40, 292, 720, 110, (20, 24, 36), (6, 8, 12))
        board.grain(self.rng, (60, 60), 0.05)
        return board

    def _city(self, board: Board) -> None:
        board.fade(-40, 52, 76, 172, (16, 22, 44), (58, 50, 70))
        for _ in range(60):
            x, y = self.rng.uniform(-34, 30), self.rng.uniform(90, 222)
            tint: Colour = (255, 214, 140) if self.rng.random() < 0.6 else (150, 200, 255)
            board.disc(x, y, 1.9, 1.9, tint, float(self.rng.uniform(0.2, 0.8)))

    def _map(self) -> Pixels:
        width, height = round(SCREEN[2] * self.unit * 2.2), round(SCREEN[3] * self.unit)
        noise = canvas.fbm(self.rng, (height, width), (70 * self.unit, 56 * self.unit), 5)
        land = canvas.smoothstep(-0.02, 0.04, noise)
        sea = canvas.vertical_gradient((width, height), ((0, self.mid), (1, self.dark)))
        ground = np.asarray(self.glow, np.float32) * np.float32(0.62) + np.float32(20)
        image = canvas.mix(sea, np.broadcast_to(ground, sea.shape).astype(np.float32), land * 0.75)
        step = max(8, round(20 * self.unit))
        image[::step] += 14
        image[:, ::step] += 14
        return canvas.to_pixels(image)

    def _desk(self) -> Sprite:
        board, key = Board(self.size, (30, 0)), Board(self.size, (30, 0))
        top = [(-30.0, 300.0), (120.0, 287.0), (320.0, 283.0), (520.0, 287.0), (670.0, 300.0)]
        key.poly([*top, (670.0, 380.0), (-30.0, 380.0)], (255, 255, 255))
        board.fade(-30, 270, 700, 100, (94, 104, 124), (24, 28, 40))
        board.poly([(x, y + 10) for x, y in top] + [(670.0, 380.0), (-30.0, 380.0)], (26, 30, 42))
        board.poly([(x, y + 10) for x, y in top] + [(x, y + 14) for x, y in reversed(top)], self.glow)
        board.glow(320, 300, 300, 14, self.glow, 0.2)
        self._things(board, key)
        return cut_out(board, key, 0.7)

    def _things(self, board: Board, key: Board) -> None:
        for target, white in ((board, False), (key, True)):
            lid: Colour = (255, 255, 255) if white else (58, 62, 72)
            target.poly([(392, 252), (478, 248), (486, 288), (396, 293)], lid)
            target.poly([(92, 262), (113, 262), (111, 293), (94, 293)], lid if white else (214, 220, 226))
            if not white:
                target.poly([(92, 262), (99, 262), (99, 293), (94, 293)], (255, 255, 255), 0.5)
                target.disc(437, 270, 5, 5, (150, 156, 168))
                target.disc(102.5, 262, 10.5, 2.2, (86, 60, 44))

    def behind(self, view: View) -> Pixels:
        """Wall and living screen."""
        frame = self.wall.seen(view)
        self._play(frame, view)
        return frame

    def _play(self, frame: Pixels, view: View) -> None:
        x, y, width, height = SCREEN
        left, top = round((x - view.x * 0.5) * self.unit), round((y - view.y * 0.5) * self.unit)
        columns, rows = round(width * self.unit), round(height * self.unit)
        travel = 0.5 + 0.42 * np.sin(view.time_s * 0.21)
        centre = (columns / 2 + travel * (self.map.shape[1] - columns), rows / 2)
        show = np.asarray(cv2.getRectSubPix(self.map, (columns, rows), centre), dtype=np.uint8)
        for index in range(6):
            rise = 0.25 + 0.5 * (0.5 + 0.5 * np.sin(index * 1.9 + view.time_s * 0.9))
            bar_left, bar_width = round(columns * (0.1 + 0.085 * index)), round(columns * 0.05)
            bar_top = round(rows * (0.9 - 0.5 * rise))
            cv2.rectangle(
                show, (bar_left, bar_top), (bar_left + bar_width, round(rows * 0.9)), (244, 246, 250), -1
            )
        for index in range(3):
            pulse = (view.time_s * 0.8 + index / 3) % 1.0
            spot = (round(columns * (0.7 + 0.08 * index)), round(rows * (0.3 + 0.17 * index)))
            cv2.circle(
                show, spot, max(1, round((2 + 9 * pulse) * self.unit)), (255, 236, 150), 1, cv2.LINE_AA
            )
            cv2.circle(show, spot, max(1, round(2.2 * self.unit)), (255, 210, 90), -1, cv2.LINE_AA)
        bottom, right = min(frame.shape[0], top + rows), min(frame.shape[1], left + columns)
        shown = canvas.blur_pixels(show, 0.9 * self.unit)
        frame[max(0, top) : bottom, left:right] = shown[max(0, -top) : bottom - top, : right - left]

    def before(self, frame: Pixels, view: View) -> None:
        """The desk."""
        self.desk.draw(frame, -30 - view.x * 1.1, -view.y * 1.1)
