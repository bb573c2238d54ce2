"""Which clip a reviewer gets, and for how long: nobody chooses a clip, and nobody can foresee one."""

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
