"""How disputes open: in the vote's own transaction, once, and at no cost where nothing opens."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.conftest import Database
from tests.factories.disputes import add_score, list_reasons, make_disputed, make_strong, trust_version, vote
from tests.factories.rows import make_open_clip, make_user

from clipjury.db.queries import disputes as queries
from clipjury.db.transaction import transaction
from clipjury.domain.dispute import expected_value
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.jobs.disputes import choose_valuable
from clipjury.services import adjudications, disputes
from clipjury.services.detectors import record_score

SEALED = {
    "verdict": "manipulated",
    "reason_codes": ["traces_seen"],
    "rationale": "The seam at the jaw moves.",
}
TABLES = ("disputes", "dispute_reasons", "case_views", "score_views", "provisionals", "decisions", "appeals")


def scalar(statement: str, **parameters: object) -> object:
    with transaction() as session:
        return session.execute(text(statement), parameters).scalar()


def make_moderator() -> int:
    with transaction() as session:
        return make_user(session, "moderator")


def decide(dispute_id: uuid.UUID, moderator_id: int, verdict: str = "manipulated") -> None:
    with transaction() as session:
        adjudications.seal_provisional(session, moderator_id, dispute_id, verdict)  # type: ignore[arg-type]
    with transaction() as session:
        adjudications.decide_dispute(session, moderator_id, dispute_id, **{**SEALED, "verdict": verdict})  # type: ignore[arg-type]


def test_two_strong_reviewers_on_both_sides_open_a_dispute_and_voting_goes_on(database: Database) -> None:
    disputed = make_disputed()
    assert list_reasons(disputed.clip_id) == ["strong_clash"]
    clip = "SELECT {} FROM clips WHERE id = :c"
    assert scalar(clip.format("state"), c=disputed.clip_id) == "open"
    with transaction() as session:
        session.execute(text("UPDATE clips SET parallel_leases = 3"))
        more = make_strong(session, 3)
    for reviewer in more:
        vote(reviewer, "manipulated")
    assert scalar(clip.format("state"), c=disputed.clip_id) == "retired"  # as usual
    assert list_reasons(disputed.clip_id) == ["strong_clash"]  # asked once, whatever was voted since
    assert scalar("SELECT count(*) FROM disputes") == 1
    opened = "SELECT count(*) FROM audit_events WHERE action = 'dispute_opened'"
    assert scalar(opened) == 1
    assert scalar("SELECT payload ->> 'dispute_id' FROM outbox WHERE event = 'dispute_opened'") == str(
        disputed.id
    )


def test_a_calibrated_detector_against_the_people_opens_one_and_an_uncalibrated_one_never(
    database: Database,
) -> None:
    for calibrated, expected in ((True, ["detector_clash"]), (False, [])):
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session))
            add_score(session, clip_id, 0.03, calibrated=calibrated)
            first, second = make_strong(session, 2)
        vote(first, "manipulated")
        assert list_reasons(clip_id) == []
        vote(second, "manipulated")
        assert list_reasons(clip_id) == expected
        with transaction() as session:
            session.execute(text("UPDATE clips SET parallel_leases = 0"))


def test_a_score_that_comes_after_the_votes_opens_one_too(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        add_score(session, clip_id, 0.9, calibrated=False)
        crowd = [*make_strong(session, 1), make_user(session)]
        version = session.execute(
            text(
                "INSERT INTO detector_versions (detector, version, sha256, card, state) "
                "VALUES ('later', '1', 'later', '{}', 'active') RETURNING id"
            )
        ).scalar_one()
        trust_version(session, version)
    for reviewer in crowd:
        vote(reviewer, "manipulated")
    with transaction() as session:
        from clipjury.db.queries.detectors import NewScore

        assert record_score(session, NewScore(clip_id, version, 0.02, True, None, None, 8, 1, 0.1))
    assert list_reasons(clip_id) == ["detector_clash"]


def test_gold_that_is_served_is_never_disputed(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), gold_label="manipulated", cap=30)
        add_score(session, clip_id, 0.01)
        first, second, third = make_strong(session, 3)
    vote(first, "manipulated", lot=0.0)
    vote(second, "manipulated", lot=0.0)
    vote(third, "authentic", lot=0.0)
    assert list_reasons(clip_id) == []


def test_an_audit_is_drawn_by_the_lot_that_the_caller_brings_and_stores_its_weight(
    database: Database,
) -> None:
    for lot, expected in ((0.5, []), (0.0199, ["audit"])):
        with transaction() as session:
            clip_id = make_open_clip(session, make_user(session))
            first, second = make_strong(session, 2)
        vote(first, "manipulated", lot=lot)
        assert list_reasons(clip_id) == []
        vote(second, "manipulated", lot=lot)
        assert list_reasons(clip_id) == expected
    assert scalar("SELECT sampling_weight FROM dispute_reasons") == 50.0


def test_the_policy_in_force_says_what_is_strong_and_how_many_are_audited(database: Database) -> None:
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO policies (theta, hysteresis, min_votes, cap, gold_cap, parallel_leases, min_anchored, "
                "strong_odds, audit_share) VALUES (0.95, 0.02, 2, 12, 30, 3, 2, 50, 1)"
            )
        )
        clip_id = make_open_clip(session, make_user(session))
        crowd = make_strong(session, 5)
    for reviewer, label in zip(crowd, ("manipulated", "authentic"), strict=False):
        vote(reviewer, label)
    assert list_reasons(clip_id) == []  # .9 against .9 is 9 : 1, and 50 : 1 is asked
    for reviewer in crowd[2:]:
        vote(reviewer, "authentic", lot=0.99)
    assert scalar("SELECT outcome FROM clips") == "no_manipulation_found"
    assert list_reasons(clip_id) == ["audit"]


@contextmanager
def counted_statements(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        if not statement.startswith(("PREPARE", "BEGIN")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def test_a_vote_that_disputes_nothing_asks_nothing_more_and_one_that_does_writes_it_and_its_event(
    database: Database,
) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session), cap=12)
        first, second, third = make_strong(session, 3)
    costs = []
    for reviewer, label in ((first, "manipulated"), (second, "authentic"), (third, "unsure")):
        with transaction() as session:
            from clipjury.services.assignments import lease_next_clip

            leased = lease_next_clip(session, reviewer, start=0.5)
            assert leased is not None
        with counted_statements(database) as seen, transaction() as session:
            from tests.factories.rows import ballot

            from clipjury.services.votes import cast_vote

            cast_vote(session, leased[0].id, reviewer, ballot(label))
        costs.append(len(seen))
        assert any("INSERT INTO disputes" in statement for statement in seen) is (label == "authentic")
    assert costs[1] == costs[0] + 2
    assert costs[2] == costs[0]  # the clash still stands, and is known


def test_opening_again_changes_nothing_and_another_reason_joins(database: Database) -> None:
    disputed = make_disputed()
    for reasons in (["strong_clash"], ["guard"], ["guard", "strong_clash"]):
        with transaction() as session:
            assert disputes.open_dispute(session, disputed.clip_id, reasons, {"why": "test"}) == disputed.id
    assert list_reasons(disputed.clip_id) == ["strong_clash", "guard"]
    assert scalar("SELECT count(*) FROM audit_events WHERE action LIKE 'dispute_%'") == 2
    with pytest.raises(NotFoundError), transaction() as session:
        disputes.open_dispute(session, uuid.uuid4(), ["guard"], {})
    with transaction() as session:
        unready = make_open_clip(session, disputed.uploader_id, state="processing")
    with pytest.raises(ConflictError) as refused, transaction() as session:
        disputes.open_dispute(session, unready, ["guard"], {})
    assert refused.value.code == "clip_not_judged"


def test_the_database_itself_holds_one_open_dispute_a_clip(database: Database) -> None:
    disputed = make_disputed()
    for values in ((1, None), (2, None), (2, 1), (3, 1)):
        with pytest.raises(IntegrityError), transaction() as session:
            session.execute(
                text("INSERT INTO disputes (clip_id, round, previous_round) VALUES (:c, :r, :p)"),
                {"c": disputed.clip_id, "r": values[0], "p": values[1]},
            )
    decide(disputed.id, make_moderator())
    with transaction() as session:  # the decision makes room for a second round, and for one only
        again = disputes.open_dispute(session, disputed.clip_id, ["appeal"], {})
    assert again != disputed.id
    assert scalar("SELECT round FROM disputes WHERE id = :d", d=again) == 2
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(
            text("INSERT INTO disputes (clip_id, round, previous_round) VALUES (:c, 3, 2)"),
            {"c": disputed.clip_id},
        )


@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_tables_of_disputes_refuse_every_change_even_to_their_owner(
    database: Database, change: str
) -> None:
    disputed, moderator = make_disputed(), make_moderator()
    decide(disputed.id, moderator)
    with transaction() as session:
        session.execute(
            text("INSERT INTO score_views (user_id, group_id) VALUES (:u, :c)"),
            {"u": moderator, "c": disputed.clip_id},
        )
        session.execute(
            text(
                "INSERT INTO appeals (verdict_id, dispute_id, appellant_id, grounds) "
                "SELECT max(id), :d, :u, 'grounds' FROM verdicts"
            ),
            {"d": disputed.id, "u": moderator},
        )
    columns = {"case_views": "user_id", "score_views": "user_id"}
    for table in TABLES:
        assert scalar(f"SELECT count(*) FROM {table}") != 0  # noqa: S608
        column = columns.get(table, "id")
        for url in (database.app_url, database.owner_url):
            engine = create_engine(url)
            with pytest.raises(DBAPIError), engine.begin() as connection:
                connection.execute(text(change.format(table, column, column)))
            engine.dispose()


def retire_at_cap(importance: int, p: float, at: datetime, *, gold: bool = False) -> uuid.UUID:
    with transaction() as session:
        clip_id = make_open_clip(
            session, make_user(session), gold_label="manipulated" if gold else None, state="received"
        )
        session.execute(
            text(
                "UPDATE clips SET state = 'retired', outcome = 'inconclusive', retirement_reason = 'cap', "
                "retired_at = :at, importance = :importance, p_full = :p, p_people = :p WHERE id = :c"
            ),
            {"at": at, "importance": importance, "p": p, "c": clip_id},
        )
    return clip_id


def test_the_sweep_takes_the_most_valuable_of_each_ended_day_and_no_more(database: Database) -> None:
    now = datetime.now(UTC)
    noon = now.replace(hour=12, minute=0) - timedelta(days=1)
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO policies (theta, hysteresis, min_votes, cap, gold_cap, parallel_leases, min_anchored, "
                "disputes_per_day) VALUES (0.95, 0.02, 2, 12, 30, 3, 2, 2)"
            )
        )
    torn, harmful, clear = (retire_at_cap(*facts, noon) for facts in ((1, 0.5), (5, 0.6), (1, 0.9)))
    before = retire_at_cap(1, 0.9, noon - timedelta(days=1))
    today, gold = retire_at_cap(5, 0.5, now), retire_at_cap(5, 0.5, noon, gold=True)
    assert choose_valuable(now) == 3
    assert [list_reasons(clip) for clip in (torn, harmful, before)] == [["valuable_cap"]] * 3
    assert [list_reasons(clip) for clip in (clear, today, gold)] == [[], [], []]
    assert choose_valuable(now) == 0  # the day's places are taken
    with transaction() as session:
        dispute_id = queries.find_newest(session, torn)
        session.execute(
            text(
                "INSERT INTO posteriors (clip_id, cause, p_people, p_full, p_low, p_high, n_votes, n_effective, "
                "votes_hash, reliability_version, policy_version, engine_version) "
                "VALUES (:c, 'vote', 0.5, 0.5, 0.4, 0.6, 12, 4, 'x', 1, 1, 'test')"
            ),
            {"c": torn},
        )
    assert dispute_id is not None
    decide(dispute_id, make_moderator())
    assert choose_valuable(now) == 0  # a decision gives its place to nobody
    assert choose_valuable(now + timedelta(days=1)) == 1  # today has ended
    assert list_reasons(today) == ["valuable_cap"]


def test_the_queue_sorts_by_the_rule_of_the_domain(database: Database) -> None:
    with transaction() as session:
        for importance, p, hours in ((1, 0.5, 3), (5, 0.97, 40), (3, 0.7, 0), (2, 0.2, 10), (1, None, 1)):
            clip_id = make_open_clip(session, make_user(session))
            session.execute(
                text("UPDATE clips SET importance = :i, p_people = :p WHERE id = :c"),
                {"i": importance, "p": p, "c": clip_id},
            )
            session.execute(
                text(
                    "INSERT INTO disputes (clip_id, round, opened_at) "
                    "VALUES (:c, 1, now() - make_interval(hours => :h))"
                ),
                {"c": clip_id, "h": hours},
            )
        moderator = make_user(session, "moderator")
    seen = []
    place = None
    while True:
        with transaction() as session:
            page = queries.list_queue(
                session, user_id=moderator, is_decided=False, reason=None, veiled=[], held_group=None,
                limit=2, before=place,
            )  # fmt: skip
            if not page:
                break
            for row in page:
                p = session.execute(
                    text("SELECT p_people FROM clips WHERE id = :c"), {"c": row.clip_id}
                ).scalar()
                age_s = (row.as_of - row.opened_at).total_seconds()
                assert row.value == pytest.approx(
                    expected_value(0.5 if p is None else p, row.importance, age_s)
                )
            seen += page
            place = queries.QueuePlace(page[-1].as_of, page[-1].value, page[-1].id)
    assert [row.value for row in seen] == sorted((row.value for row in seen), reverse=True)
    assert len({row.id for row in seen}) == 5
    assert len({row.as_of for row in seen}) == 1  # ages do not move under a reader who pages on


def test_labels_come_from_the_newest_decision_and_from_blind_ones_alone(database: Database) -> None:
    def labels() -> dict[uuid.UUID, str]:
        with transaction() as session:
            return {row.clip_id: row.verdict for row in adjudications.list_blind_labels(session)}

    blind, seen, unclear = make_disputed(), make_disputed(), make_disputed()
    decide(blind.id, make_moderator())
    sighted = make_moderator()
    with transaction() as session:
        session.execute(
            text("INSERT INTO score_views (user_id, group_id) VALUES (:u, :g)"),
            {"u": sighted, "g": seen.clip_id},
        )
    decide(seen.id, sighted, "authentic")
    decide(unclear.id, make_moderator(), "inconclusive")
    assert labels() == {blind.clip_id: "manipulated"}
    with transaction() as session:
        second = disputes.open_dispute(session, blind.clip_id, ["appeal"], {})
    assert labels() == {blind.clip_id: "manipulated"}  # until the appeal is decided
    changed = make_moderator()
    with transaction() as session:
        adjudications.seal_provisional(session, changed, second, "manipulated")
    with transaction() as session:  # a change of mind after the scores had shown
        adjudications.decide_dispute(session, changed, second, **{**SEALED, "verdict": "authentic"})  # type: ignore[arg-type]
    assert labels() == {}
