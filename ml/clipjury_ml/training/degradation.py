"""What cameras, codecs and swapping tools do to pixels; every function takes and gives (h, w, 3) uint8 RGB."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from clipjury_ml.training.footage import through_h264

Image = NDArray[np.uint8]
Step = Callable[[Image], Image]


def jpeg(image: Image, quality: int) -> Image:
    """Through one JPEG encoding at quality 1–100."""
    good, coded = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not good:
        raise ValueError("OpenCV could not encode a JPEG of this image")
    return np.ascontiguousarray(np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)[..., ::-1])


def h264(image: Image, crf: int) -> Image:
    """Through one H.264 key frame at constant rate factor crf (18 good … 38 poor)."""
    return through_h264([image], crf)[0]


def rescale(image: Image, factor: float, back: int = cv2.INTER_LINEAR) -> Image:
    """Shrink by factor (0…1) and enlarge again: detail is gone, the size is kept."""
    height, width = image.shape[:2]
    small = cv2.resize(
        image, (max(8, round(width * factor)), max(8, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=back), dtype=np.uint8)


def blur(image: Image, sigma_px: float) -> Image:
    """Gaussian blur."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma_px), dtype=np.uint8)


def unsharp(image: Image, sigma_px: float, amount: float) -> Image:
    """Unsharp masking, the sharpening that several swap tools end with."""
    soft = cv2.GaussianBlur(image, (0, 0), sigma_px)
    return np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), dtype=np.uint8)


def add_noise(image: Image, rng: np.random.Generator, sigma: float, grain_px: float = 0.0) -> Image:
    """Gaussian noise of sigma grey levels; with grain_px it is smoothed first, as after a codec."""
    noise = rng.standard_normal(image.shape, dtype=np.float32)
    if grain_px > 0:
        noise = np.array(cv2.GaussianBlur(noise, (0, 0), grain_px), dtype=np.float32)
        noise /= max(float(noise.std()), 1e-6)
    return np.clip(image.astype(np.float32) + sigma * noise, 0, 255).astype(np.uint8)


def smooth_skin(image: Image, strength: float) -> Image:
    """Bilateral smoothing, as phones and conference tools do to the whole picture; strength 0…1."""
    smooth = cv2.bilateralFilter(image, 5, 10 + 40 * strength, 3)
    return np.asarray(smooth, dtype=np.uint8)


def relight(image: Image, rng: np.random.Generator, strength: float) -> Image:
    """A soft light from one side and another gamma; strength 0…1."""
    height, width = image.shape[:2]
    angle = rng.uniform(0, 2 * np.pi)
    x, y = np.linspace(-1, 1, width, dtype=np.float32), np.linspace(-1, 1, height, dtype=np.float32)
    slope = np.float32(np.cos(angle)) * x[None, :] + np.float32(np.sin(angle)) * y[:, None]
    light = 1 + np.float32(0.5 * strength * rng.random()) * slope
    gamma = np.exp(rng.uniform(-0.4, 0.4) * strength)
    pixels = 255 * (image.astype(np.float32) / 255) ** np.float32(gamma) * light[..., None]
    return np.asarray(np.clip(pixels, 0, 255), dtype=np.uint8)


def shift_colour(image: Image, rng: np.random.Generator, strength: float) -> Image:
    """Random brightness, contrast, saturation and channel shifts; strength 0…1."""
    pixels: NDArray[np.float32] = image.astype(np.float32)
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = grey + (pixels - grey) * (1 + rng.uniform(-0.4, 0.4) * strength)
    pixels = 128 + (pixels - 128) * (1 + rng.uniform(-0.25, 0.25) * strength)
    pixels += rng.uniform(-25, 25) * strength + rng.uniform(-20, 20, size=3).astype(np.float32) * strength
    return np.asarray(np.clip(pixels, 0, 255), dtype=np.uint8)


def recompress(image: Image, rng: np.random.Generator) -> Image:
    """JPEG or one H.264 frame at a random quality."""
    if rng.random() < 0.6:
        return jpeg(image, int(rng.integers(35, 96)))
    return h264(image, int(rng.integers(20, 36)))


def frame_history(image: Image, rng: np.random.Generator) -> Image:
    """What befell the frame before anyone swapped a face: low resolution 50 %, noise 30 %, a codec 60 %."""
    if rng.random() < 0.5:
        image = rescale(image, rng.uniform(0.35, 0.9))
    if rng.random() < 0.3:
        image = add_noise(image, rng, rng.uniform(1, 8), rng.uniform(0, 1))
    if rng.random() < 0.6:
        image = recompress(image, rng)
    return image


def degrade_one_side(image: Image, rng: np.random.Generator, face_px: float) -> Image:
    """What only one side of the seam has seen: a small decoder, sharpening, blur, a codec, or noise.

    A swapper's decoder gives 64–160 px for the inner face; which side is the softer must not be a rule.
    """
    odds = rng.random()
    if odds < 0.3:
        factor = rng.uniform(64, 160) / face_px
        return rescale(image, factor, cv2.INTER_CUBIC) if factor < 1 else image
    if odds < 0.45:
        return unsharp(image, rng.uniform(0.8, 2.5), rng.uniform(0.3, 1.2))
    if odds < 0.6:
        return blur(image, rng.uniform(0.4, 1.6) * face_px / 192)
    if odds < 0.8:
        return recompress(image, rng)
    return add_noise(image, rng, rng.uniform(1, 6), rng.uniform(0, 1))


def vary_lightly(image: Image, rng: np.random.Generator) -> Image:
    """What an everyday upload may do to a sample that is looked at again: shift colours, blur, add noise, recompress.

    Each at random and mild; nothing is scaled.
    """
    if rng.random() < 0.5:
        image = shift_colour(image, rng, 0.6)
    if rng.random() < 0.1:
        image = blur(image, rng.uniform(0.3, 0.8))
    if rng.random() < 0.2:
        image = add_noise(image, rng, rng.uniform(1, 4))
    if rng.random() < 0.3:
        image = jpeg(image, int(rng.integers(60, 97)))
    return np.ascontiguousarray(image)
