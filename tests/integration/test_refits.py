"""Refits while people vote: no vote is lost, every clip ends where the batch answer has it, the guard holds back."""

from __future__ import annotations

import json
import random
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sqlalchemy import text
from tests.conftest import Database
from tests.factories.rows import anchor_reviewer, ballot, make_open_clip, make_user

from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.jobs import refit_guard
from clipjury.jobs.consensus import recompute_outdated, refit
from clipjury.services import reliabilities
from clipjury.services.assignments import lease_next_clip
from clipjury.services.consensus import recompute_clip
from clipjury.services.votes import cast_vote
from clipjury_ml.consensus import batch
from clipjury_ml.consensus.online import DEFAULT_RELIABILITY, evidence_hash

CODES = {"authentic": batch.AUTHENTIC, "manipulated": batch.MANIPULATED, "unsure": batch.UNSURE}


def rows(statement: str, **parameters: object) -> list[tuple[object, ...]]:
    with transaction() as session:
        result = session.execute(text(statement), parameters)
        return [tuple(row) for row in result] if result.returns_rows else []


def review_until_nothing_is_left(reviewer_id: int, skill: float, truths: dict[uuid.UUID, str]) -> int:
    rng, cast = random.Random(reviewer_id), 0
    while True:
        with transaction() as session:
            leased = lease_next_clip(session, reviewer_id, start=rng.random(), gold_draw=rng.random())
        if leased is None:
            return cast
        truth = truths[leased[0].clip_id]
        other = "authentic" if truth == "manipulated" else "manipulated"
        label = "unsure" if rng.random() < 0.05 else truth if rng.random() < skill else other
        with transaction() as session:
            cast_vote(session, leased[0].id, reviewer_id, ballot(label))
        cast += 1


def batch_answer() -> dict[uuid.UUID, float]:
    """P(manipulated) by people of every clip with votes, from votes and the active version alone."""
    votes = rows("SELECT clip_id, reviewer_id, label FROM votes")
    known = {
        user: (s, c)
        for user, s, c in rows(
            "SELECT user_id, sensitivity, specificity FROM reliabilities r "
            "JOIN reliability_versions v ON v.version = r.version AND v.is_active"
        )
    }
    codes = {clip_id: code for code, clip_id in enumerate(sorted({vote[0] for vote in votes}, key=str))}
    default = (DEFAULT_RELIABILITY.sensitivity, DEFAULT_RELIABILITY.specificity)
    answers = batch.people_posteriors(
        batch.Votes.of(
            [codes[clip_id] for clip_id, _, _ in votes],
            [CODES[str(label)] for _, _, label in votes],
            [known.get(reviewer, default) for _, reviewer, _ in votes],
            len(codes),
        )
    )
    return {clip_id: float(answers[code]) for clip_id, code in codes.items()}  # type: ignore[misc]


def test_votes_cast_during_refits_all_count_and_every_clip_ends_at_the_batch_answer(
    database: Database,
) -> None:
    rng, truths = random.Random(1), {}
    with transaction() as session:
        uploader = make_user(session)
        for number in range(60):
            truth = rng.choice(["authentic", "manipulated"])
            is_gold = number < 20
            clip_id = make_open_clip(session, uploader, gold_label=truth if is_gold else None, cap=6)
            truths[clip_id] = truth
        crowd = [(make_user(session), rng.uniform(0.55, 0.9)) for _ in range(10)]
    at_work, done = threading.Event(), threading.Event()
    at_work.set()
    versions: list[int] = []

    def keep_fitting() -> None:
        while not done.is_set():
            versions.extend(refit())
            recompute_outdated(7)
            done.wait(0.02)

    fitter = threading.Thread(target=keep_fitting)
    fitter.start()
    with ThreadPoolExecutor(5) as pool:
        cast = sum(pool.map(lambda one: review_until_nothing_is_left(*one, truths), crowd))
    done.set()
    fitter.join()
    versions.extend(refit())
    recompute_outdated()
    assert len(versions) >= 3, "several refits fell into the voting"
    assert rows("SELECT count(*) FROM votes") == [(cast,)], "every vote that was sealed is there"
    assert rows("SELECT id FROM clips WHERE votes_count > votes_cap OR live_leases <> 0") == []
    assert (
        rows(
            "SELECT c.id FROM clips c WHERE votes_count <> (SELECT count(*) FROM votes v WHERE v.clip_id = c.id)"
        )
        == []
    )
    expected = batch_answer()
    active = rows("SELECT version FROM reliability_versions WHERE is_active")[0][0]
    newest = rows(
        "SELECT DISTINCT ON (clip_id) clip_id, p_people, votes_hash, n_votes FROM posteriors ORDER BY clip_id, id DESC"
    )
    assert {clip_id for clip_id, *_ in newest} == set(expected)
    for clip_id, p_people, votes_hash, n_votes in newest:
        assert p_people == pytest.approx(expected[clip_id], abs=1e-12)  # type: ignore[index]
        ids = [int(str(row[0])) for row in rows("SELECT id FROM votes WHERE clip_id = :c", c=clip_id)]
        assert (votes_hash, n_votes) == (evidence_hash(ids), len(ids))
    assert rows("SELECT DISTINCT reliability_version FROM clips WHERE votes_count > 0") == [(active,)]
    assert [p for (p,) in rows("SELECT p_people FROM clips ORDER BY id")] == pytest.approx(
        [expected[clip_id] for (clip_id,) in rows("SELECT id FROM clips ORDER BY id")],
        abs=1e-12,  # type: ignore[index]
    )


