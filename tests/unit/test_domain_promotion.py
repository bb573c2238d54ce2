"""The gate's rule and who may promote, as truth tables."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from clipjury.domain.promotion import GateFigures, SliceFigures, decide, how_to_promote

BETTER = GateFigures(
    manipulated=50,
    authentic=50,
    difference=0.1,
    difference_low=0.01,
    incumbent_false_rate=0.2,
    candidate_false_rate=0.2,
    slices=[SliceFigures("kind: video", 0.7, 0.68, True)],
)


def test_a_better_candidate_on_enough_items_passes_with_every_figure_said() -> None:
    decision = decide(BETTER)
    assert decision.outcome == "passed"
    assert [check.holds for check in decision.checks] == [True] * 4
    assert "+0.100" in decision.checks[1].sentence and "+0.010" in decision.checks[1].sentence


@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({"difference_low": 0.0}, "better"),
        ({"difference": 0.0, "difference_low": 0.0}, "better"),
        ({"difference_low": -0.001}, "better"),
        ({"difference": None, "difference_low": None}, "better"),
        ({"candidate_false_rate": 0.21}, "false_alarms"),
        ({"candidate_false_rate": None}, "false_alarms"),
        ({"slices": [SliceFigures("kind: image", 0.7, 0.669, True)]}, "slices"),
    ],
)
def test_each_condition_alone_refuses(change: dict[str, object], failing: str) -> None:
    decision = decide(replace(BETTER, **change))  # type: ignore[arg-type]
    assert decision.outcome == "refused"
    assert [check.name for check in decision.checks if not check.holds] == [failing]


def test_a_slice_with_too_few_items_or_of_one_class_refuses_nothing() -> None:
    slices = [SliceFigures("source: x", 0.9, 0.1, False), SliceFigures("source: y", None, None, True)]
    assert decide(replace(BETTER, slices=slices)).outcome == "passed"


@pytest.mark.parametrize(("manipulated", "authentic"), [(49, 50), (50, 49), (0, 400), (3, 4)])
def test_below_fifty_of_a_class_no_candidate_passes_however_good(manipulated: int, authentic: int) -> None:
    decision = decide(
        replace(BETTER, manipulated=manipulated, authentic=authentic, difference=0.5, difference_low=0.4)
    )
    assert decision.outcome == "too_few_items"
    assert (decision.missing_manipulated, decision.missing_authentic) == (
        max(0, 50 - manipulated),
        max(0, 50 - authentic),
    )


@pytest.mark.parametrize(
    ("outcome", "fits", "override", "is_admin"),
    list(itertools.product((None, "passed", "refused", "too_few_items"), *[(True, False)] * 3)),
)
def test_only_a_passed_gate_or_an_admins_override_promotes(
    outcome: str | None, fits: bool, override: bool, is_admin: bool
) -> None:
    found = how_to_promote(
        is_active=False, outcome=outcome, compared_with_incumbent=fits, override=override, is_admin=is_admin
    )
    if override:
        assert found == ("override" if is_admin else "admin_only")
    elif outcome is None:
        assert found == "not_compared"
    elif not fits:
        assert found == "comparison_outdated"
    else:
        assert found == ("gate" if outcome == "passed" else "gate_not_passed")


def test_what_is_in_force_is_never_promoted() -> None:
    for override in (True, False):
        found = how_to_promote(
            is_active=True, outcome="passed", compared_with_incumbent=True, override=override, is_admin=True
        )
        assert found == "already_active"
