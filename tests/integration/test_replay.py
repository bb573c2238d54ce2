"""Past versions are computed again to the last bit, whatever has happened since; what was tampered with is named."""

from __future__ import annotations

import json
import random
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from tests.conftest import Database
from tests.factories.disputes import add_score
from tests.factories.rows import ballot, make_open_clip, make_user
from tests.integration.test_refits import review_until_nothing_is_left, rows

from clipjury.cli.main import cli
from clipjury.db.queries import refits
from clipjury.db.queries.assignments import LeasedClipRow
from clipjury.db.transaction import transaction
from clipjury.domain.errors import NotFoundError
from clipjury.domain.trust import REFIT_GOLD_ANSWERS
from clipjury.jobs.consensus import recompute_outdated, refit
from clipjury.services.assignments import lease_next_clip
from clipjury.services.consensus import recompute_clip
from clipjury.services.replay import Replay, replay_version
from clipjury.services.votes import cast_vote


def replay(version: int, clip_id: uuid.UUID | None = None) -> Replay:
    with transaction() as session:
        return replay_version(session, version, clip_id)


def versions() -> list[int]:
    return [int(str(row[0])) for row in rows("SELECT version FROM reliability_versions ORDER BY version")]


def tamper(database: Database, statement: str, **parameters: object) -> None:
    """As the owner of the tables with their guards off: what nobody can do through the platform."""
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        table = statement.split()[1]
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        assert connection.execute(text(statement), parameters).rowcount == 1
        connection.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
    engine.dispose()


@pytest.fixture
def voted(database: Database) -> Database:
    """Sixty clips, a third of them gold, judged by ten people while versions follow each other."""
    rng, truths = random.Random(5), {}
    with transaction() as session:
        uploader = make_user(session)
        for number in range(60):
            truth = rng.choice(["authentic", "manipulated"])
            clip_id = make_open_clip(session, uploader, gold_label=truth if number < 20 else None, cap=6)
            truths[clip_id] = truth
        crowd = [(make_user(session), rng.uniform(0.55, 0.9)) for _ in range(10)]
    done = threading.Event()

    def keep_fitting() -> None:
        while not done.is_set():
            refit()
            recompute_outdated(7)
            done.wait(0.02)

    fitter = threading.Thread(target=keep_fitting)
    fitter.start()
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda one: review_until_nothing_is_left(*one, truths), crowd))
    done.set()
    fitter.join()
    refit()
    recompute_outdated()
    return database


def test_every_version_posterior_and_verdict_comes_out_the_same_to_the_last_bit(voted: Database) -> None:
    all_versions = versions()
    assert len(all_versions) >= 4
    found = [replay(version) for version in all_versions]
    assert [one.differences for one in found] == [[]] * len(found)
    assert [one.not_replayed for one in found] == [{}] * len(found)
    assert sum(one.posteriors for one in found) == rows("SELECT count(*) FROM posteriors")[0][0]
    assert sum(one.reliabilities for one in found) == rows("SELECT count(*) FROM reliabilities")[0][0]
    assert sum(one.verdicts for one in found) == rows("SELECT count(*) FROM verdicts")[0][0] > 0


def test_gold_that_came_or_went_later_changes_no_past_version(voted: Database) -> None:
    newest = versions()[-1]
    gold = [row[0] for row in rows("SELECT clip_id FROM gold_labels ORDER BY clip_id")]
    rows("UPDATE clips SET quarantined_at = clock_timestamp() WHERE id = :id", id=gold[0])
    with transaction() as session:
        added = make_open_clip(session, make_user(session), gold_label="authentic", cap=40)
        crowd = [make_user(session) for _ in range(40)]
    for reviewer_id in crowd:
        leased = lease(reviewer_id)
        assert leased.clip_id == added
        with transaction() as session:
            cast_vote(session, leased.id, reviewer_id, ballot("authentic"))
    refit()
    refitted = versions()[-1]
    assert refitted > newest
    with transaction() as session:
        assert refits.list_gold_changes(session) == [], "the newest version knows today's gold"
    assert rows(
        "SELECT clip_id, label FROM reliability_gold_changes WHERE version = :v ORDER BY label", v=refitted
    ) == [(added, "authentic"), (gold[0], None)]
    for version in (newest, refitted):
        assert (replay(version).n_differences, replay(version).not_replayed) == (0, {})


def test_a_vote_in_flight_during_the_fit_is_not_taken_for_one_of_its_answers(database: Database) -> None:
    with transaction() as session:
        uploader = make_user(session)
        for _ in range(REFIT_GOLD_ANSWERS + 10):  # a few are answered `unsure`
            make_open_clip(session, uploader, gold_label="manipulated", cap=30)
        before, early = make_user(session), make_user(session)
    review_until_nothing_is_left(before, 1.0, _Manipulated())
    held = lease(early)
    late, elsewhere = next((who, found) for who, found in leases() if found.clip_id != held.clip_id)
    with Session(database.engine) as still_casting:
        cast_vote(still_casting, held.id, early, ballot("manipulated"))
        with transaction() as session:
            cast_vote(session, elsewhere.id, late, ballot("manipulated"))
        activated = refit()
        still_casting.commit()
    assert len(activated) == 1
    own = int(str(rows("SELECT id FROM votes WHERE reviewer_id = :r", r=early)[0][0]))
    ((watermark, missing),) = rows(
        "SELECT vote_watermark, votes_missing FROM reliability_versions WHERE version = :v", v=activated[0]
    )
    assert (own < int(str(watermark)), own in missing) == (True, True)  # type: ignore[operator]
    assert (replay(activated[0]).n_differences, replay(activated[0]).reliabilities) == (0, 2)


