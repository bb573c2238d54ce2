"""The constants of consensus and retirement, checked against simulated crowds."""

import pytest
from bench import detector_weight
from bench import retirement_shares as planning


@pytest.mark.parametrize("detector", [False, True])
def test_clips_retired_by_evidence_are_wrong_no_more_often_than_the_threshold_says(detector: bool) -> None:
    setting = planning.Setting(mean_skill=0.70, gold_per_class=10, detector=detector, ease_spread=0.0)
    found = planning.shares(setting, clips=600, seed=11)
    assert found.evidence > 100
    assert found.wrong <= 0.05 * found.evidence


def test_a_crowd_near_chance_ends_inconclusive_instead_of_certain() -> None:
    setting = planning.Setting(mean_skill=0.57, gold_per_class=10, detector=False, ease_spread=0.7)
    found = planning.shares(setting, clips=400, seed=11)
    assert found.evidence <= 0.05 * 400
    assert found.votes > 11


def test_a_skilled_crowd_saves_votes() -> None:
    setting = planning.Setting(mean_skill=0.80, gold_per_class=30, detector=False, ease_spread=0.0)
    found = planning.shares(setting, clips=400, seed=11)
    assert found.evidence >= 0.75 * 400
    assert found.votes < 8


def test_the_detectors_weight_keeps_most_of_what_the_best_one_gains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["detector_weight.py", "--clips", "150"])
    assert detector_weight.main() == 0