def test_the_people_posterior_is_the_same_to_the_last_bit_whatever_detectors_say(database: Database) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        reviewers = [make_user(session) for _ in range(4)]
        for number, reviewer in enumerate(reviewers):
            anchor_reviewer(session, reviewer, sensitivity=0.7 + number / 20, specificity=0.81)
    for number, reviewer in enumerate(reviewers):
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=0.1)
            assert leased is not None
            cast_vote(session, leased[0].id, reviewer, ballot("manipulated" if number % 3 else "authentic"))
    seen, full = set(), set()
    for number, score in enumerate((None, 0.0, 0.03, 0.5, 0.999, 1.0)):
        if score is not None:
            rows("DELETE FROM scores")
            version = rows(
                "INSERT INTO detector_versions (detector, version, sha256, card, is_calibrated, state) "
                "VALUES (:v, '1', 'x', '{}', :calibrated, 'active') RETURNING id",
                v=str(number), calibrated=bool(number % 2),
            )[0][0]  # fmt: skip
            rows(
                "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, p_calibrated, is_in_domain, "
                "frames_used, faces, seconds) VALUES (:c, :d, :p, :calibrated, true, 8, 1, 0.5)",
                c=clip_id, d=version, p=score,
                calibrated=min(0.99, max(0.01, score)) if number % 2 else None,
            )  # fmt: skip
        with transaction() as session:
            recompute_clip(session, clip_id, "score")
        ((people, both),) = rows("SELECT p_people, p_full FROM clips WHERE id = :c", c=clip_id)
        seen.add(float(str(people)).hex())
        full.add(both)
    assert len(seen) == 1
    assert len(full) >= 4


def make_history(flipped: bool) -> None:
    """Forty clips judged by three anchored reviewers under an active version, and gold that bears them out, or that
    says the opposite of every answer."""
    with transaction() as session:
        uploader, crowd = make_user(session), [make_user(session) for _ in range(3)]
        for reviewer in crowd:
            anchor_reviewer(session, reviewer, sensitivity=0.75, specificity=0.75)
        session.execute(text("UPDATE reliability_versions SET gold_answers = 60 WHERE is_active"))
        for _ in range(40):
            make_open_clip(session, uploader)
        for number in range(36):
            label = "manipulated" if (number % 2 == 0) != flipped else "authentic"
            clip_id = make_open_clip(session, uploader, gold_label=label, cap=30)
            session.execute(
                text("UPDATE clips SET rank = :rank WHERE id = :c"), {"c": clip_id, "rank": number / 1000}
            )
    said = dict(rows("SELECT id, CAST(round(CAST(rank AS numeric) * 1000) AS integer) % 2 FROM clips"))
    for reviewer in crowd:
        while True:
            with transaction() as session:
                leased = lease_next_clip(session, reviewer, start=0.0)
                if leased is None:
                    break
                label = "authentic" if said[leased[0].clip_id] else "manipulated"
                cast_vote(session, leased[0].id, reviewer, ballot(label))


def test_a_refit_that_bears_out_what_is_known_comes_into_force(database: Database) -> None:
    make_history(flipped=False)
    (version,) = refit()
    ((state, guard, is_active),) = rows(
        "SELECT guard_state, guard, is_active FROM reliability_versions WHERE version = :v", v=version
    )
    assert (state, is_active, guard["flipped"], guard["reason"]) == ("passed", True, 0, None)  # type: ignore[index]
    assert guard["clips"] == 76  # type: ignore[index]


