"""The backlog of a version: every clip once, in the order of the queue, at a cost that does not grow with the clips."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from tests.conftest import Database
from tests.factories.rows import make_open_clip, make_user
from tests.jobs.conftest import read_all
from tests.jobs.test_promotion import incumbent  # noqa: F401  # a fixture

from clipjury.adapters.storage import StorageError
from clipjury.db.queries import rescoring as queries
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.detectors import NewScore
from clipjury.db.queries.rescoring import OPEN_WALKS, RETIRED_WALK, Walk
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import rescoring
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import detectors, jobs

WALKS = (*OPEN_WALKS, RETIRED_WALK)
WINDOW = 100


def fill(database: Database, number: int, version: VersionRow) -> None:
    """A third each of open, unleasable and retired clips, half of them scored, straight in the database."""
    with transaction() as session:
        session.execute(
            text(
                """
INSERT INTO clips (sha256, size_bytes, container, original_name, uploader_id, group_id, kind, state, queue_priority,
  queue_bucket, votes_cap, parallel_leases, outcome, retirement_reason, retired_at)
SELECT encode(sha256(CAST(CAST(n AS text) AS bytea)), 'hex'), 1000, 'mov', 'clip.mp4', :user, gen_random_uuid(),
  'video',
  CASE n % 3 WHEN 0 THEN 'open' WHEN 1 THEN 'closing' ELSE 'retired' END,
  CASE WHEN n % 60 = 0 THEN 2 ELSE n % 2 END, n % 40, 12, 3,
  CASE WHEN n % 3 = 2 THEN 'inconclusive' END, CASE WHEN n % 3 = 2 THEN 'cap' END,
  CASE WHEN n % 3 = 2 THEN now() - make_interval(mins => n) END
