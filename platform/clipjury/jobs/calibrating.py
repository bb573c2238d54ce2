"""Calibrates a detector version on gold: scores what is missing, fits, and carries it to scores and clips."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from clipjury.db.queries import calibrations as queries
from clipjury.db.queries.calibrations import CalibrationItemRow, CalibrationRow
from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.calibration import FEWEST_PER_LABEL, Line, choose_line
from clipjury.domain.errors import ConflictError
from clipjury.jobs.calibrating_conditions import figures, try_conditions
from clipjury.jobs.comparing import score_each
from clipjury.jobs.rescoring import recompute_scored
from clipjury.services import calibrations, detectors

_BATCH = 500


def calibrate_detector(deps: Deps, job: JobRow, report: Callable[[float, str], None]) -> dict[str, Any]:
    """By kind of clip: a bounded line from score to likelihood ratio, cross-fitted figures, what is missing.

    Verdicts never change; posteriors of clips that this detector has scored follow. Raises ConflictError
    (no_calibration_gold).
    """
    version_id = job.arguments["version_id"]
    with transaction() as session:
        version = detectors.get_version(session, version_id)
        missing = queries.list_unscored(session, version_id)
    score_each(deps, version, missing, lambda done, total: report(0.6 * done / total, _scoring(done, total)))
    with transaction() as session:
        items = queries.list_items(session, version_id)
    if not items:
        raise ConflictError(
            "no_calibration_gold", "There is no gold to calibrate on yet: add clips with the role calibrate."
        )
    report(0.65, "Fitting")
    kinds = {
        kind: measure([item for item in items if item.kind == kind])
        for kind in sorted({item.kind for item in items})
    }
    with transaction() as session:
        found = calibrations.record_calibration(session, job, kinds)
    changed = _apply(found, report)
    recomputed = recompute_scored(version, report) if version.state == "active" else 0
    changed += _apply(found, report)  # scores that were being stored while the first pass ran
    return {"calibration_id": found.id, "scores": changed, "recomputed": recomputed}


def _scoring(done: int, total: int) -> str:
    return f"Scoring gold: item {done + 1} of {total}"


def _apply(found: CalibrationRow, report: Callable[[float, str], None]) -> int:
    changed = 0
    while True:
        with transaction() as session:
            done = calibrations.apply_batch(session, found, _BATCH)
        if not done:
            return changed
        changed += done
        report(0.7, f"Calibrating scores: {changed}")


def measure(items: Sequence[CalibrationItemRow]) -> dict[str, Any]:
    """One kind's line (None under 25 answered items of a label) with its cross-fitted figures, as it is stored."""
    from clipjury_ml.evaluation.likelihood import cross_fit, fit_calibration, least_log_ratio_cost

    answered = [item for item in items if item.score is not None]
    labels = [int(item.label == "manipulated") for item in answered]
    found: dict[str, Any] = {
        "items": len(items),
        "abstained": len(items) - len(answered),
        "manipulated": sum(labels),
        "authentic": len(labels) - sum(labels),
        "groups": len({item.group_id for item in answered}),
        "line": None,
        "ece": None,
        "brier": None,
        "cllr": None,
        "cllr_min": None,
        "conditions": [],
    }
    if min(found["manipulated"], found["authentic"]) < FEWEST_PER_LABEL:
        return found
    scores = [item.score or 0.0 for item in answered]
    ratios = cross_fit(labels, scores, [str(item.group_id) for item in answered])
    if ratios is None:
        return found
    measured = figures(labels, ratios)
    fitted = Line(**asdict(fit_calibration(labels, scores)))
    return found | {
        **measured,
        "conditions": try_conditions(answered),
        "line": asdict(choose_line(fitted, measured["cllr"])),
        "cllr_min": least_log_ratio_cost(labels, scores),
    }
