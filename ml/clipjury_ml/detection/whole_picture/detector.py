"""The detector of generated pictures and scenes: whole frames, no face needed. Untrained, it abstains from everything.

A version judges the kinds of clip of which it has learned both labels (`judges`); the bundled one has learned none.
Of any other file nothing is decoded, and no network is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.detection.described import Described
from clipjury_ml.detection.logits import sigmoid
from clipjury_ml.detection.manifest import ModelManifest
from clipjury_ml.detection.protocol import Score
from clipjury_ml.detection.weight_files import read_checked
from clipjury_ml.detection.whole_picture.views import cut_views

if TYPE_CHECKING:
    from clipjury_ml.media.containers import Kind
    from clipjury_ml.media.results import SampledFrames

LogitsOf = Callable[[NDArray[np.uint8]], NDArray[np.float64]]
"""Pictures (n, size, size, 3) to their logits (n,)."""


def build(manifest: ModelManifest) -> WholePictureDetector:
    """Make the detector from its manifest; raises DetectorError where the weights do not fit Lite0.

    Weights that never answer are checked and not read.
    """
    if not manifest.judges:
        read_checked(manifest)
        return WholePictureDetector(manifest, None)
    from clipjury_ml.detection.whole_picture.network import load_network

    return WholePictureDetector(manifest, load_network(manifest))


class WholePictureDetector(Described):
    """Implements `Detector` and `DeclinesKinds`; without a network it answers nothing."""

    def __init__(self, manifest: ModelManifest, logits_of: LogitsOf | None) -> None:
        super().__init__(manifest)
        self._logits_of = logits_of

    def decline(self, kind: Kind) -> Score | None:
        """The abstention from files of a kind that it has not learned, None for the others."""
        return None if kind in self.manifest.judges else _abstain(0)

    def score(self, frames: SampledFrames) -> Score:
        """Score frames.rgb (n, h, w, 3): each frame by the mean over its views, the clip by the mean over frames."""
        kind: Kind = "image" if len(frames.rgb) == 1 else "video"
        if self._logits_of is None or self.decline(kind) is not None:
            return _abstain(len(frames.rgb))
        started = time.perf_counter()
        views = cut_views(frames.rgb, self.manifest.input.size_px)
        logits = self._logits_of(np.concatenate(views))
        ends = np.cumsum([len(each) for each in views])[:-1]
        by_frame = [float(part.mean()) for part in np.split(logits, ends)]
        return Score(
            p_manipulated=sigmoid(float(np.mean(sorted(by_frame)))),
            in_domain=True,
            calibrated=self.manifest.calibration.method != "none",
            frames_used=len(by_frame),
            faces=0,
            seconds=time.perf_counter() - started,
            frame_scores=tuple(sigmoid(logit) for logit in by_frame),
            abstention=None,
        )


def _abstain(frames: int) -> Score:
    return Score(None, False, False, 0, 0, 0.0, (None,) * frames, "untrained_kind")
