"""One clip's whole life by scripts alone: upload, votes, dispute, decision, snapshot, training, promotion."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.conftest import Installation, Script
from tests.e2e.crowd import Eyes, draw_people, judge_all, teach_by_gold, upload, wait_for, wait_for_job
from tests.factories.face_swaps import Picture

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PEOPLE = 20
SEED = 31
DECISION = {
    "verdict": "manipulated",
    "reason_codes": ["traces_seen"],
    "rationale": "The jaw line is another's.",
}


@pytest.fixture(scope="module")
def scripts(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Script]:
    """Everybody's script; both reviewers are known from gold."""
    for name, role in (("ulla", "reviewer"), ("rolf", "reviewer"), ("runa", "reviewer"), ("maya", "moderator"),
                       ("carl", "curator"), ("anna", "admin")):  # fmt: skip
        installation.person(name, role)
    teach_by_gold(installation, tmp_path_factory.mktemp("gold"), ("rolf", "runa"), "ulla@example.org")
    return {name: installation.api(name) for name in installation.people}


def judge_pictures(scripts: dict[str, Script], pictures: list[Picture], disputed: Picture) -> None:
    """Both reviewers see every picture; they part over one."""
    eyes = Eyes(pictures)
    for name in ("rolf", "runa"):
        script = scripts[name]

        def truth_of(lease: dict[str, Any], script: Script = script, name: str = name) -> str | None:
            picture = eyes.find(script, lease)
            if picture is disputed and name == "runa":
                return "authentic"
            return picture.label if picture else None

        judge_all(script, truth_of)


def decide(scripts: dict[str, Script], clip_id: str) -> None:
    """The moderator finds the case, sees no score before sealing, and decides."""
    maya = scripts["maya"]

    def find() -> dict[str, Any] | None:
        _, queue = maya.call("GET", "/disputes?reason=strong_clash")
        return next((entry for entry in queue["items"] if entry["clip_id"] == clip_id), None)

    dispute = wait_for(find, "the dispute")
    at = f"/disputes/{dispute['id']}"
    status, case = maya.call("GET", at)
    assert status == 200
    assert case["evidence"] is None
    assert sorted(vote["label"] for vote in case["votes"]) == ["authentic", "manipulated"]
    status, refused = maya.call("POST", f"{at}/decision", DECISION)
    assert status == 409, refused
    assert maya.call("POST", f"{at}/provisional", {"verdict": "manipulated"})[0] == 201
    status, case = maya.call("GET", at)
    said = {score["detector"] for score in case["evidence"]["scores"]}
    assert said == {
        "av-sync", "boundary-forensics", "edit-trace", "face-swap-lite0", "provenance", "whole-picture",
    }  # fmt: skip
    status, case = maya.call("POST", f"{at}/decision", DECISION)
    assert (status, case["state"]) == (201, "decided")
    _, history = maya.call("GET", f"/clips/{clip_id}/verdicts")
    newest = history["items"][0]
    assert (newest["outcome"], newest["reason"]) == ("manipulated", "adjudication")


def freeze(installation: Installation, carl: Script, folder: Path) -> str:
    """A dataset of what ended, frozen, downloaded and verified; the snapshot's id."""
    status, dataset = carl.call(
        "POST", "/datasets", {"name": "Drawn people", "description": "", "filters": {"media": ["image"]}}
    )
    assert status == 201, dataset
    status, asked = carl.call("POST", f"/datasets/{dataset['id']}/freeze")
    assert status == 202, asked
    wait_for_job(carl, asked["job"]["id"])
    snapshot_id = str(asked["snapshot"]["id"])
    status, snapshot = carl.call("GET", f"/snapshots/{snapshot_id}")
    assert (status, snapshot["state"], snapshot["clips_count"]) == (200, "frozen", PEOPLE)
    installation.command("datasets", "export", snapshot_id, "-o", str(folder))
    said = installation.command("datasets", "verify", str(folder))
    assert snapshot["content_sha256"] in said
    return snapshot_id


