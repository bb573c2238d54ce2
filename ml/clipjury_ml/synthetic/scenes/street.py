"""A street: sky, houses, trees and passing cars in layers that slide at their own speeds."""

import numpy as np

from clipjury_ml.synthetic.canvas import Colour, Pixels
from clipjury_ml.synthetic.people.lighting import Light
from clipjury_ml.synthetic.scenes.foliage import tree
from clipjury_ml.synthetic.scenes.stage import Board, Plate, Sprite, View, cut_out

WALLS: tuple[Colour, ...] = (
    (196, 148, 116),
    (214, 190, 152),
    (164, 112, 96),
    (184, 178, 168),
    (146, 152, 150),
    (206, 168, 128),
    (128, 96, 88),
)
CARS: tuple[Colour, ...] = (
    (176, 46, 44),
    (44, 82, 128),
    (214, 214, 208),
    (52, 56, 60),
    (92, 124, 104),
    (206, 158, 60),
)
SKIES: tuple[tuple[Colour, Colour], ...] = (
    ((112, 160, 214), (214, 226, 232)),
    ((150, 164, 182), (214, 214, 212)),
    ((96, 108, 158), (246, 196, 150)),
)


class Street:
    """A row of houses; cars drive behind the person, trees stand at the kerb."""

    sound = "traffic"

    def __init__(self, size: tuple[int, int], seed: int) -> None:
        self.rng = np.random.default_rng([seed, 7211])
        self.size, self.unit = size, size[1] / 360
        side = 1.0 if self.rng.random() < 0.5 else -1.0
        self.light = Light((0.55 * side, -0.6, 0.6), (1.0, 0.95, 0.86), (0.36, 0.4, 0.46), (0.75, 0.72, 0.66))
        self.person = (float(self.rng.uniform(250, 390)), 150.0, 77.0)
        self.sky = Plate(self._sky(), 2.2, 0.15)
        self.row = self._houses()
        self.road = self._road()
        self.trees = [
            (float(x), tree(self.unit, 150, 230, self.light, self.rng, 1.2)) for x in (-40, 230, 520)
        ]
        self.cars = [self._car(CARS[int(self.rng.integers(len(CARS)))]) for _ in range(3)]
        self.drives = [
            (float(self.rng.uniform(70, 150)) * (1 if i % 2 else -1), float(self.rng.uniform(0, 900)))
            for i in range(3)
        ]

    def _sky(self) -> Board:
        board = Board(self.size, (20, 12))
        top, horizon = SKIES[int(self.rng.integers(len(SKIES)))]
        board.sky((0, top), (0.75, horizon), (1, horizon))
        for _ in range(14):
            x, y = self.rng.uniform(-20, 660), self.rng.uniform(0, 90)
            for _ in range(6):
                board.disc(
                    x + self.rng.uniform(-36, 36), y + self.rng.uniform(-5, 5), 30, 7, (250, 250, 250), 0.14
                )
        for x in range(-30, 680, 34):
            height = float(self.rng.uniform(20, 74))
            board.box(x, 190 - height, 33, 200, (horizon[0] * 0.8, horizon[1] * 0.82, horizon[2] * 0.88))
        return board

    def _houses(self) -> Sprite:
        board, key = Board(self.size, (130, 10)), Board(self.size, (130, 10))
        x = -130.0
        while x < 770:
            width, height = float(self.rng.uniform(86, 140)), float(self.rng.uniform(150, 232))
            key.box(x, 268 - height, width + 1, 110, (255, 255, 255))
            key.box(x, 268 - height, width + 1, height + 6, (255, 255, 255))
            self._house(board, key, x, width, height)
            x += width
        board.grain(self.rng, (24, 24), 0.09)
        return cut_out(board, key, 1.6)

    def _house(self, board: Board, key: Board, x: float, width: float, height: float) -> None:
        wall = WALLS[int(self.rng.integers(len(WALLS)))]
        top = 268 - height
        board.fade(
            x,
            top,
            width + 1,
            height + 6,
            (wall[0] * 1.05, wall[1] * 1.05, wall[2] * 1.05),
            (wall[0] * 0.72, wall[1] * 0.72, wall[2] * 0.74),
        )
        board.box(x, top, width, 6, (wall[0] * 0.6, wall[1] * 0.58, wall[2] * 0.58))
        if self.rng.random() < 0.4:
            for target, colour in ((key, (255.0, 255.0, 255.0)), (board, (112.0, 66.0, 56.0))):
                target.poly([(x - 2, top + 1), (x + width / 2, top - 30), (x + width + 2, top + 1)], colour)
        columns, rows = max(2, int(width // 32)), max(2, int((height - 50) // 44))
        for column in range(columns):
            for row in range(rows):
                self._window(board, x + (column + 0.5) * width / columns, top + 20 + row * 44)
        self._shop(board, x, width)
        board.box(x, top, 2.5, height + 6, (0, 0, 0), 0.25)

    def _window(self, board: Board, x: float, y: float) -> None:
        lit = self.rng.random() < 0.22
        glass: Colour = (248, 214, 150) if lit else (74, 88, 104)
        board.box(x - 9.5, y - 1.5, 19, 29, (236, 232, 222))
        board.fade(x - 8, y, 16, 26, glass, (glass[0] * 0.72, glass[1] * 0.74, glass[2] * 0.78))
        board.box(x - 0.6, y, 1.2, 26, (236, 232, 222))
        board.box(x - 8, y + 11, 16, 1.2, (236, 232, 222))
        board.box(x - 11, y + 27, 22, 3, (120, 112, 104))

    def _shop(self, board: Board, x: float, width: float) -> None:
        tint = CARS[int(self.rng.integers(len(CARS)))]
        board.box(x + 6, 226, width - 12, 48, (48, 50, 54))
        board.fade(x + 10, 232, width * 0.55, 36, (196, 190, 168), (104, 100, 92))
        board.fade(x + width * 0.72, 230, width * 0.18, 44, (96, 72, 56), (58, 42, 34))
        for index in range(int((width - 8) // 8)):
            stripe: Colour = tint if index % 2 else (238, 234, 226)
            left = x + 4 + index * 8
            board.poly([(left, 214), (left + 8, 214), (left + 8.6, 231), (left - 0.6, 231)], stripe)
        board.box(x + 4, 230, width - 8, 3, (0, 0, 0), 0.25)

    def _road(self) -> Sprite:
        board, key = Board(self.size, (130, 20)), Board(self.size, (130, 20))
        key.box(-130, 272, 900, 130, (255, 255, 255))
        board.fade(-130, 268, 900, 12, (168, 162, 152), (146, 140, 132))
        board.fade(-130, 280, 900, 120, (84, 86, 90), (110, 110, 112))
        for x in range(-120, 780, 70):
            board.poly([(x, 326), (x + 36, 326), (x + 40, 330), (x + 2, 330)], (214, 210, 196))
        board.grain(self.rng, (7, 4), 0.12)
        return cut_out(board, key, 1.1)

    def _car(self, paint: Colour) -> Sprite:
        size = (round(150 * self.unit), round(62 * self.unit))
        board, key = Board(size), Board(size)
        board.unit = key.unit = self.unit
        body = [
            (4.0, 46.0),
            (6.0, 31.0),
            (30.0, 26.0),
            (50.0, 9.0),
            (98.0, 8.0),
            (122.0, 25.0),
            (143.0, 30.0),
            (146.0, 46.0),
        ]
        for target, white in ((board, False), (key, True)):
            tint: Colour = (255, 255, 255) if white else paint
            target.poly(body, tint)
            for x in (34, 114):
                target.disc(x, 46, 12, 12, (255, 255, 255) if white else (26, 26, 28))
        board.poly([(36.0, 26.0), (53.0, 12.0), (72.0, 11.5), (72.0, 26.0)], (70, 86, 100))
        board.poly([(76.0, 11.5), (96.0, 12.0), (114.0, 26.0), (76.0, 26.0)], (70, 86, 100))
        board.poly(
            [(6.0, 33.0), (30.0, 28.0), (122.0, 27.5), (143.0, 32.0), (143.0, 34.0), (6.0, 36.0)],
            (255, 255, 255),
            0.35,
        )
        board.box(4, 40, 142, 7, (0, 0, 0), 0.3)
        for x in (34, 114):
            board.disc(x, 46, 12, 12, (26, 26, 28))
            board.disc(x, 46, 6.5, 6.5, (168, 170, 174))
        board.disc(143, 33, 4, 3, (255, 244, 200))
        board.disc(7, 35, 3, 3, (210, 40, 40))
        return cut_out(board, key, 1.2)

    def behind(self, view: View) -> Pixels:
        """Sky, houses, road, cars, trees."""
        frame = self.sky.seen(view)
        self.row.draw(frame, -130 - view.x * 0.5, -10 - view.y * 0.5)
        self.road.draw(frame, -130 - view.x * 0.65, -20 - view.y * 0.65)
        for car, (speed, start) in zip(self.cars, self.drives, strict=True):
            x = (start + speed * view.time_s) % 1000 - 170
            car.draw(frame, x - view.x * 0.65, 252 + (8 if speed > 0 else 0) - view.y * 0.65)
        for x, sprite in self.trees:
            sprite.draw(frame, x - view.x * 0.75, 48 - view.y * 0.75)
        return frame

    def before(self, frame: Pixels, view: View) -> None:
        """Nothing stands between the person and the camera."""
