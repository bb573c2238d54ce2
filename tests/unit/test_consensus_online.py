"""The online consensus step: closed form, pure, exact."""

import math
import random
import sys
from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from clipjury_ml.consensus.online import (
    ANCHOR_GOLD_ANSWERS,
    DEFAULT_RELIABILITY,
    RHO,
    TRUST_CAP,
    UNCALIBRATED_WEIGHT,
    Ballot,
    DetectorEvidence,
    Posterior,
    Reliability,
    _temper,
    count_anchored,
    evidence_hash,
    full_posterior,
    people_posterior,
    reliability_from_gold,
    skill_of,
)

rates = st.floats(0.02, 0.98)
spreads = st.floats(0.0, 0.2)
responses = st.sampled_from(["authentic", "manipulated", "unsure"])


@st.composite
def reliabilities(draw: st.DrawFn) -> Reliability:
    return Reliability(draw(rates), draw(rates), draw(spreads), draw(spreads), 10, True)


@st.composite
def honest(draw: st.DrawFn) -> Reliability:
    """Someone better than a coin: sensitivity + specificity above one."""
    sensitivity = draw(st.floats(0.3, 0.98))
    specificity = draw(st.floats(1.02 - sensitivity, 0.98))
    return Reliability(sensitivity, specificity, 0.05, 0.05, 10, True)


@st.composite
def crowds(draw: st.DrawFn, least: int = 0) -> list[Ballot]:
    size = draw(st.integers(least, 12))
    return [Ballot(i + 1, draw(responses), draw(reliabilities())) for i in range(size)]


def skilled(skill: float, spread: float = 0.05) -> Reliability:
    return Reliability(skill, skill, spread, spread, 20, True)


def unanimous(n: int, skill: float) -> list[Ballot]:
    return [Ballot(i, "manipulated", skilled(skill)) for i in range(n)]


def plain_log_odds(ballots: list[Ballot], prior: float = 0.5) -> float:
    """An independent batch recomputation, written from the ADR's formula and not from the code."""
    weights = []
    for ballot in ballots:
        s, c = ballot.reliability.sensitivity, ballot.reliability.specificity
        if ballot.response == "manipulated":
            weights.append(math.log(s / (1 - c)))
        elif ballot.response == "authentic":
            weights.append(math.log((1 - s) / c))
    total = sum(weights)
    if abs(total) < 1e-13:
        return math.log(prior / (1 - prior))
    lead = sorted((abs(w) for w in weights if w * total > 0), reverse=True)
    other = sum(abs(w) for w in weights if w * total < 0)
    discounted = sum(
        w * (k / (1 + 0.2 * (k - 1)) - (k - 1) / (1 + 0.2 * (k - 2))) for k, w in enumerate(lead, start=1)
    )
    r_lead = 1 + (sum(lead) / discounted - 1) / 0.2
    r = r_lead * (1 + other / sum(lead))
    return math.log(prior / (1 - prior)) + total / (1 + 0.2 * (r - 1))


# --- the posterior -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("skill", "expected"), [(0.60, 0.82), (0.65, 0.91), (0.70, 0.96)])
def test_twelve_unanimous_votes_reach_what_the_design_says(skill: float, expected: float) -> None:
    assert people_posterior(unanimous(12, skill)).p_manipulated == pytest.approx(expected, abs=0.005)


@given(st.integers(1, 12), st.integers(0, 12), st.floats(0.52, 0.97))
def test_votes_of_equal_weight_are_tempered_by_their_head_count(
    n_for: int, n_against: int, skill: float
) -> None:
    ballots = unanimous(n_for, skill)
    ballots += [Ballot(100 + i, "authentic", skilled(skill)) for i in range(n_against)]
    r = n_for + n_against
    expected = (n_for - n_against) * math.log(skill / (1 - skill)) / (1 + RHO * (r - 1))
    assert people_posterior(ballots).log_odds == pytest.approx(expected, abs=1e-9)


