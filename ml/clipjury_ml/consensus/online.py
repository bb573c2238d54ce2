"""The consensus of one clip, in closed form, inside the vote's own transaction.

Standard library only, pure, deterministic to the bit: the same set of ballots gives the same bytes in any
order. ADR 0010 derives the tempering, ADR 0011 the weight of an uncalibrated detector.

The confidence that a reviewer states is stored with the vote and is *not* read here. It is ordinal and nobody
has calibrated it: one reviewer's .9 is another's .6, and people who judge deepfakes are over-confident. A
weight may grow out of it once gold shows what each level is worth.
"""

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

ENGINE_VERSION = "online-1"

Response = Literal["authentic", "manipulated", "unsure"]

RHO = 0.2  # assumed correlation of votes on one clip; to be estimated on gold from 50 gold clips on
TRUST_RIGHT, TRUST_WEIGHT = 1.2, 2.0  # overall trust t = (1.2 + h) / (2 + n): .6 before any gold
TRUST_ANSWERS = 4.0  # pseudo-answers at t in each truth class ...
AVERAGE_ANSWERS = 4.0  # ... and at the average person's .6: ADR 0012 measures what happens without
TRUST_CAP = 0.65  # how far an account without enough gold is believed, in either direction
ANCHOR_GOLD_ANSWERS = 5  # gold answers from which on a reviewer is anchored ...
ANCHOR_PER_CLASS = 2  # ... with at least this many of each truth: one class alone cannot tell skill from bias
RATE_FLOOR = 0.02  # nobody is believed to be without fault, or always wrong
Z_95 = 1.959963984540054
UNCALIBRATED_WEIGHT = 0.3  # ADR 0011
CALIBRATED_WEIGHT = 1.0
DETECTOR_LOGIT_LIMIT = 2.0  # so no detector alone lifts a clip past .88


@dataclass(frozen=True, slots=True)
class Reliability:
    """How often one reviewer is right, on each side.

    sensitivity is P(says manipulated | manipulated), specificity P(says authentic | authentic), both strictly
    between 0 and 1; the `_sd` are their posterior standard deviations. anchored: judged on enough gold.
    """

    sensitivity: float
    specificity: float
    sensitivity_sd: float
    specificity_sd: float
    gold_answers: int
    anchored: bool

    def __post_init__(self) -> None:
        """Refuse rates whose logarithm would be infinite."""
        if not (0.0 < self.sensitivity < 1.0 and 0.0 < self.specificity < 1.0):
            raise ValueError("sensitivity and specificity must lie strictly between 0 and 1")


@dataclass(frozen=True, slots=True)
class Ballot:
    """One vote as the consensus sees it: its id, what was said, and how reliable its reviewer is."""

    vote_id: int
    response: Response
    reliability: Reliability


@dataclass(frozen=True, slots=True)
class Posterior:
    """P(manipulated) with its 95 % interval; log_odds and log_odds_sd are natural logarithms."""

    p_manipulated: float
    low: float
    high: float
    n_votes: int
    n_effective: float
    log_odds: float
    log_odds_sd: float


