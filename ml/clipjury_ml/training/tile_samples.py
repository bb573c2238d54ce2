"""Samples of detectors of whole pictures: tiles and reduced views, and how they are varied without resampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.detection.whole_picture.views import cut_views
from clipjury_ml.training import degradation
from clipjury_ml.training.samples import Picture, Pictures, Sampling

if TYPE_CHECKING:
    from clipjury_ml.media.results import SampledFrames


def take_tiles(frames: SampledFrames, manifest: ModelManifest) -> Pictures:
    """Every view of every frame, as the detector will see them."""
    return np.concatenate(cut_views(frames.rgb, manifest.input.size_px))


def augment_tile(tile: Picture, rng: np.random.Generator) -> Picture:
    """Mirror, shift colours, blur a little, add noise, recompress: each at random. Nothing is scaled or turned, which
    would wipe away what a generator leaves in the finest detail."""
    image = np.ascontiguousarray(tile[:, ::-1] if rng.random() < 0.5 else tile)
    return degradation.vary_lightly(image, rng)


TILES = Sampling(
    phase="cutting pictures",
    take=take_tiles,
    augment=augment_tile,
    empty_handed="no picture",
    wanted="could be decoded. Freeze a snapshot with more clips of that label.",
)