def test_no_votes_give_the_prior() -> None:
    posterior = people_posterior([], prior=0.3)
    assert posterior.p_manipulated == pytest.approx(0.3)
    assert (posterior.n_votes, posterior.n_effective) == (0, 0.0)
    assert posterior.low == posterior.high == posterior.p_manipulated


@given(crowds(), st.floats(0.05, 0.95))
def test_the_online_step_agrees_with_a_batch_recomputation(ballots: list[Ballot], prior: float) -> None:
    assert people_posterior(ballots, prior).log_odds == pytest.approx(
        plain_log_odds(ballots, prior), abs=1e-8
    )


@given(crowds(), st.integers(0, 2**32))
def test_the_order_of_the_votes_changes_no_bit(ballots: list[Ballot], seed: int) -> None:
    shuffled = list(ballots)
    random.Random(seed).shuffle(shuffled)
    assert repr(people_posterior(shuffled)) == repr(people_posterior(ballots))


@given(crowds(), st.sampled_from([0.25, 0.5, 0.625, 0.75]), st.sampled_from(["authentic", "manipulated"]))
def test_a_coin_flipper_changes_nothing_but_the_count(
    ballots: list[Ballot], says: float, response: str
) -> None:
    flipper = Reliability(says, 1 - says, 0.0, 0.0, 30, True)
    before, after = people_posterior(ballots), people_posterior([*ballots, Ballot(999, response, flipper)])
    assert after == replace(before, n_votes=before.n_votes + 1)


@given(crowds(), reliabilities())
def test_unsure_counts_as_a_vote_and_moves_nothing(ballots: list[Ballot], reliability: Reliability) -> None:
    before, after = (
        people_posterior(ballots),
        people_posterior([*ballots, Ballot(999, "unsure", reliability)]),
    )
    assert after == replace(before, n_votes=before.n_votes + 1)


@given(crowds(), st.floats(0.05, 0.95))
def test_swapping_the_labels_mirrors_the_posterior(ballots: list[Ballot], prior: float) -> None:
    swap = {"authentic": "manipulated", "manipulated": "authentic", "unsure": "unsure"}
    mirrored = []
    for b in ballots:
        r = b.reliability
        turned = Reliability(
            r.specificity, r.sensitivity, r.specificity_sd, r.sensitivity_sd, r.gold_answers, r.anchored
        )
        mirrored.append(Ballot(b.vote_id, swap[b.response], turned))
    here, there = people_posterior(ballots, prior), people_posterior(mirrored, 1 - prior)
    assert there.log_odds == pytest.approx(-here.log_odds, abs=1e-12)
    assert there.p_manipulated == pytest.approx(1 - here.p_manipulated, abs=1e-12)
    assert (there.low, there.high) == pytest.approx((1 - here.high, 1 - here.low), abs=1e-12)
    assert there.n_effective == here.n_effective


@given(crowds(), honest())
def test_one_more_vote_for_manipulated_by_an_honest_reviewer_never_lowers_it(
    ballots: list[Ballot], reliability: Reliability
) -> None:
    more = people_posterior([*ballots, Ballot(999, "manipulated", reliability)])
    assert more.log_odds >= people_posterior(ballots).log_odds - 1e-12


@given(crowds(least=1), honest(), st.integers(0, 11))
def test_turning_one_vote_to_manipulated_raises_the_posterior(
    ballots: list[Ballot], reliability: Reliability, at: int
) -> None:
    at %= len(ballots)
    against, in_favour = list(ballots), list(ballots)
    against[at] = Ballot(ballots[at].vote_id, "authentic", reliability)
    in_favour[at] = Ballot(ballots[at].vote_id, "manipulated", reliability)
    assert people_posterior(in_favour).log_odds > people_posterior(against).log_odds


@given(crowds(), honest(), st.floats(0.0, 0.5))
def test_a_better_reviewer_moves_at_least_as_much(
    ballots: list[Ballot], base: Reliability, step: float
) -> None:
    better = replace(base, specificity=base.specificity + step * (0.99 - base.specificity))
    weak = people_posterior([*ballots, Ballot(999, "manipulated", base)])
    strong = people_posterior([*ballots, Ballot(999, "manipulated", better)])
    assert strong.log_odds >= weak.log_odds - 1e-12


