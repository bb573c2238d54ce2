"""The ladder: the same evidence gets the same words here and in the browser."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.ladder import strength_of, verdict_words

CASES = json.loads((Path(__file__).parents[1] / "golden" / "ladder.json").read_text())
ORDER = ("moderate", "strong", "very strong")


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case['outcome']}-{case['low']}-{case['calibrated']}"
)
def test_each_case_has_its_words(case: dict[str, Any]) -> None:
    words = verdict_words(case["outcome"], case["low"], case["n_votes"], is_calibrated=case["calibrated"])
    assert words.headline == case["headline"]
    assert words.explanation.endswith(".")


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_evidence_never_gets_a_weaker_word_and_none_is_strong_uncalibrated(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert ORDER.index(strength_of(low, is_calibrated=True)) <= ORDER.index(
        strength_of(high, is_calibrated=True)
    )
    assert strength_of(a, is_calibrated=False) == "moderate"


@given(st.floats(0, 1), st.integers(0, 12))
def test_a_moderators_decision_is_called_one_whatever_the_figures_say(low: float, n_votes: int) -> None:
    words = verdict_words("manipulated", low, n_votes, is_adjudicated=True)
    assert words.headline == "Manipulated, by a moderator’s decision"
