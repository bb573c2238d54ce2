"""`clipjury evaluate`: how well a detector does on files of known label."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury.cli.detect import DEFAULT_DETECTOR, load_detector

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Detector
    from clipjury_ml.evaluation.items import Item
    from clipjury_ml.evaluation.manifest import ManifestRow
    from clipjury_ml.evaluation.report import KindReport, Measures, Report


@click.command("evaluate")
@click.argument(
    "manifest", metavar="MANIFEST.csv", type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option(
    "--detector", "name", default=DEFAULT_DETECTOR, show_default=True, help="See `clipjury detectors list`."
)
@click.option(
    "--report", "report_path", type=click.Path(path_type=Path), help="Write the whole report as JSON."
)
@click.option(
    "--html", "page_path", type=click.Path(path_type=Path), help="Write it as a page with figures too."
)
@click.option("--seed", default=1, show_default=True, help="Of the bootstrap.")
def evaluate(manifest: Path, name: str, report_path: Path | None, page_path: Path | None, seed: int) -> None:
    """Measure a detector on MANIFEST.csv: path,label[,source,kind,group].

    Files of one group (one origin, one person) belong together: name it, or intervals come out too narrow.
    """
    from clipjury_ml.evaluation.manifest import EvaluationManifestError, read_rows
    from clipjury_ml.evaluation.report import evaluate as evaluate_items

    for path in (report_path, page_path):
        if path is not None and not path.absolute().parent.is_dir():
            raise click.UsageError(f"the folder of {path} does not exist")
    try:
        rows = read_rows(manifest)
    except (EvaluationManifestError, UnicodeDecodeError) as error:
        raise click.UsageError(str(error)) from error
    detector = load_detector(name)
    items = _judge_all(rows, detector)
    report = evaluate_items(items, seed=seed)
    if report_path is not None:
        from clipjury_ml.evaluation.report_json import report_as_json

        _write(report_path, json.dumps(report_as_json(report, items, detector.describe()), indent=1))
    if page_path is not None:
        from clipjury.cli.evaluation_page import draw_page

        _write(page_path, draw_page(report, items, name))
    _print_report(report)


def _judge_all(rows: list[ManifestRow], detector: Detector) -> list[Item]:
    with click.progressbar(rows, file=sys.stderr, hidden=not sys.stderr.isatty(), label="Scoring") as bar:
        return [_judge(row, detector) for row in bar]


def _judge(row: ManifestRow, detector: Detector) -> Item:
    from clipjury_ml.detection.conditions import measure_conditions
    from clipjury_ml.detection.detect import examine_file
    from clipjury_ml.evaluation.items import Item

    examination = examine_file(row.file, detector)
    found = examination.detection
    return Item(
        path=row.path,
        label=row.label,
        score=found.p_manipulated,
        group=row.group,
        source=row.source,
        kind=row.kind or found.kind or "unknown",
        conditions=measure_conditions(row.file, examination),
        error=found.error,
    )


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


def _print_report(report: Report) -> None:
    click.echo(_line("all items", report.overall))
    for kind in report.kinds:
        _print_kind(kind)
    if report.errors:
        click.echo(f"{report.errors} files could not be judged; they count as abstentions.", err=True)


def _print_kind(kind: KindReport) -> None:
    click.echo(f"\n{_line(kind.kind, kind.measures)}")
    if kind.calibrated:
        found = kind.calibrated
        click.echo(
            f"  calibrated on itself, cross-fitted by group: ECE {found.ece:.3f}, Brier {found.brier:.3f}, "
            f"Cllr {found.cllr:.2f} (ranking alone allows {found.cllr_min:.2f}; 1 says nothing)"
        )
    for row in kind.sources:
        click.echo(_line(f"  {row.source or '(no source)'} against {row.against}", row.measures))
    for third in kind.conditions:
        click.echo(_line(f"  {third.condition} {third.low:.4g} to {third.high:.4g}", third.measures))
    for probe in kind.confounds:
        warning = "  SUSPICIOUS: the label can be told from this alone" if probe.suspicious else ""
        click.echo(f"  confound {probe.condition}: AUC {probe.auc:.2f}{warning}")


def _line(name: str, measures: Measures) -> str:
    if measures.auc is None:
        return f"{name}: {measures.items} items of one class, nothing to rank"
    found = measures.interval
    interval = f" [{found.low:.2f}–{found.high:.2f} by {found.unit}]" if found else ""
    answered = "–" if measures.auc_answered is None else f"{measures.auc_answered:.2f}"
    return (
        f"{name}: AUC {measures.auc:.2f}{interval}, answered {answered}, coverage {measures.coverage:.0%}, "
        f"{measures.manipulated} manipulated and {measures.authentic} authentic in {measures.groups} groups"
    )