@given(crowds())
def test_the_interval_holds_the_posterior_and_the_effective_count_never_exceeds_the_votes(
    ballots: list[Ballot],
) -> None:
    posterior = people_posterior(ballots)
    assert 0 <= posterior.low <= posterior.p_manipulated <= posterior.high <= 1
    assert 0 <= posterior.n_effective <= posterior.n_votes + 1e-9
    assert posterior.n_votes == len(ballots)


def test_the_effective_count_of_twelve_alike_is_three_and_three_quarters() -> None:
    assert people_posterior(unanimous(12, 0.6)).n_effective == pytest.approx(12 / 3.2)
    assert people_posterior(unanimous(1, 0.6)).n_effective == pytest.approx(1.0)


def test_a_tie_of_unequal_votes_prefers_neither_label() -> None:
    lean, spread, count = _temper([(2.0, 0.1), (-1.0, 0.1), (-1.0, 0.1)])
    assert (lean, spread, count) == _temper([(-2.0, 0.1), (1.0, 0.1), (1.0, 0.1)])
    assert (lean, count) == (0.0, pytest.approx(4.0))


def test_a_weak_supporter_never_talks_an_expert_down() -> None:
    expert = Ballot(1, "manipulated", skilled(0.98))
    alone = people_posterior([expert])
    joined = people_posterior([expert, Ballot(2, "manipulated", skilled(0.55))])
    assert joined.log_odds > alone.log_odds


@pytest.mark.parametrize("prior", [0.0, 1.0, -0.1, float("nan")])
def test_a_prior_that_is_no_probability_is_refused(prior: float) -> None:
    with pytest.raises(ValueError, match="prior"):
        people_posterior([], prior)


def test_one_vote_given_twice_is_refused() -> None:
    ballot = Ballot(7, "manipulated", DEFAULT_RELIABILITY)
    with pytest.raises(ValueError, match="twice"):
        people_posterior([ballot, ballot])


# --- the interval against Monte Carlo ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "hits", [[(9, 10, 8, 10), (7, 10, 9, 10), (14, 20, 15, 20)], [(18, 25, 16, 25)] * 6, [(3, 5, 4, 5)] * 3]
)
def test_the_interval_agrees_with_monte_carlo_over_the_reliabilities(
    hits: list[tuple[int, int, int, int]],
) -> None:
    people = [reliability_from_gold(*h) for h in hits]
    ballots = [Ballot(i, "authentic" if i == 0 else "manipulated", r) for i, r in enumerate(people)]
    stated = people_posterior(ballots)
    rng = random.Random(5)

    def draw(mean: float, spread: float) -> float:
        strength = mean * (1 - mean) / spread**2 - 1
        return min(0.999, max(0.001, rng.betavariate(mean * strength, (1 - mean) * strength)))

    drawn = sorted(
        people_posterior(
            [
                Ballot(
                    b.vote_id,
                    b.response,
                    replace(
                        b.reliability,
                        sensitivity=draw(b.reliability.sensitivity, b.reliability.sensitivity_sd),
                        specificity=draw(b.reliability.specificity, b.reliability.specificity_sd),
                    ),
                )
                for b in ballots
            ]
        ).log_odds
        for _ in range(4000)
    )
    simulated = drawn[int(0.975 * 4000)] - drawn[int(0.025 * 4000)]
    width = 2 * 1.96 * stated.log_odds_sd
    assert width == pytest.approx(simulated, rel=0.15)
    covered = sum(abs(x - stated.log_odds) <= 1.96 * stated.log_odds_sd for x in drawn) / 4000
    assert 0.88 <= covered <= 0.99


# --- reliabilities -----------------------------------------------------------------------------------------


def test_an_account_without_gold_stands_at_the_weak_prior() -> None:
    assert reliability_from_gold(0, 0, 0, 0) == DEFAULT_RELIABILITY
    assert DEFAULT_RELIABILITY.sensitivity == DEFAULT_RELIABILITY.specificity == pytest.approx(0.6)
    assert not DEFAULT_RELIABILITY.anchored
    assert DEFAULT_RELIABILITY.sensitivity_sd > 0.15


