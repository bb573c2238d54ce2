"""A score as evidence: the rule in the platform and the library's fit say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.calibration import WORTHLESS, Line, calibrated_probability, choose_line
from clipjury_ml.evaluation.likelihood import LogisticCalibration

LINES = st.builds(Line, st.floats(-3, 3), st.floats(-3, 3), st.floats(-5, 0), st.floats(0, 5))


@given(LINES, st.floats(0, 1))
def test_the_platform_and_the_library_agree(line: Line, score: float) -> None:
    fitted = LogisticCalibration(line.intercept, line.slope, line.log_low, line.log_high)
    (ratio,) = fitted.log_ratios([score])
    assert calibrated_probability(score, line) == pytest.approx(
        1 / (1 + 2.718281828459045 ** -float(ratio)), abs=1e-12
    )


@given(LINES, st.floats(0, 1), st.floats(0, 1))
def test_a_rising_line_keeps_the_order_and_every_line_its_bounds(line: Line, a: float, b: float) -> None:
    low, high = sorted((calibrated_probability(min(a, b), line), calibrated_probability(max(a, b), line)))
    if line.slope >= 0:
        assert calibrated_probability(min(a, b), line) <= calibrated_probability(max(a, b), line)
    assert 0 < low <= high < 1


@given(LINES, st.floats(0, 1))
def test_what_costs_as_much_as_saying_nothing_says_nothing(line: Line, score: float) -> None:
    assert choose_line(line, 0.999) is line
    assert calibrated_probability(score, choose_line(line, 1.0)) == 0.5
    assert choose_line(line, 1.2) is WORTHLESS


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_what_is_no_score_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match=r"0…1"):
        calibrated_probability(score, WORTHLESS)