def test_a_refit_that_turns_labels_round_is_frozen_until_an_admin_decides(database: Database) -> None:
    make_history(flipped=True)
    before = rows("SELECT version FROM reliability_versions WHERE is_active")
    assert refit() == []
    assert rows("SELECT version FROM reliability_versions WHERE is_active") == before
    ((version, state, guard),) = rows(
        "SELECT version, guard_state, guard FROM reliability_versions ORDER BY version DESC LIMIT 1"
    )
    assert state == "frozen"
    assert guard["flipped"] > 20  # type: ignore[index]
    assert "would change their label" in guard["reason"]  # type: ignore[index]
    assert rows("SELECT payload FROM outbox WHERE event = 'refit_frozen'") == [
        ({"version": version, "reason": guard["reason"]},)  # type: ignore[index]
    ]
    assert refit() == [], "the same answers are not fitted again"
    (admin,) = rows(
        "INSERT INTO users (email, display_name, roles) VALUES ('a@b.c', 'Ada', '{admin}') RETURNING id"
    )[0]
    with transaction() as session:
        row = reliabilities.activate_version(
            session, int(str(version)), int(str(admin)), "The gold was mended."
        )
    assert (row.is_active, row.guard_state, row.decided_by) == (True, "overruled", "Ada")
    assert row.decision_reason == "The gold was mended."
    assert recompute_outdated() == 76
    with pytest.raises(ConflictError), transaction() as session:
        reliabilities.activate_version(session, int(str(version)), int(str(admin)), "Again, please.")


def test_a_discarded_version_never_comes_into_force(database: Database) -> None:
    make_history(flipped=True)
    refit()
    ((version,),) = rows("SELECT max(version) FROM reliability_versions")
    admin = int(str(rows("SELECT min(id) FROM users")[0][0]))
    with transaction() as session:
        row = reliabilities.discard_version(
            session, int(str(version)), admin, "That gold was labelled wrongly."
        )
    assert (row.guard_state, row.is_active) == ("discarded", False)
    for decide in (reliabilities.activate_version, reliabilities.discard_version):
        with pytest.raises(ConflictError) as refused, transaction() as session:
            decide(session, int(str(version)), admin, "Changed my mind.")
        assert refused.value.code == "version_discarded"
    with pytest.raises(NotFoundError), transaction() as session:
        reliabilities.discard_version(session, 999, admin, "There is none.")
    ((active,),) = rows("SELECT version FROM reliability_versions WHERE is_active")
    with pytest.raises(ConflictError) as refused, transaction() as session:
        reliabilities.discard_version(session, int(str(active)), admin, "Away with it.")
    assert refused.value.code == "version_active"


def test_a_worker_that_died_after_the_fit_leaves_its_version_to_the_next_refit(database: Database) -> None:
    guard = {"clips": 3, "flipped": 0, "reason": None}
    rows(
        "INSERT INTO reliability_versions (engine_version, gold_answers, gold_watermark, parameters, guard_state, "
        "guard) VALUES ('online-1', 0, 0, '{}', 'pending', CAST(:g AS jsonb))",
        g=json.dumps(guard),
    )
    ((version,),) = rows("SELECT max(version) FROM reliability_versions")
    assert refit() == [version]


def test_ten_thousand_votes_bring_a_refit_without_any_gold(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clipjury.domain.trust.REFIT_VOTES", 6)
    monkeypatch.setattr("clipjury.services.reliabilities.REFIT_VOTES", 6)
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewers = [make_user(session) for _ in range(6)]
    for number, reviewer in enumerate(reviewers):
        assert refit() == [], number
        with transaction() as session:
            leased = lease_next_clip(session, reviewer, start=0.1)
            assert leased is not None
            cast_vote(session, leased[0].id, reviewer, ballot())
    assert len(refit()) == 1
    assert refit() == []


def test_batches_never_part_the_votes_of_a_clip() -> None:
    rng = random.Random(4)
    ids = sorted(uuid.UUID(int=rng.getrandbits(128)) for _ in range(40))
    votes = [(clip_id, reviewer, "manipulated") for clip_id in ids for reviewer in range(rng.randint(1, 9))]
    for size in (1, 2, 5, 50, 1000):
        batches = [votes[start : start + size] for start in range(0, len(votes), size)]
        whole = list(refit_guard.by_whole_clips(batches))
        assert [vote for part in whole for vote in part] == votes
        clips = [clip_id for part in whole for clip_id in {vote[0] for vote in part}]
        assert len(clips) == len(set(clips)) == 40
    assert list(refit_guard.by_whole_clips([])) == []
    answers = refit_guard.posteriors(votes, {})
    assert answers.shape == (40,)
    assert np.all(answers > 0.5)