gold_counts = st.tuples(st.integers(0, 60), st.integers(0, 60), st.floats(0, 1), st.floats(0, 1)).map(
    lambda g: (round(g[0] * g[2]), g[0], round(g[1] * g[3]), g[1])
)


@given(gold_counts)
def test_nobody_below_the_gold_minimum_moves_further_than_the_trust_cap(
    gold: tuple[int, int, int, int],
) -> None:
    r = reliability_from_gold(*gold)
    assume(not r.anchored)
    assert 1 - TRUST_CAP <= r.sensitivity <= TRUST_CAP
    assert 1 - TRUST_CAP <= r.specificity <= TRUST_CAP
    for response in ("authentic", "manipulated"):
        moved = abs(people_posterior([Ballot(1, response, r)]).log_odds)
        assert moved <= math.log(TRUST_CAP / (1 - TRUST_CAP)) + 1e-12


@given(gold_counts)
def test_being_anchored_takes_enough_gold_of_both_truths(gold: tuple[int, int, int, int]) -> None:
    _, n_manipulated, _, n_authentic = gold
    enough = n_manipulated + n_authentic >= ANCHOR_GOLD_ANSWERS and min(n_manipulated, n_authentic) >= 2
    assert reliability_from_gold(*gold).anchored is enough


def test_each_truth_class_is_shrunk_to_the_overall_trust_and_to_the_average() -> None:
    r = reliability_from_gold(10, 10, 5, 10)
    overall = (1.2 + 15) / (2 + 20)
    assert r.sensitivity == pytest.approx((10 + 4 * overall + 4 * 0.6) / 18)
    assert r.specificity == pytest.approx((5 + 4 * overall + 4 * 0.6) / 18)
    assert r.sensitivity > overall > r.specificity
    assert r.gold_answers == 20


def test_with_much_gold_the_rates_are_those_of_the_gold() -> None:
    r = reliability_from_gold(900, 1000, 700, 1000)
    assert (r.sensitivity, r.specificity) == pytest.approx((0.9, 0.7), abs=0.005)


def test_more_gold_narrows_the_uncertainty() -> None:
    few, many = reliability_from_gold(4, 5, 4, 5), reliability_from_gold(40, 50, 40, 50)
    assert many.sensitivity_sd < few.sensitivity_sd


def test_someone_who_always_says_manipulated_on_gold_has_no_weight_for_long() -> None:
    r = reliability_from_gold(30, 30, 0, 30)
    assert abs(people_posterior([Ballot(1, "manipulated", r)]).log_odds) < 0.15


@pytest.mark.parametrize("gold", [(3, 2, 0, 0), (-1, 2, 0, 0), (0, 0, 5, 4), (0, -1, 0, 0)])
def test_impossible_gold_counts_are_refused(gold: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="gold"):
        reliability_from_gold(*gold)


