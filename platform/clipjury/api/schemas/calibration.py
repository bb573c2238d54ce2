"""A detector version's calibration: what its scores are worth, by kind of clip."""

import math
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from clipjury.api.schemas.base import AnswerModel
from clipjury.db.queries.calibrations import CalibrationGoldRow, CalibrationRow
from clipjury.domain.calibration import FEWEST_PER_LABEL
from clipjury.domain.conditions import Condition


class CalibrationLine(AnswerModel):
    """log LR = intercept + slope × logit(score); the likelihood ratio is held within [lowest, highest]."""

    intercept: float
    slope: float
    lowest: float
    highest: float


class CalibratedBand(AnswerModel):
    """One band of a condition, with figures cross-fitted on its items; the other bands keep the kind's line."""

    band: str
    manipulated: int
    authentic: int
    line: CalibrationLine
    ece: float
    brier: float
    cllr: float


class CalibratedCondition(AnswerModel):
    """Lines by a condition, tried beside the kind's one. `gain`: by how much less they cost (Cllr) on the same items,
    with its standard error; only lines whose gain is clear are used, of one condition at most."""

    condition: Condition
    is_used: bool
    gain: float
    gain_sd: float
    ece: float
    brier: float
    cllr: float
    bands: list[CalibratedBand]


class CalibratedKind(AnswerModel):
    """One kind of clip. Without a line scores of this kind stay uncalibrated; figures are cross-fitted by group.

    manipulated, authentic: answered items. cllr: 0 perfect, 1 says nothing; cllr_min is what ranking alone allows.
    """

    kind: str
    items: int
    abstained: int
    manipulated: int
    authentic: int
    groups: int
    line: CalibrationLine | None
    ece: float | None
    brier: float | None
    cllr: float | None
    cllr_min: float | None
    conditions: list[CalibratedCondition]


class CalibrationGold(AnswerModel):
    """How much gold there is to calibrate on, for one kind of clip."""

    kind: str
    manipulated: int
    authentic: int


class Calibration(AnswerModel):
    """The newest calibration (none: kinds is empty and `at` null), the gold at hand, and a job that runs."""

    at: datetime | None
    kinds: list[CalibratedKind]
    gold: list[CalibrationGold]
    wanted_of_each: int
    job_id: uuid.UUID | None


def calibration_body(
    newest: CalibrationRow | None, gold: Sequence[CalibrationGoldRow], job_id: uuid.UUID | None
) -> dict[str, Any]:
    """`Calibration`."""
    kinds = newest.kinds if newest else {}
    return {
        "at": newest.created_at if newest else None,
        "kinds": [
            {
                "kind": kind,
                **each,
                "line": _line(each["line"]),
                "conditions": [_condition(tried) for tried in each.get("conditions", ())],
            }
            for kind, each in kinds.items()
        ],
        "gold": [vars(row) for row in gold],
        "wanted_of_each": FEWEST_PER_LABEL,
        "job_id": job_id,
    }


def _condition(tried: Mapping[str, Any]) -> dict[str, Any]:
    bands = [{**band, "line": _line(band["line"])} for band in tried["bands"]]
    return {**{name: value for name, value in tried.items() if name != "cllr_kind"}, "bands": bands}


def _line(line: Mapping[str, float] | None) -> dict[str, float] | None:
    if line is None:
        return None
    return {
        "intercept": line["intercept"],
        "slope": line["slope"],
        "lowest": math.exp(line["log_low"]),
        "highest": math.exp(line["log_high"]),
    }
