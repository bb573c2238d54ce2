"""Reliabilities from gold: a new version falls due, is activated whole, and clips follow it."""

from __future__ import annotations

import uuid

from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.trust import REFIT_GOLD_ANSWERS
from clipjury.jobs.consensus import refit
from clipjury.services.assignments import lease_next_clip
from clipjury.services.consensus import list_outdated, recompute_clip
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
    assert refit() == []
    make_gold(0, 1)
    answer_everything(reviewer, "authentic")
    activated = refit()
    assert len(activated) == 1
    assert refit() == []
    with transaction() as session:
        rows = session.execute(text("SELECT version, is_active FROM reliability_versions")).all()
    assert [row.version for row in rows if row.is_active] == activated


def test_a_reliability_is_what_the_tally_on_gold_gives(database: Database) -> None:
    make_gold(14, 8)
    with transaction() as session:
        sharp, coin = make_user(session), make_user(session)
    answer_everything(sharp, "manipulated")
    answer_everything(coin, "unsure")
    refit()
    expected = reliability_from_gold(14, 14, 0, 8)
    with transaction() as session:
        record = get_own_record(session, sharp, 5)
        silent = get_own_record(session, coin, 5)
        stored = session.execute(text("SELECT * FROM reliabilities")).one()
    assert (stored.sensitivity, stored.specificity) == (expected.sensitivity, expected.specificity)
    assert record.gold_answers == 22
    assert record.is_anchored
    assert (silent.gold_answers, silent.is_anchored) == (0, False)


def test_every_clip_follows_a_new_version_and_a_verdict_stands_while_it_is_questioned(
    database: Database,
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    answer_everything(reviewer, "manipulated")
    before = posterior(clip_id)
    make_gold(20, 10)
    answer_everything(reviewer, "manipulated")
    # As if it had retired by evidence that the new version does not bear out.
    run(
        "UPDATE clips SET state = 'retired', outcome = 'no_manipulation_found', retirement_reason = 'evidence', "
        "retired_at = now() WHERE id = :c",
        c=clip_id,
    )
    assert refit()
    with transaction() as session:
        outdated = list_outdated(session, 100)
    assert outdated[-1] == clip_id, "clips that collect votes come first"
    for each in outdated:
        with transaction() as session:
            assert recompute_clip(session, each, "version")
    with transaction() as session:
        assert list_outdated(session, 100) == []
    assert posterior(clip_id) != before
    assert run("SELECT state, outcome, retirement_reason FROM clips WHERE id = :c", c=clip_id) == [
        ("retired", "no_manipulation_found", "evidence")
    ]
    assert run("SELECT cause FROM posteriors WHERE clip_id = :c ORDER BY id", c=clip_id) == [
        ("vote",), ("version",),
    ]  # fmt: skip
    asked = run("SELECT d.clip_id, r.reason FROM disputes d JOIN dispute_reasons r ON r.dispute_id = d.id")
    assert asked == [(clip_id, "refit")], "moderators are asked, and nothing is changed until they decide"


def test_nothing_is_recorded_where_nothing_has_changed(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        reviewer, other = make_user(session), make_user(session)
    answer_everything(reviewer, "manipulated")
    make_gold(15, 10)
    answer_everything(other, "manipulated")
    with transaction() as session:
        recompute_clip(session, clip_id, "version")
    assert run("SELECT count(*) FROM posteriors WHERE clip_id = :c", c=clip_id) == [(2,)]
    # `reviewer` has answered no gold, `other` has voted on the clip too: hold the latter's reliability as it was.
    run("DELETE FROM reliabilities")
    assert refit()
    run("DELETE FROM reliabilities")
    with transaction() as session:
        assert recompute_clip(session, clip_id, "version")
    assert run("SELECT count(*) FROM posteriors WHERE clip_id = :c", c=clip_id) == [(2,)]
    with transaction() as session:
        assert clip_id not in list_outdated(session, 100), "the clip is stamped with the version all the same"


def run(statement: str, **parameters: object) -> list[tuple[object, ...]]:
    with transaction() as session:
        result = session.execute(text(statement), parameters)
        return [tuple(row) for row in result] if result.returns_rows else []


def posterior(clip_id: uuid.UUID) -> float:
    with transaction() as session:
        return float(
            session.execute(text("SELECT p_people FROM clips WHERE id = :c"), {"c": clip_id}).scalar_one()
        )