@pytest.mark.parametrize("rate", [0.0, 1.0, float("nan"), -0.2])
def test_a_reliability_must_lie_strictly_between_zero_and_one(rate: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Reliability(rate, 0.6, 0.1, 0.1, 0, False)


def test_skill_is_the_mean_of_both_sides_with_its_interval() -> None:
    skill = skill_of(reliability_from_gold(9, 10, 6, 10))
    r = reliability_from_gold(9, 10, 6, 10)
    assert skill.value == pytest.approx((r.sensitivity + r.specificity) / 2)
    assert 0 <= skill.low < skill.value < skill.high <= 1


def test_only_anchored_reviewers_better_than_a_coin_count_as_anchors() -> None:
    coin = Reliability(0.7, 0.3, 0.05, 0.05, 30, True)
    ballots = [
        Ballot(1, "manipulated", skilled(0.8)),
        Ballot(2, "authentic", skilled(0.8)),
        Ballot(3, "manipulated", DEFAULT_RELIABILITY),
        Ballot(4, "manipulated", coin),
        Ballot(5, "unsure", skilled(0.8)),
        Ballot(6, "manipulated", skilled(0.7)),
    ]
    assert count_anchored(ballots) == (2, 1)


def test_the_values_are_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        DEFAULT_RELIABILITY.sensitivity = 0.9  # type: ignore[misc]


# --- detectors ---------------------------------------------------------------------------------------------

evidences = st.builds(
    DetectorEvidence, st.one_of(st.none(), st.floats(0, 1)), in_domain=st.booleans(), calibrated=st.booleans()
)


@given(crowds(), st.lists(evidences, max_size=4))
def test_detector_evidence_never_changes_the_people_posterior(
    ballots: list[Ballot], evidence: list[DetectorEvidence]
) -> None:
    before = people_posterior(ballots)
    frozen = repr(before)
    full_posterior(before, evidence)
    assert repr(before) == frozen == repr(people_posterior(ballots))


@given(crowds(), st.lists(st.sampled_from([None, 0.0, 0.1, 0.9, 1.0]), max_size=3))
def test_abstaining_and_out_of_domain_detectors_add_nothing(
    ballots: list[Ballot], ps: list[float | None]
) -> None:
    people = people_posterior(ballots)
    silent = [DetectorEvidence(p, in_domain=False, calibrated=True) for p in ps]
    silent.append(DetectorEvidence(None, in_domain=True, calibrated=False))
    assert full_posterior(people, silent) == people


@given(crowds(), st.floats(0, 1))
def test_an_uncalibrated_detector_moves_at_most_two_small_weights(ballots: list[Ballot], p: float) -> None:
    people = people_posterior(ballots)
    full = full_posterior(people, [DetectorEvidence(p, in_domain=True, calibrated=False)])
    assert abs(full.log_odds - people.log_odds) <= 2 * UNCALIBRATED_WEIGHT + 1e-12
    assert (full.n_votes, full.n_effective) == (people.n_votes, people.n_effective)
    assert full.low <= full.p_manipulated <= full.high


@given(crowds(), st.floats(0.13, 0.87))
def test_an_uncalibrated_score_counts_with_the_fixed_weight(ballots: list[Ballot], p: float) -> None:
    people = people_posterior(ballots)
    full = full_posterior(people, [DetectorEvidence(p, in_domain=True, calibrated=False)])
    assert full.log_odds - people.log_odds == pytest.approx(
        UNCALIBRATED_WEIGHT * math.log(p / (1 - p)), abs=1e-9
    )


@given(crowds(), st.floats(0, 1), st.integers(2, 5))
def test_a_second_copy_of_a_detector_is_not_multiplied_in(
    ballots: list[Ballot], p: float, copies: int
) -> None:
    people = people_posterior(ballots)
    one = DetectorEvidence(p, in_domain=True, calibrated=False)
    once, often = full_posterior(people, [one]), full_posterior(people, [one] * copies)
    assert often.log_odds == pytest.approx(once.log_odds, abs=1e-12)


def test_a_calibrated_detector_alone_never_reaches_the_retirement_threshold() -> None:
    full = full_posterior(people_posterior([]), [DetectorEvidence(1.0, in_domain=True, calibrated=True)])
    assert 0.85 < full.p_manipulated < 0.93


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_a_detector_score_outside_zero_to_one_is_refused(p: float) -> None:
    with pytest.raises(ValueError, match="p_manipulated"):
        DetectorEvidence(p, in_domain=True, calibrated=False)


# --- identity ----------------------------------------------------------------------------------------------


def test_the_evidence_hash_names_the_set_of_votes() -> None:
    assert evidence_hash([3, 1, 2]) == evidence_hash([1, 2, 3])
    assert evidence_hash([1, 23]) != evidence_hash([12, 3])
    assert evidence_hash([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_the_online_step_loads_nothing_but_the_standard_library() -> None:
    import subprocess

    code = (
        "import sys; import clipjury_ml.consensus.online; "
        "print([m for m in ('numpy','scipy','torch','pandas','numba') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_posterior_is_a_plain_value() -> None:
    posterior = people_posterior(unanimous(2, 0.8))
    assert isinstance(posterior, Posterior)
    assert posterior == people_posterior(unanimous(2, 0.8))
