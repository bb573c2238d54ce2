"""`clipjury detectors drift`: whether what detectors see, or how they answer, has moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clipjury.db.queries.detector_versions import VersionRow
    from clipjury.db.queries.drift import DriftReportRow

_STATES = {"steady": "steady", "alert": "ALERT", "too_few": "too little data"}
_MARKS = {"steady": "ok   ", "alert": "ALERT", "too_few": "-    "}
_BASES = {
    "calibration": "before its newest calibration",
    "in_force": "before it came into force",
    "first": "that it met first",
}


@click.command("drift")
@click.argument("version_id", type=int, required=False)
@click.option("--now", is_flag=True, help="Look now, and keep the report, instead of showing the newest one.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def drift(version_id: int | None, now: bool, as_json: bool) -> None:
    """Say whether VERSION_ID, or every version in force, has drifted; exit status 1 where one alerts.

    A worker looks once a day; the newest report is shown.
    """
    from clipjury.cli.opening import open_deps

    open_deps()
    alerts = False
    for version in _versions(version_id):
        report = _report(version.id, now=now)
        alerts = alerts or (report is not None and report.state == "alert")
        click.echo(_as_json(version, report) if as_json else _as_words(version, report))
    if alerts:
        raise SystemExit(1)


def _versions(version_id: int | None) -> list[VersionRow]:
    from clipjury.cli.main import Refusal
    from clipjury.db.queries import detector_versions
    from clipjury.db.transaction import transaction

    with transaction() as session:
        if version_id is None:
            return detector_versions.list_active(session)
        found = detector_versions.find_version(session, version_id)
    if found is None:
        raise Refusal("There is no such detector version.")
    return [found]


def _report(version_id: int, *, now: bool) -> DriftReportRow | None:
    from clipjury.db.transaction import transaction
    from clipjury.jobs.drifting import report_version
    from clipjury.services import drift as reports

    if now:
        return report_version(version_id)
    with transaction() as session:
        return next(iter(reports.list_reports(session, version_id)), None)


def _as_json(version: VersionRow, report: DriftReportRow | None) -> str:
    head = {"version_id": version.id, "detector": version.detector, "version": version.version}
    if report is None:
        return json.dumps(head | {"state": None})
    return json.dumps(head | {"state": report.state, "at": report.created_at.isoformat()} | report.report)


def _as_words(version: VersionRow, report: DriftReportRow | None) -> str:
    name = f"{version.id:>5}  {version.detector} {version.version}"
    if report is None:
        return (
            f"{name}: no report yet; a worker makes one soon after the first clip, --now makes one at once."
        )
    lines = [f"{name}: {_STATES[report.state]}, looked at {report.created_at:%Y-%m-%d %H:%M} UTC"]
    for key, what in (("clips", "clips"), ("closed_clips", "closed clips")):
        window = report.report[key]
        lines.append(
            f"       the newest {window['recent']['count']} {what} beside {window['reference']['count']} "
            f"{_BASES[window['basis']]}"
        )
    for measure in report.report["measures"]:
        lines.append(f"       {_MARKS[measure['state']]}  {measure['sentence']}")
    return "\n".join(lines)
