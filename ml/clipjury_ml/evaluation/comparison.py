"""A candidate against the incumbent on the same items: paired, resampled by group, slice by slice.

Abstentions stand at the median of what the same detector answered, so that abstaining on what is hard gains
nothing. Nothing is decided here: the figures go to whoever does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.evaluation.intervals import FEWEST_GROUPS, group_indices
from clipjury_ml.evaluation.items import Item, placed_scores
from clipjury_ml.evaluation.roc import auc, roc_curve

Floats = NDArray[np.float64]
LEVEL = 0.95  # two-sided; the ADR on promotion has the simulation
RESAMPLES = 4000
WORKING_THRESHOLD = 0.5
FEWEST_IN_SLICE = 20  # of each class
_ROC_POINTS = 120


@dataclass(frozen=True, slots=True)
class PairedItem:
    """One item with both detectors' scores (None: abstained or failed), and the slices that it belongs to."""

    key: str
    label: int
    group: str
    incumbent: float | None
    candidate: float | None
    kind: str = ""
    slices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One detector on the set: AUC with its interval, coverage, and rates at the working threshold."""

    auc: float | None
    low: float | None
    high: float | None
    coverage: float
    false_rate: float | None
    true_rate: float | None
    roc: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Both AUCs on a part of the set; `against` says what a part of one class is ranked against."""

    name: str
    manipulated: int
    authentic: int
    incumbent: float | None
    candidate: float | None
    is_counted: bool
    against: str


@dataclass(frozen=True, slots=True)
class Flip:
    """An item on which the two detectors are on different sides of the working threshold."""

    key: str
    label: int
    incumbent: float
    candidate: float
    is_gain: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything measured. `matched_false_rate` is the candidate's false-positive rate where it finds as many
    manipulated items as the incumbent does at the working threshold."""

    manipulated: int
    authentic: int
    groups: int
    unit: str
    incumbent: Side
    candidate: Side
    difference: float | None
    difference_low: float | None
    difference_high: float | None
    matched_false_rate: float | None
    slices: tuple[Slice, ...]
    flips: tuple[Flip, ...]
    level: float
    resamples: int
    seed: int

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as they are stored and shown."""
        return asdict(self)


def compare(items: Sequence[PairedItem], *, seed: int = 1, resamples: int = RESAMPLES) -> Comparison:
    """Compare both detectors on items; figures are None where a class is missing."""
    labels = np.array([item.label for item in items], dtype=np.int64)
    ours, theirs = _placed(items, "candidate"), _placed(items, "incumbent")
    groups = [item.group for item in items]
    drawn = bootstrap_aucs(groups, labels, (theirs, ours), seed, resamples)
    before, after = auc(labels, theirs), auc(labels, ours)
    difference = None if before is None or after is None else after - before
    low, high = _interval(None if drawn is None else drawn[1] - drawn[0])
    return Comparison(
        manipulated=int(labels.sum()),
        authentic=int((1 - labels).sum()),
        groups=len(set(groups)),
        unit="group" if len(set(groups)) >= FEWEST_GROUPS else "item",
        incumbent=_side(items, "incumbent", labels, theirs, None if drawn is None else drawn[0]),
        candidate=_side(items, "candidate", labels, ours, None if drawn is None else drawn[1]),
        difference=difference,
        difference_low=low,
        difference_high=high,
        matched_false_rate=matched_false_rate(labels, theirs, ours),
        slices=tuple(_slices(items, labels, theirs, ours)),
        flips=tuple(_flips(items)),
        level=LEVEL,
        resamples=resamples,
        seed=seed,
    )


def bootstrap_aucs(
    groups: Sequence[str], labels: NDArray[np.int64], scores: Sequence[Floats], seed: int, resamples: int
) -> tuple[Floats, ...] | None:
    """AUCs (resamples,) of each score vector over the same resampled groups; None where a class is missing.

    Drawing a group n times weights each of its items n. With fewer than five groups single items are drawn.
    """
    if not labels.any() or labels.all():
        return None
    units = group_indices(groups)
    if len(units) < FEWEST_GROUPS:
        units = [np.array([index]) for index in range(len(groups))]
    unit_of = np.empty(len(groups), dtype=np.int64)
    for number, members in enumerate(units):
        unit_of[members] = number
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=resamples)
    weights = counts[:, unit_of].astype(np.float64)  # (resamples, items)
    positive, negative = weights[:, labels == 1], weights[:, labels == 0]
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    kept = pairs > 0
    found = []
    for values in scores:
        above = _order_of_pairs(values[labels == 1], values[labels == 0])
        found.append(((positive[kept] @ above) * negative[kept]).sum(axis=1) / pairs[kept])
    return tuple(found)


