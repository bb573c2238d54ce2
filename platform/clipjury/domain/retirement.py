"""When a clip stops collecting votes, and with which outcome.

`authentic` is not among the answers: no head-count gives it, only trusted provenance or an adjudication.
"""

from dataclasses import dataclass
from typing import Literal

from clipjury.domain.clip_states import ClipState, Outcome

Action = Literal["keep_open", "close", "reopen", "retire"]
Reason = Literal["evidence", "cap"]


@dataclass(frozen=True, slots=True)
class RetirementPolicy:
    """The thresholds; every retirement stores the version it was decided under.

    theta, hysteresis: probabilities. min_votes, cap, parallel_leases, min_anchored: counts.
    """

    version: str = "retirement-1"
    theta: float = 0.95
    hysteresis: float = 0.02
    min_votes: int = 2
    cap: int = 12
    parallel_leases: int = 3
    min_anchored: int = 2

    def __post_init__(self) -> None:
        """Refuse thresholds under which nothing, or everything, would retire."""
        if not 0.5 < self.theta < 1.0:
            raise ValueError("theta must lie strictly between 0.5 and 1")
        if not 0.0 <= self.hysteresis < self.theta - 0.5:
            raise ValueError("hysteresis must be at least 0 and leave theta - hysteresis above 0.5")
        if not 1 <= self.min_votes <= self.cap:
            raise ValueError("min_votes must lie between 1 and the cap")
        if self.parallel_leases < 1 or self.min_anchored < 0:
            raise ValueError("parallel_leases must be at least 1 and min_anchored at least 0")


DEFAULT_POLICY = RetirementPolicy()


@dataclass(frozen=True, slots=True)
class RetirementDecision:
    """What to do now; reason and outcome say why and, when it retires, as what."""

    action: Action
    reason: Reason | None = None
    outcome: Outcome | None = None


def favoured_outcome(p_full: float) -> Outcome:
    """What the clip retires as when evidence suffices."""
    return "manipulated" if p_full > 0.5 else "no_manipulation_found"


def evidence_suffices(
    p_full: float,
    p_people: float,
    n_votes: int,
    anchored_for_manipulated: int,
    anchored_for_authentic: int,
    policy: RetirementPolicy,
    *,
    threshold: float | None = None,
) -> bool:
    """Whether the evidence reaches the threshold (theta unless given) in a way that may end a clip.

    Detectors may add to what people say and never overrule it, so the people posterior must lie on the same
    side; and enough reviewers anchored on gold must have voted for that side: accounts without gold,
    however many, cannot end a clip by evidence.
    """
    for_manipulated = p_full > 0.5
    people_agree = p_people > 0.5 if for_manipulated else p_people < 0.5
    anchored = anchored_for_manipulated if for_manipulated else anchored_for_authentic
    return (
        max(p_full, 1.0 - p_full) >= (policy.theta if threshold is None else threshold)
        and n_votes >= policy.min_votes
        and people_agree
        and anchored >= policy.min_anchored
    )


def decide_retirement(
    state: ClipState,
    p_full: float,
    p_people: float,
    n_votes: int,
    live_leases: int,
    anchored_for_manipulated: int,
    anchored_for_authentic: int,
    policy: RetirementPolicy = DEFAULT_POLICY,
) -> RetirementDecision:
    """Keep a clip open, stop offering it (`close`), offer it again (`reopen`) or retire it.

    p_full and p_people are P(manipulated) with and without detectors. While other leases are live the clip
    only closes: who holds one may still vote. In `closing` the bar is lower by the hysteresis, so that a clip
    does not flutter. `close` for a clip that is closing already means: stay. Raises ValueError for a state
    that collects no votes.
    """
    if state not in ("open", "closing"):
        raise ValueError(f"a clip that is {state} collects no votes, so nothing is to be decided")
    threshold = policy.theta - policy.hysteresis if state == "closing" else policy.theta
    if evidence_suffices(
        p_full,
        p_people,
        n_votes,
        anchored_for_manipulated,
        anchored_for_authentic,
        policy,
        threshold=threshold,
    ):
        return _end(live_leases, "evidence", favoured_outcome(p_full))
    if n_votes >= policy.cap:
        return _end(live_leases, "cap", "inconclusive")
    return RetirementDecision("reopen" if state == "closing" else "keep_open")


def _end(live_leases: int, reason: Reason, outcome: Outcome) -> RetirementDecision:
    """Retire, or close while somebody still holds a lease; the outcome is not settled until then."""
    if live_leases > 0:
        return RetirementDecision("close", reason)
    return RetirementDecision("retire", reason, outcome)


def turns_verdict(
    outcome: Outcome,
    reason: str | None,
    p_full: float,
    p_people: float,
    n_votes: int,
    anchored_for_manipulated: int,
    anchored_for_authentic: int,
    policy: RetirementPolicy = DEFAULT_POLICY,
) -> bool:
    """Whether these posteriors of a retired clip would no longer give the outcome that was published.

    An outcome by evidence stands while evidence reaches theta - hysteresis on its side, one at the cap until it
    reaches theta on either. What a moderator decided is not for the votes to turn.
    """
    if reason not in ("evidence", "cap") or outcome == "authentic":
        return False
    bar = policy.theta if outcome == "inconclusive" else policy.theta - policy.hysteresis
    suffices = evidence_suffices(
        p_full, p_people, n_votes, anchored_for_manipulated, anchored_for_authentic, policy, threshold=bar
    )
    if outcome == "inconclusive":
        return suffices
    return not suffices or favoured_outcome(p_full) != outcome
