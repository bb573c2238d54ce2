"""Which clip next: by what one more vote is worth, kept in the vote's own transaction."""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.queries import assignments as queries
from clipjury.db.queries.picking import EXPECTED_WORTH, LEASE_WITHIN_WINDOW, WINDOW
from clipjury.db.transaction import transaction
from clipjury.domain.assignment import queue_bucket
from clipjury.domain.errors import NotFoundError
from clipjury.domain.gold import FIRST_GOLD, FIRST_LEASES
from clipjury.domain.matching import NEAR_TIES, Asking, expected_worth
from clipjury.services.assignments import lease_next_clip
from clipjury.services.importance import set_importance
from clipjury.services.votes import cast_vote
from clipjury_ml.consensus.online import DEFAULT_RELIABILITY

NEVER_GOLD = 0.9999
BY_VALUE, AT_RANDOM = 0.99, 0.0


def clips(count: int, **how: object) -> list[uuid.UUID]:
    with transaction() as session:
        uploader = make_user(session)
        return [make_open_clip(session, uploader, **how) for _ in range(count)]  # type: ignore[arg-type]


def proven(count: int = 1) -> list[int]:
    with transaction() as session:
        people = [make_user(session) for _ in range(count)]
        for person in people:
            anchor_reviewer(session, person)
    return people


def rows(statement: str, **values: object) -> list[tuple[object, ...]]:
    with transaction() as session:
        result = session.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def vote_on(clip_id: uuid.UUID, reviewer_id: int, label: str) -> None:
    """A vote on this very clip, whatever the order says."""
    with transaction() as session:
        session.execute(text("UPDATE clips SET live_leases = live_leases + 1 WHERE id = :c"), {"c": clip_id})
        lease_id = session.execute(
            text(
                "INSERT INTO assignments (clip_id, reviewer_id, expires_at) "
                "VALUES (:c, :r, now() + interval '1 hour') RETURNING id"
            ),
            {"c": clip_id, "r": reviewer_id},
        ).scalar_one()
    with transaction() as session:
        cast_vote(session, lease_id, reviewer_id, ballot(label))


def first_offered(reviewer_id: int, start: float = 0.5, value_draw: float = BY_VALUE) -> uuid.UUID:
    """What the reviewer would be given now; the lease ends at once, and leaves nothing behind."""
    with transaction() as session:
        leased = lease_next_clip(
            session, reviewer_id, start=start, gold_draw=NEVER_GOLD, value_draw=value_draw
        )
        assert leased is not None
        queries.end_lease(session, leased[0].id, "expired")
    return leased[0].clip_id


def test_what_is_nearly_done_comes_first_and_what_people_disagree_on_last(database: Database) -> None:
    nearly, disputed, *fresh = clips(12)
    for reviewer in proven(1):
        vote_on(nearly, reviewer, "manipulated")
    for reviewer, label in zip(proven(4), ("manipulated", "authentic") * 2, strict=True):
        vote_on(disputed, reviewer, label)
    (other,) = proven()
    starts = [number / 20 for number in range(20)]
    assert {first_offered(other, start) for start in starts} == {nearly}
    rows("UPDATE clips SET quarantined_at = now() WHERE id = :c", c=nearly)
    offered = {first_offered(other, start) for start in starts}
    assert disputed not in offered
    assert offered <= set(fresh)
    assert len(offered) > 3, "near-ties are drawn by chance"


