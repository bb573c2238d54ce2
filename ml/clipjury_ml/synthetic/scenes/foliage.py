"""Trees and bushes: lumps of leaves, lit from one side, as sprites."""

import numpy as np

from clipjury_ml.synthetic import canvas
from clipjury_ml.synthetic.canvas import Colour, Field
from clipjury_ml.synthetic.people.head_shape import normals
from clipjury_ml.synthetic.people.lighting import Light, matte, tone
from clipjury_ml.synthetic.scenes.stage import Sprite

LEAVES: tuple[Colour, ...] = ((92, 128, 58), (74, 112, 62), (118, 140, 62), (150, 128, 54), (66, 100, 72))


def tree(
    unit: float, width: float, height: float, light: Light, rng: np.random.Generator, soften: float = 0.8
) -> Sprite:
    """A tree of ``width`` × ``height`` design units: trunk and crown."""
    columns, rows = max(8, round(width * unit)), max(8, round(height * unit))
    x, y = np.meshgrid(
        np.linspace(-1, 1, columns, dtype=np.float32), np.linspace(0, 1, rows, dtype=np.float32)
    )
    crown, relief = _crown(x, y, rng)
    leaf = canvas.to_linear(LEAVES[int(rng.integers(len(LEAVES)))])
    patches = canvas.fbm(rng, (rows, columns), (7 * unit, 7 * unit), 3)
    colour = leaf * (1 + 0.5 * patches[..., None])
    lit = matte(normals(relief * 0.3, rows * 0.5), light, (0.55 + 0.45 * (1 - y)).astype(np.float32)) * colour
    trunk = canvas.smoothstep(0.075, 0.06, np.abs(x + 0.03 * np.sin(y * 7))) * (y > 0.45)
    bark = canvas.to_linear((96, 76, 58)) * (0.8 - 0.9 * x)[..., None] * (1 + 0.3 * patches[..., None])
    image = canvas.mix(bark.astype(np.float32), lit, crown)
    return Sprite(tone(image) * 255, np.maximum(crown, trunk).astype(np.float32), unit, soften)


def _crown(x: Field, y: Field, rng: np.random.Generator) -> tuple[Field, Field]:
    relief = np.zeros_like(x)
    for _ in range(46):
        angle, reach = rng.uniform(0, 2 * np.pi), np.sqrt(rng.uniform(0, 1))
        cx, cy = 0.66 * reach * np.cos(angle), 0.36 + 0.235 * reach * np.sin(angle)
        size = rng.uniform(0.13, 0.27)
        ball = 1 - ((x - cx) / size) ** 2 - ((y - cy) / (size * 0.52)) ** 2
        relief = np.maximum(
            relief, np.sqrt(np.maximum(ball, 0)) * size + 0.3 * (1 - reach) * (ball > 0)
        ).astype(np.float32)
    leaves = canvas.fbm(rng, x.shape, (x.shape[1] / 16, x.shape[1] / 16), 4)
    cover = canvas.smoothstep(0.0, 0.05, relief - 0.03 + 0.09 * leaves * (relief > 0))
    return cover, np.asarray(relief + 0.2 * leaves, dtype=np.float32)
