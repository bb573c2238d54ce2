"""What happens when moderators and reviewers act on one clip at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.disputes import make_disputed, make_strong
from tests.factories.rows import ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError
from clipjury.services import adjudications, disputes
from clipjury.services.assignments import lease_next_clip
from clipjury.services.clip_views import Viewer
from clipjury.services.verdicts import appeal_verdict
from clipjury.services.votes import cast_vote


def rows(statement: str) -> list[tuple[object, ...]]:
    with transaction() as session:
        return [tuple(row) for row in session.execute(text(statement))]


def test_two_moderators_who_decide_at_once_are_one_decision_and_one_refusal(database: Database) -> None:
    for _ in range(5):
        disputed = make_disputed()
        with transaction() as session:
            moderators = [make_user(session, "moderator") for _ in range(6)]
        for moderator in moderators:
            with transaction() as session:
                adjudications.seal_provisional(session, moderator, disputed.id, "manipulated")
        start = threading.Barrier(len(moderators))

        def decide(moderator: int, disputed=disputed, start=start) -> str:  # type: ignore[no-untyped-def]
            start.wait()
            try:
                with transaction() as session:
                    adjudications.decide_dispute(
                        session,
                        moderator,
                        disputed.id,
                        verdict="manipulated",
                        reason_codes=["traces_seen"],
                        rationale="The seam moves.",
                    )
            except ConflictError as refused:
                return refused.code
            return "decided"

        with ThreadPoolExecutor(len(moderators)) as pool:
            answers = Counter(pool.map(decide, moderators))
        assert answers == {"decided": 1, "dispute_decided": 5}
    assert rows("SELECT count(*), count(DISTINCT dispute_id) FROM decisions") == [(5, 5)]
    assert rows("SELECT DISTINCT sequence FROM verdicts") == [(1,)]


@pytest.mark.parametrize("repetition", range(4))
def test_votes_and_a_decision_at_once_leave_one_outcome(database: Database, repetition: int) -> None:
    """A vote either counts before the decision, or is refused because the clip has ended."""
    disputed = make_disputed()
    with transaction() as session:
        session.execute(text("UPDATE clips SET parallel_leases = 8"))
        voters = make_strong(session, 6)
        moderator = make_user(session, "moderator")
    leases = []
    for voter in voters:
        with transaction() as session:
            leased = lease_next_clip(session, voter, start=0.5)
            assert leased is not None
            leases.append((leased[0].id, voter))
    with transaction() as session:
        adjudications.seal_provisional(session, moderator, disputed.id, "authentic")
    start = threading.Barrier(7)

    def decide() -> str:
        start.wait()
        with transaction() as session:
            adjudications.decide_dispute(
                session, moderator, disputed.id, verdict="authentic", reason_codes=["provenance_checked"],
                rationale="The camera original was handed in.",
            )  # fmt: skip
        return "decided"

    def send(number: int) -> str:
        start.wait()
        try:
            with transaction() as session:
                cast_vote(session, *leases[number], ballot("manipulated"))
        except ConflictError as refused:
            return refused.code
        return "sealed"

    with ThreadPoolExecutor(7) as pool:
        jobs = [pool.submit(decide), *(pool.submit(send, number) for number in range(6))]
        answers = Counter(job.result() for job in jobs)
    sealed = answers["sealed"]
    assert answers == Counter({"decided": 1, "sealed": sealed, "lease_expired": 6 - sealed}) - Counter()
    assert rows("SELECT state, outcome, retirement_reason, votes_count FROM clips") == [
        ("retired", "authentic", "adjudication", 2 + sealed)
    ]
    last = "SELECT outcome, reason FROM verdicts ORDER BY sequence DESC LIMIT 1"
    assert rows(last) == [("authentic", "adjudication")]
    sequences = [row[0] for row in rows("SELECT sequence FROM verdicts ORDER BY sequence")]
    assert sequences == list(range(1, len(sequences) + 1))


def test_whoever_opens_at_once_opens_one_dispute(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), parallel_leases=8)
        voters = make_strong(session, 8)
    leases = []
    for voter in voters:
        with transaction() as session:
            leased = lease_next_clip(session, voter, start=0.5)
            assert leased is not None
            leases.append((leased[0].id, voter))

    def send(number: int) -> None:
        with transaction() as session:
            cast_vote(session, *leases[number], ballot("manipulated" if number % 2 else "authentic"))

    def raise_one(_number: int) -> None:
        with transaction() as session:
            disputes.open_dispute(session, clip_id, ["guard"], {})

    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(send, number) for number in range(8)]
        jobs += [pool.submit(raise_one, number) for number in range(6)]
        for job in jobs:
            job.result()
    assert rows("SELECT count(*) FROM disputes") == [(1,)]
    assert rows("SELECT reason FROM dispute_reasons ORDER BY reason") == [("guard",), ("strong_clash",)]
    assert rows("SELECT votes_count FROM clips") == [(8,)]


def test_many_appeals_at_once_open_one_round(database: Database) -> None:
    disputed = make_disputed()
    with transaction() as session:
        moderator = make_user(session, "moderator")
        appellants = [make_user(session) for _ in range(8)]
        adjudications.seal_provisional(session, moderator, disputed.id, "manipulated")
        adjudications.decide_dispute(
            session, moderator, disputed.id, verdict="manipulated", reason_codes=["other"], rationale="Seen."
        )
        verdict_id = session.execute(text("SELECT public_id FROM verdicts")).scalar_one()

    def appeal(user_id: int) -> str:
        try:
            with transaction() as session:
                viewer = Viewer(user_id, frozenset({"reviewer"}))
                appeal_verdict(session, viewer, verdict_id, "The jaw is a beard, not a seam.")
        except ConflictError as refused:
            return refused.code
        return "appealed"

    with ThreadPoolExecutor(8) as pool:
        answers = Counter(pool.map(appeal, [*appellants, *appellants]))
    assert answers == {"appealed": 8, "already_appealed": 8}
    assert rows("SELECT round FROM disputes ORDER BY round") == [(1,), (2,)]
    assert rows("SELECT reason FROM dispute_reasons ORDER BY id") == [("strong_clash",), ("appeal",)]
