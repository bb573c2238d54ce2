"""An evaluation as one HTML page that needs nothing beside it: figures, tables, what was ranked wrongly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np

from clipjury_ml.consensus.line_plot import draw_lines
from clipjury_ml.evaluation.items import Item, labels_of, placed_scores
from clipjury_ml.evaluation.report import KindReport, Measures, Report
from clipjury_ml.evaluation.roc import roc_curve

_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: right; padding: .3rem .7rem; border-bottom: 1px solid #8886; }
th, td:not(:first-child) { white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; }
.warn { font-weight: 600; }
"""
_MEASURES = ("items", "coverage", "AUC", "95 %", "EER", "TPR at 10 % FPR", "Brier", "ECE", "Cllr")
_WRONGEST = 10


def draw_page(report: Report, items: Sequence[Item], detector: str) -> str:
    """The page's HTML. `items` are those that the report was made from."""
    parts = [
        "<!doctype html><html lang=en><meta charset=utf-8>",
        "<meta name=viewport content='width=device-width, initial-scale=1'>",
        f"<title>Evaluation of {escape(detector)}</title><style>{_STYLE}</style>",
        f"<h1>Evaluation of {escape(detector)}</h1>",
        "<p>AUC counts every file; abstentions stand at the median of the answered. Intervals resample whole "
        "groups. Brier, ECE and Cllr are of the answered files, as the detector gives its scores.</p>",
        _table(["", *_MEASURES], [["all", *_figures(report.overall)]]),
    ]
    if report.errors:
        parts.append(
            f"<p class=warn>{report.errors} files could not be judged; they count as abstentions.</p>"
        )
    for kind in report.kinds:
        parts += _kind(kind, [item for item in items if item.kind == kind.kind])
    return "\n".join(parts) + "\n"


def _kind(kind: KindReport, items: Sequence[Item]) -> Iterable[str]:
    yield f"<h2>{escape(kind.kind)}</h2>"
    yield _table(["", *_MEASURES], [[kind.kind, *_figures(kind.measures)]])
    if kind.measures.auc is not None:
        yield f"<figure>{_draw_roc(items)}</figure>"
    if any(item.score is not None for item in items):
        yield f"<figure>{_draw_reliability(items)}</figure>"
    if kind.calibrated is not None:
        found = kind.calibrated
        yield (
            f"<p>Calibrated on these files, each by a fit that saw nothing of its group: ECE {found.ece:.3f}, Brier "
            f"{found.brier:.3f}, Cllr {found.cllr:.2f}; the best monotone calibration would reach "
            f"{found.cllr_min:.2f}. So few files support likelihood ratios from {np.exp(found.line.log_low):.2g} "
            f"to {np.exp(found.line.log_high):.2g}.</p>"
        )
    yield "<h3>Could the label be told without looking?</h3>"
    yield _table(
        ["condition", "AUC", ""],
        [
            [probe.condition, f"{probe.auc:.2f}", "suspicious" if probe.suspicious else ""]
            for probe in kind.confounds
        ],
    )
    yield "<h3>By source</h3>"
    yield _table(
        ["source", "against", *_MEASURES],
        [[row.source or "(none)", row.against, *_figures(row.measures)] for row in kind.sources],
    )
    yield "<h3>By condition</h3>"
    yield _table(
        ["third", *_MEASURES],
        [
            [f"{row.condition} {row.low:.4g} to {row.high:.4g}", *_figures(row.measures)]
            for row in kind.conditions
        ],
    )
    yield "<h3>Furthest from the truth</h3>"
    yield _table(["file", "label", "score"], _wrongest(items))


def _figures(measures: Measures) -> list[str]:
    found = measures.interval
    return [
        str(measures.items),
        f"{measures.coverage:.0%}",
        _number(measures.auc),
        f"{found.low:.2f}–{found.high:.2f}, by {found.unit}" if found else "–",
        *(_number(value) for value in (measures.eer, measures.tpr_at_10_fpr, measures.brier, measures.ece)),
        _number(measures.cllr),
    ]


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    if not body:
        return "<p>Too few files to say.</p>"
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in heads)
    return f"<div class=wide tabindex=0><table><tr>{head}</tr>{body}</table></div>"


def _draw_roc(items: Sequence[Item]) -> str:
    false_rate, true_rate = roc_curve(labels_of(items), placed_scores(items))
    at = np.linspace(0.0, 1.0, 11)
    # The highest true rate at or below each false rate: a step is no slope.
    reached = [float(true_rate[false_rate <= x + 1e-12].max()) for x in at]
    lines = {"detector": list(zip(at.tolist(), reached, strict=True)), "chance": [(0.0, 0.0), (1.0, 1.0)]}
    return draw_lines(lines, title="ROC", x="false alarms", y="found", y_range=(0.0, 1.0))


def _draw_reliability(items: Sequence[Item]) -> str:
    answered = [item for item in items if item.score is not None]
    labels, scores = labels_of(answered), placed_scores(answered)
    fifth = np.minimum((scores * 5).astype(int), 4)
    points = [
        (float(np.round(scores[fifth == number].mean(), 2)), float(labels[fifth == number].mean()))
        for number in range(5)
        if (fifth == number).any()
    ]
    lines = {"detector": points, "calibrated": [(0.0, 0.0), (1.0, 1.0)]}
    return draw_lines(
        lines, title="Reliability, by fifths of the score", x="score", y="manipulated", y_range=(0.0, 1.0)
    )


def _wrongest(items: Sequence[Item]) -> list[list[str]]:
    answered = [(abs(item.score - item.label), item) for item in items if item.score is not None]
    answered.sort(key=lambda pair: (-pair[0], pair[1].path))
    return [
        [item.path, "manipulated" if item.label else "authentic", _number(item.score)]
        for distance, item in answered[:_WRONGEST]
        if distance > 0.5
    ]
