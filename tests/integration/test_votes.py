"""Sealing a vote: what moves, what is refused, what is kept, on a real database."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.queries.votes import BallotBody
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError, InvalidError, NotFoundError
from clipjury.services.assignments import lease_next_clip, renew_lease, skip_clip
from clipjury.services.consensus import recompute_clip
from clipjury.services.votes import cast_vote


def scalar(statement: str, **parameters: object) -> object:
    with transaction() as session:
        return session.execute(text(statement), parameters).scalar()


def lease(reviewer_id: int) -> uuid.UUID:
    with transaction() as session:
        leased = lease_next_clip(session, reviewer_id, start=0.5)
        assert leased is not None
        return leased[0].id


def vote(assignment_id: uuid.UUID, reviewer_id: int, body: BallotBody) -> object:
    with transaction() as session:
        return cast_vote(session, assignment_id, reviewer_id, body)


@pytest.fixture
def people(database: Database) -> tuple[int, int, int]:
    """An uploader and two anchored reviewers."""
    with transaction() as session:
        uploader, first, second = (make_user(session) for _ in range(3))
        anchor_reviewer(session, first)
        anchor_reviewer(session, second)
        return uploader, first, second


def test_two_anchored_reviewers_who_agree_retire_a_clip_with_a_verdict(people: tuple[int, int, int]) -> None:
    uploader, first, second = people
    with transaction() as session:
        clip_id = make_open_clip(session, uploader)
    for reviewer in (first, second):
        vote(lease(reviewer), reviewer, ballot("manipulated"))
    with transaction() as session:
        clip = session.execute(text("SELECT * FROM clips WHERE id = :id"), {"id": clip_id}).one()
        verdict = session.execute(text("SELECT * FROM verdicts")).one()
        actions = session.execute(text("SELECT action FROM audit_events ORDER BY id")).scalars().all()
        outbox = session.execute(text("SELECT event FROM outbox ORDER BY id")).scalars().all()
    assert (clip.state, clip.outcome, clip.retirement_reason) == ("retired", "manipulated", "evidence")
    assert clip.votes_count == 2
    assert clip.live_leases == 0
    assert clip.p_full > 0.95
    assert verdict.clip_id == clip_id
    assert list(actions) == list(outbox) == ["vote_cast", "vote_cast", "clip_retired"]


def test_each_vote_appends_a_posterior_with_its_version_and_the_hash_of_its_votes(
    people: tuple[int, int, int],
) -> None:
    uploader, first, second = people
    with transaction() as session:
        make_open_clip(session, uploader)
    vote(lease(first), first, ballot("manipulated"))
    vote(lease(second), second, ballot("authentic"))
    with transaction() as session:
        rows = session.execute(text("SELECT * FROM posteriors ORDER BY id")).all()
    assert [row.n_votes for row in rows] == [1, 2]
    assert rows[0].p_people > 0.8
    assert rows[1].p_people == pytest.approx(0.5)
    assert all(row.p_low < row.p_full < row.p_high for row in rows)
    assert rows[0].votes_hash != rows[1].votes_hash
    assert all(row.policy_version and row.reliability_version and row.engine_version for row in rows)


def test_accounts_without_gold_never_retire_a_clip_before_the_cap(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), cap=12)
        crowd = [make_user(session) for _ in range(12)]
    for number, reviewer in enumerate(crowd, start=1):
        vote(lease(reviewer), reviewer, ballot("manipulated"))
        expected = "open" if number < 12 else "retired"
        assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == expected
    assert scalar("SELECT outcome FROM clips WHERE id = :id", id=clip_id) == "inconclusive"
    assert scalar("SELECT reason FROM verdicts") == "cap"


def test_a_clip_waits_in_closing_for_a_lease_that_is_still_live(people: tuple[int, int, int]) -> None:
    uploader, first, second = people
    with transaction() as session:
        clip_id = make_open_clip(session, uploader)
        late = make_user(session)
    late_lease = lease(late)
    vote(lease(first), first, ballot("manipulated"))
    vote(lease(second), second, ballot("manipulated"))
    assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "closing"
    with transaction() as session:
        assert lease_next_clip(session, make_user(session), start=0.1) is None
    vote(late_lease, late, ballot("manipulated"))
    assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "retired"
    assert scalar("SELECT votes_count FROM clips WHERE id = :id", id=clip_id) == 3


def test_a_closing_clip_is_settled_after_its_last_lease_is_skipped(people: tuple[int, int, int]) -> None:
    uploader, first, second = people
    with transaction() as session:
        clip_id = make_open_clip(session, uploader)
        late = make_user(session)
    late_lease = lease(late)
    for reviewer in (first, second):
        vote(lease(reviewer), reviewer, ballot("authentic"))
    with transaction() as session:
        skip_clip(session, late_lease, late, "cannot_play", None)
    with transaction() as session:
        assert recompute_clip(session, clip_id, "settled")
    assert scalar("SELECT outcome FROM clips WHERE id = :id", id=clip_id) == "no_manipulation_found"


def test_the_same_ballot_again_returns_the_stored_vote_and_another_is_refused(
    people: tuple[int, int, int],
) -> None:
    uploader, first, _ = people
    with transaction() as session:
        make_open_clip(session, uploader)
    assignment_id = lease(first)
    with transaction() as session:
        sealed = cast_vote(session, assignment_id, first, ballot("manipulated"))
    with transaction() as session:
        again = cast_vote(session, assignment_id, first, ballot("manipulated"))
    assert (sealed.created, again.created) == (True, False)
    assert again.vote.id == sealed.vote.id
    with pytest.raises(ConflictError) as refused:
        vote(assignment_id, first, ballot("authentic"))
    assert refused.value.code == "vote_sealed"
    assert scalar("SELECT count(*) FROM votes") == 1


def test_a_late_vote_is_refused_and_nothing_is_written(people: tuple[int, int, int]) -> None:
    uploader, first, _ = people
    with transaction() as session:
        make_open_clip(session, uploader)
    assignment_id = lease(first)
    with transaction() as session:
        session.execute(text("UPDATE assignments SET expires_at = now() - interval '1 second'"))
    with pytest.raises(ConflictError) as refused:
        vote(assignment_id, first, ballot())
    assert refused.value.code == "lease_expired"
    assert scalar("SELECT count(*) FROM votes") == 0
    assert scalar("SELECT count(*) FROM posteriors") == 0


def test_a_foreign_lease_is_not_found(people: tuple[int, int, int]) -> None:
    uploader, first, second = people
    with transaction() as session:
        make_open_clip(session, uploader)
    assignment_id = lease(first)
    with pytest.raises(NotFoundError) as refused:
        vote(assignment_id, second, ballot())
    assert refused.value.code == "lease_not_found"


def test_someone_who_read_the_results_meanwhile_cannot_vote(people: tuple[int, int, int]) -> None:
    uploader, first, _ = people
    with transaction() as session:
        clip_id = make_open_clip(session, uploader)
    assignment_id = lease(first)
    with transaction() as session:
        session.execute(
            text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :g, 'read')"),
            {"u": first, "g": clip_id},
        )
    with pytest.raises(ConflictError):
        vote(assignment_id, first, ballot())
    assert scalar("SELECT count(*) FROM votes") == 0


def test_a_ballot_with_wrong_fields_names_them_and_seals_nothing(people: tuple[int, int, int]) -> None:
    uploader, first, _ = people
    with transaction() as session:
        make_open_clip(session, uploader)
    assignment_id = lease(first)
    wrong = BallotBody(
        "manipulated", 0.2, None, ("alien",), ({"start_frame": 50, "end_frame": 400},), (), (), ""
    )
    with pytest.raises(InvalidError) as refused:
        vote(assignment_id, first, wrong)
    assert {field.field.split("[")[0] for field in refused.value.fields} == {
        "confidence",
        "kinds",
        "segments",
    }
    assert scalar("SELECT state FROM assignments") == "leased"


@pytest.mark.parametrize("table", ["votes", "posteriors", "verdicts", "audit_events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_sealed_tables_refuse_every_change_even_to_their_owner(
    people: tuple[int, int, int], database: Database, table: str, change: str
) -> None:
    from sqlalchemy import create_engine

    uploader, first, second = people
    with transaction() as session:
        make_open_clip(session, uploader)
    for reviewer in (first, second):
        vote(lease(reviewer), reviewer, ballot("manipulated"))
    for url in (database.app_url, database.owner_url):
        engine = create_engine(url)
        with pytest.raises(DBAPIError), engine.begin() as connection:
            connection.execute(text(change.format(table)))
        engine.dispose()


def test_a_reviewer_is_never_given_an_own_upload_or_a_group_already_judged(
    people: tuple[int, int, int],
) -> None:
    uploader, first, _ = people
    group = uuid.uuid4()
    with transaction() as session:
        make_open_clip(session, uploader, group_id=group)
        make_open_clip(session, uploader, group_id=group)
        session.execute(
            text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :g, 'uploaded')"),
            {"u": uploader, "g": group},
        )
    with transaction() as session:
        assert lease_next_clip(session, uploader, start=0.3) is None
    vote(lease(first), first, ballot())
    with transaction() as session:
        assert lease_next_clip(session, first, start=0.3) is None


def test_a_lease_can_be_renewed_three_times(people: tuple[int, int, int]) -> None:
    uploader, first, _ = people
    with transaction() as session:
        make_open_clip(session, uploader)
    assignment_id = lease(first)
    for _ in range(3):
        with transaction() as session:
            renew_lease(session, assignment_id, first)
    with pytest.raises(ConflictError) as refused, transaction() as session:
        renew_lease(session, assignment_id, first)
    assert refused.value.code == "renewals_spent"


def test_gold_is_kept_open_whatever_people_answer(people: tuple[int, int, int]) -> None:
    uploader, first, second = people
    with transaction() as session:
        clip_id = make_open_clip(session, uploader, gold_label="manipulated", cap=30)
    for reviewer in (first, second):
        vote(lease(reviewer), reviewer, ballot("manipulated"))
    assert scalar("SELECT state FROM clips WHERE id = :id", id=clip_id) == "open"


def test_nesting_a_transaction_raises(database: Database) -> None:
    with pytest.raises(RuntimeError, match="already open"), transaction(), transaction():
        pass
