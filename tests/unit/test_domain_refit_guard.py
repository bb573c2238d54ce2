"""When a new version of reliabilities is frozen."""

from __future__ import annotations

import pytest

from clipjury.domain.refit_guard import RefitComparison, label_of, reason_to_freeze


@pytest.mark.parametrize(
    ("p", "label"),
    [(0.0, "authentic"), (0.39, "authentic"), (0.41, None), (0.5, None), (0.59, None), (0.61, "manipulated")],
)
def test_a_posterior_near_a_half_names_no_label(p: float, label: str | None) -> None:
    assert label_of(p) == label


@pytest.mark.parametrize(
    ("clips", "flipped", "furthest", "active_gold", "says"),
    [
        (1000, 20, 0.3, 100, None),
        (1000, 21, 0.3, 100, "21 of 1000 clips with votes (2.1%) would change their label."),
        (10, 2, 0.3, 100, None),
        (10, 3, 0.3, 100, "3 of 10 clips with votes (30.0%) would change their label."),
        (1000, 1, 0.5, 100, None),
        (1000, 1, 0.51, 100, "The posterior of one clip would move by 0.51."),
        (1000, 900, 0.9, 19, None),
        (0, 0, 0.0, 100, None),
    ],
)
def test_too_many_flips_or_one_far_leap_freeze_a_version(
    clips: int, flipped: int, furthest: float, active_gold: int, says: str | None
) -> None:
    assert reason_to_freeze(RefitComparison(clips, flipped, furthest, 0.1, active_gold)) == says
