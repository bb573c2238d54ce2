"""The report as JSON: the headline figures on top, the kinds, sources and conditions below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from clipjury_ml.evaluation.intervals import Interval
from clipjury_ml.evaluation.items import Item
from clipjury_ml.evaluation.report import KindReport, Measures, Report


def report_as_json(report: Report, items: Sequence[Item], detector: dict[str, Any]) -> dict[str, Any]:
    """Everything that is needed to check the figures again: detector, headline, tables, and every item."""
    return {
        "detector": detector,
        **measures_as_json(report.overall),
        "errors": report.errors,
        "seed": report.seed,
        "kinds": [_kind(kind) for kind in report.kinds],
        "per_item": [asdict(item) | {"conditions": dict(item.conditions)} for item in items],
    }


def measures_as_json(measures: Measures) -> dict[str, Any]:
    """The measures with the interval as [low, high], and what was resampled for it beside it."""
    return asdict(measures) | _interval(measures.interval)


def _interval(interval: Interval | None) -> dict[str, Any]:
    if interval is None:
        return {"interval": None, "interval_unit": None, "interval_units": 0}
    return {
        "interval": [interval.low, interval.high],
        "interval_unit": interval.unit,
        "interval_units": interval.units,
    }


def _kind(kind: KindReport) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        **measures_as_json(kind.measures),
        "calibrated": asdict(kind.calibrated) if kind.calibrated else None,
        "sources": [
            {"source": row.source, "against": row.against, **measures_as_json(row.measures)}
            for row in kind.sources
        ],
        "conditions": [
            {"condition": row.condition, "low": row.low, "high": row.high, **measures_as_json(row.measures)}
            for row in kind.conditions
        ],
        "confounds": [asdict(probe) | _interval(probe.interval) for probe in kind.confounds],
    }
