"""A reviewer's own record: what they cast, and what is known of their skill."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import consensus as consensus_queries
from clipjury.db.queries import votes as queries
from clipjury.db.queries.votes import HistoryRow
from clipjury_ml.consensus import online


@dataclass(frozen=True)
class OwnRecord:
    """A reviewer's own history, newest first, with their skill (balanced accuracy) and its 95 % interval."""

    votes_total: int
    votes_today: int
    skill: online.Skill
    gold_answers: int
    is_anchored: bool
    history: Sequence[HistoryRow]


def get_own_record(session: Session, user_id: int, limit: int, before: int | None = None) -> OwnRecord:
    """The record; `before` is a vote id to page on from."""
    row = consensus_queries.find_reliability(session, user_id)
    reliability = online.DEFAULT_RELIABILITY
    if row is not None:
        reliability = online.Reliability(
            row.sensitivity,
            row.specificity,
            row.sensitivity_sd,
            row.specificity_sd,
            row.gold_answers,
            row.is_anchored,
        )
    total, today = queries.count_of_reviewer(session, user_id)
    return OwnRecord(
        votes_total=total,
        votes_today=today,
        skill=online.skill_of(reliability),
        gold_answers=reliability.gold_answers,
        is_anchored=reliability.anchored,
        history=queries.list_history(session, user_id, limit, before),
    )
