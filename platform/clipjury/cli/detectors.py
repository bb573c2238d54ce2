"""`clipjury detectors …`: which detectors there are, and which version of each is in force."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clipjury.cli.detector_drift import drift
from clipjury.cli.detector_lineage import lineage
from clipjury.cli.detector_plugins import add, check
from clipjury.cli.main import Refusal

if TYPE_CHECKING:
    from clipjury.db.queries.detector_versions import VersionRow
    from clipjury.deps import Deps
    from clipjury.services.promotions import Actor
    from clipjury_ml.training.untrained import LooksAt


@click.group("detectors")
def detectors() -> None:
    """Look at detectors, install them, and decide which version is in force."""


detectors.add_command(check)
detectors.add_command(add)
detectors.add_command(drift)
detectors.add_command(lineage)


@detectors.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: the whole manifest.")
def list_command(as_json: bool) -> None:
    """List detectors with version, licence and what their answers are: findings, scores that rank, or calibrated ones.

    On an installation: every version that it knows, with its state. Elsewhere: what comes with the package.
    """
    if os.environ.get("DATABASE_URL"):
        _list_installed(as_json)
        return
    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.detection.registry import list_detectors

    try:
        manifests = list_detectors()
    except DetectorError as error:
        raise click.ClickException(str(error)) from error
    for manifest in manifests:
        click.echo(json.dumps(manifest.as_dict()) if as_json else describe(manifest.as_dict()))


def _list_installed(as_json: bool) -> None:
    from clipjury.db.queries import detector_versions
    from clipjury.db.transaction import transaction

    _open()
    with transaction() as session:
        rows = detector_versions.list_versions(session)
    for row in rows:
        if as_json:
            click.echo(json.dumps(row.card | {"version_id": row.id, "state": row.state}))
        else:
            click.echo(f"{row.id:>5}  {row.state:<9}  {describe(row.card)}")
    if not rows and not as_json:
        click.echo(
            "No detector is registered yet; a worker registers the bundled one when it starts.", err=True
        )


def describe(card: dict[str, Any]) -> str:
    """One line for people."""
    return (
        f"{card['id']}  version {card['version']}  {card['modality']}  family {card.get('family', card['id'])}  "
        f"{card['licence']}  {_worth(card)}  "
        f"sha256 {card['sha256'][:12]}"
    )


def _worth(card: dict[str, Any]) -> str:
    """What this detector's answers are by its own card."""
    if card.get("output", {}).get("kind") == "findings":
        return "gives findings, never scores"
    method = card["calibration"]["method"]
    return "uncalibrated: ranks only" if method == "none" else f"calibrated: {method}"


@detectors.command("init")
@click.option("--id", "name", required=True, help="The detector's name: lower-case letters, digits, hyphens.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--looks-at", type=click.Choice(["faces", "pictures"]), default="faces", show_default=True,
              help="The faces in a frame, or the whole of it.")  # fmt: skip
def init(name: str, seed: int, looks_at: LooksAt) -> None:
    """Register a detector that has learned nothing: ImageNet's features under a random head.

    It is where a detector of your own begins. One of faces has its scores shown, and they move no posterior; one of
    pictures abstains until a version has been trained.
    """
    import tempfile

    from clipjury_ml.training.untrained import write_untrained

    deps = _open()
    with tempfile.TemporaryDirectory(prefix="clipjury-init-") as folder:
        write_untrained(Path(folder), name, seed, looks_at)
        _say_registered(_register(deps, Path(folder)))


@detectors.command("install")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def install(folder: Path) -> None:
    """Register the detector in FOLDER without trying it first; `add` tries it.

    The first version of a detector comes into force; a later one is a candidate until it is promoted.
    """
    register_folder(folder)


def register_folder(folder: Path) -> None:
    """Register the detector in folder with this installation, and say so. Raises Refusal."""
    _say_registered(_register(_open(), folder))


def _register(deps: Deps, folder: Path) -> VersionRow:
    from clipjury.db.transaction import transaction
    from clipjury.jobs.detector_store import keep_folder
    from clipjury.services.detectors import register_version
    from clipjury_ml.detection.manifest import DetectorError
    from clipjury_ml.detection.registry import load_folder

    try:
        load_folder(folder)  # what cannot be loaded is not registered
        new = keep_folder(deps, folder)
    except DetectorError as error:
        raise Refusal(str(error)) from error
    with transaction() as session:
        return register_version(session, new)