def _order_of_pairs(positive: Floats, negative: Floats) -> Floats:
    """1 where the manipulated item (rows) scores above the authentic one (columns), ½ on a tie."""
    gap = positive[:, None] - negative[None, :]
    return np.asarray((gap > 0) + 0.5 * (gap == 0), dtype=np.float64)


def _placed(items: Sequence[PairedItem], side: str) -> Floats:
    return placed_scores([Item(i.key, i.label, getattr(i, side), i.group) for i in items])


def _interval(drawn: Floats | None) -> tuple[float | None, float | None]:
    if drawn is None or not len(drawn):
        return None, None
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _side(
    items: Sequence[PairedItem], side: str, labels: NDArray[np.int64], scores: Floats, drawn: Floats | None
) -> Side:
    low, high = _interval(drawn)
    answered = sum(getattr(item, side) is not None for item in items)
    flagged = scores >= WORKING_THRESHOLD
    both = bool(labels.any()) and not bool(labels.all())
    return Side(
        auc=auc(labels, scores),
        low=low,
        high=high,
        coverage=answered / len(items) if items else 0.0,
        false_rate=float(flagged[labels == 0].mean()) if (labels == 0).any() else None,
        true_rate=float(flagged[labels == 1].mean()) if labels.any() else None,
        roc=_thinned_roc(labels, scores) if both else (),
    )


def _thinned_roc(labels: NDArray[np.int64], scores: Floats) -> tuple[tuple[float, float], ...]:
    false_rate, true_rate = roc_curve(labels, scores)
    picked = np.unique(np.linspace(0, len(false_rate) - 1, _ROC_POINTS).round().astype(int))
    return tuple((round(float(false_rate[i]), 4), round(float(true_rate[i]), 4)) for i in picked)


def matched_false_rate(labels: NDArray[np.int64], incumbent: Floats, candidate: Floats) -> float | None:
    """The candidate's false-positive rate where it finds at least what the incumbent finds at the threshold.

    Scores only rank, so the same number does not mean the same thing for both: a detector that never alarms
    would otherwise look faultless. None where a class is missing.
    """
    if not labels.any() or labels.all():
        return None
    wanted = float((incumbent >= WORKING_THRESHOLD)[labels == 1].mean())
    false_rate, true_rate = roc_curve(labels, candidate)
    return float(false_rate[true_rate >= wanted - 1e-12].min())


def _slices(
    items: Sequence[PairedItem], labels: NDArray[np.int64], incumbent: Floats, candidate: Floats
) -> list[Slice]:
    """One row for each slice; a slice of one class is ranked against the other class of the same kinds."""
    kinds = np.array([item.kind for item in items])
    found = []
    for name in sorted({name for item in items for name in item.slices}):
        chosen = np.array([name in item.slices for item in items])
        against = "itself"
        if len(set(labels[chosen].tolist())) == 1:
            other = 1 - int(labels[chosen][0])
            chosen = chosen | ((labels == other) & np.isin(kinds, kinds[chosen]))
            against = f"all {'manipulated' if other else 'authentic'} items of its kind"
        part = labels[chosen]
        manipulated, authentic = int(part.sum()), int((1 - part).sum())
        found.append(
            Slice(
                name=name,
                manipulated=manipulated,
                authentic=authentic,
                incumbent=auc(part, incumbent[chosen]),
                candidate=auc(part, candidate[chosen]),
                is_counted=min(manipulated, authentic) >= FEWEST_IN_SLICE,
                against=against,
            )
        )
    return found


def _flips(items: Sequence[PairedItem]) -> list[Flip]:
    found = []
    for item in items:
        if item.incumbent is None or item.candidate is None:
            continue
        before, after = item.incumbent >= WORKING_THRESHOLD, item.candidate >= WORKING_THRESHOLD
        if before != after:
            is_gain = after == bool(item.label)
            found.append(Flip(item.key, item.label, item.incumbent, item.candidate, is_gain))
    return sorted(found, key=lambda flip: (flip.is_gain, flip.key))
