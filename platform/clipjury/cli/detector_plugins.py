"""`clipjury detectors check|add`: try a detector's folder against the demands, and take it in without code."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import click

from clipjury.cli.main import Refusal

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command("check")
@click.argument("folder", metavar="DIR", type=FOLDER)
def check(folder: Path) -> None:
    """Try the detector in DIR against every demand; exit status 1 where one is not met.

    DIR holds model.json and one of model.pt2, model.ts.pt, model.onnx, or weights in safetensors.
    """
    if not _passes(folder):
        raise SystemExit(1)


@click.command("add")
@click.argument("folder", metavar="DIR", type=FOLDER)
def add(folder: Path) -> None:
    """Check the detector in DIR and take it in.

    On an installation (DATABASE_URL is set) it is registered: its first version comes into force, a later one
    is a candidate. Elsewhere it is copied beside this user's other detectors, and `clipjury detect` knows it.
    """
    if not _passes(folder):
        raise Refusal("The detector was not added: it does not meet every demand.")
    if os.environ.get("DATABASE_URL"):
        from clipjury.cli.detectors import register_folder

        register_folder(folder)
        return
    click.echo(f"Added. Use it: clipjury detect --detector {_copy(folder)} FILE")


def _passes(folder: Path) -> bool:
    from clipjury_ml.detection.conformance import check_folder

    passed = True
    for found in check_folder(folder):
        click.echo(f"{'ok    ' if found.passed else 'FAILED'}  {found.name}: {found.seen}")
        passed = passed and found.passed
    return passed


def _copy(folder: Path) -> str:
    """Copy manifest and weights, whole or not at all; the detector's id."""
    from clipjury_ml.detection.manifest import MANIFEST_NAME, read_manifest
    from clipjury_ml.detection.registry import BUNDLED, list_detectors, own_folder

    manifest = read_manifest(folder)
    if manifest.id in {each.id for each in list_detectors(BUNDLED)}:
        raise Refusal(f"{manifest.id} is the name of a bundled detector; give yours another.")
    root = own_folder()
    root.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=root, prefix=".incoming-"))
    try:
        for name in (MANIFEST_NAME, manifest.weights):
            shutil.copyfile(folder / name, part / name)
        shutil.rmtree(root / manifest.id, ignore_errors=True)
        part.replace(root / manifest.id)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return manifest.id
