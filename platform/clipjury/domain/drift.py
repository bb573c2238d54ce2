"""Whether what a detector sees, or how it answers, has moved away from what it was measured on.

Five measures compare a recent window with a reference. Each alerts only where the change is larger than chance
gives at these counts, and large enough to matter; ADR 33 has the false-alarm rate of the whole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import NormalDist
from typing import Final, Literal

from clipjury.domain.drift_tally import Arrivals, JudgedTally, SeenTally

EVERY: Final = timedelta(days=1)
FEWEST_CLIPS: Final = 100  # of each window; below, chance alone moves a share by a fifth
FEWEST_JUDGED: Final = 50
CHANCE: Final = 0.0005  # how often a stable stream may pass a measure's threshold at one look
SMALLEST_INDEX: Final = 0.1  # of the stability index: the scores moved by a third of their spread (√.1)
SMALLEST_SHARE: Final = 0.1  # one clip in ten
BANDS: Final = 10

MeasureName = Literal["scores", "disagreement", "abstention", "new_sources", "new_conditions"]
MeasureState = Literal["steady", "alert", "too_few"]
ReportState = MeasureState
Because = Literal["chance", "size"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One comparison. `value` is held against `threshold`; both None where there is too little data.

    `reference` and `recent` are shares of their windows (None for the index), `low` and `high` the 95% interval
    of the recent share. `because`: whether chance or the smallest change that matters sets the threshold.
    """

    name: MeasureName
    state: MeasureState
    value: float | None
    threshold: float | None
    because: Because | None
    reference: float | None
    recent: float | None
    low: float | None
    high: float | None
    reference_count: int
    recent_count: int
    sentence: str


def measure_drift(
    reference: SeenTally, recent: SeenTally, judged_before: JudgedTally, judged: JudgedTally
) -> list[Measure]:
    """All five measures, in the order in which they are shown."""
    return [
        _scores(reference, recent),
        _disagreement(judged_before, judged),
        _abstention(reference, recent),
        _novelty("new_sources", "sources", reference.sources, recent.sources),
        _new_conditions(reference, recent),
    ]


def state_of(measures: Sequence[Measure]) -> ReportState:
    """`alert` where one alerts; `too_few` where nothing could be measured."""
    states = {measure.state for measure in measures}
    return "alert" if "alert" in states else "steady" if "steady" in states else "too_few"


def _scores(reference: SeenTally, recent: SeenTally) -> Measure:
    counts = (reference.answered, recent.answered)
    if min(counts) < FEWEST_CLIPS:
        return _too_few("scores", counts, FEWEST_CLIPS, "scored clips")
    bands = band_counts(reference.cells, recent.cells)
    value = stability_index(bands)
    chance = chance_index(len(bands), *counts)
    threshold, because = _larger(chance, SMALLEST_INDEX)
    verb = "are spread differently" if value > threshold else "are spread as before"
    sentence = (
        f"Scores {verb}: stability index {value:.2f}, alert above {threshold:.2f} ({_REASONS[because]})."
    )
    return _measured("scores", value, threshold, because, counts, sentence)


def _disagreement(before: JudgedTally, now: JudgedTally) -> Measure:
    counts = (before.count, now.count)
    if min(counts) < FEWEST_JUDGED:
        return _too_few("disagreement", counts, FEWEST_JUDGED, "closed clips on which people are sure")
    shares = (before.disagreed / before.count, now.disagreed / now.count)
    value = shares[1] - shares[0]
    chance = chance_difference(before.disagreed + now.disagreed, *counts, two_sided=False)
    threshold, because = _larger(chance, SMALLEST_SHARE)
    low, high = wilson(now.disagreed, now.count)
    sentence = (
        f"Where people alone are sure, it took the other side on {shares[1]:.0%} of {now.count} clips "
        f"(95% interval {low:.0%} to {high:.0%}); before, on {shares[0]:.0%} of {before.count}. "
        f"Alert above a rise of {_points(threshold)} ({_REASONS[because]})."
    )
    return _measured("disagreement", value, threshold, because, counts, sentence, shares, (low, high))


