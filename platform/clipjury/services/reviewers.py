"""A reviewer's own record: what they cast, and what is known of their skill."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import reliabilities as reliability_queries
from clipjury.db.queries import votes as queries
from clipjury.db.queries.votes import HistoryRow
from clipjury.domain.trust import is_gold_told
from clipjury_ml.consensus import online

ToldGold = tuple[str, bool]  # the truth, and whether the answer was it


def told_gold(row: HistoryRow) -> ToldGold | None:
    """What the reviewer may be told of a vote on gold: the label, and whether they were right; else None."""
    if row.gold_label is None or row.gold_since is None:
        return None
    if not is_gold_told(row.cast_at, row.gold_since, row.read_at):
        return None
    return row.gold_label, row.label == row.gold_label


@dataclass(frozen=True)
class OwnRecord:
    """A reviewer's own history, newest first, with their skill (balanced accuracy) and its 95 % interval.

    is_synthetic_only: every gold answer was on a drawn clip, so that the interval is not to be quoted.
    """

    votes_total: int
    votes_today: int
    skill: online.Skill
    gold_answers: int
    is_anchored: bool
    is_synthetic_only: bool
    history: Sequence[HistoryRow]


def get_own_record(session: Session, user_id: int, limit: int, before: int | None = None) -> OwnRecord:
    """The record; `before` is a vote id to page on from."""
    row = reliability_queries.find_reliability(session, user_id)
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
        is_synthetic_only=row is not None and 0 < row.gold_answers == row.synthetic_answers,
        history=queries.list_history(session, user_id, limit, before),
    )