FROM generate_series(1, :number) AS n"""
            ),
            {"number": number, "user": make_user(session)},
        )
        session.execute(
            text(
                "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, frames_used, faces, "
                "seconds) SELECT id, :v, 0.5, true, 1, 1, 0.1 FROM clips WHERE rank < 0.5"
            ),
            {"v": version.id},
        )
    engine = create_engine(database.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE clips"))
        connection.execute(text("VACUUM ANALYZE scores"))
    engine.dispose()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def rows_read(version: VersionRow, walk: Walk, after: queries.Place) -> dict[str, int]:
    """Entries of each relation that PostgreSQL looked at for one step of the walk, filtered ones included."""
    values = {"version_id": version.id, "limit": WINDOW, **{f"key{n}": key for n, key in enumerate(after)}}
    with transaction() as session:
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {walk.statement.text}")
        ((found,),) = session.execute(explained, values).all()
    read: dict[str, int] = {}
    for node in nodes(found[0]["Plan"]):
        if "Relation Name" in node:
            assert node["Node Type"] in ("Index Scan", "Index Only Scan"), (walk.name, node)
            looked_at = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            read[node["Relation Name"]] = round(looked_at * node["Actual Loops"])
    return read


@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.name)
def test_a_step_reads_one_window_of_an_index_and_no_more_among_many_clips(
    database: Database,
    incumbent: VersionRow,  # noqa: F811
    walk: Walk,
) -> None:
    fill(database, 30_000, incumbent)
    place: queries.Place | None = walk.start
    for _ in range(3):
        assert place is not None, "the walk is longer than this"
        read = rows_read(incumbent, walk, place)
        assert read["clips"] <= WINDOW
        assert read["scores"] <= WINDOW
        with transaction() as session:
            _, place = queries.walk_on(session, incumbent.id, walk, place, WINDOW)


def walk_all(version: VersionRow, limit: int, *walks: Walk) -> list[uuid.UUID]:
    found = []
    for walk in walks:
        place: queries.Place | None = walk.start
        while place is not None:
            with transaction() as session:
                rows, place = queries.walk_on(session, version.id, walk, place, limit)
            found += [row.id for row in rows]
    return found


@pytest.mark.parametrize("limit", [1, 7, 5000])
def test_all_walks_together_meet_each_unscored_clip_once_and_open_ones_in_the_order_of_the_queue(
    database: Database,
    incumbent: VersionRow,  # noqa: F811
    limit: int,
) -> None:
    fill(database, 400, incumbent)
    with transaction() as session:
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE queue_bucket = 3"))
        session.execute(text("UPDATE clips SET queue_priority = 3 WHERE queue_bucket = 5"))
        session.execute(text("UPDATE clips SET live_leases = 3 WHERE queue_bucket = 6 AND state = 'open'"))
        session.execute(
            text("UPDATE clips SET retired_at = now() WHERE queue_bucket = 7 AND state = 'retired'")
        )
        left = queries.count_unscored(session, incumbent.id)
    found = walk_all(incumbent, limit, *WALKS)
    wanted = read_all(
        "SELECT c.id, c.state <> 'retired', c.leasable, c.queue_priority, c.queue_bucket, c.rank, c.retired_at FROM "
        "clips c WHERE c.quarantined_at IS NULL AND NOT EXISTS (SELECT FROM scores s WHERE s.clip_id = c.id)"
    )
    facts = {row[0]: row[1:] for row in wanted}
    assert len(found) == len(set(found)) == len(facts) == left.total > 150
    assert set(found) == set(facts)
    assert [facts[clip][0] for clip in found] == [True] * left.open + [False] * left.retired
    served = [clip for clip in found if facts[clip][1] and facts[clip][2] < 2]  # type: ignore[operator]
    assert served == sorted(served, key=lambda clip: facts[clip][3:5]), "as the queue serves them"
    assert found[: len(served)] == served
    retired = [facts[clip][5] for clip in found[left.open :]]
    assert retired == sorted(retired, reverse=True)  # type: ignore[type-var]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> set[uuid.UUID]:
    """Scoring without a detector; clips in the set have lost their originals."""
    lost: set[uuid.UUID] = set()

    def examine(
        _deps: Deps, clip_id: uuid.UUID, _sha256: str, _kind: str, wanted: list[tuple[int, None]]
    ) -> list[NewScore]:
        if clip_id in lost:
            raise StorageError("gone")
        return [NewScore(clip_id, wanted[0][0], 0.5, True, None, None, 1, 1, 0.1)]

    monkeypatch.setattr(rescoring, "examine_clip", examine)
    monkeypatch.setattr(rescoring, "load_version", lambda *_: None)
    monkeypatch.setattr(rescoring, "_WINDOW", 3)
    return lost


def run_backlog(deps: Deps, version: VersionRow) -> dict[str, Any]:
    with transaction() as session:
        job_id = detectors.request_rescoring(session, version.id, None)
    run_tracked_job(deps, str(job_id))
    with transaction() as session:
        done = jobs.get_job(session, job_id)
    assert (done.state, done.error) == ("done", None)
    assert done.result is not None
    return done.result


def add_clips(number: int, state: str = "open") -> list[uuid.UUID]:
    with transaction() as session:
        user = make_user(session)
        return [make_open_clip(session, user, state=state) for _ in range(number)]


def test_clips_that_change_their_places_while_others_are_scored_are_found_all_the_same(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    quick: set[uuid.UUID],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each time a clip is scored another one steps to where the walk has been already, or out of the queue and back."""
    clips = add_clips(20)
    rng, examine = random.Random(5), rescoring.examine_clip

    def restless(*arguments: Any) -> list[NewScore]:
        with transaction() as session:
            for clip_id in rng.sample(clips, 6):
                leases, bucket = rng.choice((0, 0, 3)), rng.randrange(-5, 60)
                session.execute(
                    text("UPDATE clips SET live_leases = :n, queue_bucket = :b WHERE id = :c"),
                    {"n": leases, "b": bucket, "c": clip_id},
                )
        return examine(*arguments)

    monkeypatch.setattr(rescoring, "examine_clip", restless)
    missed = len(set(clips)) - len(set(walk_all(incumbent, 3, OPEN_WALKS[0])))
    assert missed == 0, "all of them stand in the queue"
    assert run_backlog(deps, incumbent) == {"scored": 20, "recomputed": 0, "superseded": False}
    assert read_all("SELECT count(*), count(DISTINCT clip_id) FROM scores") == [(20, 20)]


def test_a_clip_whose_original_is_gone_is_passed_over_and_ends_nothing(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    quick: set[uuid.UUID],
) -> None:
    clips = add_clips(8)
    quick.update(clips[:2])
    assert run_backlog(deps, incumbent) == {"scored": 6, "recomputed": 0, "superseded": False}
    scored = {row[0] for row in read_all("SELECT clip_id FROM scores")}
    assert scored == set(clips[2:])
    quick.clear()
    assert run_backlog(deps, incumbent)["scored"] == 2
