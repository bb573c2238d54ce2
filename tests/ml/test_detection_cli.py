"""`clipjury detect` and `clipjury detectors list` with the bundled detector, as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner
from tests.factories.face_files import write_broken, write_landscape, write_portrait, write_talking_head

from clipjury.cli.detect import detect
from clipjury.cli.detectors import detectors

FIELDS = (
    "path sha256 kind p_manipulated calibrated in_domain detector version frames_used faces seconds error findings "
    "abstention"
)


def test_good_faceless_and_broken_files_each_get_their_row_and_the_exit_status_is_one(tmp_path: Path) -> None:
    paths = [
        write_talking_head(tmp_path / "head.mp4"),
        write_broken(tmp_path / "broken.mp4"),
        write_landscape(tmp_path / "hills.mp4"),
        write_portrait(tmp_path / "portrait.png"),
    ]
    result = CliRunner().invoke(detect, ["--json", *map(str, paths)])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1
    assert [row["path"] for row in rows] == [str(path) for path in paths]
    assert all(" ".join(row) == FIELDS for row in rows)
    head, broken, hills, portrait = rows
    assert 0 <= head["p_manipulated"] <= 1 and head["in_domain"] and not head["calibrated"]
    assert broken["error"] and broken["p_manipulated"] is None
    assert (hills["p_manipulated"], hills["in_domain"], hills["error"]) == (None, False, None)
    assert portrait["kind"] == "image" and portrait["detector"] == "face-swap-lite0"
    assert (portrait["p_manipulated"], portrait["in_domain"], portrait["error"]) == (None, False, None)


def test_an_abstention_alone_is_no_failure(tmp_path: Path) -> None:
    result = CliRunner().invoke(detect, [str(write_landscape(tmp_path / "hills.mp4"))])
    assert result.exit_code == 0
    assert "cannot judge" in result.stdout
    assert "not calibrated" in result.stderr


def test_an_unknown_detector_ends_the_command_with_the_names_there_are(tmp_path: Path) -> None:
    result = CliRunner().invoke(detect, ["--detector", "oracle", str(tmp_path / "x.mp4")])
    assert result.exit_code == 2
    assert "face-swap-lite0" in result.stderr


def test_the_list_of_detectors_says_version_licence_and_that_figures_only_rank() -> None:
    result = CliRunner().invoke(detectors, ["list"])
    assert result.exit_code == 0
    assert "face-swap-lite0" in result.stdout and "Apache-2.0" in result.stdout
    assert "ranks only" in result.stdout
    listed = map(json.loads, CliRunner().invoke(detectors, ["list", "--json"]).stdout.splitlines())
    manifest = next(row for row in listed if row["id"] == "face-swap-lite0")
    assert manifest["calibration"] == {"method": "none", "fitted_on": None}
    assert "folder" not in manifest


def test_the_list_says_of_detectors_that_give_findings_that_they_never_score() -> None:
    rows = CliRunner().invoke(detectors, ["list"]).stdout.splitlines()
    told = {row.split()[0]: "findings, never scores" in row for row in rows}
    ranks = {row.split()[0]: "ranks only" in row for row in rows}
    assert told["edit-trace"] and told["provenance"]
    assert not told["face-swap-lite0"] and not told["av-sync"]
    assert all(told[name] != ranks[name] for name in told), "each is one or the other: none is calibrated"


def test_help_loads_neither_torch_nor_opencv() -> None:
    program = (
        "import sys; from click.testing import CliRunner\n"
        "from clipjury.cli.detect import detect; from clipjury.cli.evaluate import evaluate\n"
        "from clipjury.cli.detectors import detectors\n"
        "[CliRunner().invoke(c, ['--help']) for c in (detect, evaluate, detectors)]\n"
        "sys.exit(bool({'torch', 'cv2', 'numpy', 'av'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_explain_writes_a_page_for_every_file_with_pictures_where_there_is_a_score(tmp_path: Path) -> None:
    paths = [
        write_talking_head(tmp_path / "head.mp4"),
        write_landscape(tmp_path / "hills.mp4"),
        write_broken(tmp_path / "broken.mp4"),
    ]
    folder = tmp_path / "pages"
    result = CliRunner().invoke(detect, ["--json", "--explain", str(folder), *map(str, paths)])
    assert [json.loads(line)["path"] for line in result.stdout.splitlines()] == [str(path) for path in paths]
    pages = {path.name.split("-")[0]: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert set(pages) == {"head", "hills", "broken"}
    assert pages["head"].count("<img") == 8 and "not calibrated" in pages["head"]
    assert pages["head"].count('class="moved"') == 4 and "Scores as a table" in pages["head"]
    assert "boundary-forensics found" in pages["head"] and "edge of the face" in pages["head"]
    assert "provenance found" in pages["head"] and "<svg" not in pages["broken"]
    assert "<img" not in pages["hills"] and "No face was found" in pages["hills"]
    assert "could not be judged" in pages["broken"]
    assert not any(tmp_path.as_posix() in page for page in pages.values())
