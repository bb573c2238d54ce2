"""Policies: a preview that tells what then happens, one winner of two saves, and clips that follow."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError, InvalidError
from clipjury.jobs.consensus import recompute_outdated
from clipjury.jobs.policies import preview_policy
from clipjury.services import jobs, policies
from clipjury.services.assignments import lease_next_clip
from clipjury.services.votes import cast_vote


def fill(seed: int, *, clips: int = 40, reviewers: int = 8, votes: int = 150) -> None:
    """Clips in every stage, made by real votes: some gold, some closed, some held by a reviewer."""
    rng = random.Random(seed)
    with transaction() as session:
        uploader = make_user(session)
        for number in range(clips):
            gold = rng.choice(["manipulated", "authentic"]) if number % 8 == 0 else None
            make_open_clip(session, uploader, cap=rng.choice([4, 6, 12]), parallel_leases=3, gold_label=gold)
        people = [make_user(session) for _ in range(reviewers)]
        for person in people[: reviewers * 3 // 4]:
            skill = rng.uniform(0.7, 0.95)
            anchor_reviewer(session, person, sensitivity=skill, specificity=rng.uniform(0.7, 0.95))
    for _ in range(votes):
        person = rng.choice(people)
        with transaction() as session:
            leased = lease_next_clip(session, person, start=rng.random())
        if leased is None:
            continue
        label = rng.choice(["manipulated"] * 5 + ["authentic"] * 3 + ["unsure"])
        with transaction() as session:
            cast_vote(session, leased[0].id, person, ballot(label))
    for person in people[:3]:
        with transaction() as session:
            lease_next_clip(session, person, start=rng.random())


def stand(judged: bool = True) -> dict[uuid.UUID, tuple[str, str | None]]:
    with transaction() as session:
        rows = session.execute(
            text("SELECT id, state, outcome FROM clips WHERE votes_count > 0 OR NOT :j"), {"j": judged}
        )
        return {row.id: (row.state, row.outcome) for row in rows}


def scalar(statement: str, **parameters: object) -> int:
    with transaction() as session:
        return int(session.execute(text(statement), parameters).scalar_one())


def disputed_since(noted: int) -> int:
    """Clips that got a new reason for a dispute; an audit is drawn by lot, and no preview knows the lot."""
    statement = """SELECT count(DISTINCT d.clip_id) FROM dispute_reasons r JOIN disputes d ON d.id = r.dispute_id
