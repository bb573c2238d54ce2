"""Moves a clip's posterior and decides whether it retires."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import consensus as queries
from clipjury.db.queries import events
from clipjury.db.queries import evidence as evidence_queries
from clipjury.db.queries import gold as gold_queries
from clipjury.db.queries.clips import ClipRow
from clipjury.db.queries.consensus import PosteriorRecord
from clipjury.db.queries.evidence import BasisRow, Evidence
from clipjury.domain.assignment import queue_bucket
from clipjury.domain.clip_states import collects_votes
from clipjury.domain.dispute import NOT_DRAWN, Finding
from clipjury.domain.events import ClipRetired, Event
from clipjury.domain.retirement import RetirementDecision, decide_retirement, turns_verdict
from clipjury.services import disputes
from clipjury.services.ballots import ballots_of, detectors_of
from clipjury.services.thresholds import policy_of
from clipjury_ml.consensus import online


@dataclass(frozen=True)
class JudgedClip:
    """What judging needs of a clip."""

    clip_id: uuid.UUID
    state: str
    live_leases: int
    votes_cap: int
    is_gold: bool


@dataclass(frozen=True)
class LockedClip(JudgedClip):
    """What settling needs of a clip whose row the caller has locked."""

    importance: int
    received_at: datetime


@dataclass(frozen=True)
class Judgement:
    """The posterior of the people, with the detectors added, and what to do with the clip."""

    ballots: Sequence[online.Ballot]
    people: online.Posterior
    full: online.Posterior
    decision: RetirementDecision


def judge(evidence: Evidence, clip: JudgedClip) -> Judgement:
    """Pure in its arguments: the same votes, version, scores and policy give the same judgement."""
    cast = ballots_of(evidence.ballots)
    people = online.people_posterior(cast)
    full = online.full_posterior(people, detectors_of(evidence.basis.scores))
    return Judgement(cast, people, full, _decide(cast, people, full, evidence.basis, clip))


def _decide(
    cast: Sequence[online.Ballot],
    people: online.Posterior,
    full: online.Posterior,
    basis: BasisRow,
    clip: JudgedClip,
) -> RetirementDecision:
    if not collects_votes(clip.state):  # type: ignore[arg-type]  # the column's check constraint holds it
        return RetirementDecision("keep_open")
    # Gold is served to many people whatever they answer: stopping early would tell them that it is gold.
    if clip.is_gold and len(cast) < clip.votes_cap:
        return RetirementDecision("keep_open")
    for_manipulated, for_authentic = online.count_anchored(cast)
    return decide_retirement(
        state=clip.state,  # type: ignore[arg-type]
        p_full=full.p_manipulated,
        p_people=people.p_manipulated,
        n_votes=len(cast),
        live_leases=clip.live_leases,
        anchored_for_manipulated=for_manipulated,
        anchored_for_authentic=for_authentic,
        policy=policy_of(basis, clip.votes_cap),
    )


def write_judgement(
    session: Session,
    clip: LockedClip,
    evidence: Evidence,
    *,
    cause: str,
    leases_ended: int = 0,
    lot: float = NOT_DRAWN,
) -> list[Event]:
    """Record the posterior, move the clip under its lock, dispute it where the rules say so; what followed.

    `clip.live_leases` counts the leases that will still be live afterwards. `lot`, uniform in [0, 1), decides
    whether a clip that retires undisputed is audited.
    """
    judgement = judge(evidence, clip)
    return _write(session, clip, evidence, judgement, cause=cause, leases_ended=leases_ended, lot=lot)


def _record(
    clip: LockedClip, evidence: Evidence, judgement: Judgement, cause: str, *, leases_ended: int
) -> PosteriorRecord:
    basis, decision = evidence.basis, judgement.decision
    state = {"keep_open": clip.state, "reopen": "open", "close": "closing", "retire": "retired"}[
        decision.action
    ]
    retired = decision.action == "retire"
    return PosteriorRecord(
        clip_id=clip.clip_id,
        cause=cause,
        p_people=judgement.people.p_manipulated,
        p_full=judgement.full.p_manipulated,
        p_low=judgement.full.low,
        p_high=judgement.full.high,
        n_votes=len(evidence.ballots),
        n_effective=judgement.full.n_effective,
        votes_hash=online.evidence_hash(row.vote_id for row in evidence.ballots),
        scores=json.dumps(basis.scores),
        reliability_version=basis.reliability_version,
        policy_version=basis.policy_version,
        engine_version=online.ENGINE_VERSION,
        state=state,
        outcome=decision.outcome if retired else None,
        reason=decision.reason if retired else None,
        leases_ended=leases_ended,
        queue_bucket=queue_bucket(
            len(evidence.ballots),
            judgement.full.p_manipulated,
            clip.importance,
            clip.received_at,
            policy_of(basis, clip.votes_cap),
        ),
    )


def _write(
    session: Session,
    clip: LockedClip,
    evidence: Evidence,
    judgement: Judgement,
    *,
    cause: str,
    leases_ended: int,
    lot: float,
) -> list[Event]:
    decision = judgement.decision
    record = _record(clip, evidence, judgement, cause, leases_ended=leases_ended)
    posterior_id = queries.record_posterior(session, record)
    return [
        *_publish(session, clip.clip_id, decision, posterior_id),
        *_dispute(session, clip, judgement, evidence.basis, retires=decision.action == "retire", lot=lot),
    ]


def _publish(
    session: Session, clip_id: uuid.UUID, decision: RetirementDecision, posterior_id: int
) -> list[Event]:
    if decision.action != "retire" or decision.outcome is None or decision.reason is None:
        return []
    queries.insert_verdict(session, clip_id, decision.outcome, decision.reason, posterior_id)
    return [ClipRetired(clip_id=str(clip_id), outcome=decision.outcome, reason=decision.reason)]


def _dispute(
    session: Session, clip: LockedClip, judgement: Judgement, basis: BasisRow, *, retires: bool, lot: float
) -> list[Event]:
    found = disputes.find_reasons(
        judgement.ballots,
        judgement.people.p_manipulated,
        basis,
        is_served_gold=clip.is_gold,
        retires=retires,
        lot=lot,
    )
    return disputes.raise_dispute(session, clip.clip_id, found)[1] if found else []


def recompute_clip(session: Session, clip_id: uuid.UUID, cause: str, *, lot: float = NOT_DRAWN) -> bool:
    """Recompute a clip from its own votes under the active version; False for one that has no posterior.

    A retired clip's posterior follows too, and its verdict never: where the votes would now give another outcome,
    the clip is disputed. Nothing is recorded where nothing has changed.
    """
    row = clip_queries.lock_clip(session, clip_id)
    if row is None or row.state not in ("processing", "open", "closing", "retired"):
        return False
    clip = LockedClip(
        clip_id=row.id,
        state=row.state,
        live_leases=row.live_leases,
        votes_cap=row.votes_cap,
        is_gold=gold_queries.find_gold(session, clip_id) is not None,
        importance=row.importance,
        received_at=row.created_at,
    )
    evidence = evidence_queries.get_evidence(session, clip_id)
    judgement = judge(evidence, clip)
    followed: list[Event]
    if _is_settled(session, clip, evidence, judgement):
        queries.stamp_basis(
            session, clip_id, evidence.basis.reliability_version, evidence.basis.policy_version
        )
        # Another policy may dispute what it does not move.
        is_open = collects_votes(clip.state)  # type: ignore[arg-type]
        followed = (
            _dispute(session, clip, judgement, evidence.basis, retires=False, lot=lot) if is_open else []
        )
    elif row.state == "retired":
        queries.record_retired(session, _record(clip, evidence, judgement, cause, leases_ended=0))
        followed = _question_verdict(session, row, evidence.basis, judgement, is_gold=clip.is_gold)
    else:
        followed = _write(session, clip, evidence, judgement, cause=cause, leases_ended=0, lot=lot)
    if followed:
        events.emit(session, followed, subject=f"clip:{clip_id}", actor_id=None)
    return True


def _is_settled(session: Session, clip: LockedClip, evidence: Evidence, judgement: Judgement) -> bool:
    """Whether the newest recorded posterior says the same of the same votes, and the clip stays where it is."""
    newest = queries.find_newest(session, clip.clip_id)
    if newest is None or judgement.decision.action not in ("keep_open", "close"):
        return False
    if judgement.decision.action == "close" and clip.state != "closing":
        return False
    record = _record(clip, evidence, judgement, "", leases_ended=0)
    names = {field.name for field in fields(newest)} - {"reliability_version", "policy_version"}
    return all(getattr(record, name) == getattr(newest, name) for name in names)


def _question_verdict(
    session: Session, row: ClipRow, basis: BasisRow, judgement: Judgement, *, is_gold: bool
) -> list[Event]:
    """Gold that is served is never disputed: it would be known by it."""
    for_manipulated, for_authentic = online.count_anchored(judgement.ballots)
    turned = turns_verdict(
        row.outcome,  # type: ignore[arg-type]  # the column's check constraint holds it
        row.retirement_reason,
        judgement.full.p_manipulated,
        judgement.people.p_manipulated,
        len(judgement.ballots),
        for_manipulated,
        for_authentic,
        policy_of(basis, row.votes_cap),
    )
    if is_gold or not turned:
        return []
    moved = {
        "version": basis.reliability_version,
        "before": row.p_people,
        "after": judgement.people.p_manipulated,
    }
    return disputes.raise_dispute(session, row.id, [Finding("refit", moved)])[1]


def list_outdated(session: Session, limit: int) -> list[uuid.UUID]:
    """Clips judged under reliabilities or a policy that are no longer in force."""
    return queries.list_outdated(session, limit)


def list_settleable(session: Session, limit: int) -> list[uuid.UUID]:
    """Closing clips whose last lease ended without a vote."""
    return queries.list_settleable(session, limit)


def settle_clip(session: Session, clip_id: uuid.UUID, *, lot: float = NOT_DRAWN) -> bool:
    """Decide again on a closing clip that waits for nobody any more."""
    return recompute_clip(session, clip_id, "settled", lot=lot)
