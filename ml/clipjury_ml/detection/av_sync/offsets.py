"""Findings: where the sound runs behind or ahead of the mouth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from clipjury_ml.detection.av_sync.agreement import STEP_S, Agreement, agreement
from clipjury_ml.detection.av_sync.series import RATE_HZ, Mouth, Voice
from clipjury_ml.detection.protocol import Finding

Limits = dict[str, float]
_PEAK_S = 0.3  # half the width of a peak of the correlation


def find_offsets(
    mouths: Sequence[Mouth], voice: Voice, whole: Agreement, limits: Limits
) -> Iterator[Finding]:
    """One finding where all of the talk is offset; else one for each stretch whose windows agree on an offset."""
    offset = clear_offset(whole, limits)
    if offset is not None:
        yield _finding(offset, whole, mouths, limits)
        return
    run: list[tuple[float, list[Mouth]]] = []
    for part in windows(mouths, limits["window_s"], limits["window_step_s"]):
        offset = clear_offset(agreement(part, voice, limits["reach_s"]), limits)
        if run and (offset is None or abs(offset - run[-1][0]) > 2 * STEP_S + 1e-9):
            yield from _tell(run, mouths, voice, limits)
            run = []
        if offset is not None:
            run.append((offset, part))
    yield from _tell(run, mouths, voice, limits)


def clear_offset(found: Agreement, limits: Limits) -> float | None:
    """The offset at which mouth and voice clearly agree better than side by side, or None.

    Clear is a correlation of `offset_correlation`, `offset_margin` above the best of `near_s` either way, and
    `offset_distinct` standard deviations above the correlation at other offsets.
    """
    near, _ = found.best(0, limits["near_s"])
    far, offset = found.best(limits["far_s"], limits["reach_s"])
    clear = (
        far >= limits["offset_correlation"]
        and far - near >= limits["offset_margin"]
        and found.distinctness(offset, _PEAK_S) >= limits["offset_distinct"]
    )
    return offset if clear else None


def windows(mouths: Sequence[Mouth], length_s: float, step_s: float) -> Iterator[list[Mouth]]:
    """Stretches of length_s of the talk, one every step_s; none where it is no longer than that."""
    start, end = mouths[0].start_s, mouths[-1].start_s + mouths[-1].seconds
    while start + length_s <= end and end - mouths[0].start_s > length_s:
        part = [piece for mouth in mouths if (piece := _between(mouth, start, start + length_s)) is not None]
        if sum(piece.seconds for piece in part) >= 0.8 * length_s:
            yield part
        start += step_s


def _between(mouth: Mouth, start_s: float, end_s: float) -> Mouth | None:
    first = max(0, round((start_s - mouth.start_s) * RATE_HZ))
    last = min(len(mouth.motion), round((end_s - mouth.start_s) * RATE_HZ))
    if last <= first:
        return None
    share = (mouth.frames[1] - mouth.frames[0]) / max(1, len(mouth.motion) - 1)
    frames = (mouth.frames[0] + round(first * share), mouth.frames[0] + round((last - 1) * share))
    return replace(
        mouth,
        start_s=mouth.start_s + first / RATE_HZ,
        motion=mouth.motion[first:last],
        quick=mouth.quick[first:last],
        frames=frames,
    )


def _tell(
    run: Sequence[tuple[float, list[Mouth]]], mouths: Sequence[Mouth], voice: Voice, limits: Limits
) -> Iterator[Finding]:
    """A finding for a run of at least two windows; one alone may be chance."""
    if len(run) < 2:
        return
    start, last = run[0][1][0], run[-1][1][-1]
    end_s = last.start_s + last.seconds
    part = [piece for mouth in mouths if (piece := _between(mouth, start.start_s, end_s)) is not None]
    found = agreement(part, voice, limits["reach_s"])
    yield _finding(sorted(offset for offset, _ in run)[len(run) // 2], found, part, limits)


def _finding(offset: float, found: Agreement, mouths: Sequence[Mouth], limits: Limits) -> Finding:
    start_s, end_s = mouths[0].start_s, mouths[-1].start_s + mouths[-1].seconds
    side = "behind" if offset > 0 else "ahead of"
    strong = found.distinctness(offset, _PEAK_S) >= limits["offset_distinct"] + 1
    return Finding(
        "sound_offset",
        f"The sound runs {abs(offset):.1f} s {side} the mouth between {_clock(start_s)} and {_clock(end_s)}. "
        "Careless editing and streaming do this too.",
        "strong" if strong else "moderate",
        f"correlation of mouth movement and voice, from {limits['offset_correlation']:g} on and "
        f"{limits['offset_margin']:g} above that side by side; after Chung and Zisserman 2016",
        mouths[0].frames[0],
        mouths[-1].frames[1],
        start_s,
        end_s,
        offset,
    )


def _clock(seconds: float) -> str:
    return f"{int(seconds // 60):02d}:{seconds % 60:04.1f}"
