"""Weights that turn the plain count upside down dispute the clip, in the transaction of the vote that does it."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.disputes import list_reasons, vote
from tests.factories.rows import anchor_reviewer, make_open_clip, make_user

from clipjury.db.transaction import transaction


def known_reviewer(right: float) -> int:
    with transaction() as session:
        reviewer = make_user(session)
        anchor_reviewer(session, reviewer, sensitivity=right, specificity=right)
    return reviewer


@pytest.mark.parametrize(("expert", "opened"), [(0.95, ["guard"]), (0.70, [])])
def test_one_belief_that_outweighs_the_count_opens_a_dispute_and_a_milder_one_does_not(
    database: Database, expert: float, opened: list[str]
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
    for _ in range(2):
        vote(known_reviewer(0.53), "authentic")
    assert list_reasons(clip_id) == []
    vote(known_reviewer(expert), "manipulated")
    assert list_reasons(clip_id) == opened
    with transaction() as session:
        noted = session.execute(
            text("SELECT count(*) FROM outbox WHERE event = 'dispute_opened'")
        ).scalar_one()
        state = session.execute(text("SELECT state FROM clips")).scalar_one()
    assert noted == len(opened)
    assert state == "open", "voting goes on"
