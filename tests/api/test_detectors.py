"""Detectors and training runs through the interface: who may do what, and what is told of it."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.api.conftest import NewVisitor, Visitor, scalar
from tests.factories.detectors import write_detector
from tests.factories.face_swaps import Picture, freeze_clips
from tests.factories.rows import make_open_clip, make_user

from clipjury.adapters.storage import Storage
from clipjury.db.queries.detector_versions import NewVersion
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.jobs.comparing import measure
from clipjury.jobs.detector_store import keep_folder
from clipjury.jobs.drifting import report_version
from clipjury.services import detectors, drift, promotions

REASON = "Looked at by hand; the gate set is too small."


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    root = tmp_path_factory.mktemp("detectors")
    return [write_detector(root / version, "drawn", version=version) for version in ("1", "2")]


@pytest.fixture
def versions(deps: Deps, storage: Storage, folders: list[Path]) -> list[int]:
    kept = [keep_folder(deps, folder) for folder in folders]
    with transaction() as session:
        return [detectors.register_version(session, new).id for new in kept]


def compare(candidate_id: int, *, each: int, skill: float) -> dict[str, Any]:
    """Gate items with scores of both versions, and the comparison that a job would record."""
    with transaction() as session:
        uploader = make_user(session)
        incumbent_id = session.execute(
            text("SELECT id FROM detector_versions WHERE state = 'active'")
        ).scalar_one()
        for number in range(2 * each):
            clip_id = make_open_clip(session, uploader)
            label = "manipulated" if number % 2 else "authentic"
            session.execute(
                text(
                    "INSERT INTO gold_labels (clip_id, label, role, source) VALUES (:c, :l, 'gate', 'test')"
                ),
                {"c": clip_id, "l": label},
            )
            guess = (number * 37 % 101) / 101
            for version, p in (
                (incumbent_id, guess),
                (candidate_id, (1 - skill) * guess + skill * (number % 2)),
            ):
                session.execute(
                    text(
                        "INSERT INTO scores (clip_id, detector_version_id, p_manipulated, is_in_domain, frames_used, "
                        "faces, seconds) VALUES (:c, :v, :p, true, 1, 1, 0.1)"
                    ),
                    {"c": clip_id, "v": version, "p": p},
                )
        job = promotions.request_comparison(session, candidate_id, None)
        outcome, report = measure(promotions.gate.list_items(session, incumbent_id, candidate_id), 0)
        promotions.record_comparison(session, job, outcome=outcome, report=json.loads(json.dumps(report)))
        session.execute(text("UPDATE jobs SET state = 'done' WHERE id = :id"), {"id": job.id})
    return report


def test_the_list_says_what_is_in_force_and_how_many_gate_items_are_missing(
    visitor: NewVisitor, versions: list[int]
) -> None:
    body = visitor("curator").get("/detectors").get_json()
    (drawn,) = body["items"]
    assert (drawn["name"], drawn["active_id"]) == ("drawn", versions[0])
    assert [(row["version"], row["state"]) for row in drawn["versions"]] == [
        ("2", "candidate"),
        ("1", "active"),
    ]
    assert body["gate"] == {
        "manipulated": 0, "authentic": 0, "wanted_of_each": 50, "missing_manipulated": 50, "missing_authentic": 50,
        "comparisons": 0, "many_comparisons": 20,
    }  # fmt: skip


def test_a_curator_compares_promotes_what_passed_and_takes_it_back(
    visitor: NewVisitor, versions: list[int]
) -> None:
    curator, candidate = visitor("curator"), versions[1]
    assert curator.post(f"/detectors/{candidate}/promote", {}).get_json()["code"] == "not_compared"
    compare(candidate, each=50, skill=0.6)
    detail = curator.get(f"/detectors/{candidate}").get_json()
    report = detail["report"]
    assert report["outcome"] == "passed" and not report["is_outdated"]
    assert all(check["holds"] for check in report["checks"])
    assert report["difference_low"] > 0 and report["candidate"]["roc"][-1] == [1.0, 1.0]
    assert {flip["label"] for flip in report["flips"]} <= {"authentic", "manipulated"}
    answer = curator.post(f"/detectors/{candidate}/promote", {})
    assert answer.status_code == 200
    assert answer.get_json()["version"]["state"] == "active"
    assert answer.get_json()["job"]["kind"] == "rescore_clips"
    back = curator.post(f"/detectors/{candidate}/rollback", {"reason": "It alarms on old films."})
    assert (back.status_code, back.get_json()["version"]["id"]) == (200, versions[0])
    history = curator.get(f"/detectors/{candidate}").get_json()["promotions"]
    assert [row["kind"] for row in history] == ["rollback", "gate", "first"]
    assert history[0]["reason"] == "It alarms on old films."


def test_reading_a_report_is_an_exposure_to_the_items_it_names(
    visitor: NewVisitor, versions: list[int]
) -> None:
    report = compare(versions[1], each=4, skill=0.9)
    curator = visitor("curator", "reviewer")
    assert (
        len(curator.get(f"/detectors/{versions[1]}").get_json()["report"]["flips"])
        == len(report["flips"])
        > 0
    )
    exposed = scalar(
        "SELECT count(*) FROM exposures WHERE user_id = :u AND reason = 'read'", u=curator.user_id
    )
    assert exposed == len(report["flips"])


def test_the_override_is_an_admins_and_needs_a_reason(visitor: NewVisitor, versions: list[int]) -> None:
    curator, admin, path = visitor("curator"), visitor("admin"), f"/detectors/{versions[1]}/promote"
    compare(versions[1], each=3, skill=1.0)
    answers = [
        curator.post(path, {}),
        curator.post(path, {"override_reason": REASON}),
        admin.post(path, {"override_reason": "  why  "}),
        admin.post(path, {"override_reason": REASON}),
        admin.post(path, {"override_reason": REASON}),
    ]
    assert [(answer.status_code, answer.get_json().get("code")) for answer in answers] == [
        (409, "gate_not_passed"), (403, "admin_only"), (422, "invalid_request"), (200, None), (409, "already_active"),
    ]  # fmt: skip
    assert answers[2].get_json()["errors"][0]["field"] == "override_reason"


def test_the_drift_report_is_read_by_those_who_decide_and_its_alert_stands_in_the_list(
    visitor: NewVisitor, versions: list[int]
) -> None:
    curator, path = visitor("curator"), f"/detectors/{versions[0]}/drift"
    assert curator.get(path).get_json() == {"version_id": versions[0], "report": None, "history": []}
    report_version(versions[0])
    report = curator.get(path).get_json()["report"]
    assert [measure["state"] for measure in report["measures"]] == ["too_few"] * 5
    with transaction() as session:
        fresh = drift.make_report(session, versions[0])
        drift.record_report(session, versions[0], replace(fresh, state="alert"))
    body = visitor("admin").get(path).get_json()
    assert [look["state"] for look in body["history"]] == ["alert", "too_few"]
    (group,) = curator.get("/detectors").get_json()["items"]
    assert [row["drift_state"] for row in group["versions"]] == [None, "alert"]
    attention = visitor("admin").get("/administration").get_json()["attention"]
    assert {"code": "detector_drift", "urgency": "now", "count": 1} in attention
    metrics = visitor("admin").get("/metrics")
    assert metrics.mimetype == "text/plain"
    assert "\nclipjury_detectors_drifted 1\n" in metrics.text
    assert metrics.text.count("# TYPE") == metrics.text.count(" gauge\n") == 12
    assert visitor("moderator").get(path).status_code == 403
    assert curator.get("/detectors/999999/drift").status_code == 404


def test_a_comparison_is_queued_once(visitor: NewVisitor, versions: list[int]) -> None:
    curator = visitor("curator")
    first = curator.post(f"/detectors/{versions[1]}/compare")
    assert (first.status_code, first.get_json()["kind"]) == (202, "compare_detectors")
    assert curator.post(f"/detectors/{versions[1]}/compare").get_json()["code"] == "comparison_running"
    assert curator.post(f"/detectors/{versions[0]}/compare").get_json()["code"] == "already_active"
    listed = curator.get("/detectors").get_json()["items"][0]["versions"]
    assert listed[0]["comparison_job_id"] == first.get_json()["id"]


@pytest.fixture
def snapshot_id() -> uuid.UUID:
    with transaction() as session:
        user = make_user(session, "curator")
        clips = []
        for number in range(6):
            clip_id = make_open_clip(session, user)
            picture = Picture(Path("x"), "manipulated" if number % 2 else "authentic", clip_id)
            clips.append((clip_id, picture))
        return freeze_clips(session, user, clips, 1)


def start(who: Visitor, snapshot: uuid.UUID, **changes: Any) -> Any:
    return who.post("/training-runs", {"snapshot_id": str(snapshot), "detector": "drawn", **changes})


def test_a_run_is_started_listed_and_read(
    visitor: NewVisitor, versions: list[int], snapshot_id: uuid.UUID
) -> None:
    curator = visitor("curator")
    snapshots = curator.get("/training-runs").get_json()["snapshots"]
    assert [(row["id"], row["clips"], row["manipulated"], row["authentic"]) for row in snapshots] == [
        (str(snapshot_id), 6, 2, 2)
    ]
    answer = start(curator, snapshot_id, seed=9, parameters={"steps": 30})
    assert answer.status_code == 202
    run, job = answer.get_json()["run"], answer.get_json()["job"]
    assert (run["state"], run["seed"], run["parameters"], run["job_id"]) == (
        "queued",
        9,
        {"steps": 30.0},
        job["id"],
    )
    live = {
        "phase": "training",
        "done": 3,
        "total": 30,
        "share": 0.5,
        "loss": 0.6,
        "eta_s": 12,
        "history": [],
    }
    with transaction() as session:
        session.execute(text("UPDATE training_runs SET live = CAST(:l AS jsonb)"), {"l": json.dumps(live)})
        session.execute(text("UPDATE jobs SET state = 'running', progress = 0.5"))
    seen = curator.get(f"/training-runs/{run['id']}").get_json()
    assert (seen["phase"], seen["step"], seen["steps"], seen["eta_s"]) == ("training", 3, 30, 12.0)
    assert [row["id"] for row in curator.get("/training-runs").get_json()["items"]] == [run["id"]]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"detector": "nobody"}, 404, "not_found"),
        ({"base_version_id": 9999}, 404, "not_found"),
        ({"snapshot_id": str(uuid.UUID(int=7))}, 404, "not_found"),
        ({"parameters": {"steps": 0}}, 422, "invalid_request"),
        ({"parameters": {"width": 3}}, 422, "invalid_request"),
        ({"seed": -1}, 422, "invalid_request"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    visitor: NewVisitor,
    versions: list[int],
    snapshot_id: uuid.UUID,
    changes: dict[str, Any],
    status: int,
    code: str,
) -> None:
    answer = start(visitor("curator"), snapshot_id, **changes)
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_gold_and_foreign_detectors_are_not_trained(
    visitor: NewVisitor, deps: Deps, versions: list[int], snapshot_id: uuid.UUID, tmp_path: Path
) -> None:
    admin = visitor("admin")
    foreign = keep_folder(deps, write_detector(tmp_path, "foreign", trainable=False))
    with transaction() as session:
        detectors.register_version(session, NewVersion(**vars(foreign)))
    assert start(admin, snapshot_id, detector="foreign").get_json()["code"] == "not_trainable"
    with transaction() as session:
        session.execute(
            text(
                "INSERT INTO gold_labels (clip_id, label, role, source) "
                "SELECT clip_id, 'authentic', 'gate', 'test' FROM snapshot_items LIMIT 1"
            )
        )
    assert start(admin, snapshot_id).get_json()["code"] == "gold_in_training"
