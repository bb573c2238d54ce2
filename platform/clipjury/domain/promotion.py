"""Whether a detector's candidate may replace the incumbent: the rule of the promotion gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

FEWEST_PER_CLASS: Final = 50
MOST_SLICE_LOSS: Final = 0.03
MANY_COMPARISONS: Final = 20
MIN_REASON_CHARACTERS: Final = 10

Outcome = Literal["passed", "refused", "too_few_items"]


@dataclass(frozen=True)
class SliceFigures:
    """Both AUCs on a part of the gate set; `is_counted`: it has enough items of both classes."""

    name: str
    incumbent: float | None
    candidate: float | None
    is_counted: bool


@dataclass(frozen=True)
class GateFigures:
    """What the gate looks at, measured on gate gold alone. Rates are at the incumbent's working threshold;
    the candidate's is taken where it finds as many manipulated items."""

    manipulated: int
    authentic: int
    difference: float | None
    difference_low: float | None
    incumbent_false_rate: float | None
    candidate_false_rate: float | None
    slices: Sequence[SliceFigures]


@dataclass(frozen=True)
class Check:
    """One condition of the gate, whether it holds, and the figures in a sentence."""

    name: str
    holds: bool
    sentence: str


@dataclass(frozen=True)
class GateDecision:
    """What the gate says. `missing_*`: gate items that are wanting before any candidate can pass by itself."""

    outcome: Outcome
    checks: tuple[Check, ...]
    missing_manipulated: int
    missing_authentic: int


def decide(figures: GateFigures) -> GateDecision:
    """`passed` only if enough items were judged and every condition holds."""
    checks = (_enough(figures), _better(figures), _slices(figures), _false_alarms(figures))
    if not checks[0].holds:
        outcome: Outcome = "too_few_items"
    else:
        outcome = "passed" if all(check.holds for check in checks) else "refused"
    return GateDecision(
        outcome,
        checks,
        missing_manipulated=max(0, FEWEST_PER_CLASS - figures.manipulated),
        missing_authentic=max(0, FEWEST_PER_CLASS - figures.authentic),
    )


def _enough(figures: GateFigures) -> Check:
    holds = min(figures.manipulated, figures.authentic) >= FEWEST_PER_CLASS
    counted = f"{figures.manipulated} manipulated and {figures.authentic} authentic gate items"
    wanted = f"at least {FEWEST_PER_CLASS} of each are wanted"
    return Check("enough_items", holds, f"{counted}; {wanted}.")


def _better(figures: GateFigures) -> Check:
    if figures.difference is None or figures.difference_low is None:
        return Check("better", False, "The difference cannot be measured: a class is missing.")
    holds = figures.difference_low > 0
    verb = "is above 0" if holds else "is not above 0"
    return Check(
        "better",
        holds,
        f"AUC differs by {figures.difference:+.3f}; the lower end of its interval, "
        f"{figures.difference_low:+.3f}, {verb}.",
    )


def _slices(figures: GateFigures) -> Check:
    counted = [part for part in figures.slices if part.is_counted]
    worse = [
        f"{part.name} ({part.incumbent:.3f} to {part.candidate:.3f})"
        for part in counted
        if part.incumbent is not None
        and part.candidate is not None
        and part.incumbent - part.candidate > MOST_SLICE_LOSS
    ]
    if worse:
        return Check("slices", False, f"Worse by more than {MOST_SLICE_LOSS} on: {', '.join(worse)}.")
    return Check("slices", True, f"None of {len(counted)} slices is worse by more than {MOST_SLICE_LOSS}.")


def _false_alarms(figures: GateFigures) -> Check:
    before, after = figures.incumbent_false_rate, figures.candidate_false_rate
    if before is None or after is None:
        return Check("false_alarms", False, "False alarms cannot be measured: a class is missing.")
    return Check(
        "false_alarms",
        after <= before,
        f"Finding as many manipulated items, it raises false alarms on {after:.0%} of authentic ones; "
        f"the incumbent on {before:.0%}.",
    )


PromotionKind = Literal["gate", "override"]
Refusal = Literal["already_active", "not_compared", "comparison_outdated", "gate_not_passed", "admin_only"]


def how_to_promote(
    *,
    is_active: bool,
    outcome: str | None,
    compared_with_incumbent: bool,
    override: bool,
    is_admin: bool,
) -> PromotionKind | Refusal:
    """By the gate where the newest comparison passed against the present incumbent; else by an admin's override.

    `outcome` is that of the newest comparison, None where there is none.
    """
    if is_active:
        return "already_active"
    if override:
        return "override" if is_admin else "admin_only"
    if outcome is None:
        return "not_compared"
    if not compared_with_incumbent:
        return "comparison_outdated"
    return "gate" if outcome == "passed" else "gate_not_passed"
