"""The thresholds of a policy: each field's name, meaning and range stand here and nowhere else.

A policy is a row of numbers under a version. What the form asks, what the API accepts and what the preview
compares all come from FIELDS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from clipjury.domain.errors import FieldError

FieldKind = Literal["probability", "count", "factor"]
Reach = Literal["open_clips", "new_clips"]


@dataclass(frozen=True, slots=True)
class PolicyField:
    """One threshold. `reach`: whether open clips follow a change, or only clips that come in after it."""

    name: str
    title: str
    help: str
    kind: FieldKind
    low: float
    high: float
    reach: Reach


FIELDS: Final = (
    PolicyField(
        "theta",
        "Certainty to close",
        "A clip closes once people and detectors together are at least this sure, one way or the other. Higher "
        "means fewer wrong verdicts, more votes, and more clips that end as inconclusive.",
        "probability",
        0.8,
        0.999,
        "open_clips",
    ),
    PolicyField(
        "hysteresis",
        "Slack while closing",
        "While the last reviewers finish, the bar is lower by this much, so that a clip does not open and close "
        "again with every vote.",
        "probability",
        0.0,
        0.1,
        "open_clips",
    ),
    PolicyField(
        "min_votes",
        "Votes at least",
        "No clip closes with fewer votes, however sure they are.",
        "count",
        1,
        30,
        "open_clips",
    ),
    PolicyField(
        "min_anchored",
        "Proven reviewers at least",
        "So many reviewers who have proved themselves on clips of known truth must have voted for the side that "
        "wins. With 0, accounts nobody knows could close a clip.",
        "count",
        0,
        10,
        "open_clips",
    ),
    PolicyField(
        "cap",
        "Votes at most",
        "A clip that is not decided by then closes as inconclusive. Clips keep the cap they came in under.",
        "count",
        2,
        50,
        "new_clips",
    ),
    PolicyField(
        "gold_cap",
        "Votes at most on gold",
        "So many people are asked about a clip of known truth before it is used up.",
        "count",
        2,
        200,
        "new_clips",
    ),
    PolicyField(
        "parallel_leases",
        "Reviewers at a time",
        "So many people hold the same clip at once. More is faster; fewer wastes less work when the evidence "
        "suffices early.",
        "count",
        1,
        20,
        "new_clips",
    ),
    PolicyField(
        "strong_odds",
        "What makes a vote strong",
        "A proven reviewer’s vote is strong when it moves the odds by this factor or more. Strong votes on both "
        "sides bring a clip before moderators; a lower factor brings them more.",
        "factor",
        1.1,
        50.0,
        "open_clips",
    ),
    PolicyField(
        "detector_gap",
        "People against a detector",
        "When people and a calibrated detector stand on opposite sides and this far apart, moderators are asked.",
        "probability",
        0.1,
        1.0,
        "open_clips",
    ),
    PolicyField(
        "guard_gap",
        "Weighed against counted",
        "When weighing votes by reliability and plainly counting them are further apart than this, moderators are "
        "asked: what is known of the reviewers may be wrong.",
        "probability",
        0.1,
        1.0,
        "open_clips",
    ),
    PolicyField(
        "audit_share",
        "Share of clips audited",
        "So large a part of the clips that close undisputed is drawn at random for a blind check by moderators.",
        "probability",
        0.0,
        1.0,
        "open_clips",
    ),
    PolicyField(
        "disputes_per_day",
        "Clips at their cap a day",
        "So many of a day’s clips that ended at their cap go to moderators, the most valuable first.",
        "count",
        0,
        10000,
        "open_clips",
    ),
)
NAMES: Final = tuple(field.name for field in FIELDS)


def policy_faults(values: Mapping[str, float]) -> list[FieldError]:
    """What is wrong with a whole policy: unknown and missing names, ranges, and fields that contradict each other."""
    faults = [
        FieldError(name[:60], "No policy has a field of this name.") for name in values if name not in NAMES
    ]
    for field in FIELDS:
        if field.name not in values:
            faults.append(FieldError(field.name, "This field is required."))
        else:
            faults += _range_faults(field, values[field.name])
    return faults or _contradictions(values)


def _range_faults(field: PolicyField, value: float) -> list[FieldError]:
    if field.kind == "count" and value != int(value):
        return [FieldError(field.name, "This must be a whole number.")]
    if not field.low <= value <= field.high:
        return [FieldError(field.name, f"This must lie between {field.low:g} and {field.high:g}.")]
    return []


def _contradictions(values: Mapping[str, float]) -> list[FieldError]:
    faults = []
    if values["min_votes"] > values["cap"]:
        faults.append(FieldError("min_votes", "This is more than the votes a clip may get at most."))
    if values["min_anchored"] > values["cap"]:
        faults.append(FieldError("min_anchored", "This is more than the votes a clip may get at most."))
    if values["parallel_leases"] > values["cap"]:
        faults.append(FieldError("parallel_leases", "This is more than the votes a clip may get at most."))
    return faults


def as_stored(values: Mapping[str, float]) -> dict[str, float | int]:
    """The values as the database keeps them: counts as whole numbers."""
    kinds = {field.name: field.kind for field in FIELDS}
    return {name: int(value) if kinds[name] == "count" else float(value) for name, value in values.items()}
