"""Lines by condition: little gold changes nothing, what differs is found, and what does not costs nothing."""

from __future__ import annotations

import numpy as np
import pytest

from clipjury_ml.evaluation.by_condition import FEWEST_IN_BAND, cross_fit_bands, fit_bands, paired_gain
from clipjury_ml.evaluation.likelihood import cross_fit, fit_calibration

Drawn = tuple[list[int], list[float], list[str], list[str]]


def draw(each: int, lower: float, seed: int = 1) -> Drawn:
    """Labels, scores, bands and groups; in one of two bands scores lie `lower` lower, in log-odds."""
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], each)
    dark = rng.random(2 * each) < 0.5
    logits = rng.normal(np.where(labels == 1, 1.0, -1.0) - lower * dark, 1.2)
    bands = np.where(dark, "dark", "light").tolist()
    return labels.tolist(), (1 / (1 + np.exp(-logits))).tolist(), bands, [str(n) for n in range(2 * each)]


def test_a_band_with_little_gold_keeps_the_common_line() -> None:
    labels, scores, bands, _ = draw(60, 0.0)
    few = [n for n in range(len(labels)) if bands[n] == "light"] + [
        n for n in range(len(labels)) if bands[n] == "dark"
    ][: FEWEST_IN_BAND - 1]
    _, lines = fit_bands([labels[n] for n in few], [scores[n] for n in few], [bands[n] for n in few])
    assert set(lines) == {"light"}


def test_the_less_gold_the_closer_a_bands_line_is_to_the_common_one() -> None:
    distances = []
    for each in (12, 60, 2000):
        labels, scores, bands, _ = draw(each, 2.0)
        common, lines = fit_bands(labels, scores, bands)
        distances.append(abs(lines["dark"].intercept - common.intercept))
    assert distances[0] < distances[1] < distances[2]


def test_the_common_line_and_its_answers_are_those_of_a_calibration_without_conditions() -> None:
    labels, scores, bands, groups = draw(80, 1.0)
    assert fit_bands(labels, scores, bands)[0] == fit_calibration(labels, scores)
    ratios, plain = cross_fit_bands(labels, scores, bands, groups), cross_fit(labels, scores, groups)
    assert ratios is not None and plain is not None
    assert np.array_equal(ratios[0], plain)


def test_all_lines_keep_within_bounds_that_all_items_support() -> None:
    labels, scores, bands, _ = draw(100, 2.0)
    _, lines = fit_bands(labels, scores, bands)
    assert {(line.log_low, line.log_high) for line in lines.values()} == {
        (lines["dark"].log_low, lines["dark"].log_high)
    }
    assert 0 < lines["dark"].log_high < np.log(100) + 0.02


@pytest.mark.parametrize(("lower", "is_real"), [(0.0, False), (2.5, True)])
def test_the_paired_gain_is_real_only_where_bands_differ(lower: float, is_real: bool) -> None:
    labels, scores, bands, groups = draw(200, lower)
    ratios = cross_fit_bands(labels, scores, bands, groups)
    assert ratios is not None
    gain = paired_gain(labels, *ratios, groups)
    assert gain.is_real is is_real
    assert gain.common - gain.banded == pytest.approx(gain.gain)


def test_copies_of_one_clip_are_one_witness_of_the_gain() -> None:
    labels, scores, bands, groups = draw(40, 2.5)
    ratios = cross_fit_bands(labels, scores, bands, groups)
    assert ratios is not None
    once = paired_gain(labels, *ratios, groups)
    twice = paired_gain(labels * 2, np.tile(ratios[0], 2), np.tile(ratios[1], 2), groups * 2)
    assert twice.sd == pytest.approx(once.sd)


def test_items_of_no_band_keep_the_common_line_whatever_the_bands_say() -> None:
    labels, scores, bands, groups = draw(100, 2.5)
    partly = [None if number % 3 == 0 else band for number, band in enumerate(bands)]
    common, lines = fit_bands(labels, scores, partly)
    assert set(lines) == {"dark", "light"}
    assert common == fit_calibration(labels, scores)
    ratios = cross_fit_bands(labels, scores, partly, groups)
    assert ratios is not None
    nowhere = np.array([band is None for band in partly])
    assert np.array_equal(ratios[0][nowhere], ratios[1][nowhere])
    assert not np.array_equal(ratios[0][~nowhere], ratios[1][~nowhere])
