"""A simulated detector: chosen AUC, miscalibration, and misses shared with people. Pure, seeded."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from clipjury_ml.consensus.sorting import Codes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SimulatedDetector:
    """auc: of one class against another. overconfidence: factor on calibrated log-odds (1: calibrated).

    shared: correlation of its noise with the ease that people share. silent: share of items without a score.
    """

    auc: float = 0.85
    overconfidence: float = 1.0
    shared: float = 0.0
    silent: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 0.0 < self.auc < 1.0 or not 0.0 <= self.shared <= 1.0 or not 0.0 <= self.silent <= 1.0:
            raise ValueError("auc must lie in (0, 1), shared and silent in [0, 1]")


def auc_of_accuracy(accuracy: float) -> float:
    """The AUC of the detector of two balanced classes that is right this often at its best threshold."""
    # Two unit Gaussians 2m apart: accuracy = Phi(m), AUC = Phi(m * sqrt(2)).
    from scipy.special import ndtr

    return float(ndtr(np.sqrt(2.0) * ndtri(accuracy)))


def simulate_scores(
    detector: SimulatedDetector, truth: Codes, ease: Floats, n_classes: int, seed: int
) -> Floats:
    """Probabilities, items x classes; NaN where the detector is silent."""
    rng = np.random.default_rng([seed, 2])
    margin = float(ndtri(detector.auc)) / np.sqrt(2.0)
    noise = rng.normal(size=(truth.size, n_classes)) * np.sqrt(2.0)
    spread = ease.std()
    if detector.shared and spread > 0:
        common = ease / spread
        own = np.sqrt(1.0 - detector.shared**2)
        at = np.arange(truth.size)
        # What people find hard tips the detector's evidence for the true class down too.
        noise *= own
        noise[at, truth] += np.sqrt(2.0) * detector.shared * common * np.sqrt(2.0)
    evidence = noise.copy()
    evidence[np.arange(truth.size), truth] += 2.0 * margin
    scores = margin * detector.overconfidence * evidence
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    p /= p.sum(axis=1, keepdims=True)
    p[rng.random(truth.size) < detector.silent] = np.nan
    return np.asarray(p)