def _abstention(reference: SeenTally, recent: SeenTally) -> Measure:
    counts = (reference.count, recent.count)
    if min(counts) < FEWEST_CLIPS:
        return _too_few("abstention", counts, FEWEST_CLIPS, "clips")
    silent = (reference.count - reference.answered, recent.count - recent.answered)
    shares = (silent[0] / reference.count, silent[1] / recent.count)
    value = abs(shares[1] - shares[0])
    threshold, because = _larger(chance_difference(sum(silent), *counts, two_sided=True), SMALLEST_SHARE)
    low, high = wilson(silent[1], recent.count)
    sentence = (
        f"It gave no score for {shares[1]:.0%} of {recent.count} clips ({recent.faceless} of them without a face; "
        f"95% interval {low:.0%} to {high:.0%}); before, for {shares[0]:.0%} of {reference.count}. "
        f"Alert above a change of {_points(threshold)} ({_REASONS[because]})."
    )
    return _measured("abstention", value, threshold, because, counts, sentence, shares, (low, high))


def _new_conditions(reference: SeenTally, recent: SeenTally) -> Measure:
    """Face size counts once both windows know it: scores from before it was kept would make every new clip new."""
    if reference.unmeasured or recent.unmeasured:
        what = "conditions (face size left out: older scores do not hold it)"
        return _novelty("new_conditions", what, reference.conditions, recent.conditions)
    return _novelty("new_conditions", "conditions", reference.conditions_by_face, recent.conditions_by_face)


def _novelty(name: MeasureName, what: str, before: Arrivals, now: Arrivals) -> Measure:
    """Share of recent clips whose source, or condition, the reference does not hold."""
    counts = (before.clips.total(), now.clips.total())
    if min(counts) < FEWEST_CLIPS:
        return _too_few(name, counts, FEWEST_CLIPS, "clips")
    unseen = sum(number for name, number in now.clips.items() if name not in before.clips)
    expected, chance = chance_novelty(before, counts[1])
    value = unseen / counts[1] - expected
    threshold, because = _larger(chance, SMALLEST_SHARE)
    low, high = wilson(unseen, counts[1])
    sentence = (
        f"{unseen / counts[1]:.0%} of {counts[1]} clips come from {what} that the reference does not hold (95% "
        f"interval {low:.0%} to {high:.0%}); a stable stream would bring about {expected:.0%}. "
        f"Alert above {_points(threshold)} more ({_REASONS[because]})."
    )
    return _measured(
        name, value, threshold, because, counts, sentence, (expected, unseen / counts[1]), (low, high)
    )


def band_counts(reference: Sequence[int], recent: Sequence[int]) -> list[tuple[int, int]]:
    """Counts of both windows in at most about ten bands that hold a tenth of the reference each.

    A single cell with a tenth or more is a band of its own, so that a detector that repeats one score is seen to
    leave it on either side.
    """
    tenth = sum(reference) / BANDS
    bands: list[tuple[int, int]] = []
    held = (0, 0)
    for before, now in zip(reference, recent, strict=True):
        if before >= tenth and held != (0, 0):
            bands.append(held)
            held = (0, 0)
        held = (held[0] + before, held[1] + now)
        if held[0] >= tenth:
            bands.append(held)
            held = (0, 0)
    return [*bands, held] if held != (0, 0) or not bands else bands


def stability_index(bands: Sequence[tuple[int, int]]) -> float:
    """Population stability index Σ (q - p) ln(q / p), half a clip added to every band; 0 where nothing moved."""
    before, now = (sum(band[side] for band in bands) + len(bands) / 2.0 for side in (0, 1))
    pairs = [((a + 0.5) / before, (b + 0.5) / now) for a, b in bands]
    return sum((q - p) * math.log(q / p) for p, q in pairs)


