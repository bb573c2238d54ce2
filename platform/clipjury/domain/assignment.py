"""Which clip a reviewer gets, and for how long: nobody chooses a clip, and nobody can foresee one."""

import math
from datetime import UTC, datetime
from typing import Final

from clipjury.domain.clip_states import ClipState
from clipjury.domain.retirement import DEFAULT_POLICY, RetirementPolicy

LEASE_BASE_S = 600
LEASE_PER_CLIP_SECOND = 10
LEASE_CAP_S = 3600
MAX_RENEWALS = 3

TIER_STARTED = 0
TIER_FRESH = 1
TIER_GOLD = 2  # gold that is served: looked for first when its turn has come (domain/gold.py), else last
TIER_WITHHELD = 3  # near-duplicate groups of gold that is never served


def queue_priority(n_votes: int) -> int:
    """The tier of an open clip, lower first: what somebody has begun is finished before a fresh clip is opened.

    Within a tier the order is the clip's random rank, entered at a random point (`start_rank`), so that
    neither the reviewer nor a crowd of accounts can tell which clip comes next.
    """
    return TIER_STARTED if n_votes > 0 else TIER_FRESH


# What one more vote is worth, as measured on simulated crowds (ADR 23, bench/assignment_order.py).
VALUE_AT_BAR: Final = -1.4  # log of the chance that a vote ends a clip by evidence, where it nearly has
FALL_FRESH: Final = 0.7  # by how much that log falls for each unit of log-odds still missing ...
FALL_PER_VOTE: Final = 0.17  # ... and with each vote of twelve cast without getting there
STEPS_PER_UNIT: Final = 2  # buckets to a factor e of value: clips in one bucket are near-ties
AGE_STEP_S: Final = 302_400  # seconds of age that count as much as one bucket: half a week
AGE_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
RANDOM_SHARE: Final = 0.2  # of the leases, drawn from the queue whatever a vote is worth


def log_value(n_votes: int, p_full: float, policy: RetirementPolicy = DEFAULT_POLICY) -> float:
    """Natural log of what one more vote is worth: the chance of a verdict by evidence for each vote still needed.

    It is high where little is missing to theta, and falls the faster the more of the cap has been used up without
    getting there. A fresh clip stands between one that is nearly done and one on which people do not agree.
    p_full is P(manipulated), detectors included. Raises ValueError for a count below 0 or no probability.
    """
    if n_votes < 0 or not 0.0 <= p_full <= 1.0:
        raise ValueError("a clip has at least 0 votes, and a posterior in [0, 1]")
    sure = min(policy.theta, max(p_full, 1.0 - p_full))
    missing = _logit(policy.theta) - _logit(sure)
    return VALUE_AT_BAR - missing * (FALL_FRESH + FALL_PER_VOTE * n_votes * DEFAULT_POLICY.cap / policy.cap)


def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


def queue_bucket(
    n_votes: int,
    p_full: float,
    importance: int,
    received_at: datetime,
    policy: RetirementPolicy = DEFAULT_POLICY,
) -> int:
    """The clip's place in the order of value x importance x age, lowest first; near-ties share a bucket.

    Age counts as exp(age / a week), so what one clip is ahead of another never changes by waiting: the order is
    written with a vote, and no row is touched for having grown older. importance: 1 to 5.
    """
    if importance < 1:
        raise ValueError("importance must be at least 1")
    worth = log_value(n_votes, p_full, policy) + math.log(importance)
    received = math.floor((received_at - AGE_EPOCH).total_seconds() / AGE_STEP_S)
    return received - math.floor(STEPS_PER_UNIT * worth)


def is_random_turn(random_unit: float) -> bool:
    """Whether the next lease is drawn from the whole queue, value aside; random_unit is fresh, in [0, 1)."""
    if not 0.0 <= random_unit < 1.0:
        raise ValueError("the random number must lie in [0, 1)")
    return random_unit < RANDOM_SHARE


def start_rank(random_unit: float) -> float:
    """The rank in [0, 1) at which the search of a tier begins; it wraps round to the tier's start.

    random_unit is a fresh uniform number in [0, 1); the caller brings the randomness so that a choice can be
    replayed. Raises ValueError outside [0, 1).
    """
    if not 0.0 <= random_unit < 1.0:
        raise ValueError("the random number must lie in [0, 1)")
    return random_unit


def can_offer(
    state: ClipState, n_votes: int, live_leases: int, policy: RetirementPolicy = DEFAULT_POLICY
) -> bool:
    """Whether a clip may be leased once more: open, lease slots free, and never more votes than the cap."""
    return state == "open" and live_leases < policy.parallel_leases and n_votes + live_leases < policy.cap


def can_be_assigned(*, is_uploader: bool, exposed: bool, voted: bool, leased_before: bool) -> bool:
    """Whether this reviewer may judge this clip: see it or vote on it, never both, and only once.

    exposed, voted: to the clip or to a near-duplicate of it. leased_before: an earlier lease of the clip was
    skipped or ran out; it goes to somebody else.
    """
    return not (is_uploader or exposed or voted or leased_before)


def lease_s(duration_s: float | None) -> int:
    """Seconds a lease lives: ten minutes and ten times the clip, an hour at most; None for an image.

    Raises ValueError for a negative or undefined duration.
    """
    if duration_s is None:
        return LEASE_BASE_S
    if not duration_s >= 0.0:
        raise ValueError("duration_s must be at least 0")
    return round(min(LEASE_CAP_S, LEASE_BASE_S + LEASE_PER_CLIP_SECOND * duration_s))


def can_renew(renewals: int) -> bool:
    """Whether a live lease that was renewed so many times may be renewed again."""
    return renewals < MAX_RENEWALS
