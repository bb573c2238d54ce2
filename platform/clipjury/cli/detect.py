"""`clipjury detect`: one row for each file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury_ml.detection.abstention_words import ABSTENTIONS

if TYPE_CHECKING:
    from clipjury_ml.detection.detect import Detection, Examination
    from clipjury_ml.detection.protocol import Detector, Finding

DEFAULT_DETECTOR = "face-swap-lite0"


@click.command("detect")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--detector", "name", default=DEFAULT_DETECTOR, show_default=True, help="See `clipjury detectors list`."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option(
    "--explain",
    "explain_dir",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write a page for each file: scores over time, the frames that moved them with heat maps, and what the "
    "other bundled detectors find.",
)
def detect(paths: tuple[Path, ...], name: str, as_json: bool, explain_dir: Path | None) -> None:
    """Score images and videos, or have a detector say what it finds.

    A file without a face that can be judged gets no number (in_domain false). A broken file gets a row with
    its error; the others still run, and the exit status is 1.
    """
    detector = load_detector(name)
    if explain_dir is not None:
        explain_dir.mkdir(parents=True, exist_ok=True)
    failed = False
    if not as_json:
        click.echo(f"{'p(manipulated)':>14}  {'frames':>6}  {'faces':>5}  {'seconds':>7}  file")
    for examination in _examine_all(paths, detector, to_terminal=not as_json):
        row = examination.detection
        if explain_dir is not None:
            _explain(examination, detector, explain_dir)
        failed = failed or row.error is not None
        click.echo(json.dumps(row.as_row()) if as_json else describe_row(row))
    gives_scores = detector.describe()["output"].get("kind") != "findings"
    if not as_json and gives_scores and not detector.describe()["calibration"]["fitted_on"]:
        click.echo(
            "These figures only rank: this detector is not calibrated. Do not read them as odds.", err=True
        )
    if failed:
        raise SystemExit(1)


def load_detector(name: str) -> Detector:
    """The detector by name; an unknown or damaged one ends the command with status 2 and says why."""
    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.detection.registry import load

    try:
        return load(name)
    except DetectorError as error:
        raise click.UsageError(str(error)) from error


def _explain(examination: Examination, detector: Detector, folder: Path) -> None:
    """Write the file's page, with heat maps where the detector has a mask head, and what the others find."""
    from clipjury_ml.detection.explanation import explain_score, write_page
    from clipjury_ml.detection.face_swap import FaceSwapDetector

    frames, score = examination.frames, examination.score
    explained = []
    if isinstance(detector, FaceSwapDetector) and frames is not None and score is not None:
        explained = explain_score(detector, frames, score)
    page = write_page(examination, explained, folder, _findings_of_others(examination, detector))
    click.echo(f"explained in {page}", err=True)


def _findings_of_others(examination: Examination, detector: Detector) -> dict[str, tuple[Finding, ...]]:
    """What the other bundled detectors find in the file, in words; nothing where it cannot be read."""
    from clipjury_ml.detection.detect import detect_file
    from clipjury_ml.detection.registry import BUNDLED, build, list_detectors

    if examination.detection.error is not None:
        return {}
    others = [each for each in list_detectors(BUNDLED) if each.id != detector.id]
    path = Path(examination.detection.path)
    return {each.id: detect_file(path, build(each)).findings for each in others}


def _examine_all(paths: tuple[Path, ...], detector: Detector, to_terminal: bool) -> Iterator[Examination]:
    """Rows as they come. The bar goes to standard error, and only where it cannot tear rows on the same screen."""
    from clipjury_ml.detection.detect import examine_file

    hidden = not sys.stderr.isatty() or (sys.stdout.isatty() and not to_terminal)
    with click.progressbar(length=len(paths), file=sys.stderr, hidden=hidden, label="Scoring") as bar:
        for path in paths:
            examination = examine_file(path, detector)
            bar.update(1)
            if to_terminal and not hidden:
                click.echo("\r\033[K", nl=False, err=True)
            yield examination


def describe_row(row: Detection) -> str:
    """Lines for people: a figure, or why there is none, and what was found."""
    figure = (
        "error" if row.error else "cannot judge" if row.p_manipulated is None else f"{row.p_manipulated:.3f}"
    )
    line = f"{figure:>14}  {row.frames_used:>6}  {row.faces:>5}  {row.seconds:>7.1f}  {row.path}"
    below = [row.error] if row.error else [_describe_finding(finding) for finding in row.findings]
    if row.abstention is not None and row.abstention != "facts_only":
        below = [ABSTENTIONS[row.abstention], *below]
    return "\n".join([line, *(f"{'':>14}  {text}" for text in below)])


def _describe_finding(finding: Finding) -> str:
    when = (
        "" if finding.start_s is None else f"{finding.start_s:.2f}–{finding.end_s or finding.start_s:.2f} s: "
    )
    return f"[{finding.strength}] {when}{finding.words}"