def chance_index(bands: int, reference: int, recent: int) -> float:
    """What the index reaches by chance: (1/n + 1/m) χ² with one degree of freedom less than bands (Yurdakul 2018)."""
    return (1.0 / reference + 1.0 / recent) * _chi_square(bands - 1)


def _chi_square(degrees: int) -> float:
    """Quantile of χ² by Wilson and Hilferty (1931), within 1 % from three degrees on."""
    if degrees < 1:
        return 0.0
    spread = 2.0 / (9.0 * degrees)
    return float(degrees * (1.0 - spread + _z(CHANCE) * math.sqrt(spread)) ** 3)


def chance_difference(found: int, reference: int, recent: int, *, two_sided: bool) -> float:
    """What two shares of one proportion differ by through chance: pooled, with a correction for continuity."""
    pooled = (found + 1.0) / (reference + recent + 2.0)
    each = 1.0 / reference + 1.0 / recent
    tail = CHANCE / 2.0 if two_sided else CHANCE
    return _z(tail) * math.sqrt(pooled * (1.0 - pooled) * each) + each / 2.0


def chance_novelty(before: Arrivals, recent: int) -> tuple[float, float]:
    """The share of clips of unseen names that a stable stream brings, and what chance adds to it.

    Good's estimate (1953) with days in place of single draws, since clips of one source come together: the share of
    the reference that came from what came on no other day. Its variance is that between days, or between clips where
    that is larger; a share of `recent` clips varies by as much again for its size.
    """
    total, days = before.clips.total(), len(before.by_day)
    alone = before.seen_nowhere_else()
    expected = min(1.0, (alone.total() + 1.0) / total)  # one more: nothing seen alone proves no zero
    residues = sum((alone[day] - expected * held) ** 2 for day, held in before.by_day.items())
    between = residues / total**2 * days / max(1, days - 1)
    variance = max(between, expected * (1.0 - expected) / total) * (1.0 + total / recent)
    return expected, _t(days - 1) * math.sqrt(variance) + 0.5 / recent


def _t(degrees: int) -> float:
    """Quantile of Student's t by the first term of Cornish and Fisher's expansion."""
    z = _z(CHANCE)
    return z * (1.0 + (z * z + 1.0) / (4.0 * max(1, degrees)))


def wilson(found: int, total: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share (Wilson 1927)."""
    z = _z((1.0 - level) / 2.0)
    share, extra = found / total, z * z / total
    middle = (share + extra / 2.0) / (1.0 + extra)
    half = z * math.sqrt(share * (1.0 - share) / total + extra / (4.0 * total)) / (1.0 + extra)
    return max(0.0, middle - half), min(1.0, middle + half)


def _z(tail: float) -> float:
    return NormalDist().inv_cdf(1.0 - tail)


_REASONS: Final[dict[Because, str]] = {
    "chance": "so much may be chance with so few clips",
    "size": "less would change little",
}


def _larger(chance: float, size: float) -> tuple[float, Because]:
    return (chance, "chance") if chance > size else (size, "size")


def _points(share: float) -> str:
    return f"{share * 100:.0f} points"


def _too_few(name: MeasureName, counts: tuple[int, int], fewest: int, what: str) -> Measure:
    sentence = (
        f"Too little data: {counts[1]} {what} in the recent window and {counts[0]} in the reference, "
        f"{fewest} of each are needed."
    )
    return Measure(name, "too_few", None, None, None, None, None, None, None, counts[0], counts[1], sentence)


def _measured(
    name: MeasureName,
    value: float,
    threshold: float,
    because: Because,
    counts: tuple[int, int],
    sentence: str,
    shares: tuple[float, float] | None = None,
    interval: tuple[float, float] | None = None,
) -> Measure:
    reference, recent = shares or (None, None)
    low, high = interval or (None, None)
    state: MeasureState = "alert" if value > threshold else "steady"
    return Measure(
        name, state, value, threshold, because, reference, recent, low, high, *counts, sentence=sentence
    )