@dataclass(frozen=True, slots=True)
class Skill:
    """One number that sums a reliability up for people, with its 95 % interval; never used as a weight."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DetectorEvidence:
    """What one detector said of the clip; p_manipulated is None when it abstained."""

    p_manipulated: float | None
    in_domain: bool
    calibrated: bool

    def __post_init__(self) -> None:
        """Refuse a score that is no probability."""
        if self.p_manipulated is not None and not 0.0 <= self.p_manipulated <= 1.0:
            raise ValueError("p_manipulated must lie in [0, 1], or be None for an abstention")


def reliability_from_gold(
    hits_manipulated: int, n_manipulated: int, hits_authentic: int, n_authentic: int
) -> Reliability:
    """Gold-anchored trust: each truth class shrunk to the overall t = (1.2 + h) / (2 + n), and to the average.

    Counts are answers to gold clips of that truth (an `unsure` answer is not counted). The spread is that of
    the Beta posterior of each class. Until the reviewer is anchored both rates stay within [.35, .65]: an
    unknown account moves little, in either direction. Raises ValueError for impossible counts.
    """
    if not (0 <= hits_manipulated <= n_manipulated and 0 <= hits_authentic <= n_authentic):
        raise ValueError("gold counts: hits must lie between 0 and the number of gold answers")
    n = n_manipulated + n_authentic
    trust = (TRUST_RIGHT + hits_manipulated + hits_authentic) / (TRUST_WEIGHT + n)
    anchored = n >= ANCHOR_GOLD_ANSWERS and min(n_manipulated, n_authentic) >= ANCHOR_PER_CLASS
    limit = 1.0 - RATE_FLOOR if anchored else TRUST_CAP
    sensitivity, sensitivity_sd = _shrunk_rate(hits_manipulated, n_manipulated, trust, limit)
    specificity, specificity_sd = _shrunk_rate(hits_authentic, n_authentic, trust, limit)
    return Reliability(sensitivity, specificity, sensitivity_sd, specificity_sd, n, anchored)


def _shrunk_rate(hits: int, n: int, trust: float, limit: float) -> tuple[float, float]:
    """Mean, held in [1 - limit, limit], and spread of the Beta posterior with 4 pseudo-answers at t, 4 at .6."""
    strength = n + TRUST_ANSWERS + AVERAGE_ANSWERS
    average = TRUST_RIGHT / TRUST_WEIGHT
    mean = (hits + TRUST_ANSWERS * trust + AVERAGE_ANSWERS * average) / strength
    spread = math.sqrt(mean * (1.0 - mean) / (strength + 1.0))
    return min(limit, max(1.0 - limit, mean)), spread


DEFAULT_RELIABILITY = reliability_from_gold(0, 0, 0, 0)


def skill_of(reliability: Reliability) -> Skill:
    """Balanced accuracy (mean of both sides) with a normal 95 % interval cut to [0, 1]."""
    value = (reliability.sensitivity + reliability.specificity) / 2.0
    reach = Z_95 * math.hypot(reliability.sensitivity_sd, reliability.specificity_sd) / 2.0
    return Skill(value, max(0.0, value - reach), min(1.0, value + reach))


def count_anchored(ballots: Iterable[Ballot]) -> tuple[int, int]:
    """How many anchored reviewers, better than a coin, said (manipulated, authentic)."""
    said = [
        b.response for b in ballots
        if b.reliability.anchored and b.reliability.sensitivity + b.reliability.specificity > 1.0
    ]  # fmt: skip
    return said.count("manipulated"), said.count("authentic")


def people_posterior(ballots: Sequence[Ballot], prior: float = 0.5) -> Posterior:
    """P(manipulated) from the votes alone: the prior's logit plus the tempered sum of log-weights.

    A vote weighs log(sens / (1 - spec)) or log((1 - sens) / spec); `unsure` is counted and weighs nothing.
    The sum is divided by 1 + rho (r - 1), Kish's design effect for r votes that share misses (see `_temper`).
    The interval carries what is not known of the reliabilities: the delta method on the log-odds, each rate
    a Beta of its stated mean and spread, all taken as independent. A test checks it against Monte Carlo.
    Raises ValueError for a prior outside (0, 1) or a vote given twice.
    """
    if not 0.0 < prior < 1.0:
        raise ValueError("the prior must lie strictly between 0 and 1")
    if len({ballot.vote_id for ballot in ballots}) < len(ballots):
        raise ValueError("a vote was given twice: every vote_id may stand once")
    weighed = []
    for ballot in ballots:
        if ballot.response != "unsure":
            r = ballot.reliability
            both = _weigh(r.sensitivity, r.specificity, r.sensitivity_sd, r.specificity_sd)
            weighed.append(both[ballot.response == "manipulated"])
    # A coin-flipper carries nothing, the doubt about it included.
    shift, spread, count = _temper([vote for vote in weighed if vote[0]])
    n_effective = count / (1.0 + RHO * (count - 1.0)) if count else 0.0
    return _posterior(math.log(prior / (1.0 - prior)) + shift, spread, len(ballots), n_effective)


@lru_cache(maxsize=65536)  # reliabilities stay the same within a version: a reviewer is weighed once
def _weigh(s: float, c: float, s_sd: float, c_sd: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Log-likelihood ratio and its variance, of saying authentic and of saying manipulated."""
    if s + c == 1.0:
        return (0.0, 0.0), (0.0, 0.0)  # exactly, where the logarithms would leave a rounding
    authentic = math.log1p(-s) - math.log(c), _log_variance(1.0 - s, s_sd) + _log_variance(c, c_sd)
    manipulated = math.log(s) - math.log1p(-c), _log_variance(s, s_sd) + _log_variance(1.0 - c, c_sd)
    return authentic, manipulated


def _log_variance(mean: float, spread: float) -> float:
    """Var(log X) = psi1(a) - psi1(a + b) for X ~ Beta(a, b) of this mean and spread."""
    if spread < 1e-9:
        return 0.0
    strength = max(1.0, mean * (1.0 - mean) / (spread * spread) - 1.0)
    return _trigamma(mean * strength) - _trigamma(strength)


def _trigamma(x: float) -> float:
    """psi1(x) for x > 0 by one step of its recurrence and three terms of its series (error under 1 %)."""
    u = 1.0 / (x + 1.0)
    return 1.0 / (x * x) + u * (1.0 + u * (0.5 + u / 6.0))


