"""What may be trained on, and what a new version is called."""

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from clipjury.domain.errors import FieldError

LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "steps": (1, 20000),
    "batch": (2, 256),
    "learning_rate": (1e-6, 1e-1),
    "frames": (1, 64),
    "evaluate_every": (1, 1000),
    "patience": (1, 1000),
    "budget_minutes": (0.1, 720),
}


def version_name(asked_at: datetime, run_id: uuid.UUID) -> str:
    """A name that sorts by age and cannot be taken: the day, and the first digits of the run's id."""
    return f"{asked_at:%Y.%m.%d}-{run_id.hex[:6]}"


def parameter_faults(parameters: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with the parameters of a run; the ones left out are chosen by the snapshot's size."""
    faults = []
    for name, value in parameters.items():
        low, high = LIMITS[name]
        if not low <= value <= high:
            faults.append(FieldError(f"parameters.{name}", f"Give a number from {low:g} to {high:g}."))
    return faults


def gold_refusal(gold: Collection[uuid.UUID]) -> str | None:
    """Why a snapshot with these gold clips, or near-duplicates of gold, cannot be trained on; None without any.

    Gold measures people and detectors. A detector that has seen it would be measured on what it knows by heart.
    """
    if not gold:
        return None
    return (
        f"{len(gold)} of its clips are gold, or near-duplicates of gold (first: {next(iter(gold))}). Gold is never "
        "trained on. Freeze a new snapshot, which leaves them out."
    )
