"""Drawn scenes without a face, as a camera takes them and as a decoder paints them, through one codec."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tests.factories.face_swaps import Picture

HEIGHT_PX, WIDTH_PX = 360, 480


def draw_scene(rng: np.random.Generator) -> NDArray[np.float32]:
    """Hills, walls and discs under a sky, with textures whose spectrum falls off as 1 / f; (h, w, 3), 0…255."""
    height, width = HEIGHT_PX, WIDTH_PX
    ramp = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    scene = (1 - ramp) * rng.uniform(90, 230, 3) + ramp * rng.uniform(40, 160, 3)
    scene = np.broadcast_to(scene, (height, width, 3)).astype(np.float32)
    for _ in range(int(rng.integers(5, 10))):
        shape = np.zeros((height, width), np.float32)
        centre = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        if rng.random() < 0.5:
            cv2.ellipse(shape, centre, tuple(int(v) for v in rng.integers(20, 120, 2)), float(rng.uniform(0, 180)),
                        0, 360, 1.0, -1, cv2.LINE_AA)  # fmt: skip
        else:
            corners = np.array(centre) + rng.integers(-130, 130, (4, 2))
            cv2.fillConvexPoly(shape, cv2.convexHull(corners.astype(np.int32)), 1.0, cv2.LINE_AA)
        paint = rng.uniform(20, 235, 3) + rng.uniform(6, 26) * _texture(rng)[..., None]
        scene = scene + shape[..., None] * (paint - scene)
    return np.clip(scene + rng.uniform(4, 12) * _texture(rng)[..., None], 0, 255).astype(np.float32)


def _texture(rng: np.random.Generator) -> NDArray[np.float32]:
    """Noise of the scene's size whose amplitude falls off as 1 / f, with standard deviation 1."""
    across, down = np.fft.rfftfreq(WIDTH_PX), np.fft.fftfreq(HEIGHT_PX)
    fall = 1 / np.maximum(np.hypot(across[None], down[:, None]), 2 / WIDTH_PX)
    found = np.fft.irfft2(
        np.fft.rfft2(rng.normal(size=(HEIGHT_PX, WIDTH_PX))) * fall, s=(HEIGHT_PX, WIDTH_PX)
    )
    return np.asarray(found / found.std(), np.float32)


def paint_by_decoder(scene: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The scene's coarse half, doubled by a strided transposed convolution whose kernel does not cover all pixels
    alike: the lattice of Odena et al. (2016). What was finer is painted anew, as fine and not the scene's."""
    small = cv2.resize(scene, (WIDTH_PX // 2, HEIGHT_PX // 2), interpolation=cv2.INTER_AREA)
    sparse = np.zeros_like(scene)
    sparse[::2, ::2] = small
    kernel = np.outer([0.5, 1.0, 0.5], [0.5, 1.0, 0.5]).astype(np.float32)
    painted = cv2.filter2D(sparse, -1, kernel * (1 + rng.uniform(-0.04, 0.04, (3, 3)).astype(np.float32)))
    lost = float((scene - cv2.GaussianBlur(scene, (0, 0), 1.0)).std())
    fine = rng.normal(size=(HEIGHT_PX // 2, WIDTH_PX // 2, 1)).astype(np.float32)
    doubled = np.repeat(np.repeat(fine, 2, 0), 2, 1)
    return np.asarray(painted + 1.3 * lost * doubled, np.float32)


def draw_photographs(folder: Path, seed: int, scenes: int) -> Iterator[Picture]:
    """Each scene as photographed and as a decoder paints it, both with a sensor's noise, JPEG's quality at random."""
    cv2.setNumThreads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(scenes):
        rng = np.random.default_rng([seed, number])
        group = uuid.uuid5(uuid.NAMESPACE_OID, f"scene {seed} {number}")
        scene, noise = draw_scene(rng), rng.uniform(1, 3)
        for label in ("authentic", "manipulated"):
            image = paint_by_decoder(scene, rng) if label == "manipulated" else scene
            image = image + noise * rng.normal(size=image.shape)
            path = folder / f"{seed}-{number}-{label[0]}.jpg"
            coded = np.clip(image[..., ::-1], 0, 255).astype(np.uint8)
            cv2.imwrite(str(path), coded, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(80, 96))])
            yield Picture(path, label, group)