def test_near_ties_go_to_whose_errors_differ_from_those_of_the_voters(database: Database) -> None:
    """PostgreSQL's choice is the rule's: the best of the next entries for this reviewer's own rates."""
    standing = clips(NEAR_TIES + 4)
    rng = random.Random(5)
    for place, clip_id in enumerate(standing):
        n = 0 if place in (1, 3, 5) else rng.randint(2, 5)
        p = rng.choice((0.2, 0.8)) + rng.uniform(-0.02, 0.02)
        effective = rng.uniform(0.9, 1.0) * n / (0.8 + 0.2 * n) if n else None
        if place == 3:
            p = None  # nobody has voted here, and on 1 and 5 a detector alone has spoken
        rows(
            "UPDATE clips SET queue_bucket = 0, rank = :rank, p_full = :p, p_people = :p, votes_count = :n,"
            " n_effective = :effective WHERE id = :c",
            rank=(place + 0.5) / 100,
            p=p,
            n=n,
            effective=effective,
            c=clip_id,
        )
    places = {clip_id: place for place, clip_id in enumerate(standing)}
    where = "SELECT votes_count, COALESCE(n_effective, 0), COALESCE(p_full, 0.5) FROM clips WHERE id = :c"
    worth_of = {clip_id: rows(where, c=clip_id)[0] for clip_id in standing}
    chosen = set()
    nobody_yet = (DEFAULT_RELIABILITY.sensitivity, DEFAULT_RELIABILITY.specificity)
    for rates in ((0.55, 0.95), (0.95, 0.55), (0.8, 0.8), (0.45, 0.9), nobody_yet):
        with transaction() as session:
            reviewer = make_user(session)
            if rates != nobody_yet:
                anchor_reviewer(session, reviewer, sensitivity=rates[0], specificity=rates[1])
        asking = Asking(0, 0, *rates)
        for start in (0.0, 0.03):
            near = [c for c in standing if places[c] + 0.5 >= 100 * start][:NEAR_TIES]
            best = max(near, key=lambda c: expected_worth(*worth_of[c], asking))  # type: ignore[arg-type]
            assert first_offered(reviewer, start) == best
            chosen.add(best)
    assert len(chosen) > 2, "different reviewers are matched to different clips"


def test_the_database_computes_worth_as_the_rule_does(database: Database) -> None:
    rng = random.Random(11)
    row = "SELECT CAST(:n AS integer), CAST(:effective AS double precision), CAST(:p AS double precision)"
    statement = text(f"SELECT {EXPECTED_WORTH} FROM ({row}) c (votes_count, n_effective, p_full)")  # noqa: S608
    with transaction() as session:
        for _ in range(400):
            n = rng.choice((0, 0, 1, 2, 3, 7, 12))
            effective = n / (0.8 + 0.2 * n) * rng.choice((1.0, 0.97)) if n > 1 else float(n)
            p = rng.choice((0.0, 1.0, 0.5, rng.random(), rng.random()))
            rates = [rng.choice((0.02, 0.98, 0.5, rng.uniform(0.05, 0.95))) for _ in range(2)]
            asking = Asking(0, 0, rates[0], rates[1], rng.choice((0.95, 0.9)), rng.choice((12, 5)))
            found = session.execute(
                statement,
                {
                    "n": n,
                    "effective": effective,
                    "p": p,
                    "sensitivity": asking.sensitivity,
                    "specificity": asking.specificity,
                    "bar": asking.bar,
                    "fall_per_vote": asking.fall_per_vote,
                },
            ).scalar_one()
            assert found == pytest.approx(expected_worth(n, effective, p, asking), rel=1e-9), (
                n,
                effective,
                p,
                asking,
            )


def test_a_share_of_the_leases_goes_through_the_queue_whatever_a_vote_is_worth(database: Database) -> None:
    disputed, *_ = clips(8)
    for reviewer, label in zip(proven(4), ("manipulated", "authentic") * 2, strict=True):
        vote_on(disputed, reviewer, label)
    assert first_offered(*proven(), value_draw=AT_RANDOM) == disputed


def test_older_and_more_important_clips_come_first_among_equals(database: Database) -> None:
    old, weighty, *_ = clips(10)
    rows(
        "UPDATE clips SET created_at = now() - interval '30 days', queue_bucket = queue_bucket - 8 WHERE id = :c",
        c=old,
    )
    (reviewer,) = proven()
    assert first_offered(reviewer) == old
    rows("UPDATE clips SET quarantined_at = now() WHERE id = :c", c=old)
    with transaction() as session:
        set_importance(session, weighty, 5, reviewer)
        with pytest.raises(NotFoundError):
            set_importance(session, uuid.uuid4(), 5, reviewer)
    assert {first_offered(reviewer, start) for start in (0.0, 0.5, 0.99)} == {weighty}


def test_a_clip_that_somebody_is_at_waits_for_the_answer_while_others_are_worth_as_much(
    database: Database,
) -> None:
    offered = clips(6)
    with transaction() as session:
        taken = [
            lease_next_clip(session, reviewer, start=0.5, gold_draw=NEVER_GOLD, value_draw=BY_VALUE)
            for reviewer in [make_user(session) for _ in range(6)]
        ]
    assert {leased[0].clip_id for leased in taken if leased} == set(offered)
    assert first_offered(*proven()) in offered, "and is offered again where nothing else is left"


