"""Among clips worth a vote as much, the one that this reviewer's answer furthers most."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipjury.domain.assignment import VALUE_AT_BAR, log_value
from clipjury.domain.matching import SHARED_MISSES, Asking, expected_worth, log_odds_after
from clipjury.domain.retirement import RetirementPolicy
from clipjury_ml.consensus import online

RATES = st.floats(0.05, 0.95)
POSTERIORS = st.floats(0.01, 0.99)
VOTES = st.integers(0, 12)


def asking(sensitivity: float, specificity: float) -> Asking:
    return Asking(0, 0, sensitivity, specificity)


def worth(n: int, p: float, whose: Asking) -> float:
    """Of a clip with n votes alike."""
    return expected_worth(n, n / (1 + SHARED_MISSES * (n - 1)) if n else 0.0, p, whose)


def known(skill: float) -> online.Reliability:
    return online.Reliability(skill, skill, 0.05, 0.05, 20, True)


def ballots(said: list[tuple[bool, float]]) -> list[online.Ballot]:
    return [
        online.Ballot(i, "manipulated" if yes else "authentic", known(skill))
        for i, (yes, skill) in enumerate(said)
    ]


@given(st.integers(0, 8), st.floats(0.7, 0.95), st.booleans(), st.floats(0.52, 0.95))
def test_one_more_answer_moves_a_unanimous_clip_as_the_engine_moves_it(
    n: int, skill: float, yes: bool, own: float
) -> None:
    said = [(True, skill)] * n
    before, after = (online.people_posterior(ballots(each)) for each in (said, [*said, (yes, own)]))
    weight = math.log(own / (1 - own)) * (1 if yes else -1)
    moved = log_odds_after(before.log_odds, before.n_effective, weight)
    assert moved == pytest.approx(abs(after.log_odds), abs=1e-6)


@given(st.lists(st.booleans(), max_size=9), st.booleans(), st.floats(0.52, 0.95))
def test_and_one_that_typical_reviewers_disagree_on(said: list[bool], yes: bool, own: float) -> None:
    cast = [(each, 0.7) for each in said]
    before, after = (online.people_posterior(ballots(each)) for each in (cast, [*cast, (yes, own)]))
    weight = math.log(own / (1 - own)) * (1 if yes else -1)
    moved = log_odds_after(before.log_odds, before.n_effective, weight)
    assert moved == pytest.approx(abs(after.log_odds), abs=1e-6)


def test_the_engine_assumes_the_same_correlation() -> None:
    assert SHARED_MISSES == online.RHO


@given(VOTES, POSTERIORS, RATES, RATES)
def test_the_names_of_the_labels_do_not_matter(n: int, p: float, s: float, c: float) -> None:
    assert worth(n, p, asking(s, c)) == pytest.approx(worth(n, 1 - p, asking(c, s)), rel=1e-9)


@given(VOTES, POSTERIORS, RATES, RATES)
def test_worth_is_a_share_of_what_a_vote_at_the_bar_is_worth(n: int, p: float, s: float, c: float) -> None:
    assert 0.0 < worth(n, p, asking(s, c)) <= 1.0 + 1e-12


@given(st.floats(0.05, 0.95), RATES)
def test_who_tosses_a_coin_carries_a_first_vote_nowhere(p: float, says_manipulated: float) -> None:
    coin = asking(says_manipulated, 1 - says_manipulated)
    assert math.log(worth(0, p, coin)) == pytest.approx(log_value(1, p) - VALUE_AT_BAR, abs=1e-6)


def test_a_clip_goes_to_the_reviewer_who_errs_the_other_way() -> None:
    """Voters lean to manipulated: more is expected of one who seldom says that wrongly than of one who often does."""
    rarely_cries_wolf, often_cries_wolf = asking(0.65, 0.90), asking(0.90, 0.65)
    leans_manipulated, leans_authentic = (4, 0.80), (4, 0.20)
    assert worth(*leans_authentic, rarely_cries_wolf) < worth(*leans_manipulated, rarely_cries_wolf)
    assert worth(*leans_manipulated, often_cries_wolf) < worth(*leans_authentic, often_cries_wolf)


@given(VOTES, POSTERIORS, st.floats(0.55, 0.9))
def test_a_better_reviewer_is_worth_more_where_much_is_missing(n: int, p: float, skill: float) -> None:
    if max(p, 1 - p) < 0.7:
        assert worth(n, p, asking(skill + 0.05, skill + 0.05)) > worth(n, p, asking(skill, skill))


def test_the_policy_sets_the_bar_and_the_pace() -> None:
    policy = RetirementPolicy(theta=0.9, cap=24)
    strict, lax = Asking(0, 0, 0.8, 0.8), Asking(0, 0, 0.8, 0.8, policy.theta, policy.cap)
    assert worth(3, 0.7, lax) > worth(3, 0.7, strict)
    assert lax.fall_per_vote == strict.fall_per_vote / 2
