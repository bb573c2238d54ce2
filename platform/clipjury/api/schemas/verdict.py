"""The history of a clip's verdicts, and appeals."""

import uuid
from datetime import datetime
from typing import Any

from clipjury.api.schemas.base import AnswerModel, PlainText, RequestModel
from clipjury.api.schemas.words import Outcome, RetirementReason
from clipjury.db.queries.verdicts import VerdictHistoryRow
from clipjury.services.verdicts import Appealed


class AppealIn(RequestModel):
    """What the verdict overlooks."""

    grounds: PlainText


class AppealMade(AnswerModel):
    """An appeal that moderators now have."""

    id: uuid.UUID
    verdict_id: uuid.UUID
    grounds: str
    at: datetime


class VerdictBasis(AnswerModel):
    """The posterior that stood when the verdict was given; what detectors moved is null where it is withheld."""

    p_manipulated: float | None
    p_manipulated_people: float
    interval: tuple[float, float] | None
    n_votes: int
    n_effective: float
    reliability_version: int
    policy_version: str


class VerdictDecision(AnswerModel):
    """The moderators' part: the round, why in ids and in words; null while this moderator has to judge blind."""

    round: int
    reason_codes: list[str] | None
    rationale: str | None
    is_blind: bool | None


class PublishedVerdict(AnswerModel):
    """One verdict. It never changes; a later one stands above it. `can_appeal`: this reader may appeal against it."""

    id: uuid.UUID
    sequence: int
    outcome: Outcome
    reason: RetirementReason
    at: datetime
    basis: VerdictBasis
    decision: VerdictDecision | None
    appeals: int
    is_appealed_by_me: bool
    can_appeal: bool


class VerdictHistory(AnswerModel):
    """All verdicts, the newest first; empty before the clip has retired."""

    items: list[PublishedVerdict]


def verdict_body(row: VerdictHistoryRow, *, is_newest: bool) -> dict[str, Any]:
    """`PublishedVerdict`."""
    decision = None
    if row.round is not None:
        decision = {
            "round": row.round,
            "reason_codes": row.reason_codes,
            "rationale": row.rationale,
            "is_blind": row.is_blind,
        }
    interval = None if row.p_low is None or row.p_high is None else (row.p_low, row.p_high)
    return {
        "id": row.public_id,
        "sequence": row.sequence,
        "outcome": row.outcome,
        "reason": row.reason,
        "at": row.created_at,
        "basis": {
            "p_manipulated": row.p_full,
            "p_manipulated_people": row.p_people,
            "interval": interval,
            "n_votes": row.n_votes,
            "n_effective": row.n_effective,
            "reliability_version": row.reliability_version,
            "policy_version": f"retirement-{row.policy_version}",
        },
        "decision": decision,
        "appeals": row.appeals,
        "is_appealed_by_me": row.is_appealed_by_me,
        "can_appeal": is_newest and not row.is_appealed_by_me,
    }


def appeal_body(appeal: Appealed) -> dict[str, Any]:
    """`AppealMade`."""
    return {
        "id": appeal.id,
        "verdict_id": appeal.verdict_id,
        "grounds": appeal.grounds,
        "at": appeal.created_at,
    }