def test_the_place_in_the_row_is_the_rules_after_every_vote(database: Database) -> None:
    where = "SELECT queue_bucket, votes_count, p_full, importance, created_at FROM clips WHERE id = :c"
    (clip_id,) = clips(1)
    ((bucket, *_, at),) = rows(where, c=clip_id)
    assert bucket == queue_bucket(0, 0.5, 1, at), "the column's default is the rule's fresh clip"  # type: ignore[arg-type]
    with transaction() as session:
        set_importance(session, clip_id, 3, make_user(session))
    labels = ("manipulated", "authentic", "unsure", "authentic", "manipulated", "manipulated")
    for reviewer, label in zip(proven(6), labels, strict=True):
        vote_on(clip_id, reviewer, label)
        ((bucket, *standing),) = rows(where, c=clip_id)
        assert bucket == queue_bucket(*standing)  # type: ignore[arg-type]


def test_a_reviewer_barred_from_all_that_is_worth_most_gets_another_clip(database: Database) -> None:
    hot = clips(WINDOW * 2 + 10)
    (free,) = clips(1)
    rows("UPDATE clips SET queue_bucket = queue_bucket - 5 WHERE id = ANY(:c)", c=hot)
    (reviewer,) = proven()
    rows(
        "INSERT INTO exposures (user_id, group_id, reason) SELECT :u, g, 'read' FROM unnest(CAST(:g AS uuid[])) g",
        u=reviewer,
        g=hot,
    )
    assert first_offered(reviewer) == free


def test_gold_is_unaffected_by_the_order_and_looks_like_the_rest(database: Database) -> None:
    """Gold comes as often early as late, whatever stands at the top of the queue, and from as short a walk."""
    standing, gold_ids = clips(40), set(clips(25, gold_label="authentic"))
    for number, clip_id in enumerate(standing):
        rows("UPDATE clips SET queue_bucket = queue_bucket - :n WHERE id = :c", n=number % 6, c=clip_id)
    rows("UPDATE clips SET votes_cap = 500, parallel_leases = 500")
    rng, places = random.Random(23), Counter[int]()
    with transaction() as session:
        people = [make_user(session) for _ in range(40)]
    for reviewer in people:
        seen = []
        for place in range(FIRST_LEASES):
            with transaction() as session:
                leased = lease_next_clip(
                    session, reviewer, start=rng.random(), gold_draw=rng.random(), value_draw=rng.random()
                )
                assert leased is not None
                session.execute(
                    text("INSERT INTO exposures (user_id, group_id, reason) VALUES (:u, :c, 'skipped')"),
                    {"u": reviewer, "c": leased[0].clip_id},
                )
                queries.end_lease(session, leased[0].id, "skipped")
            seen.append(leased[0].clip_id)
            places[place] += leased[0].clip_id in gold_ids
        assert len(gold_ids.intersection(seen)) >= FIRST_GOLD
        assert len(set(seen)) == FIRST_LEASES, "no clip, gold or not, twice for one reviewer"
    early, late = (sum(places[place] for place in range(start, start + 10)) for start in (0, 10))
    assert 0.7 < early / late < 1.3
    walked = {turn: entries_walked(statement, people[0]) for turn, statement in LEASE_WITHIN_WINDOW.items()}
    assert max(walked.values()) <= WINDOW


def entries_walked(statement: object, reviewer_id: int) -> float:
    """The most entries that any node of the plan handled, for a reviewer who has judged a third of all."""
    values = {"reviewer_id": reviewer_id, "start": 0.5, "base_s": 600, "per_clip_s": 10, "cap_s": 3600}
    matching = {"sensitivity": 0.7, "specificity": 0.8, "bar": 2.9, "fall_per_vote": 0.17}
    with transaction() as session:
        plan = statement.explain(session, {**values, **matching})  # type: ignore[attr-defined]
        session.rollback()
    return most_rows(plan[0]["Plan"])


def most_rows(node: dict[str, object]) -> float:
    below = [most_rows(child) for child in node.get("Plans", [])]  # type: ignore[attr-defined]
    return max([float(node["Actual Rows"]) * float(node["Actual Loops"]), *below])  # type: ignore[arg-type]