def _say_registered(row: VersionRow) -> None:
    click.echo(f"{row.detector} {row.version} is registered as version {row.id}, {row.state}.")


@detectors.command("compare")
@click.argument("version_id", type=int)
@click.option("--as", "as_email", metavar="EMAIL", help="Who asks; default: the only active admin.")
def compare(version_id: int, as_email: str | None) -> None:
    """Queue a comparison of VERSION_ID with the version in force, on gate gold. Needs a running worker."""
    from clipjury.cli.job_watch import watch_job
    from clipjury.db.transaction import transaction
    from clipjury.services import promotions

    _open()
    actor = find_actor(as_email)
    with transaction() as session:
        job = promotions.request_comparison(session, version_id, actor.id)
    result = watch_job(job.id, "comparing")
    click.echo(f"The gate says: {result['outcome'].replace('_', ' ')}.")


@detectors.command("calibrate")
@click.argument("version_id", type=int)
@click.option("--as", "as_email", metavar="EMAIL", help="Who asks; default: the only active admin.")
def calibrate(version_id: int, as_email: str | None) -> None:
    """Measure what VERSION_ID's scores are worth on gold of the role `calibrate`. Needs a running worker."""
    from clipjury.cli.job_watch import watch_job
    from clipjury.db.queries import calibrations as queries
    from clipjury.db.transaction import transaction
    from clipjury.services import calibrations

    _open()
    actor = find_actor(as_email)
    with transaction() as session:
        job = calibrations.request_calibration(session, version_id, actor.id)
    result = watch_job(job.id, "calibrating")
    with transaction() as session:
        found = queries.find_newest(session, version_id)
    for kind, each in found.kinds.items() if found else ():
        counted = f"{kind}: {each['manipulated']} manipulated and {each['authentic']} authentic answered"
        if each["line"] is None:
            click.echo(f"{counted}; too few to calibrate on, scores of this kind stay uncalibrated.")
        else:
            click.echo(
                f"{counted}; ECE {each['ece']:.3f}, Cllr {each['cllr']:.2f} (1 says nothing, "
                f"{each['cllr_min']:.2f} is what its ranking allows)."
            )
    click.echo(f"{result['scores']} scores calibrated, {result['recomputed']} clips recomputed.")


@detectors.command("promote")
@click.argument("version_id", type=int)
@click.option("--as", "as_email", metavar="EMAIL", help="Who promotes; default: the only active admin.")
@click.option("--override", "reason", help="An admin's reason to promote against the gate; kept for good.")
def promote(version_id: int, as_email: str | None, reason: str | None) -> None:
    """Bring VERSION_ID into force: by the gate, or by an admin's override with a reason."""
    from clipjury.db.transaction import transaction
    from clipjury.services import promotions

    _open()
    actor = find_actor(as_email)
    with transaction() as session:
        promotions.promote(session, version_id, actor, reason)
    click.echo(f"Version {version_id} is in force. The worker scores the backlog now.")


@detectors.command("rollback")
@click.argument("version_id", type=int)
@click.option("--as", "as_email", metavar="EMAIL", help="Who does it; default: the only active admin.")
@click.option("--reason", required=True, help="Why; kept for good.")
def rollback(version_id: int, as_email: str | None, reason: str) -> None:
    """Take VERSION_ID, which is in force, back for the version before it."""
    from clipjury.db.transaction import transaction
    from clipjury.services import promotions

    _open()
    actor = find_actor(as_email)
    with transaction() as session:
        job = promotions.roll_back(session, version_id, actor.id, reason)
    click.echo(f"Version {job.arguments['version_id']} is in force again.")


def _open() -> Deps:
    from clipjury.cli.opening import open_deps

    return open_deps()


def find_actor(email: str | None) -> Actor:
    """The account that acts, which must be a curator or an admin. Raises Refusal."""
    from clipjury.cli.clips import find_uploader
    from clipjury.db.queries import users
    from clipjury.db.transaction import transaction
    from clipjury.services.promotions import Actor

    user_id = find_uploader(email)
    with transaction() as session:
        user = users.find_user(session, user_id)
    roles = set(user.roles) if user else set()
    if not roles & {"curator", "admin"}:
        raise Refusal(f"{email} is neither curator nor admin.")
    return Actor(user_id, "admin" in roles)