def train(carl: Script, snapshot_id: str) -> dict[str, Any]:
    """A run on the snapshot with the bundled detector; the run as it ended."""
    _, detectors = carl.call("GET", "/detectors")
    detector = next(
        entry["name"]
        for entry in detectors["items"]
        if any(
            version["id"] == entry["active_id"] and version["is_trainable"] for version in entry["versions"]
        )
    )
    asked = {"snapshot_id": snapshot_id, "detector": detector, "seed": 3, "parameters": {"steps": 12}}
    status, started = carl.call("POST", "/training-runs", asked)
    assert status == 202, started
    wait_for_job(carl, started["job"]["id"])
    _, run = carl.call("GET", f"/training-runs/{started['run']['id']}")
    assert (run["state"], run["version_state"]) == ("done", "candidate")
    assert run["history"]
    return dict(run)


def promote_by_override(scripts: dict[str, Script], version_id: int, clip_id: str) -> None:
    """With four gate items nobody passes: the curator is refused, the admin's recorded override promotes; then back."""
    carl, anna = scripts["carl"], scripts["anna"]
    _, job = carl.call("POST", f"/detectors/{version_id}/compare")
    wait_for_job(carl, job["id"])
    _, report = carl.call("GET", f"/detectors/{version_id}")
    assert report["version"]["gate_outcome"] == "too_few_items"
    assert carl.call("POST", f"/detectors/{version_id}/promote", {})[0] == 409
    reason = {"override_reason": "There is hardly any gate gold here yet; a trial for a day."}
    assert carl.call("POST", f"/detectors/{version_id}/promote", reason)[0] == 403
    status, promoted = anna.call("POST", f"/detectors/{version_id}/promote", reason)
    assert (status, promoted["version"]["state"]) == (200, "active"), promoted
    wait_for_job(anna, promoted["job"]["id"])
    assert current_version(anna, clip_id) == promoted["version"]["version"]
    status, back = anna.call("POST", f"/detectors/{version_id}/rollback", {"reason": "The trial is over."})
    assert (status, back["version"]["state"]) == (200, "active")
    assert back["version"]["id"] != version_id
    wait_for_job(anna, back["job"]["id"])
    assert current_version(anna, clip_id) == back["version"]["version"]


def current_version(script: Script, clip_id: str) -> str:
    """The version of the detector that can be trained whose score of this clip counts."""
    _, consensus = script.call("GET", f"/clips/{clip_id}/consensus")
    mine = [score for score in consensus["scores"] if score["detector"] == "face-swap-lite0"]
    return next(str(score["version"]) for score in mine if score["current"])


def test_from_upload_to_promotion_by_scripts(
    installation: Installation, scripts: dict[str, Script], tmp_path: Path
) -> None:
    pictures = draw_people(tmp_path / "people", SEED, PEOPLE)
    disputed = pictures[1]
    ids = {}
    for picture in pictures:
        clip = upload(scripts["ulla"], picture.path, source="drawn by a program", licence="CC0-1.0")
        assert clip["sha256"] == hashlib.sha256(picture.path.read_bytes()).hexdigest()
        ids[picture.path.name] = clip["id"]

    def all_open() -> bool:
        states = [scripts["maya"].call("GET", f"/clips/{clip_id}")[1]["state"] for clip_id in ids.values()]
        assert "failed" not in states
        return set(states) == {"open"}

    wait_for(all_open, "the opening of all clips")
    judge_pictures(scripts, pictures, disputed)
    clip_id = ids[disputed.path.name]
    decide(scripts, clip_id)

    public = httpx.get(f"{installation.url}/api/v1/public/clips/{clip_id}").json()
    assert public["outcome"] == "manipulated"

    for picture in draw_people(tmp_path / "gate", SEED + 1, 4):
        installation.command("clips", "add", str(picture.path), "--gold", picture.label, "--gold-role", "gate",
                             "--as", "ulla@example.org", "--wait")  # fmt: skip
    snapshot_id = freeze(installation, scripts["carl"], tmp_path / "export")
    run = train(scripts["carl"], snapshot_id)
    promote_by_override(scripts, run["version_id"], clip_id)