WHERE r.id > :noted AND r.reason <> 'audit'"""
    return scalar(statement, noted=noted)


def save(changes: dict[str, float]) -> int:
    with transaction() as session:
        admin = make_user(session, "admin")
        based_on = policies.get_in_force(session).version
        return policies.save_policy(
            session, changes, based_on=based_on, reason="tried in a test", actor_id=admin
        ).version


def preview_of(changes: dict[str, float]) -> policies.Preview:
    with transaction() as session:
        return policies.preview_all(session, policies.complete(session, changes))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "changes",
    [
        {"theta": 0.85},
        {"theta": 0.99, "hysteresis": 0.0},
        {"min_anchored": 0, "min_votes": 1},
        {"min_votes": 8},
        {"theta": 0.8, "min_anchored": 1},
        {"strong_odds": 1.5, "guard_gap": 0.1},
    ],
    ids=str,
)
def test_what_the_preview_tells_is_what_then_happens(
    database: Database, seed: int, changes: dict[str, float]
) -> None:
    fill(seed)
    before, noted = stand(), scalar("SELECT COALESCE(max(id), 0) FROM dispute_reasons")
    told = preview_of(changes)
    assert stand() == before  # looking changed nothing
    save(changes)
    recompute_outdated()
    after = stand()
    moved = Counter((before[clip][0], after[clip][0]) for clip in before if before[clip] != after[clip])
    ended = Counter(
        after[clip][1] for clip in before if before[clip][0] != "retired" and after[clip][0] == "retired"
    )
    assert ended == told.retire
    assert moved[("open", "closing")] == told.wait
    assert moved[("closing", "open")] == told.reopen
    assert disputed_since(noted) == told.dispute
    assert told.clips == sum(state != "retired" for state, _ in before.values())
    assert {clip: s for clip, s in before.items() if s[0] == "retired"} == {
        clip: after[clip] for clip, s in before.items() if s[0] == "retired"
    }  # what is published stays, whatever the preview says about it


def test_the_cases_above_move_something_and_judge_published_verdicts(database: Database) -> None:
    for seed in range(
        4
    ):  # ranks in the queue are the database's own chance: enough clips that some always move
        fill(seed)
    lower, higher = (
        preview_of({"theta": 0.8, "min_anchored": 0, "min_votes": 1}),
        preview_of({"theta": 0.999}),
    )
    assert sum(lower.retire.values()) + lower.wait > 0
    assert higher.published > 0
    assert higher.not_yet > 0
    assert preview_of({"theta": 0.95}) == preview_of({})
    unchanged = preview_of({})
    assert (unchanged.other, unchanged.not_yet, unchanged.retire) == (0, 0, {})


def test_a_job_tells_the_same_as_a_request(
    database: Database, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(2)
    changes = {"theta": 0.85}
    monkeypatch.setattr(policies, "AT_ONCE", 3)
    with transaction() as session:
        values = policies.complete(session, changes)
        job_id = policies.request_preview(session, values, make_user(session, "admin"))
        assert job_id is not None
        job = jobs.get_job(session, job_id)
    monkeypatch.setattr("clipjury.jobs.policies._BATCH", 7)
    steps: list[float] = []
    result = preview_policy(deps, job, lambda progress, _message: steps.append(progress))
    monkeypatch.setattr(policies, "AT_ONCE", 400)
    assert result == preview_of(changes).result()
    assert steps == sorted(steps)
    assert len(steps) > 2


def test_of_two_saves_at_once_one_wins_and_the_other_is_told(database: Database) -> None:
    with transaction() as session:
        admin = make_user(session, "admin")
        based_on = policies.get_in_force(session).version
    together = threading.Barrier(2)

    def put(theta: float) -> str:
        together.wait()
        try:
            with transaction() as session:
                policies.save_policy(
                    session, {"theta": theta}, based_on=based_on, reason="at once", actor_id=admin
                )
        except ConflictError as error:
            return error.code
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(put, [0.9, 0.91])) == ["policy_changed", "saved"]
    with transaction() as session:
        assert [policy.version for policy in policies.list_policies(session)] == [based_on + 1, based_on]


def test_a_version_carries_on_what_was_not_changed_and_says_who_and_why(database: Database) -> None:
    version = save({"cap": 9})
    with transaction() as session:
        now, first = policies.list_policies(session)
        clip = make_open_clip(session, make_user(session))
        assert clip
    assert (now.version, now.row.reason) == (version, "tried in a test")
    assert now.row.created_by_name is not None
    assert now.values == {**first.values, "cap": 9}


def test_what_cannot_be_saved_is_refused(database: Database) -> None:
    with pytest.raises(ConflictError, match="Nothing differs"):
        save({"theta": 0.95})
    for changes in ({"theta": 2.0}, {"magic": 1.0}, {"min_votes": 1.5}):
        with pytest.raises(InvalidError):
            save(changes)


def test_policies_are_append_only(database: Database) -> None:
    for statement in ("UPDATE policies SET theta = 0.6", "DELETE FROM policies", "TRUNCATE policies"):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


def test_votes_are_judged_under_the_new_policy_from_the_next_one_on(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), cap=4)
        reviewer = make_user(session)
    save({"min_votes": 6})  # more than this clip may ever get: its own cap bounds it
    with transaction() as session:
        leased = lease_next_clip(session, reviewer, start=0.5)
        assert leased is not None
    with transaction() as session:
        cast_vote(session, leased[0].id, reviewer, ballot())
    with transaction() as session:
        row = session.execute(text("SELECT policy_version FROM clips WHERE id = :id"), {"id": clip_id}).one()
        assert row.policy_version == policies.get_in_force(session).version
