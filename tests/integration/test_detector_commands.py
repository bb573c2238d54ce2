"""`clipjury detectors …` and `clipjury train`, on an installation and without one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.factories.command_line import run_cli
from tests.factories.detectors import write_detector
from tests.factories.face_swaps import draw_pairs, write_snapshot_folder
from tests.factories.rows import make_user

from clipjury.db.transaction import transaction
from clipjury.services import drift
from clipjury.settings import Settings
from clipjury_ml.detection.registry import load_folder

REASON = "There is no gate gold yet; looked at by hand."


@pytest.fixture
def people(settings: Settings) -> None:
    with transaction() as session:
        for role in ("admin", "curator", "reviewer"):
            make_user(session, role, email=f"{role}@example.org")


def test_a_detector_of_ones_own_is_begun_installed_promoted_and_taken_back(
    settings: Settings, people: None, tmp_path: Path
) -> None:
    began = run_cli(settings, "detectors", "init", "--id", "drawn", "--seed", 4)
    assert began.output == "drawn untrained-4 is registered as version 1, active.\n"
    folder = write_detector(tmp_path, "drawn", version="2")
    assert "version 2, candidate" in run_cli(settings, "detectors", "install", folder).output
    refused = run_cli(settings, "detectors", "promote", 2, "--as", "curator@example.org")
    assert refused.exit_code == 2 and "Compare this version" in refused.output
    override = ("detectors", "promote", 2, "--override", REASON, "--as")
    assert run_cli(settings, *override, "curator@example.org").exit_code == 2
    assert "neither curator nor admin" in run_cli(settings, *override, "reviewer@example.org").output
    assert run_cli(settings, *override, "admin@example.org").exit_code == 0
    listed = run_cli(settings, "detectors", "list").output.splitlines()
    assert [line.split()[:2] for line in listed] == [["2", "active"], ["1", "retired"]]
    back = run_cli(
        settings, "detectors", "rollback", 2, "--reason", "It was a trial.", "--as", "curator@example.org"
    )
    assert back.output == "Version 1 is in force again.\n"


def test_drift_is_told_on_the_command_line_and_an_alert_is_its_exit_status(
    settings: Settings, tmp_path: Path
) -> None:
    run_cli(settings, "detectors", "init", "--id", "drawn", "--seed", 4)
    assert "no report yet" in run_cli(settings, "detectors", "drift").output
    looked = run_cli(settings, "detectors", "drift", 1, "--now")
    assert looked.exit_code == 0 and "Too little data: 0 scored clips" in looked.output
    with transaction() as session:
        fresh = drift.make_report(session, 1)
        drift.record_report(session, 1, replace(fresh, state="alert"))
    told = run_cli(settings, "detectors", "drift", "--json")
    assert told.exit_code == 1
    assert json.loads(told.output)["state"] == "alert"
    assert len(json.loads(told.output)["measures"]) == 5
    assert run_cli(settings, "detectors", "drift", 77).exit_code == 2


def test_a_damaged_or_foreign_folder_is_not_installed(settings: Settings, tmp_path: Path) -> None:
    folder = write_detector(tmp_path, "drawn")
    weights = folder / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    result = run_cli(settings, "detectors", "install", folder)
    assert result.exit_code == 2 and "changed or damaged" in result.output
    assert run_cli(settings, "detectors", "list").output.startswith("No detector is registered yet")


def test_training_needs_one_place_to_read_from_and_an_empty_one_to_write_to(tmp_path: Path) -> None:
    assert "Name one of" in run_cli(None, "train").output
    (tmp_path / "snapshot").mkdir()
    empty = run_cli(None, "train", tmp_path / "snapshot", "--out", tmp_path / "new")
    assert empty.exit_code == 2 and "holds no file of rows" in empty.output
    taken = run_cli(None, "train", tmp_path / "snapshot", "--out", tmp_path)
    assert taken.exit_code == 2 and "is there already" in taken.output


@pytest.mark.slow
def test_an_exported_snapshot_trains_a_detector_without_the_platform(tmp_path: Path) -> None:
    pictures = list(draw_pairs(tmp_path / "drawn", 71, 3))
    snapshot = write_snapshot_folder(tmp_path / "snapshot", pictures, 1)
    out = tmp_path / "mine"
    result = run_cli(None, "train", snapshot, "--out", out, "--steps", 2, "--batch", 4)
    assert result.exit_code == 0, result.output
    facts = json.loads(next(line for line in result.output.splitlines() if line.startswith("{")))
    assert (facts["clips"], facts["validation_clips"], facts["steps"]) == (4, 2, 2)
    assert load_folder(out).describe()["training"]["snapshot"] == "snapshot"
    assert not out.with_name("mine.work").exists()
