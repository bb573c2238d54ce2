"""The queue: who gets which clip, and what a look costs."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from sqlalchemy import event, text
from tests.conftest import Database
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.queries import assignments as queries
from clipjury.db.queries.picking import LEASE_WITHIN_WINDOW, WINDOW, Turn
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError, InvalidError
from clipjury.services.assignments import expire_leases, get_lease, lease_next_clip, skip_clip
from clipjury.services.votes import cast_vote


def test_every_clip_of_the_queue_is_drawn_about_equally_often(database: Database) -> None:
    with transaction() as session:
        uploader, reviewer = make_user(session), make_user(session)
        for _ in range(10):
            make_open_clip(session, uploader)
        # Ranks are random; even ones make the draw's evenness visible.
        session.execute(
            text(
                "UPDATE clips SET rank = n / 10.0 FROM (SELECT id, row_number() OVER () - 1 AS n FROM clips) r "
                "WHERE r.id = clips.id"
            )
        )
    rng, drawn = random.Random(7), Counter()
    for _ in range(300):
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=rng.random())
            assert leased is not None
            drawn[leased[0].clip_id] += 1
            queries.end_lease(session, leased[0].id, "expired")
    assert len(drawn) == 10
    assert min(drawn.values()) >= 12


def test_where_value_has_no_say_clips_in_progress_come_before_fresh_ones(database: Database) -> None:
    with transaction() as session:
        uploader, first, second = (make_user(session) for _ in range(3))
        for _ in range(20):
            make_open_clip(session, uploader)
    with transaction() as session:
        leased = lease_next_clip(session, first, start=0.9)
        assert leased is not None
    with transaction() as session:
        cast_vote(session, leased[0].id, first, ballot())
    for start in (0.0, 0.3, 0.99):
        with transaction() as session:
            again = lease_next_clip(session, second, start=start, value_draw=0.0)
            assert again is not None
            assert again[0].clip_id == leased[0].clip_id
            queries.end_lease(session, again[0].id, "expired")


def test_a_reviewer_barred_from_a_whole_window_still_finds_the_one_clip_left(database: Database) -> None:
    with transaction() as session:
        uploader, reviewer = make_user(session), make_user(session)
        barred = [make_open_clip(session, uploader) for _ in range(WINDOW * 3)]
        free = make_open_clip(session, uploader)
        session.execute(
            text("INSERT INTO exposures (user_id, group_id, reason) SELECT :u, g, 'read' FROM unnest(:g) g"),
            {"u": reviewer, "g": barred},
        )
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.5)
    assert leased is not None
    assert leased[0].clip_id == free


@pytest.mark.parametrize("turn", ["value", "random", "gold"])
def test_a_look_walks_at_most_its_window_whatever_the_size_of_the_queue(
    database: Database, turn: Turn
) -> None:
    with transaction() as session:
        uploader = make_user(session)
        session.execute(
            text("""
INSERT INTO clips (sha256, size_bytes, container, original_name, uploader_id, group_id, kind, frames, width_px,
  height_px, state, votes_cap, parallel_leases)
SELECT encode(sha256(n::text::bytea), 'hex'), 1, 'mov', 'x', :u, gen_random_uuid(), 'video', 1, 1, 1, 'open', 12, 3
FROM generate_series(1, 20000) n"""),
            {"u": uploader},
        )
        reviewer = make_user(session)
    with database.engine.connect() as connection:
        connection.execute(text("COMMIT"))
        connection.exec_driver_sql("ANALYZE clips")
        values = {
            "reviewer_id": reviewer,
            "start": 0.5,
            "base_s": 600,
            "per_clip_s": 10,
            "cap_s": 3600,
            "sensitivity": 0.7,
            "specificity": 0.8,
            "bar": 2.9,
            "fall_per_vote": 0.17,
        }
        plan = LEASE_WITHIN_WINDOW[turn].explain(connection, values)
    assert most_rows(plan[0]["Plan"]) <= WINDOW


def most_rows(node: dict[str, object]) -> float:
    """The largest number of rows that any node of the plan returned."""
    below = [most_rows(child) for child in node.get("Plans", [])]  # type: ignore[attr-defined]
    return max([float(node["Actual Rows"]) * float(node["Actual Loops"]), *below])  # type: ignore[arg-type]


def test_next_costs_a_handful_of_statements(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    statements: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("PREPARE"):  # once a connection, not once a loop
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.5)
    assert leased is not None
    for_next = len(statements)
    with transaction() as session:
        cast_vote(session, leased[0].id, reviewer, ballot())
    event.remove(database.engine, "before_cursor_execute", note)
    assert for_next <= 3
    assert len(statements) - for_next <= 4


def test_the_live_lease_is_given_again_and_an_expired_one_is_replaced(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    with transaction() as session:
        first = lease_next_clip(session, reviewer, start=0.5)
        assert first is not None
        assert first[1]
    with transaction() as session:
        again = lease_next_clip(session, reviewer, start=0.1)
        assert again is not None
        assert (again[0].id, again[1]) == (first[0].id, False)
        session.execute(text("UPDATE assignments SET expires_at = now() - interval '1 second'"))
    with transaction() as session:
        fresh = lease_next_clip(session, reviewer, start=0.1)
        assert fresh is not None
        assert fresh[0].id != first[0].id
    with pytest.raises(ConflictError) as ended, transaction() as session:
        get_lease(session, first[0].id, reviewer)
    assert ended.value.code == "lease_expired"


def test_a_lease_lasts_by_the_clips_length(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.5)
    assert leased is not None
    assert (leased[0].expires_at - leased[0].server_time).total_seconds() == pytest.approx(640, abs=2)


def test_expired_leases_give_their_place_back(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session), parallel_leases=1)
        slow, quick = make_user(session), make_user(session)
    with transaction() as session:
        assert lease_next_clip(session, slow, start=0.5) is not None
    with transaction() as session:
        assert lease_next_clip(session, quick, start=0.5) is None
    with transaction() as session:
        session.execute(text("UPDATE assignments SET expires_at = now() - interval '1 second'"))
        assert expire_leases(session, 10) == 1
    with transaction() as session:
        assert lease_next_clip(session, quick, start=0.5) is not None


def test_a_skipped_clip_is_not_offered_again_and_costs_nothing(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer, other = make_user(session), make_user(session)
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.5)
        assert leased is not None
        with pytest.raises(InvalidError):
            skip_clip(session, leased[0].id, reviewer, "bored", None)
        skip_clip(session, leased[0].id, reviewer, "distressing", None)
    with transaction() as session:
        assert lease_next_clip(session, reviewer, start=0.5) is None
        assert lease_next_clip(session, other, start=0.5) is not None
