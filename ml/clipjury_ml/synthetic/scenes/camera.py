"""The camera that looks at a scene: how it moves, how bright the light is, vignette and sensor noise."""

import cv2
import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.people.performance import drift
from clipjury_ml.synthetic.scenes.stage import View

STYLES = ("tripod", "handheld", "pan")
REACH_X, REACH_Y = 24.0, 12.0  # design units a scene has to spare at its edges


class Camera:
    """Moves and exposes one take of ``frames`` frames; every frame can be asked for in any order."""

    def __init__(self, size: tuple[int, int], frames: int, fps: int, seed: int, style: str) -> None:
        rng = np.random.default_rng([seed, 7301])
        self.fps, self.size, self.seed = fps, size, seed
        amount = {"tripod": 0.25, "handheld": 3.0, "pan": 0.5}[style]
        self.x = drift(rng, frames, fps, 0.9, amount) + drift(rng, frames, fps, 0.16, amount * 0.14)
        self.y = drift(rng, frames, fps, 0.8, amount * 0.7) + drift(rng, frames, fps, 0.14, amount * 0.12)
        if style == "pan":
            travel = float(rng.uniform(14, 22)) * (1 if rng.random() < 0.5 else -1)
            self.x += (
                canvas.smoothstep(-0.1, 1.1, np.linspace(0, 1, frames, dtype=np.float32)) - 0.5
            ) * np.float32(2 * travel)
        self.x, self.y = np.clip(self.x, -REACH_X, REACH_X), np.clip(self.y, -REACH_Y, REACH_Y)
        self.gain = self._exposure(rng, frames, fps)
        self.noise = self._sensor(rng)
        self.vignette = self._corners()

    def _exposure(self, rng: np.random.Generator, frames: int, fps: int) -> Field:
        gain = 1.0 + drift(rng, frames, fps, 2.5, float(rng.uniform(0.01, 0.05)))
        if rng.random() < 0.35:  # a cloud passes, or somebody finds the switch
            at, deep = rng.uniform(0.2, 0.8) * frames, rng.uniform(-0.2, 0.16)
            gain += deep * canvas.smoothstep(
                -0.5 * fps, 0.5 * fps, (np.arange(frames) - at).astype(np.float32)
            )
        return np.asarray(np.clip(gain, 0.7, 1.25), dtype=np.float32)

    def _sensor(self, rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
        width, height = self.size
        strength = float(rng.uniform(1.0, 2.4))
        shape = (height + 64, width + 64)
        luma = rng.standard_normal(shape, dtype=np.float32)
        chroma = rng.standard_normal((*shape, 3), dtype=np.float32)
        grain = cv2.GaussianBlur(luma[..., None] * 0.8 + chroma * 0.5, (0, 0), 0.55) * 1.9
        return np.asarray(np.round(grain * strength), dtype=np.int16)

    def _corners(self) -> Pixels:
        width, height = self.size
        x, y = np.meshgrid(
            np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
        )
        fall = 1 - 0.2 * canvas.smoothstep(0.55, 1.6, x * x + 0.8 * y * y)
        return np.repeat(canvas.to_pixels(fall * 255)[..., None], 3, axis=2)

    def view(self, frame: int) -> View:
        """Where the camera looks at ``frame``."""
        return View(float(self.x[frame]), float(self.y[frame]), frame / self.fps)

    def expose(self, image: Pixels, frame: int) -> Pixels:
        """What the sensor makes of the scene at ``frame``."""
        seen = cv2.multiply(image, self.vignette, scale=float(self.gain[frame]) / 255.0)
        place = np.random.default_rng([self.seed, 7307, frame]).integers(0, 64, 2)
        height, width = image.shape[:2]
        noise = self.noise[place[0] : place[0] + height, place[1] : place[1] + width]
        return np.asarray(cv2.add(seen, noise, dtype=cv2.CV_8U), dtype=np.uint8)
