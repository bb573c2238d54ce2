"""The time axis of a file's page: the score of every sampled frame, and below it where findings have a place."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clipjury_ml.detection.protocol import Finding

_Scale = Callable[[float], float]
_WIDTH, _LEFT, _RIGHT = 900, 190, 20
_SCORE_PX, _LANE_PX, _AXIS_PX = 150, 26, 34
_NARROWEST_PX = 4.0  # so that what lasts one frame of a long clip is seen
_MOST_LANES = 24
CHART_STYLE = (
    ".axis{overflow-x:auto}svg{width:100%;min-width:620px;height:auto;font:13px system-ui,sans-serif}"
    ".grid{stroke:#d4d4d8}.line{fill:none;stroke:#1d4ed8;"
    "stroke-width:2}.dot{fill:#1d4ed8}.moved{fill:#fff;stroke:#b45309;stroke-width:3}.place{fill:#7c3aed}"
    ".fact{fill:#52525b}table{border-collapse:collapse}td,th{padding:.1rem .8rem .1rem 0;text-align:left}"
)


@dataclass(frozen=True, slots=True)
class ScoredMoment:
    """One sampled frame: when it is shown, its score where it has one, and whether the clip's score rests on it."""

    frame: int
    time_s: float
    score: float | None
    moved: bool


def draw_time_axis(moments: Sequence[ScoredMoment], findings: Sequence[Finding]) -> str:
    """An SVG figure with a table of the same figures; empty where nothing has a time. No script, no outside file.

    Scores lie in 0…1; lanes are drawn for findings that have seconds, 24 at most.
    """
    placed = sorted((f for f in findings if f.start_s is not None), key=lambda f: (f.start_s or 0, f.kind))
    end_s = max([m.time_s for m in moments] + [f.end_s or f.start_s or 0.0 for f in placed], default=0.0)
    if end_s <= 0:
        return ""
    lanes = placed[:_MOST_LANES]
    top = _SCORE_PX + 20 if moments else 8
    height = top + _LANE_PX * len(lanes) + _AXIS_PX

    def x(time_s: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * min(max(time_s, 0.0), end_s) / end_s

    body = [_seconds(end_s, height, x)]
    if moments:
        body.append(_score_line(moments, x))
    body += [_lane(finding, top + _LANE_PX * row, x) for row, finding in enumerate(lanes)]
    left_out = f" {len(placed) - len(lanes)} more are in the list only." if len(placed) > len(lanes) else ""
    said = "Score of each sampled frame over time" if moments else "Where findings have a place in time"
    label = f"{said}; the figures are listed below"
    picture = f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}">{"".join(body)}</svg>'
    caption = f"<figcaption>{_caption(moments, bool(lanes))}{left_out}</figcaption>"
    return f'<figure><div class="axis" tabindex="0">{picture}</div>{caption}</figure>{_table(moments)}'


def _caption(moments: Sequence[ScoredMoment], has_lanes: bool) -> str:
    if not moments:
        return "Bars show where findings have a place, in seconds of the clip."
    lanes = " Bars below show where findings have a place." if has_lanes else ""
    ringed = " Ringed: the frames shown below with their heat maps." if any(m.moved for m in moments) else ""
    return f"The score of each sampled frame.{lanes}{ringed}"


def _seconds(end_s: float, height: int, x: _Scale) -> str:
    step = next((each for each in (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120) if end_s / each <= 10), 300)
    marks = []
    for number in range(int(end_s / step) + 1):
        at = x(number * step)
        marks.append(
            f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="4" y2="{height - _AXIS_PX + 4}"/>'
            f'<text x="{at:.1f}" y="{height - 12}" text-anchor="middle">{number * step:g} s</text>'
        )
    return "".join(marks)


def _score_line(moments: Sequence[ScoredMoment], x: _Scale) -> str:
    def y(score: float) -> float:
        return 10 + (1 - score) * (_SCORE_PX - 20)

    parts = [
        f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y(level):.1f}" y2="{y(level):.1f}"/>'
        f'<text x="{_LEFT - 8}" y="{y(level) + 4:.1f}" text-anchor="end">{level:g}</text>'
        for level in (0.0, 0.5, 1.0)
    ]
    parts.append(f'<text x="4" y="{y(0.5) + 4:.1f}">frame score</text>')
    stretch: list[str] = []
    for moment in (*moments, None):
        if moment is not None and moment.score is not None:
            stretch.append(f"{x(moment.time_s):.1f},{y(moment.score):.1f}")
            continue
        if len(stretch) > 1:  # a frame without a score breaks the line: nothing is known there
            parts.append(f'<polyline class="line" points="{" ".join(stretch)}"/>')
        stretch = []
    for moment in moments:
        if moment.score is not None:
            kind, radius = ("moved", 6) if moment.moved else ("dot", 4)
            parts.append(
                f'<circle class="{kind}" cx="{x(moment.time_s):.1f}" cy="{y(moment.score):.1f}" r="{radius}">'
                f"<title>Frame {moment.frame}, {moment.time_s:.2f} s: {moment.score:.3f}</title></circle>"
            )
    return "".join(parts)


def _lane(finding: Finding, top: int, x: _Scale) -> str:
    start = x(finding.start_s or 0.0)
    width = max(_NARROWEST_PX, x(finding.end_s or finding.start_s or 0.0) - start)
    colour = "fact" if finding.strength == "fact" else "place"
    return (
        f'<text x="4" y="{top + 17}">{html.escape(finding.kind.replace("_", " "))}</text>'
        f'<rect class="{colour}" x="{min(start, _WIDTH - _RIGHT - width):.1f}" y="{top + 5}" width="{width:.1f}" '
        f'height="{_LANE_PX - 10}" rx="2"><title>{html.escape(finding.words)}</title></rect>'
    )


def _table(moments: Sequence[ScoredMoment]) -> str:
    if not moments:
        return ""
    rows = "".join(
        f"<tr><td>{m.frame}</td><td>{m.time_s:.2f}</td><td>{'none' if m.score is None else f'{m.score:.3f}'}</td></tr>"
        for m in moments
    )
    head = "<tr><th>Frame</th><th>Seconds</th><th>Score</th></tr>"
    return f"<details><summary>Scores as a table</summary><table>{head}{rows}</table></details>"
