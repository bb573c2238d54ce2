"""Samples of detectors of faces: the largest face of each frame, and how its crop is varied while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clipjury_ml.detection.crops import crop_faces
from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.media.faces import detect_faces
from clipjury_ml.media.squares import cut_square
from clipjury_ml.training import degradation
from clipjury_ml.training.samples import Picture, Pictures, Sampling

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames


def take_faces(frames: SampledFrames, manifest: ModelManifest) -> Pictures:
    """The largest face of each frame, as the detector will see it; none where none is large enough."""
    shape = manifest.input
    parts = [
        crop_faces(image, detect_faces, shape.size_px, shape.margin, manifest.min_face_px).crops[:1]
        for image in frames.rgb
    ]
    return np.concatenate(parts)


def augment_face(crop: Picture, rng: np.random.Generator) -> Picture:
    """Mirror, zoom by up to a tenth, shift colours, blur a little, add noise, recompress: each at random."""
    size = crop.shape[0]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    side = size * rng.uniform(0.9, 1.0)
    left, top = rng.uniform(0, size - side, 2)
    image = np.asarray(cut_square(np.ascontiguousarray(crop), left, top, side, size), np.uint8)
    return degradation.vary_lightly(image, rng)


FACES = Sampling(
    phase="finding faces",
    take=take_faces,
    augment=augment_face,
    empty_handed="no face large enough",
    wanted="shows a face large enough to learn from ({min_face_px} px). Freeze a snapshot with more clips of people.",
)
