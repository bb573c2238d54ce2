"""Whether lines by condition are worth their gold: calibration of simulated detectors, judged on unseen clips.

A detector answers clips of three bands of a condition, a third each. In some worlds its scores lie elsewhere in one
band, or rank worse there; in one they do not. Lines are fitted on so many gold clips of each label; the cost (Cllr,
bits) is that of 20,000 other clips. `used`: how often the paired rule took the bands' lines.

    ./run bench calibration_by_condition [--draws 200] [--seed 1]
"""

import argparse
import sys
from dataclasses import dataclass

import numpy as np

from clipjury_ml.evaluation.by_condition import cross_fit_bands, fit_bands, paired_gain
from clipjury_ml.evaluation.likelihood import log_ratio_cost

GOLD = (25, 50, 100, 200, 400)
TESTED = 20_000
BANDS = ("strong", "usual", "light")
Drawn = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class World:
    """By band: where authentic and manipulated clips' log-odds lie; their spread is 1.5."""

    authentic: tuple[float, float, float]
    manipulated: tuple[float, float, float]

    def draw(self, rng: np.random.Generator, each: int) -> Drawn:
        """Labels, scores and bands of `each` clips of each label."""
        labels = np.repeat([0, 1], each)
        band = rng.integers(0, 3, 2 * each)
        means = np.where(labels == 1, np.array(self.manipulated)[band], np.array(self.authentic)[band])
        logits = rng.normal(means, 1.5)
        return labels, 1.0 / (1.0 + np.exp(-logits)), np.array(BANDS)[band]


WORLDS = {
    "no difference between bands": World((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)),
    "no difference, weak detector": World((-0.3, -0.3, -0.3), (0.3, 0.3, 0.3)),
    "ranks worse in one band": World((-0.1, -1.0, -1.0), (0.1, 1.0, 1.0)),
    "scores lie lower in one band": World((-2.5, -1.0, -1.0), (-0.5, 1.0, 1.0)),
    "both": World((-2.2, -1.0, -0.5), (-1.8, 1.0, 2.0)),
}


def judge(world: World, each: int, rng: np.random.Generator) -> tuple[float, float, float, bool]:
    """Cost on unseen clips of the common line, of the bands' always, of what the rule takes; and what it took."""
    labels, scores, bands = world.draw(rng, each)
    common, lines = fit_bands(labels, scores, bands.tolist())
    groups = [str(place) for place in range(len(labels))]
    found = cross_fit_bands(labels, scores, bands.tolist(), groups)
    used = found is not None and paired_gain(labels, *found, groups).is_real
    truth, seen, where = world.draw(rng, TESTED // 2)
    plain = common.log_ratios(seen)
    banded = plain.copy()
    for band, line in lines.items():
        banded[where == band] = line.log_ratios(seen[where == band])
    costs = log_ratio_cost(truth, plain), log_ratio_cost(truth, banded)
    return costs[0], costs[1], costs[1] if used else costs[0], used


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run bench calibration_by_condition", description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    print(
        f"{options.draws} draws a cell; Cllr: common line, change by bands always, change by the rule, used"
    )
    for name, world in WORLDS.items():
        for each in GOLD:
            found = np.array([judge(world, each, rng) for _ in range(options.draws)])
            common, always, ruled, used = found.mean(axis=0)
            error = found[:, 2].std() / np.sqrt(options.draws)
            print(
                f"{name:<30} {each:>4} of each: {common:.3f} {always - common:+.4f} {ruled - common:+.4f} "
                f"{used:4.0%}  (± {np.std(found[:, 2] - found[:, 0]) / np.sqrt(options.draws):.4f}; {error:.3f})",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1:])
