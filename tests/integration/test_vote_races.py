"""What happens when many people ask and vote at the same moment."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ClipJuryError, ConflictError
from clipjury.services.assignments import expire_leases, lease_next_clip, skip_clip
from clipjury.services.consensus import list_settleable, recompute_clip
from clipjury.services.votes import cast_vote

REVIEWERS = 16
CLIPS = 200


def rows(statement: str) -> list[tuple[object, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def review_until_nothing_is_left(reviewer_id: int, seed: int) -> Counter[str]:
    """Lease and vote; now and then skip, or vote twice, as people do."""
    rng = random.Random(seed)
    done: Counter[str] = Counter()
    while True:
        with transaction() as session:
            leased = lease_next_clip(session, reviewer_id, start=rng.random())
        if leased is None:
            return done
        lease = leased[0]
        if rng.random() < 0.03:
            with transaction() as session:
                skip_clip(session, lease.id, reviewer_id, "cannot_play", None)
            done["skipped"] += 1
            continue
        body = ballot(rng.choice(["manipulated", "manipulated", "authentic", "unsure"]))
        for _ in range(2 if rng.random() < 0.1 else 1):
            with transaction() as session:
                done["created"] += cast_vote(session, lease.id, reviewer_id, body).created


def test_sixteen_parallel_reviewers_never_exceed_redundancy_nor_lose_a_vote(database: Database) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for _ in range(CLIPS):
            make_open_clip(session, uploader, cap=5, parallel_leases=3)
        reviewers = [make_user(session) for _ in range(REVIEWERS)]
        for reviewer in reviewers[::2]:
            anchor_reviewer(session, reviewer, sensitivity=0.85, specificity=0.8)
    with ThreadPoolExecutor(REVIEWERS) as pool:
        counts = list(pool.map(review_until_nothing_is_left, reviewers, range(REVIEWERS)))
    # A place that somebody else held at the last look is free now: one more round, in turn.
    counts += [review_until_nothing_is_left(reviewer, 99) for reviewer in reviewers]
    with transaction() as session:
        for clip_id in list_settleable(session, 1000):
            recompute_clip(session, clip_id, "settled")
    assert sum(count["created"] for count in counts) == rows("SELECT count(*) FROM votes")[0][0]
    assert rows("SELECT clip_id FROM votes GROUP BY clip_id HAVING count(*) > 5") == []
    assert rows("SELECT clip_id, reviewer_id FROM votes GROUP BY 1, 2 HAVING count(*) > 1") == []
    # The counters on the clip are what really stands.
    assert (
        rows(
            "SELECT c.id FROM clips c WHERE votes_count <> (SELECT count(*) FROM votes v WHERE v.clip_id = c.id) "
            "OR live_leases <> 0"
        )
        == []
    )
    assert rows("SELECT count(*) FROM assignments WHERE state = 'leased'") == [(0,)]
    # Everybody went on until nothing was left, so every clip retired, each with one verdict.
    assert rows("SELECT DISTINCT state FROM clips") == [("retired",)]
    assert rows("SELECT count(*), count(DISTINCT clip_id) FROM verdicts") == [(CLIPS, CLIPS)]
    assert rows("SELECT count(*) FROM posteriors") >= [(rows("SELECT count(*) FROM votes")[0][0],)]


def test_the_same_vote_sent_a_hundred_times_at_once_is_one_vote(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.2)
    assert leased is not None
    start = threading.Barrier(20)

    def send(number: int) -> tuple[int, bool]:
        if number < 20:
            start.wait()
        with transaction() as session:
            cast = cast_vote(session, leased[0].id, reviewer, ballot())
            return cast.vote.id, cast.created

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(100)))
    assert len({vote_id for vote_id, _ in answers}) == 1
    assert sum(created for _, created in answers) == 1
    assert rows("SELECT count(*) FROM votes") == [(1,)]
    assert rows("SELECT votes_count, live_leases FROM clips") == [(1, 0)]
    assert rows("SELECT count(*) FROM posteriors") == [(1,)]


def test_different_votes_under_one_lease_at_once_seal_exactly_one(database: Database) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.2)
    assert leased is not None

    def send(number: int) -> str:
        try:
            with transaction() as session:
                cast_vote(session, leased[0].id, reviewer, ballot(rationale=f"reason {number}"))
        except ConflictError as refused:
            return refused.code
        return "sealed"

    with ThreadPoolExecutor(10) as pool:
        answers = Counter(pool.map(send, range(30)))
    assert answers == {"sealed": 1, "vote_sealed": 29}


def test_a_reviewer_who_asks_many_times_at_once_holds_one_lease(database: Database) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for _ in range(20):
            make_open_clip(session, uploader)
        reviewer = make_user(session)

    def ask(number: int) -> uuid.UUID | str:
        try:
            with transaction() as session:
                leased = lease_next_clip(session, reviewer, start=number / 20)
        except ConflictError as refused:
            return refused.code
        assert leased is not None
        return leased[0].id

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(ask, range(20))) - {"lease_race"}
    assert len(answers) == 1
    assert rows("SELECT sum(live_leases) FROM clips") == [(1,)]


def test_a_vote_and_the_expiry_sweep_never_both_end_a_lease(database: Database) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for _ in range(30):
            make_open_clip(session, uploader)
        reviewers = [make_user(session) for _ in range(30)]
    leases = []
    for reviewer in reviewers:
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=random.random())
            assert leased is not None
            leases.append((leased[0].id, reviewer))
    with transaction() as session:
        session.execute(
            text("UPDATE assignments SET expires_at = clock_timestamp() + interval '0.3 seconds'")
        )
    stop = threading.Event()

    def sweep() -> None:
        while not stop.is_set():
            with transaction() as session:
                expire_leases(session, 5)

    def send(pair: tuple[uuid.UUID, int]) -> bool:
        try:
            with transaction() as session:
                return cast_vote(session, pair[0], pair[1], ballot()).created
        except ClipJuryError:
            return False

    sweeper = threading.Thread(target=sweep)
    sweeper.start()
    with ThreadPoolExecutor(4) as pool:
        sealed = sum(pool.map(send, leases))
    stop.wait(0.5)
    stop.set()
    sweeper.join()
    with transaction() as session:
        expire_leases(session, 100)
    assert rows("SELECT count(*) FROM votes") == [(sealed,)]
    assert rows("SELECT count(*) FROM assignments WHERE state = 'voted'") == [(sealed,)]
    assert rows("SELECT sum(votes_count), sum(live_leases) FROM clips") == [(sealed, 0)]


@pytest.mark.parametrize("version_changes", [0, 3])
def test_votes_cast_while_reliabilities_change_are_all_in_the_posterior(
    database: Database, version_changes: int
) -> None:
    """A recomputation under the row lock and votes in flight never lose a vote."""
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), cap=12, parallel_leases=12)
        reviewers = [make_user(session) for _ in range(12)]
    leases = []
    for reviewer in reviewers:
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=0.4)
            assert leased is not None
            leases.append((leased[0].id, reviewer))

    def recompute(number: int) -> None:
        with transaction() as session:
            session.execute(text("UPDATE reliability_versions SET is_active = false WHERE is_active"))
            session.execute(
                text(
                    "INSERT INTO reliability_versions (engine_version, is_active, gold_answers, gold_watermark, "
                    "parameters) VALUES ('test', true, 0, 0, '{}')"
                )
            )
        with transaction() as session:
            recompute_clip(session, clip_id, "version")

    def send(pair: tuple[uuid.UUID, int]) -> None:
        with transaction() as session:
            cast_vote(session, pair[0], pair[1], ballot())

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(send, pair) for pair in leases]
        jobs += [pool.submit(recompute, number) for number in range(version_changes)]
        for job in jobs:
            job.result()
    assert rows("SELECT votes_count FROM clips") == [(12,)]
    assert rows("SELECT n_votes FROM posteriors ORDER BY id DESC LIMIT 1") == [(12,)]
