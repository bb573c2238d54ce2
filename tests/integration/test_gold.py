"""Gold on a real database: one role a group for life, never leased where it is held out, told late."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from tests.conftest import Database
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.queries import assignments as assignment_queries
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError
from clipjury.jobs.consensus import refit
from clipjury.services import gold
from clipjury.services.assignments import lease_next_clip
from clipjury.services.gold import BlindDecision, NewGold
from clipjury.services.reviewers import get_own_record, told_gold
from clipjury.services.votes import cast_vote


def rows(statement: str, **parameters: object) -> list[tuple[object, ...]]:
    with transaction() as session:
        result = session.execute(text(statement), parameters)
        return [tuple(row) for row in result] if result.returns_rows else []


def people(*roles: str, count: int = 1) -> list[int]:
    with transaction() as session:
        return [make_user(session, *roles) for _ in range(count)]


def clip(group_id: uuid.UUID | None = None, gold_label: str | None = None) -> uuid.UUID:
    with transaction() as session:
        return make_open_clip(session, make_user(session), group_id=group_id, gold_label=gold_label)


def make_gold(clip_id: uuid.UUID, role: str, label: str = "manipulated", origin: str = "import") -> None:
    with transaction() as session:
        gold.make_gold(session, clip_id, NewGold(label, role, "a test", origin), None)  # type: ignore[arg-type]


def judge(reviewer_id: int, label: str = "manipulated", gold_draw: float = 0.99) -> uuid.UUID | None:
    with transaction() as session:
        leased = lease_next_clip(session, reviewer_id, start=0.3, gold_draw=gold_draw, value_draw=0.0)
    if leased is None:
        return None
    with transaction() as session:
        cast_vote(session, leased[0].id, reviewer_id, ballot(label))
    return leased[0].clip_id


@pytest.mark.parametrize("role", ["calibrate", "gate"])
def test_held_out_gold_is_never_leased_with_its_whole_group_and_whoever_joins_it(
    database: Database, role: str
) -> None:
    group_id, (reviewer,) = uuid.uuid4(), people()
    twin, held_out = clip(group_id), clip(group_id)
    make_gold(held_out, role)
    latecomer = clip(group_id)
    assert judge(reviewer) is None
    assert judge(reviewer, gold_draw=0.0) is None
    assert rows("SELECT DISTINCT leasable FROM clips") == [(False,)]
    assert rows("SELECT count(*) FROM clips WHERE queue_priority = 3") == [(3,)]
    moved = clip()
    rows("UPDATE clips SET group_id = :g WHERE id = :c", g=group_id, c=moved)
    assert rows("SELECT leasable FROM clips WHERE id = :c", c=moved) == [(False,)], "a duplicate found later"
    assert {twin, latecomer}.isdisjoint({item.clip_id for item in list_held_out(role)})


def list_held_out(role: str) -> list[gold.HeldOutRow]:
    with transaction() as session:
        return gold.list_gate_items(session) if role == "gate" else gold.list_calibration_items(session)


def test_the_lists_of_held_out_gold_know_their_role_and_leave_out_what_is_quarantined(
    database: Database,
) -> None:
    made = {role: clip() for role in ("serve", "calibrate", "gate")}
    for role, clip_id in made.items():
        make_gold(clip_id, role, "authentic")
    assert [(item.clip_id, item.label) for item in list_held_out("gate")] == [(made["gate"], "authentic")]
    assert [item.clip_id for item in list_held_out("calibrate")] == [made["calibrate"]]
    rows("UPDATE clips SET quarantined_at = now()")
    assert list_held_out("gate") == list_held_out("calibrate") == []


def test_a_groups_role_is_for_life_whoever_asks(database: Database) -> None:
    group_id = uuid.uuid4()
    first, second = clip(group_id), clip(group_id)
    make_gold(first, "gate")
    with pytest.raises(ConflictError) as refused:
        make_gold(second, "serve")
    assert refused.value.code == "gold_role_fixed"
    insert = "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, 'authentic', 'serve', 'x')"
    with pytest.raises(IntegrityError):
        rows(insert, c=second)
    for statement in (
        "UPDATE gold_labels SET role = 'serve'",
        "UPDATE gold_groups SET role = 'serve'",
        "DELETE FROM gold_labels",
        "DELETE FROM gold_groups",
        "TRUNCATE gold_labels",
    ):
        with pytest.raises(DBAPIError):
            rows(statement)
    make_gold(second, "gate", "authentic")
    assert rows("SELECT DISTINCT role FROM gold_labels") == [("gate",)]


def test_a_clip_with_votes_becomes_gold_by_an_adjudication_alone(database: Database) -> None:
    reviewers = people(count=2)
    (curator,) = people("curator")
    voted, fresh = clip(), clip()
    rows("UPDATE clips SET rank = 0.4 WHERE id = :c", c=voted)
    rows("UPDATE clips SET rank = 0.9 WHERE id = :c", c=fresh)
    for reviewer in reviewers:
        assert judge(reviewer) == voted
    with pytest.raises(ConflictError) as refused:
        make_gold(voted, "serve")
    assert refused.value.code == "clip_has_votes"
    decisions = [BlindDecision(each, "manipulated", "decision 1, sealed blind") for each in (voted, fresh)]
    with transaction() as session:
        found = gold.promote_adjudications(session, decisions, "serve", curator)
    assert (found.promoted, found.refused) == ((), {"clip_not_retired": 2})
    rows(
        "UPDATE clips SET state = 'retired', outcome = 'manipulated', retired_at = now() WHERE id = :c",
        c=voted,
    )
    with transaction() as session:
        found = gold.promote_adjudications(session, decisions, "serve", curator)
    assert (found.promoted, found.refused) == ((voted,), {"clip_not_retired": 1})
    assert rows("SELECT clip_id, label, role, origin FROM gold_labels") == [
        (voted, "manipulated", "serve", "adjudication")
    ]
    assert rows("SELECT action, actor_id FROM audit_events WHERE action = 'gold_made'") == [
        ("gold_made", curator)
    ]


def test_a_lease_that_is_out_keeps_a_clip_from_becoming_gold(database: Database) -> None:
    group_id, (reviewer,) = uuid.uuid4(), people()
    twin = clip(group_id)
    with transaction() as session:
        assert lease_next_clip(session, reviewer, start=0.1) is not None
    other = clip(group_id)
    with pytest.raises(ConflictError) as refused:
        make_gold(other, "gate")
    assert refused.value.code == "clip_leased"
    with pytest.raises(ConflictError) as refused:
        make_gold(twin, "serve")
    assert refused.value.code == "clip_leased"


def test_answers_on_held_out_and_on_withdrawn_gold_are_in_no_reliability(database: Database) -> None:
    (reviewer,) = people()
    made = [clip() for _ in range(24)]
    for number, clip_id in enumerate(made):
        make_gold(clip_id, "serve", "manipulated" if number % 2 else "authentic")
    while judge(reviewer):
        pass
    rows("UPDATE clips SET quarantined_at = now() WHERE id = :c", c=made[0])
    assert refit()
    assert rows("SELECT gold_answers FROM reliabilities") == [(23,)]


def test_gold_is_served_to_thirty_people_at_most_and_to_each_once(database: Database) -> None:
    clip_id = clip()
    make_gold(clip_id, "serve")
    reviewers = people(count=32)
    assert [judge(reviewer) for reviewer in reviewers].count(clip_id) == 30
    assert judge(reviewers[0]) is None
    with pytest.raises(IntegrityError):
        rows("UPDATE clips SET votes_count = 31 WHERE id = :c", c=clip_id)


def test_a_new_reviewers_first_twenty_hold_five_gold_and_then_it_gets_rare(database: Database) -> None:
    for number in range(150):
        clip(gold_label="manipulated" if number < 30 else None)
    rng, (reviewer,) = random.Random(3), people()
    gold_ids = {row[0] for row in rows("SELECT clip_id FROM gold_labels")}
    was_gold = []
    for _ in range(110):
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=rng.random(), gold_draw=rng.random())
        assert leased is not None
        was_gold.append(leased[0].clip_id in gold_ids)
        with transaction() as session:
            cast_vote(session, leased[0].id, reviewer, ballot())
    assert sum(was_gold[:20]) >= 5
    assert 0 < sum(was_gold[20:]) < 20
    assert rows("SELECT leases, gold_leases FROM lease_tallies") == [(110, sum(was_gold))]


def test_nobody_can_tell_gold_by_the_order_in_which_clips_come(database: Database) -> None:
    """The place of gold among the first twenty is spread evenly, and the last clip before a 204 is no tell."""
    for number in range(60):
        clip(gold_label="authentic" if number < 20 else None)
    rng, places = random.Random(11), Counter[int]()
    gold_ids = {row[0] for row in rows("SELECT clip_id FROM gold_labels")}
    rows("UPDATE clips SET votes_cap = 500, parallel_leases = 500")
    for reviewer in people(count=60):
        for place in range(20):
            with transaction() as session:
                leased = lease_next_clip(
                    session,
                    reviewer,
                    start=rng.random(),
                    gold_draw=rng.random(),
                    value_draw=rng.random(),
                )
                assert leased is not None
                places[place] += leased[0].clip_id in gold_ids
                session.execute(
                    text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :c, 'skipped')"),
                    {"u": reviewer, "c": leased[0].clip_id},
                )
                assignment_queries.end_lease(session, leased[0].id, "skipped")
    early, late = (sum(places[place] for place in range(start, start + 10)) for start in (0, 10))
    assert 300 <= early + late < 400, "five of each reviewer's first twenty, and a few more"
    assert 0.75 < early / late < 1.2
    assert max(places.values()) < 3 * min(places.values())


def test_a_vote_on_gold_is_told_in_a_batch_a_day_later_and_not_before(database: Database) -> None:
    (reviewer,) = people()
    make_gold(clip(), "serve", "authentic")
    assert judge(reviewer, "manipulated")
    clip()
    assert judge(reviewer, "manipulated")
    with transaction() as session:
        history = get_own_record(session, reviewer, 10).history
    assert [told_gold(row) for row in history] == [None, None]
    later = [vars(row) | {"read_at": row.read_at + timedelta(days=2)} for row in history]
    assert [told_gold(type(history[0])(**row)) for row in later] == [None, ("authentic", False)]


def test_skill_that_rests_on_drawn_clips_alone_says_so(database: Database) -> None:
    drawn_only, mixed = people(count=2)
    for number in range(22):
        make_gold(clip(), "serve", "manipulated" if number % 2 else "authentic", "synthetic")
    while judge(drawn_only):
        pass
    make_gold(clip(), "serve", "authentic", "import")
    while judge(mixed):
        pass
    assert refit()
    with transaction() as session:
        assert get_own_record(session, drawn_only, 1).is_synthetic_only
        assert not get_own_record(session, mixed, 1).is_synthetic_only