def lease(reviewer_id: int) -> LeasedClipRow:
    with transaction() as session:
        found = lease_next_clip(session, reviewer_id, start=0.5)
    assert found is not None
    return found[0]


def leases() -> Iterator[tuple[int, LeasedClipRow]]:
    """Fresh reviewers, each with a clip."""
    while True:
        with transaction() as session:
            reviewer_id = make_user(session)
        yield reviewer_id, lease(reviewer_id)


class _Manipulated(dict[uuid.UUID, str]):
    def __missing__(self, clip_id: uuid.UUID) -> str:
        return "manipulated"


def newest_in_use() -> int:
    """The newest version under which a posterior was recorded: the last may have changed none."""
    return int(str(rows("SELECT max(reliability_version) FROM posteriors")[0][0]))


def test_a_changed_vote_reliability_or_posterior_is_named(voted: Database) -> None:
    version = newest_in_use()
    vote_id, reviewer_id, clip_id = rows(
        "SELECT v.id, v.reviewer_id, v.clip_id FROM votes v JOIN gold_labels g USING (clip_id) "
        "JOIN posteriors q ON q.clip_id = v.clip_id AND q.reliability_version = :v "
        "WHERE v.label = g.label ORDER BY v.id LIMIT 1",
        v=version,
    )[0]
    tamper(
        voted,
        "UPDATE votes SET label = CASE label WHEN 'manipulated' THEN 'authentic' ELSE 'manipulated' END "
        "WHERE id = :id",
        id=vote_id,
    )
    named = {(each.kind, each.subject.split(",")[0], each.field) for each in replay(version).differences}
    assert ("input", f"version {version}", "input_hash") in named
    assert ("reliability", f"reviewer {reviewer_id}", "gold_answers") not in named
    assert {kind for kind, subject, _ in named if subject == f"reviewer {reviewer_id}"} == {"reliability"}
    assert ("posterior", f"clip {clip_id}", "p_people") in named


def test_a_stored_number_moved_by_one_bit_is_named(voted: Database) -> None:
    version = newest_in_use()
    posterior_id, clip_id, p_full = rows(
        "SELECT id, clip_id, p_full FROM posteriors WHERE reliability_version = :v ORDER BY id LIMIT 1",
        v=version,
    )[0]
    moved = float(str(p_full)) * (1 + 2**-52)
    tamper(voted, "UPDATE posteriors SET p_full = :p WHERE id = :id", p=moved, id=posterior_id)
    (found,) = replay(version).differences
    assert (found.kind, found.subject, found.field) == (
        "posterior",
        f"clip {clip_id}, {posterior_id}",
        "p_full",
    )
    assert (found.stored, found.recomputed) == (moved, p_full)
    assert replay(version, uuid.UUID(str(clip_id))).n_differences == 1


def test_scores_of_the_time_count_in_a_replay_and_not_those_of_today(database: Database) -> None:
    version = versions()[-1]
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
        add_score(session, clip_id, 0.1 + 0.2, calibrated=False)
    with transaction() as session:
        recompute_clip(session, clip_id, "score")
    with transaction() as session:
        add_score(session, clip_id, 0.9)
        session.execute(
            text("UPDATE detector_versions SET state = 'retired' WHERE detector = 'uncalibrated'")
        )
    assert rows("SELECT scores FROM posteriors WHERE clip_id = :c", c=clip_id) == [
        ([{"p": 0.1 + 0.2, "in_domain": True, "calibrated": False}],)
    ]
    found = replay(version, clip_id)
    assert (found.posteriors, found.n_differences, found.not_replayed) == (1, 0, {})


def test_what_was_not_kept_is_said_and_not_guessed(voted: Database) -> None:
    version = newest_in_use()
    tamper(
        voted,
        "UPDATE reliability_versions SET input_hash = NULL, votes_missing = NULL WHERE version = :v",
        v=version,
    )
    posterior_id = rows("SELECT min(id) FROM posteriors WHERE reliability_version = :v", v=version)[0][0]
    tamper(voted, "UPDATE posteriors SET scores = NULL WHERE id = :id", id=posterior_id)
    found = replay(version)
    assert found.n_differences == 0
    assert found.not_replayed == {
        "reliabilities: fitted before a version kept what it rests on": 1,
        "posteriors: recorded before scores were kept with them; people alone were replayed": 1,
    }
    with pytest.raises(NotFoundError, match="version 999"):
        replay(999)


def test_the_command_says_it_in_words_and_in_json(
    voted: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", voted.app_url)
    monkeypatch.setenv("CLIPJURY_SECRET_KEY", "only-for-tests-" + "x" * 32)
    monkeypatch.setenv("CLIPJURY_STATE_DIR", str(tmp_path))
    version = str(newest_in_use())
    told = CliRunner().invoke(cli, ["consensus", "replay", "--version", version])
    assert (told.exit_code, "all the same" in told.output) == (0, True), told.output
    posterior_id = rows("SELECT min(id) FROM posteriors WHERE reliability_version = :v", v=int(version))[0][0]
    tamper(voted, "UPDATE posteriors SET p_people = p_people / 2 WHERE id = :id", id=posterior_id)
    told = CliRunner().invoke(cli, ["consensus", "replay", "--version", version, "--json"])
    assert told.exit_code == 1
    assert json.loads(told.stdout)["differences"][0]["field"] == "p_people"
    missing = CliRunner().invoke(cli, ["consensus", "replay", "--version", "999"])
    assert (missing.exit_code, "no version 999" in missing.output) == (2, True)
