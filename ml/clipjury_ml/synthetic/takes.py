"""A take: one person in one scene before one camera; its frames can be asked for in any order."""

from collections.abc import Callable

import numpy as np

from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.people.figure import Figure
from clipjury_ml.synthetic.people.identity import make_identity
from clipjury_ml.synthetic.people.performance import perform
from clipjury_ml.synthetic.recipes import ClipRecipe, SceneName
from clipjury_ml.synthetic.scenes.camera import Camera
from clipjury_ml.synthetic.scenes.graphics import Graphics
from clipjury_ml.synthetic.scenes.kitchen import Kitchen
from clipjury_ml.synthetic.scenes.newsroom import Newsroom
from clipjury_ml.synthetic.scenes.park import Park
from clipjury_ml.synthetic.scenes.podium import Podium
from clipjury_ml.synthetic.scenes.stage import Scene
from clipjury_ml.synthetic.scenes.street import Street
from clipjury_ml.synthetic.sound.ambience import ambience
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE, babble

SPARE_S = 2  # every take runs on this long after its clip ends: cuts and speed-ups eat into it

_SCENES: dict[SceneName, Callable[[tuple[int, int], int], Scene]] = {
    "newsroom": Newsroom, "street": Street, "park": Park, "podium": Podium, "kitchen": Kitchen,
    "empty_park": lambda size, seed: Park(size, seed, empty=True),
}  # fmt: skip


class Take:
    """The untouched original behind a recipe; group members with the same seeds share it pixel for pixel."""

    def __init__(self, recipe: ClipRecipe) -> None:
        self.size, self.fps = (recipe.width, recipe.height), recipe.fps
        self.frames = recipe.frames + SPARE_S * recipe.fps
        self.unit = recipe.height / 360
        seed = recipe.take_seed
        self.scene = _SCENES[recipe.scene](self.size, seed)
        self.camera = Camera(self.size, self.frames, self.fps, seed, recipe.camera)
        self.identity = make_identity(recipe.identity_seed)
        self.graphics = Graphics(self.size, recipe.scene, self.identity, seed)
        self.talk = babble(self.identity.pitch_hz, self.identity.tract, self.frames, self.fps, seed)
        self.acting = perform(self.talk, self.frames, self.fps, seed)
        x, y, half_head = self.scene.person
        self.place, self.head_px = (x, y), half_head * self.unit
        self.figure = Figure(self.identity, self.head_px, self.scene.light) if recipe.has_face else None

    def frame(self, index: int) -> Pixels:
        """Picture (height, width, 3) number ``index`` of the original."""
        view = self.camera.view(index)
        image = self.scene.behind(view)
        if self.figure is not None:
            self.figure.draw(
                image, self.middle(index), self.acting.pose(index), self.acting.expression(index)
            )
        self.scene.before(image, view)
        seen = self.camera.expose(image, index)
        self.graphics.draw(seen, index / self.fps)
        return seen

    def middle(self, index: int) -> tuple[float, float]:
        """Middle of the head in px, before the head's own movement."""
        view = self.camera.view(index)
        return (self.place[0] - view.x) * self.unit, (self.place[1] - view.y) * self.unit

    def point(self, index: int, x: float, y: float) -> tuple[float, float]:
        """Frame position in px of the face point (x, y) in head units.

        Raises LookupError in a scene with nobody in it.
        """
        if self.figure is None:
            raise LookupError("nobody is in this scene, so no face point can be located")
        u, v = self.figure.head.project(self.acting.pose(index), x, y)
        cx, cy = self.middle(index)
        return cx + u * self.head_px, cy + v * self.head_px

    def place_sound(self) -> Field:
        """Samples of the place alone, at 48 kHz, for the whole take."""
        length = round(self.frames / self.fps * SAMPLE_RATE)
        return ambience(self.scene.sound, length, self.camera.seed)

    def voice(self) -> Field:
        """Samples of the voice alone; silence when nobody is there."""
        return self.talk.samples if self.figure is not None else np.zeros_like(self.talk.samples)

    def sound(self) -> Field:
        """Samples of place and voice together."""
        return np.asarray(self.place_sound() + self.voice(), dtype=np.float32)
