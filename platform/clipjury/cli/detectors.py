"""`clipjury detectors …`: which detectors there are."""

from __future__ import annotations

import json

import click


@click.group("detectors")
def detectors() -> None:
    """Look at the detectors of this installation."""


@detectors.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: the whole manifest.")
def list_command(as_json: bool) -> None:
    """List detectors with version, licence and whether their figures are calibrated."""
    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.detection.registry import list_detectors

    try:
        manifests = list_detectors()
    except DetectorError as error:
        raise click.ClickException(str(error)) from error
    for manifest in manifests:
        if as_json:
            click.echo(json.dumps(manifest.as_dict()))
            continue
        method = manifest.calibration.method
        calibrated = "uncalibrated: ranks only" if method == "none" else f"calibrated: {method}"
        click.echo(
            f"{manifest.id}  version {manifest.version}  {manifest.modality}  {manifest.licence}  "
            f"{calibrated}  sha256 {manifest.sha256[:12]}"
        )
