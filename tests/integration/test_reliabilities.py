"""Reliabilities from gold: a new version falls due, is activated whole, and clips follow it."""

from __future__ import annotations

import uuid

from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.trust import REFIT_GOLD_ANSWERS
from clipjury.services.assignments import lease_next_clip
from clipjury.services.consensus import list_outdated, recompute_clip, refit_if_due
from clipjury.services.reviewers import get_own_record
from clipjury.services.votes import cast_vote
from clipjury_ml.consensus.online import reliability_from_gold


def answer_everything(reviewer: int, label: str) -> int:
    answered = 0
    while True:
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=0.5)
        if leased is None:
            return answered
        with transaction() as session:
            cast_vote(session, leased[0].id, reviewer, ballot(label))
        answered += 1


def make_gold(manipulated: int, authentic: int) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for label, count in (("manipulated", manipulated), ("authentic", authentic)):
            for _ in range(count):
                make_open_clip(session, uploader, gold_label=label, cap=30)


def test_a_version_falls_due_after_enough_gold_answers_and_not_before(database: Database) -> None:
    make_gold(REFIT_GOLD_ANSWERS - 1, 0)
    with transaction() as session:
        reviewer = make_user(session)
    answer_everything(reviewer, "manipulated")
    with transaction() as session:
        assert refit_if_due(session) is None
    make_gold(0, 1)
    answer_everything(reviewer, "authentic")
    with transaction() as session:
        version = refit_if_due(session)
    assert version is not None
    with transaction() as session:
        assert refit_if_due(session) is None
        rows = session.execute(text("SELECT version, is_active FROM reliability_versions")).all()
    assert [row.version for row in rows if row.is_active] == [version]


def test_a_reliability_is_what_the_tally_on_gold_gives(database: Database) -> None:
    make_gold(14, 8)
    with transaction() as session:
        sharp, coin = make_user(session), make_user(session)
    answer_everything(sharp, "manipulated")
    answer_everything(coin, "unsure")
    with transaction() as session:
        refit_if_due(session)
    expected = reliability_from_gold(14, 14, 0, 8)
    with transaction() as session:
        record = get_own_record(session, sharp, 5)
        silent = get_own_record(session, coin, 5)
        stored = session.execute(text("SELECT * FROM reliabilities")).one()
    assert (stored.sensitivity, stored.specificity) == (expected.sensitivity, expected.specificity)
    assert record.gold_answers == 22
    assert record.is_anchored
    assert (silent.gold_answers, silent.is_anchored) == (0, False)


def test_open_clips_follow_a_new_version_and_retired_ones_do_not(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    answer_everything(reviewer, "manipulated")
    before = posterior(clip_id)
    make_gold(20, 10)
    answer_everything(reviewer, "manipulated")
    with transaction() as session:
        assert refit_if_due(session) is not None
        outdated = list_outdated(session, 100)
    assert clip_id in outdated
    for each in outdated:
        with transaction() as session:
            assert recompute_clip(session, each, "version")
    with transaction() as session:
        assert list_outdated(session, 100) == []
        session.execute(
            text("UPDATE clips SET state = 'retired', outcome = 'inconclusive' WHERE id = :c"), {"c": clip_id}
        )
    assert posterior(clip_id) != before
    with transaction() as session:
        assert not recompute_clip(session, clip_id, "version")


def posterior(clip_id: uuid.UUID) -> float:
    with transaction() as session:
        return float(
            session.execute(text("SELECT p_people FROM clips WHERE id = :c"), {"c": clip_id}).scalar_one()
        )
