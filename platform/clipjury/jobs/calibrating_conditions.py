"""Tries a line for each band of a condition, and uses the one condition whose lines beat the kind's, if any does."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from clipjury.db.queries.calibrations import CalibrationItemRow
from clipjury.domain.calibration import ROUNDING
from clipjury.domain.conditions import CONDITIONS, Condition, band_of

if TYPE_CHECKING:
    from clipjury_ml.evaluation.roc import Floats


def try_conditions(items: Sequence[CalibrationItemRow]) -> list[dict[str, Any]]:
    """What lines by each condition give on answered gold of one kind, as it is stored; at most one `is_used`.

    Figures are cross-fitted by group. Used is the condition of largest gain among those whose paired gain over the
    kind's line lies above 0, and which cost less than saying nothing.
    """
    found = [tried for condition in CONDITIONS if (tried := _try(condition, items)) is not None]
    good = [tried for tried in found if tried.pop("is_real") and tried["cllr"] < 1.0 - ROUNDING]
    best = max(good, key=lambda tried: float(tried["gain"]), default=None)
    return [{**tried, "is_used": tried is best} for tried in found]


def _try(condition: Condition, items: Sequence[CalibrationItemRow]) -> dict[str, Any] | None:
    from clipjury_ml.evaluation.by_condition import cross_fit_bands, fit_bands, paired_gain

    labels = [int(item.label == "manipulated") for item in items]
    scores = [item.score or 0.0 for item in items]
    bands = [band_of(condition, item.facts) for item in items]
    groups = [str(item.group_id) for item in items]
    _, lines = fit_bands(labels, scores, bands)
    ratios = cross_fit_bands(labels, scores, bands, groups)
    if len(lines) < 2 or ratios is None:
        return None  # one band is the kind
    gain = paired_gain(labels, *ratios, groups)
    return {
        "condition": condition,
        "is_real": gain.is_real,
        "cllr_kind": gain.common,
        "gain": gain.gain,
        "gain_sd": gain.sd,
        **figures(labels, ratios[1]),
        "bands": [
            {
                "band": band,
                **_counts(labels, bands, band),
                "line": asdict(line),
                **figures(*_within(labels, ratios[1], bands, band)),
            }
            for band, line in lines.items()
        ],
    }


def figures(labels: Sequence[int], ratios: "Floats") -> dict[str, float]:
    """ECE, Brier and Cllr of log likelihood ratios (items,), as they are stored."""
    import numpy as np

    from clipjury_ml.evaluation.calibration import brier, calibration_error
    from clipjury_ml.evaluation.likelihood import log_ratio_cost

    chances = 1.0 / (1.0 + np.exp(-ratios))
    return {
        "ece": calibration_error(labels, chances),
        "brier": brier(labels, chances),
        "cllr": log_ratio_cost(labels, ratios),
    }


def _within(
    labels: Sequence[int], ratios: "Floats", bands: Sequence[str | None], band: str
) -> tuple[list[int], "Floats"]:
    places = [place for place, name in enumerate(bands) if name == band]
    return [labels[place] for place in places], ratios[places]


def _counts(labels: Sequence[int], bands: Sequence[str | None], band: str) -> dict[str, int]:
    own = [label for label, name in zip(labels, bands, strict=True) if name == band]
    return {"manipulated": sum(own), "authentic": len(own) - sum(own)}
