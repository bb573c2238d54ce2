"""When a clip is disputed, which disputed clip comes first, and who may judge it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from math import isfinite
from typing import Any, Final, Literal, TypeVar

from clipjury.domain.clip_states import Outcome

Reason = Literal["strong_clash", "detector_clash", "guard", "valuable_cap", "audit", "appeal", "refit"]
REASONS: Final[tuple[Reason, ...]] = (
    "strong_clash",
    "detector_clash",
    "guard",
    "valuable_cap",
    "audit",
    "appeal",
    "refit",
)
# Told to a moderator before sealing, a reason that rests on a detector would be its figure in words: the clash, and
# a refit, which new scores may have caused. An audit looks the same, so all go under one name until then.
VEILED: Final[frozenset[str]] = frozenset({"detector_clash", "refit", "audit"})
BLIND_CHECK: Final = "blind_check"
NOT_DRAWN: Final = 1.0  # a lot that no share reaches

Id = TypeVar("Id")


@dataclass(frozen=True, slots=True)
class DisputePolicy:
    """The thresholds, part of the versioned policy.

    strong_odds: a vote is strong if it moves the odds by this factor or more. detector_gap, guard_gap:
    differences of probabilities. audit_share: of the clips that retire undisputed. disputes_per_day: a count.
    """

    strong_odds: float = 3.5
    detector_gap: float = 0.75
    guard_gap: float = 0.5
    audit_share: float = 0.02
    disputes_per_day: int = 50
    min_votes: int = 2

    def __post_init__(self) -> None:
        """Refuse thresholds under which everything would be disputed, or which mean nothing."""
        if not (isfinite(self.strong_odds) and self.strong_odds > 1.0):
            raise ValueError("strong_odds must be above 1: a vote that moves nothing is not strong")
        if not (0.0 < self.detector_gap <= 1.0 and 0.0 < self.guard_gap <= 1.0):
            raise ValueError("detector_gap and guard_gap must lie in (0, 1]")
        if not 0.0 <= self.audit_share <= 1.0:
            raise ValueError("audit_share must lie in [0, 1]")
        if self.disputes_per_day < 0 or self.min_votes < 1:
            raise ValueError("disputes_per_day must be at least 0 and min_votes at least 1")


@dataclass(frozen=True, slots=True)
class WeighedVote:
    """A vote as this rule sees it. odds: the factor by which it moves the odds towards what it says."""

    label: str
    odds: float
    is_anchored: bool


@dataclass(frozen=True, slots=True)
class DetectorAnswer:
    """A detector's probability of `manipulated`; None where it abstained."""

    p_manipulated: float | None
    is_in_domain: bool
    is_calibrated: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to dispute a clip, with the figures it rests on.

    sampling_weight: how many undisputed clips this audited one stands for; None for any other reason.
    """

    reason: Reason
    detail: dict[str, Any]
    sampling_weight: float | None = None


def find_reasons(
    votes: Sequence[WeighedVote],
    p_people: float,
    answers: Sequence[DetectorAnswer],
    policy: DisputePolicy,
    *,
    is_served_gold: bool,
    retires: bool,
    lot: float,
    already: Collection[str] = (),
) -> list[Finding]:
    """Why this clip is disputed after this vote; nothing for a reason that was noted before (`already`).

    lot: drawn uniformly from [0, 1) by the caller; `retires` clips that nothing else disputes are audited when it
    falls below the share. Gold that is served is never disputed: it would be known by it.
    """
    if is_served_gold:
        return []
    asked = (
        _strong_clash(votes, policy),
        _detector_clash(votes, p_people, answers, policy),
        _guard(votes, p_people, policy),
    )
    found = [finding for finding in asked if finding is not None and finding.reason not in already]
    if not found and not already and retires and lot < policy.audit_share:
        found = [Finding("audit", {"share": policy.audit_share}, 1.0 / policy.audit_share)]
    return found


def _strong_clash(votes: Sequence[WeighedVote], policy: DisputePolicy) -> Finding | None:
    """Anchored reviewers whose votes weigh much stand on both sides."""
    strong = [vote.label for vote in votes if vote.is_anchored and vote.odds >= policy.strong_odds]
    sides = {label: strong.count(label) for label in ("manipulated", "authentic")}
    return Finding("strong_clash", sides) if all(sides.values()) else None


def _detector_clash(
    votes: Sequence[WeighedVote], p_people: float, answers: Sequence[DetectorAnswer], policy: DisputePolicy
) -> Finding | None:
    """People and a calibrated detector that answered in its domain stand clearly on opposite sides of one half."""
    if len(votes) < policy.min_votes:
        return None
    heard = [
        answer.p_manipulated
        for answer in answers
        if answer.is_calibrated and answer.is_in_domain and answer.p_manipulated is not None
    ]
    for p in heard:
        if (p_people - 0.5) * (p - 0.5) < 0.0 and abs(p_people - p) >= policy.detector_gap:
            return Finding("detector_clash", {"p_people": p_people, "p_detector": p})
    return None


def _guard(votes: Sequence[WeighedVote], p_people: float, policy: DisputePolicy) -> Finding | None:
    """Weighing by reliability turns the plain count upside down: the signature of reliabilities gone wrong."""
    said = [vote.label for vote in votes if vote.label != "unsure"]
    if len(said) < policy.min_votes:
        return None
    share = said.count("manipulated") / len(said)
    if abs(p_people - share) <= policy.guard_gap:
        return None
    return Finding("guard", {"p_people": p_people, "share": share})


def closeness(p: float) -> float:
    """1 where nothing is known (p = .5), 0 where all is."""
    return 1.0 - 2.0 * abs(p - 0.5)


def choose_valuable(waiting: Sequence[tuple[Id, int, float]], limit: int) -> list[Id]:
    """The `limit` most valuable of (id, importance, p): importance × closeness; equal ones by id."""
    ranked = sorted(waiting, key=lambda clip: (-clip[1] * closeness(clip[2]), str(clip[0])))
    return [clip_id for clip_id, _, _ in ranked[: max(0, limit)]]


MIN_CLOSENESS: Final = 0.05  # so that a clip people agree on comes up as well, by its age


def expected_value(p_people: float, importance: int, age_s: float) -> float:
    """What judging a disputed clip now is worth: closeness × importance × age in hours, plus one.

    By the people's posterior alone: an order that detectors moved would tell of them.
    """
    return max(MIN_CLOSENESS, closeness(p_people)) * importance * (1.0 + age_s / 3600.0)


def shown_reasons(reasons: Sequence[str], *, has_sealed: bool) -> list[str]:
    """The reasons as a moderator may read them: those that rest on a detector only once they have sealed."""
    if has_sealed:
        return list(reasons)
    return [reason for reason in reasons if reason not in VEILED] or [BLIND_CHECK]


Conflict = Literal["lease_open", "own_upload", "voted_on_group", "own_appeal", "case_seen"]


def find_conflict(
    *,
    holds_live_lease: bool,
    is_uploader: bool,
    has_voted: bool,
    has_appealed: bool,
    has_seen_earlier_round: bool,
) -> Conflict | None:
    """What keeps a moderator from judging this case; None for nothing. Uploads, votes and leases: of the group."""
    ties: tuple[tuple[bool, Conflict], ...] = (
        (holds_live_lease, "lease_open"),
        (is_uploader, "own_upload"),
        (has_voted, "voted_on_group"),
        (has_appealed, "own_appeal"),
        (has_seen_earlier_round, "case_seen"),
    )
    return next((conflict for is_tied, conflict in ties if is_tied), None)


def is_blind_decision(provisional: Outcome, was_sealed_blind: bool, verdict: Outcome) -> bool:
    """Whether a decision may become gold or a training label.

    It must say what was sealed before any detector figure was seen: a change of mind after the scores had shown is
    the detector's answer as much as the moderator's.
    """
    return was_sealed_blind and provisional == verdict


def ended_day(now: datetime, days_ago: int = 1) -> tuple[datetime, datetime]:
    """Start and end of a UTC day that is over; `now` must carry a time zone, else ValueError."""
    if now.tzinfo is None:
        raise ValueError("now must carry a time zone")
    today = datetime.combine(now.astimezone(UTC).date(), time.min, UTC)
    return today - timedelta(days=days_ago), today - timedelta(days=days_ago - 1)
