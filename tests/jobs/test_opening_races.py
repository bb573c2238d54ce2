"""A version comes into force while a clip is on its way in: it opens with its score, or stands in the backlog."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.rows import ballot, make_open_clip, make_user
from tests.jobs.conftest import read_all, read_clip
from tests.jobs.test_promotion import REASON, candidate, incumbent, promote  # noqa: F401  # two are fixtures

from clipjury.db.queries.clips import RenditionRow
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.detectors import NewScore
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs import rescoring, scoring, sweeps
from clipjury.jobs.scoring import score_clip
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import assignments, clips, detectors, votes

WAIT_S = 20.0


def scores_of(clip_id: uuid.UUID) -> set[object]:
    return {
        row[0] for row in read_all("SELECT detector_version_id FROM scores WHERE clip_id = :c", c=clip_id)
    }


@pytest.fixture
def on_its_way() -> uuid.UUID:
    """A clip that lacks nothing but scores."""
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), state="processing")
        clips.record_renditions(
            session,
            clip_id,
            [
                RenditionRow(clip_id, name, f"r/{name}", "video/mp4", 10, "x", {})
                for name in clips.PREVIEW_NAMES
            ],
        )
    return clip_id


@pytest.fixture
def while_scoring(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """Scoring without a detector; what is put here happens once, in the middle of it."""
    happenings: list[Callable[[], object]] = []

    def examine(
        _deps: Deps, clip_id: uuid.UUID, _sha256: str, _kind: str, wanted: list[tuple[int, Any]]
    ) -> list[NewScore]:
        while happenings:
            happenings.pop()()
        return [NewScore(clip_id, each, 0.5, True, None, None, 1, 1, 0.1) for each, _ in wanted]

    for module in (scoring, rescoring):
        monkeypatch.setattr(module, "examine_clip", examine)
    return happenings


def test_a_clip_that_is_being_scored_when_a_version_comes_into_force_opens_with_that_versions_score(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
    on_its_way: uuid.UUID,
    while_scoring: list[Callable[[], object]],
) -> None:
    """The backlog has been gone through before the clip opens: nobody else would score it."""
    while_scoring.append(lambda: run_tracked_job(deps, promote(candidate, REASON, "admin")))
    score_clip(deps, str(on_its_way))
    assert read_clip(on_its_way).state == "open"
    assert scores_of(on_its_way) == {incumbent.id, candidate.id}


def test_a_clip_whose_preview_comes_last_waits_for_a_version_that_came_into_force_meanwhile(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
    while_scoring: list[Callable[[], object]],
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session), state="processing")
    score_clip(deps, str(clip_id))
    run_tracked_job(deps, promote(candidate, REASON, "admin"))
    made = [
        RenditionRow(clip_id, name, f"r/{name}", "video/mp4", 10, "x", {}) for name in clips.PREVIEW_NAMES
    ]
    with transaction() as session:
        assert not clips.record_renditions(session, clip_id, made)
    with transaction() as session:
        assert sweeps.missing_steps(session, read := clips.get_clip(session, clip_id)) == ("score_clip",), (
            read
        )
    score_clip(deps, str(clip_id))
    assert read_clip(clip_id).state == "open"
    assert scores_of(clip_id) == {incumbent.id, candidate.id}


class Opening(threading.Thread):
    """Stores the incumbent's score, which opens the clip, and commits when it is told to."""

    def __init__(self, clip_id: uuid.UUID, version: VersionRow) -> None:
        super().__init__()
        self._clip_id, self._version = clip_id, version
        self.has_opened, self.may_commit = threading.Event(), threading.Event()

    def run(self) -> None:
        with transaction() as session:
            score = NewScore(self._clip_id, self._version.id, 0.5, True, None, None, 1, 1, 0.1)
            detectors.record_score(session, score)
            self.has_opened.set()
            assert self.may_commit.wait(WAIT_S)


def waits_for_a_lock() -> bool:
    return read_all("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND locktype = 'advisory'") == [
        (True,)
    ]


def test_an_opening_that_has_not_committed_is_in_the_backlog_of_the_version_that_comes_into_force(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
    on_its_way: uuid.UUID,
    while_scoring: list[Callable[[], object]],
) -> None:
    """Whoever promotes waits for it; else the backlog would be read before the clip can be seen in it."""
    opening = Opening(on_its_way, incumbent)
    opening.start()
    assert opening.has_opened.wait(WAIT_S)
    backlog: list[str] = []
    promoting = threading.Thread(target=lambda: backlog.append(promote(candidate, REASON, "admin")))
    promoting.start()
    pause = threading.Event()
    for _ in range(400):
        if waits_for_a_lock() or not promoting.is_alive():
            break
        pause.wait(0.05)
    if not promoting.is_alive():  # it did not wait: its backlog is gone through before the clip is to be seen
        run_tracked_job(deps, backlog[0])
    opening.may_commit.set()
    opening.join()
    promoting.join()
    run_tracked_job(deps, backlog[0])
    assert read_clip(on_its_way).state == "open"
    assert scores_of(on_its_way) == {incumbent.id, candidate.id}


def test_an_opening_that_comes_upon_a_promotion_waits_for_its_end_and_sees_the_new_version(
    deps: Deps,
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
    on_its_way: uuid.UUID,
    while_scoring: list[Callable[[], object]],
) -> None:
    opening = Opening(on_its_way, incumbent)
    opening.may_commit.set()
    with transaction() as session:
        detectors.versions.bring_into_force(
            session,
            detectors.NewPromotion(candidate.detector, candidate.id, incumbent.id, "override", REASON),
        )
        opening.start()
        assert not opening.has_opened.wait(0.5), "it waits"
    opening.join()
    assert read_clip(on_its_way).state == "processing", "the version in force has not scored it"
    score_clip(deps, str(on_its_way))
    assert read_clip(on_its_way).state == "open"
    assert scores_of(on_its_way) == {incumbent.id, candidate.id}


def test_no_lease_and_no_vote_waits_while_a_version_comes_into_force(
    incumbent: VersionRow,  # noqa: F811
    candidate: VersionRow,  # noqa: F811
) -> None:
    with transaction() as session:
        make_open_clip(session, make_user(session))
        reviewer = make_user(session)
    voted = threading.Event()

    def vote() -> None:
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            leased = assignments.lease_next_clip(
                session, reviewer, start=0.0, gold_draw=0.9999, value_draw=0.5
            )
        assert leased is not None
        with transaction() as session:
            session.execute(text("SET LOCAL lock_timeout = '5s'"))
            votes.cast_vote(session, leased[0].id, reviewer, ballot())
        voted.set()

    voter = threading.Thread(target=vote)
    with transaction() as session:
        detectors.versions.bring_into_force(
            session,
            detectors.NewPromotion(candidate.detector, candidate.id, incumbent.id, "override", REASON),
        )
        voter.start()
        assert voted.wait(WAIT_S)
    voter.join()
