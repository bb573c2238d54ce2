"""What detectors add to the people's answer: calibrated on gold where there is any, by version and condition.

A version's weight is its calibration: a line on its log-scores, fitted on gold. A condition with some gold has a line
of its own around it, believed as far as gold is likelier with such lines than without (partial pooling; Gelman and
Hill 2007, chapter 12). Members of a declared family share one prior: copies of one detector count as one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.detector_relations import relate
from clipjury_ml.consensus.scores import CALIBRATED_LIMIT, UNCALIBRATED_WEIGHT, Scores
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.stack import MINIMUM_GOLD, WEIGHT_SPREAD, Input, Stacked, centred_logs, stack
from clipjury_ml.consensus.tempering import softmax

Floats = NDArray[np.float64]

UNBIASED_DETECTORS = "detectors, unbiased"  # a lean to one class, fitted on few gold items, is mostly noise
FEWEST_IN_CONDITION = 5  # gold items under which a condition keeps the version's own line, as in ADR 33


@dataclass(frozen=True)
class FullAnswer:
    """rule: how detectors were calibrated. posteriors: items x classes, cross-fitted on gold. versions: for people."""

    rule: str
    posteriors: Floats
    stacked: Stacked | None = None
    versions: dict[str, Any] = field(default_factory=dict)


def add_detectors(
    people: Floats,
    inputs: Sequence[Input],
    stacks: Mapping[str, Sequence[str]] | None,
    scores: Scores,
    fixed: Codes,
    folds: Codes,
) -> FullAnswer:
    """The people's answer (items x classes) and the scores, by what gold that a detector answered says of them.

    inputs, stacks: those of the people's stack, None where it does not answer alone. An item that no detector
    answered keeps the people's answer: what the detectors alone would say of it is nothing. Gold among such items
    tells what people's answers weigh, and has no say in how far to believe the detectors.
    """
    heard = np.asarray(scores.answered.any(axis=0))
    n_gold = int((heard & (fixed >= 0)).sum())
    logs = centred_logs(people)
    shifted = softmax(logs + scores.uncalibrated_shift())
    if n_gold == 0:
        return FullAnswer("uncalibrated", np.where(heard[:, None], shifted, people))
    versions, leans = calibration_inputs(scores, fixed)
    names = tuple(each.name for each in (*versions, *leans))
    columns = [Input("people", logs, 1.0), *versions, *leans]
    rule, fallback = "few gold", ""
    candidates: dict[str, Sequence[str]] = {"people": ("people", *names)}
    as_is: dict[str, Floats] = {}
    if stacks is not None and n_gold >= MINIMUM_GOLD:
        rule, fallback = "calibrated on gold", UNBIASED_DETECTORS
        candidates = {name: (*chosen, *names) for name, chosen in stacks.items()}
        candidates |= {"people": ("people", *names), "shares": ("shares", *names), "detectors": names}
        candidates[UNBIASED_DETECTORS] = tuple(each.name for each in versions)
        as_is = {"people, uncalibrated": shifted}
        columns = [*inputs, *columns]
    stacked = stack(columns, candidates, as_is, fixed, folds, fallback, heard)
    answer = np.where(heard[:, None], stacked.posteriors, people)
    return FullAnswer(rule, answer, stacked, describe_versions(scores, fixed, stacked.weights["people"]))


def calibration_inputs(scores: Scores, fixed: Codes) -> tuple[list[Input], list[Input]]:
    """The stack's columns of the detectors: the scores with what conditions change of their weight; and of the lean.

    The members of a family share the weight that one detector would have, and its prior: the sum of theirs is as
    free as one's, as far as gold does not show that they differ. Where some are silent, those that answered speak
    for all.
    """
    related = relate(scores, fixed)
    members = related.sum(axis=1)  # how many detectors each counts as one of
    speaking = members[:, None] / np.maximum(related @ scores.answered, 1.0)  # (detectors, items)
    n_families = float((1.0 / members).sum())
    n_classes = scores.p.shape[2]
    versions, leans = [], []
    for d, (name, logs) in enumerate(zip(scores.detectors, scores.logs(CALIBRATED_LIMIT), strict=True)):
        usual, spread = UNCALIBRATED_WEIGHT / n_families / members[d], WEIGHT_SPREAD / np.sqrt(members[d])
        versions.append(Input(column_name(name), logs * speaking[d][:, None], usual, spread))
        for code in _measured_conditions(scores, d, fixed):
            here = np.where((scores.condition[d] == code) & scores.answered[d], speaking[d], 0.0)
            column = column_name(name, scores.conditions[code])
            versions.append(Input(column, logs * here[:, None], 0.0, spread, varies=True))
            leans += [
                Input(f"{column}, class {k}", here[:, None] * np.eye(n_classes)[k], 0.0, spread, varies=True)
                for k in range(n_classes)
            ]
    return versions, leans


def column_name(version: str, condition: str | None = None) -> str:
    """The name of a version's column in the stack, or of what a condition changes of it."""
    return f"detector:{version}" if condition is None else f"detector:{version}, condition {condition}"


def _measured_conditions(scores: Scores, d: int, fixed: Codes) -> list[int]:
    """Of a version: the conditions with gold enough; none where all gold lies in one, whose line is the version's."""
    if not scores.condition.size:
        return []
    on_gold = scores.condition[d][(fixed >= 0) & scores.answered[d]]
    counts = np.bincount(on_gold[on_gold >= 0], minlength=len(scores.conditions))
    if counts.max(initial=0) == on_gold.size:
        return []
    return [int(code) for code in np.flatnonzero(counts >= FEWEST_IN_CONDITION)]


def describe_versions(scores: Scores, fixed: Codes, weights: Mapping[str, float]) -> dict[str, Any]:
    """For each version: its family, how many items and gold items it answered, its weight; the same by condition."""
    families = scores.families or [""] * len(scores.detectors)
    found: dict[str, Any] = {}
    for d, name in enumerate(scores.detectors):
        answered, own = scores.answered[d], weights[column_name(name)]
        conditions: dict[str, Any] = {}
        for code, condition in enumerate(scores.conditions):
            here = answered & (scores.condition[d] == code)
            if here.any():
                moved = weights.get(column_name(name, condition), 0.0)
                conditions[condition] = {**_counts(here, fixed), "weight": own + moved}
        found[name] = {
            "family": families[d] or name, **_counts(answered, fixed), "weight": own, "conditions": conditions
        }  # fmt: skip
    return found


def _counts(where: NDArray[np.bool_], fixed: Codes) -> dict[str, int]:
    return {"answered": int(where.sum()), "gold": int((where & (fixed >= 0)).sum())}
