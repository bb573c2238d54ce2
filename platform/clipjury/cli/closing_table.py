"""How right people, detector and both were, against the truth of a manifest."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from clipjury.db.queries.clip_progress import ClipProgressRow
from clipjury_ml.evaluation.intervals import Interval, bootstrap

_WIDTHS = (10, 7, 24, 24, 24)


@dataclass(frozen=True)
class JudgedClip:
    """A clip as it stands, its truth, and the group that intervals are resampled by."""

    row: ClipProgressRow
    truth: str
    group: str


def credit(p_manipulated: float | None, truth: str) -> float:
    """1 right, 0 wrong; no answer, and exactly one half, count as a coin: one half."""
    if p_manipulated is None or p_manipulated == 0.5:
        return 0.5
    return float((p_manipulated > 0.5) == (truth == "manipulated"))


def accuracy(
    clips: Sequence[JudgedClip], p_of: Callable[[ClipProgressRow], float | None], seed: int
) -> tuple[float, Interval | None]:
    """Share of right answers with a 95 % interval that resamples whole groups. At least one clip."""
    credits = np.array([credit(p_of(clip.row), clip.truth) for clip in clips])
    interval = bootstrap([clip.group for clip in clips], lambda drawn: float(credits[drawn].mean()), seed)
    return float(credits.mean()), interval


def render_table(clips: Sequence[JudgedClip], seed: int) -> list[str]:
    """Lines: accuracy of people alone, the detector alone and both, videos and images apart, then all."""
    lines = [_columns("", "clips", "people alone", "detector alone", "both")]
    kinds = sorted({str(clip.row.kind) for clip in clips}, reverse=True)
    parts = [(f"{kind}s", [clip for clip in clips if clip.row.kind == kind]) for kind in kinds]
    for name, part in [*parts, ("all", list(clips))] if len(parts) > 1 else parts:
        figures = [
            _figure(*accuracy(part, p_of, seed))
            for p_of in (lambda row: row.p_people, lambda row: row.p_detector, lambda row: row.p_full)
        ]
        lines.append(_columns(name, str(len(part)), *figures))
    return lines


def _columns(*texts: str) -> str:
    return "".join(text.ljust(width) for text, width in zip(texts, _WIDTHS, strict=True)).rstrip()


def _figure(value: float, interval: Interval | None) -> str:
    if interval is None:
        return f"{value:.3f}"
    return f"{value:.3f} [{interval.low:.3f}, {interval.high:.3f}]{'*' if interval.unit == 'item' else ''}"


def render_counts(clips: Sequence[JudgedClip]) -> list[str]:
    """Lines: what the clips ended as and how often that was right, and where the detector gave no answer."""
    ended = Counter(clip.row.outcome or clip.row.state for clip in clips)
    right = sum(
        (clip.row.outcome, clip.truth)
        in {("manipulated", "manipulated"), ("no_manipulation_found", "authentic")}
        for clip in clips
    )
    decided = ended["manipulated"] + ended["no_manipulation_found"]
    others = [
        f"{count} still {state}" for state, count in sorted(ended.items()) if state not in _KNOWN_OUTCOMES
    ]
    abstained = sum(clip.row.p_detector is None for clip in clips)
    uncounted = sum(clip.row.p_detector is not None and not clip.row.is_detector_counted for clip in clips)
    return [
        f"Decided: {decided} of {len(clips)} clips ({ended['manipulated']} manipulated, "
        f"{ended['no_manipulation_found']} no manipulation found), {right} of them rightly.",
        ", ".join([f"Inconclusive: {ended['inconclusive']}", *others]) + ".",
        f"Detector: no answer on {abstained} clips (abstained or failed); they count as a coin above. "
        f"On {uncounted} it answered and was not counted in `both`: its card does not vouch for such clips.",
    ]


_KNOWN_OUTCOMES = {"manipulated", "no_manipulation_found", "inconclusive"}
