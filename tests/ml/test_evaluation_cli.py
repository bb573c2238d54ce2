"""`clipjury evaluate` on drawn files, and the manifests that it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.factories.face_files import write_broken, write_landscape, write_portrait, write_talking_head

from clipjury.cli.evaluate import evaluate
from clipjury_ml.evaluation.manifest import EvaluationManifestError, read_rows


def write_manifest(folder: Path, lines: list[str], header: str = "path,label,source,kind,group") -> Path:
    path = folder / "manifest.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_report_counts_every_file_and_places_abstentions(tmp_path: Path) -> None:
    lines = []
    for number in range(3):
        write_talking_head(tmp_path / f"{number}.mp4", seed=number)
        lines.append(f"{number}.mp4,{'fake' if number else 'real'},drawn,video,g{number}")
    write_portrait(tmp_path / "still.png")
    write_landscape(tmp_path / "hills.mp4")
    write_broken(tmp_path / "broken.mp4")
    lines += [
        "still.png,real,drawn,image,g7",
        "hills.mp4,authentic,camera,video,g8",
        "broken.mp4,manipulated,tool,video,g9",
    ]
    report = tmp_path / "report.json"
    result = CliRunner().invoke(evaluate, [str(write_manifest(tmp_path, lines)), "--report", str(report)])
    assert result.exit_code == 0, result.output
    written = json.loads(report.read_text(encoding="utf-8"))
    assert written["items"] == 6 and written["coverage"] == pytest.approx(0.5)
    assert written["errors"] == 1 and "1 files could not be judged" in result.stderr
    assert 0 <= written["auc"] <= 1 and written["detector"]["id"] == "face-swap-lite0"
    by_kind = {kind["kind"]: kind for kind in written["kinds"]}
    assert by_kind["image"]["coverage"] == 0.0 and by_kind["video"]["coverage"] == pytest.approx(0.6)
    items = {item["path"]: item for item in written["per_item"]}
    assert items["hills.mp4"]["score"] is None and items["hills.mp4"]["error"] is None
    assert items["broken.mp4"]["error"] and items["0.mp4"]["conditions"]["face_px"] > 100
    assert not list(tmp_path.glob("*.part"))


def test_a_report_into_a_missing_folder_is_refused_before_any_work(tmp_path: Path) -> None:
    write_portrait(tmp_path / "a.png")
    manifest = write_manifest(tmp_path, ["a.png,real,,,"])
    result = CliRunner().invoke(evaluate, [str(manifest), "--report", str(tmp_path / "none" / "r.json")])
    assert result.exit_code == 2 and "does not exist" in result.stderr


@pytest.mark.parametrize(
    ("lines", "header", "message"),
    [
        (["a.png,maybe,,,"], "path,label,source,kind,group", "line 2: label 'maybe'"),
        (["b.png,real,,,"], "path,label,source,kind,group", "line 2: there is no file 'b.png'"),
        (["a.png,real,,,", "a.png,fake,,,"], "path,label,source,kind,group", "line 3: a.png is listed twice"),
        (["a.png"], "path", "column label is missing"),
        ([], "path,label", "lists no file"),
    ],
)
def test_a_manifest_that_cannot_be_used_names_the_line(
    tmp_path: Path, lines: list[str], header: str, message: str
) -> None:
    write_portrait(tmp_path / "a.png")
    manifest = write_manifest(tmp_path, lines, header)
    with pytest.raises(EvaluationManifestError, match=message):
        read_rows(manifest)
    assert CliRunner().invoke(evaluate, [str(manifest)]).exit_code == 2


def test_a_file_without_a_group_is_its_own(tmp_path: Path) -> None:
    write_portrait(tmp_path / "a.png")
    row = read_rows(write_manifest(tmp_path, ["a.png,Fake"], "path,label"))[0]
    assert (row.group, row.label, row.kind) == ("a.png", 1, "")
