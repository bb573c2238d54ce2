"""Comparison on gate gold, promotion, the backlog, rollback; and two who promote at once."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.factories.detectors import write_detector
from tests.factories.face_swaps import Picture, draw_pairs, store_clip
from tests.factories.rows import make_open_clip, make_user
from tests.jobs.conftest import read_all

from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.detectors import NewScore
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.errors import ConflictError, ForbiddenError, InvalidError
from clipjury.jobs import detector_store, tracked
from clipjury.jobs.comparing import measure
from clipjury.jobs.tracked import run_tracked_job
from clipjury.services import detectors, jobs, promotions
from clipjury.services.promotions import Actor

REASON = "The gate set is too small, and it was looked at by hand."


@pytest.fixture(autouse=True)
def _report_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked, "REPORT_EVERY_S", 0.0)


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    return list(draw_pairs(tmp_path_factory.mktemp("gate"), 51, 2))


@pytest.fixture
def incumbent(deps: Deps) -> VersionRow:
    detector_store.ensure_bundled(deps)
    return versions_of("random-lite0")[0]


@pytest.fixture
def candidate(deps: Deps, incumbent: VersionRow, tmp_path: Path) -> VersionRow:
    return install(deps, tmp_path, "1")


def install(deps: Deps, folder: Path, version: str) -> VersionRow:
    home = write_detector(folder / version, "random-lite0", version=version, counted_for=["video", "image"])
    with transaction() as session:
        return detectors.register_version(session, detector_store.keep_folder(deps, home))


def versions_of(detector: str) -> list[VersionRow]:
    with transaction() as session:
        return detector_store.versions.list_versions(session, detector)


def states() -> dict[str, str]:
    return {row.version: row.state for row in versions_of("random-lite0")}


def user(*roles: str) -> int:
    with transaction() as session:
        return make_user(session, *roles)


def give_score(
    clip_id: uuid.UUID, version: VersionRow, p: float | None, face_px: float | None = None
) -> None:
    reason = None if p is not None else "no_face"
    score = NewScore(clip_id, version.id, p, p is not None, reason, None, 1, 1, 0.1, face_px=face_px)
    with transaction() as session:
        detectors.record_score(session, score)


def fill_gate(each: int, incumbent: VersionRow, candidate: VersionRow, skill: float) -> None:
    """Gate items with scores of both: the incumbent guesses, the candidate is right by `skill`."""
    uploader = user()
    for number in range(2 * each):
        label = "manipulated" if number % 2 else "authentic"
        with transaction() as session:
            clip_id = make_open_clip(session, uploader)
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'gate', 'test')"
                ),
                {"c": clip_id, "l": label},
            )
        guess = (number * 37 % 101) / 101
        give_score(clip_id, incumbent, guess)
        give_score(clip_id, candidate, (1 - skill) * guess + skill * (number % 2))


def compare(deps: Deps, candidate: VersionRow) -> dict[str, Any]:
    with transaction() as session:
        job = promotions.request_comparison(session, candidate.id, None)
    run_tracked_job(deps, str(job.id))
    with transaction() as session:
        done = jobs.get_job(session, job.id)
    assert done.state == "done", done.error
    assert done.result is not None
    return done.result


def promote(version: VersionRow, reason: str | None = None, *roles: str) -> str:
    with transaction() as session:
        actor = Actor(make_user(session, *(roles or ("curator",))), "admin" in roles)
        return str(promotions.promote(session, version.id, actor, reason).id)


def test_the_first_version_is_in_force_and_every_later_one_a_candidate(
    deps: Deps, candidate: VersionRow
) -> None:
    assert states() == {"0": "active", "1": "candidate"}
    detector_store.ensure_bundled(deps)
    assert states() == {"0": "active", "1": "candidate"}
    assert read_all("SELECT kind, previous_id FROM promotions") == [("first", None)]


def test_only_scores_of_the_version_in_force_move_a_posterior(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
    give_score(clip_id, candidate, 0.99)
    assert read_all("SELECT p_full FROM clips") == [(None,)]
    give_score(clip_id, incumbent, 0.2)
    ((before,),) = read_all("SELECT p_full FROM clips")
    assert isinstance(before, float) and before < 0.5
    run_tracked_job(deps, promote(candidate, REASON, "admin"))
    ((after,),) = read_all("SELECT p_full FROM clips")
    assert isinstance(after, float) and after > 0.5
    assert read_all("SELECT cause FROM posteriors ORDER BY id") == [("score",), ("detector",)]


def test_a_better_candidate_passes_and_an_equal_one_is_refused_with_its_figures(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow, tmp_path: Path
) -> None:
    fill_gate(50, incumbent, candidate, skill=0.6)
    assert compare(deps, candidate)["outcome"] == "passed"
    run_tracked_job(deps, promote(candidate))
    assert states() == {"0": "retired", "1": "active"}
    equal = install(deps, tmp_path, "2")
    for clip_id, p in read_all(
        "SELECT clip_id, p_manipulated FROM scores WHERE detector_version_id = :v", v=candidate.id
    ):
        give_score(uuid.UUID(str(clip_id)), equal, p)  # type: ignore[arg-type]
    assert compare(deps, equal)["outcome"] == "refused"
    ((report,),) = read_all("SELECT report FROM detector_comparisons ORDER BY id DESC LIMIT 1")
    assert isinstance(report, dict)
    assert (report["difference"], report["difference_low"], report["number"]) == (0.0, 0.0, 2)
    with pytest.raises(ConflictError) as refused:
        promote(equal)
    assert refused.value.code == "gate_not_passed"
    assert states()["1"] == "active"


def test_under_fifty_of_a_class_only_an_admins_override_with_a_reason_promotes(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow
) -> None:
    fill_gate(49, incumbent, candidate, skill=1.0)
    assert compare(deps, candidate)["outcome"] == "too_few_items"
    for reason, roles, error, code in (
        (None, ("admin",), ConflictError, "gate_not_passed"),
        (REASON, ("curator",), ForbiddenError, "admin_only"),
        ("short", ("admin",), InvalidError, "invalid_request"),
    ):
        with pytest.raises(error) as refused:
            promote(candidate, reason, *roles)
        assert refused.value.code == code
    promote(candidate, REASON, "admin")
    assert read_all("SELECT kind, reason FROM promotions ORDER BY id DESC LIMIT 1") == [("override", REASON)]
    (audit,) = read_all("SELECT detail ->> 'reason' FROM audit_events WHERE action = 'detector_promoted'")
    assert audit == (REASON,)


def test_the_gate_scores_what_is_missing_by_both_versions_and_counts_a_failure_as_an_abstention(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow, pictures: list[Picture]
) -> None:
    uploader = user()
    with transaction() as session:
        clips = [
            store_clip(session, deps.storage, picture, uploader, gold_role="gate") for picture in pictures
        ]
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :id"), {"id": clips[3]})
    assert compare(deps, candidate)["outcome"] == "too_few_items"
    scored = read_all("SELECT clip_id, detector_version_id FROM scores")
    assert set(scored) == {(clip, version.id) for clip in clips[:3] for version in (incumbent, candidate)}
    ((report,),) = read_all("SELECT report FROM detector_comparisons")
    assert isinstance(report, dict)
    assert (report["manipulated"], report["authentic"]) == (1, 2)
    assert report["missing"] == {"manipulated": 49, "authentic": 48}
    assert read_all("SELECT p_full FROM clips WHERE p_full IS NOT NULL") != []


def test_a_comparison_with_a_version_that_is_no_longer_in_force_promotes_nothing(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow, tmp_path: Path
) -> None:
    fill_gate(50, incumbent, candidate, skill=0.6)
    compare(deps, candidate)
    promote(install(deps, tmp_path, "2"), REASON, "admin")
    with pytest.raises(ConflictError) as refused:
        promote(candidate)
    assert refused.value.code == "comparison_outdated"


def test_of_two_who_promote_at_once_one_does_and_one_is_told(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow
) -> None:
    fill_gate(50, incumbent, candidate, skill=0.6)
    compare(deps, candidate)
    people = [user("curator") for _ in range(8)]
    start, told = threading.Barrier(8), list[str]()

    def try_it(person: int) -> None:
        start.wait()
        try:
            with transaction() as session:
                promotions.promote(session, candidate.id, Actor(person, False), None)
            told.append("promoted")
        except ConflictError as error:
            told.append(error.code)

    threads = [threading.Thread(target=try_it, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["already_active"] * 7 + ["promoted"]
    assert read_all("SELECT count(*) FROM promotions WHERE kind = 'gate'") == [(1,)]
    assert read_all("SELECT count(*) FROM jobs WHERE kind = 'rescore_clips'") == [(1,)]


def test_the_backlog_is_scored_open_clips_first_and_no_verdict_is_touched(
    deps: Deps,
    incumbent: VersionRow,
    candidate: VersionRow,
    pictures: list[Picture],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uploader = user()
    with transaction() as session:
        retired = store_clip(session, deps.storage, pictures[0], uploader, state="retired")
        opened = store_clip(session, deps.storage, pictures[1], uploader)
        withheld = store_clip(session, deps.storage, pictures[2], uploader)
        session.execute(text("UPDATE clips SET quarantined_at = now() WHERE id = :id"), {"id": withheld})
    job_id = promote(candidate, REASON, "admin")
    for _ in range(2):
        run_tracked_job(deps, job_id)
    assert read_all(
        "SELECT clip_id FROM scores WHERE detector_version_id = :v ORDER BY id", v=candidate.id
    ) == [
        (opened,),
        (retired,),
    ]
    assert read_all("SELECT state, outcome FROM clips WHERE id = :id", id=retired) == [
        ("retired", "no_manipulation_found")
    ]
    assert read_all("SELECT count(*) FROM verdicts") == [(0,)]
    ((moved,),) = read_all("SELECT p_full FROM clips WHERE id = :id", id=opened)
    assert moved is not None
    with transaction() as session:
        done = jobs.get_job(session, uuid.UUID(job_id))
    assert done.result == {"scored": 2, "recomputed": 0, "superseded": False}


def test_rollback_brings_the_version_before_back_at_once_and_again(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow, tmp_path: Path
) -> None:
    with transaction() as session:
        clip_id = make_open_clip(session, make_user(session))
    third = install(deps, tmp_path, "2")
    for version, p in ((incumbent, 0.1), (candidate, 0.9), (third, 0.8)):
        give_score(clip_id, version, p)
    ((first,),) = read_all("SELECT p_full FROM clips")
    for version in (candidate, third):
        run_tracked_job(deps, promote(version, REASON, "admin"))
    seen = []
    for version in (third, candidate):
        with transaction() as session:
            job = promotions.roll_back(
                session, version.id, make_user(session, "curator"), "It alarms on old films."
            )
        run_tracked_job(deps, str(job.id))
        seen.append((states(), read_all("SELECT p_full FROM clips")[0][0]))
    assert seen[0][0] == {"0": "retired", "1": "active", "2": "retired"}
    assert seen[1] == ({"0": "active", "1": "retired", "2": "retired"}, first)
    with transaction() as session, pytest.raises(ConflictError) as refused:
        promotions.roll_back(session, incumbent.id, make_user(session), "There is nothing before it.")
    assert refused.value.code == "nothing_before"
    with transaction() as session, pytest.raises(ConflictError) as inactive:
        promotions.roll_back(session, third.id, make_user(session), "It is not in force at all.")
    assert inactive.value.code == "not_active"


def test_a_backlog_of_a_version_that_was_taken_back_stops(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow, pictures: list[Picture]
) -> None:
    with transaction() as session:
        store_clip(session, deps.storage, pictures[0], make_user(session))
    job_id = promote(candidate, REASON, "admin")
    with transaction() as session:
        promotions.roll_back(session, candidate.id, make_user(session), "A mistake of the hand.")
    run_tracked_job(deps, job_id)
    assert read_all("SELECT count(*) FROM scores") == [(0,)]


def test_past_twenty_comparisons_the_report_warns(incumbent: VersionRow, candidate: VersionRow) -> None:
    fill_gate(3, incumbent, candidate, skill=0.5)
    with transaction() as session:
        items = promotions.gate.list_items(session, incumbent.id, candidate.id)
    assert measure(items, 19)[1]["is_worn"] is False
    assert measure(items, 20)[1]["is_worn"] is True


def test_the_gates_table_has_a_part_for_each_face_size_and_a_fall_in_one_refuses(
    deps: Deps, incumbent: VersionRow, candidate: VersionRow
) -> None:
    """Better on the whole and worse on small faces; which clips those are is what the version in force measured."""
    uploader = user()
    for number in range(240):
        label, small = ("manipulated" if number % 2 else "authentic"), number % 12 < 2
        with transaction() as session:
            clip_id = make_open_clip(session, uploader)
            session.execute(
                text("INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'gate', 't')"),
                {"c": clip_id, "l": label},
            )
        guess, right = (number * 37 % 101) / 101, float(number % 2)
        give_score(
            clip_id, incumbent, 0.3 * guess + 0.7 * right if small else guess, 90.0 if small else 300.0
        )
        give_score(clip_id, candidate, guess if small else 0.4 * guess + 0.6 * right, 1000.0)
    assert compare(deps, candidate)["outcome"] == "refused"
    ((report,),) = read_all("SELECT report FROM detector_comparisons")
    assert isinstance(report, dict)
    parts = {each["name"]: each for each in report["slices"] if each["name"].startswith("faces: ")}
    assert {name: each["manipulated"] for name, each in parts.items()} == {
        "faces: under 140 px": 20,
        "faces: 280 px and more": 100,
    }
    assert report["difference_low"] > 0
    assert parts["faces: under 140 px"]["candidate"] < parts["faces: under 140 px"]["incumbent"]
    failed = [check["sentence"] for check in report["checks"] if not check["holds"]]
    assert len(failed) == 1 and "faces: under 140 px" in failed[0]


def test_comparisons_and_promotions_cannot_be_changed(candidate: VersionRow) -> None:
    from sqlalchemy.exc import DBAPIError

    for statement in (
        "UPDATE promotions SET reason = 'other'",
        "DELETE FROM promotions",
        "TRUNCATE promotions",
    ):
        with pytest.raises(DBAPIError), transaction() as session:
            session.execute(text(statement))


@pytest.mark.parametrize("damage", ["weights", "card"])
def test_a_folder_that_was_changed_in_the_store_is_not_loaded(
    deps: Deps, incumbent: VersionRow, damage: str
) -> None:
    from clipjury_ml.detection.manifest import DetectorError

    name = "weights.safetensors" if damage == "weights" else "model.json"
    path = deps.storage.local_path(f"{incumbent.storage_key}/{name}")
    assert path is not None
    content = path.read_bytes()
    other = content.replace(b'"version": "0"', b'"version": "9"')
    path.write_bytes(content[:-1] + b"x" if damage == "weights" else other)
    with pytest.raises(DetectorError, match=r"changed or damaged|not the one that was registered"):
        detector_store.load_version(deps, incumbent)


def test_the_same_version_with_other_weights_is_refused(
    deps: Deps, candidate: VersionRow, tmp_path: Path
) -> None:
    new = replace(_as_new(candidate), sha256="0" * 64)
    with transaction() as session, pytest.raises(ConflictError) as refused:
        detectors.register_version(session, new)
    assert refused.value.code == "detector_changed"


def _as_new(row: VersionRow) -> detector_store.NewVersion:
    return detector_store.NewVersion(row.detector, row.version, row.sha256, row.card, row.storage_key)