def _temper(votes: list[tuple[float, float]]) -> tuple[float, float, float]:
    """Tempered sum of the (weight, variance) pairs, its standard deviation, the effective count r.

    With a plain head count for r, a coin-flipper or a weak supporter of an expert would *lower* the certainty.
    So votes of the leading side are ranked; the k-th adds g(k) - g(k - 1) of itself, g(k) = k / (1 + rho (k - 1));
    r is the count whose design effect gives the same, and dissent is counted in the leading side's own unit.
    Votes of equal weight give r = their head count; the result is monotone in every weight (ADR 0010).
    """
    if not votes:
        return 0.0, 0.0, 0.0
    total = math.fsum([w for w, _ in votes])
    if total > 0.0:
        return _temper_lead(votes, total)
    mirrored = [(-w, v) for w, v in votes]
    lean, spread, r = _temper_lead(mirrored, -total)
    if total == 0.0:  # neither side leads: the larger count of the two, so that no label is preferred
        lean, spread, r = max((lean, spread, r), _temper_lead(votes, 0.0), key=lambda found: found[2])
    return -lean, spread, r


def _temper_lead(votes: list[tuple[float, float]], total: float) -> tuple[float, float, float]:
    """`_temper` where the positive weights lead; total is their sum with the negative ones, at least 0."""
    lead = sorted([vote for vote in votes if vote[0] > 0.0], reverse=True)
    discounts = _discounts(len(lead))
    ahead = math.fsum([w for w, _ in lead])
    against = math.fsum([-w for w, _ in votes if w < 0.0])
    kept = math.fsum([w * d for (w, _), d in zip(lead, discounts, strict=True)])
    r = (1.0 + (ahead / kept - 1.0) / RHO) * (1.0 + against / ahead)
    temper = 1.0 + RHO * (r - 1.0)
    lean = total / temper
    # The gradient of total / temper, where temper = (ahead + against) / kept - (1 - rho) against / ahead.
    base = 1.0 - lean * (1.0 / kept + (1.0 - RHO) * against / (ahead * ahead))
    slope = lean * (ahead + against) / (kept * kept)
    dissent = 1.0 + lean * (1.0 / kept - (1.0 - RHO) / ahead)
    parts = [v * (g := base + slope * d) * g for (_, v), d in zip(lead, discounts, strict=True)]
    if against:
        parts += [v * dissent * dissent for w, v in votes if w < 0.0]
    return lean, math.sqrt(math.fsum(parts)) / temper, r


@lru_cache(maxsize=256)
def _discounts(n: int) -> tuple[float, ...]:
    """What the k-th of n alike votes still adds: g(k) - g(k - 1) for k = 1 ... n."""
    gains = [k / (1.0 + RHO * (k - 1)) for k in range(n + 1)]
    return tuple(after - before for before, after in pairwise(gains))


def full_posterior(people: Posterior, evidence: Sequence[DetectorEvidence]) -> Posterior:
    """The people posterior moved by what detectors say; `people` itself is never touched.

    A score enters as weight x logit, |logit| <= 2. Detectors that abstain or stand outside their domain add
    nothing. Several are averaged, as one family, until their dependence is measured; where a calibrated one
    answers, uncalibrated ones are left aside. The interval moves along and does not widen.
    """
    answered = [e for e in evidence if e.in_domain and e.p_manipulated is not None]
    heard = [e for e in answered if e.calibrated] or answered
    if not heard:
        return people
    weight = CALIBRATED_WEIGHT if heard[0].calibrated else UNCALIBRATED_WEIGHT
    logits = [_clipped_logit(e.p_manipulated) for e in heard if e.p_manipulated is not None]
    shift = weight * math.fsum(logits) / len(logits)
    return _posterior(people.log_odds + shift, people.log_odds_sd, people.n_votes, people.n_effective)


def _clipped_logit(p: float) -> float:
    if p <= 0.0 or p >= 1.0:
        return math.copysign(DETECTOR_LOGIT_LIMIT, p - 0.5)
    logit = math.log(p) - math.log1p(-p)
    return max(-DETECTOR_LOGIT_LIMIT, min(DETECTOR_LOGIT_LIMIT, logit))


def _posterior(log_odds: float, spread: float, n_votes: int, n_effective: float) -> Posterior:
    low, high = _sigmoid(log_odds - Z_95 * spread), _sigmoid(log_odds + Z_95 * spread)
    return Posterior(_sigmoid(log_odds), low, high, n_votes, n_effective, log_odds, spread)


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)  # the other form would overflow below -709
    return e / (1.0 + e)


def evidence_hash(vote_ids: Iterable[int]) -> str:
    """SHA-256 (hex) of the sorted vote ids joined by commas: which votes a posterior stands on."""
    return hashlib.sha256(",".join(str(i) for i in sorted(vote_ids)).encode()).hexdigest()
