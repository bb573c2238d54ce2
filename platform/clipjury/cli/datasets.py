"""`clipjury datasets …`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury.cli.main import Refusal

if TYPE_CHECKING:
    import uuid

    from clipjury.db.queries.snapshots import SnapshotRow

_CHANGES_SHOWN = 100


@click.group()
def datasets() -> None:
    """Make datasets of labels, freeze them, export, verify and compare snapshots."""


@datasets.command("list")
def list_all() -> None:
    """List datasets and their snapshots, newest first."""
    from clipjury.cli.opening import open_deps
    from clipjury.db.queries import snapshots
    from clipjury.db.transaction import transaction
    from clipjury.services import datasets as service

    open_deps()
    with transaction() as session:
        rows = [(row, snapshots.list_snapshots(session, row.id)) for row in service.list_datasets(session)]
    if not rows:
        click.echo("There is no dataset yet. Make one with: clipjury datasets create NAME", err=True)
    for dataset, frozen in rows:
        click.echo(f"{dataset.id}  {dataset.name}")
        for snapshot in frozen:
            click.echo(f"    {_line(snapshot)}")


def _line(row: "SnapshotRow") -> str:
    if row.state != "frozen":
        return f"{row.id}  snapshot {row.sequence}  {row.state}{f': {row.error}' if row.error else ''}"
    return f"{row.id}  snapshot {row.sequence}  {row.clips_count} clips  sha256:{row.content_sha256}"


@datasets.command("create")
@click.argument("name")
@click.option("--description", default="", help="What it is for.")
@click.option(
    "--filter", "given", multiple=True, metavar="NAME=VALUE", help="As in outcomes=manipulated,inconclusive."
)
@click.option("--filters", "file", type=click.Path(path_type=Path), help="A JSON file of filters.")
@click.option(
    "--as", "as_email", metavar="EMAIL", help="Whose dataset it is; default: the only active admin."
)
def create(
    name: str, description: str, given: tuple[str, ...], file: Path | None, as_email: str | None
) -> None:
    """Make a dataset called NAME. Without filters it takes every retired clip of real people's votes.

    Lists are separated by commas: --filter outcomes=manipulated --filter p_people_min=0.9
    --filter include_simulated=true. Gold and quarantined clips are never taken.
    """
    from clipjury.cli.clips import find_uploader
    from clipjury.cli.dataset_filters import read_filters
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import datasets as service

    filters = read_filters(given, file)
    open_deps()
    user_id = find_uploader(as_email)
    with transaction() as session:
        dataset_id = service.create_dataset(
            session, name=name, description=description, filters=filters, created_by=user_id
        )
        view = service.get_dataset(session, dataset_id)
    click.echo(dataset_id)
    click.echo(
        f"{view.counts.clips} clips fit now. Freeze them with: clipjury datasets freeze {dataset_id}",
        err=True,
    )


@datasets.command("freeze")
@click.argument("dataset")
@click.option("--as", "as_email", metavar="EMAIL", help="Who asks for it; default: the only active admin.")
@click.option("--no-wait", is_flag=True, help="Return at once; the worker builds it.")
def freeze(dataset: str, as_email: str | None, no_wait: bool) -> None:
    """Freeze DATASET (its name or id) into its next snapshot, and print the snapshot's id. Needs a running worker."""
    from clipjury.cli.clips import find_uploader
    from clipjury.cli.freezing import wait_for_snapshot
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import snapshots

    open_deps()
    user_id = find_uploader(as_email)
    dataset_id = find_dataset_id(dataset)
    with transaction() as session:
        asked = snapshots.request_freeze(session, dataset_id, user_id)
    if no_wait:
        click.echo(asked.id)
        return
    frozen = wait_for_snapshot(asked)
    click.echo(frozen.id)
    click.echo(
        f"{frozen.clips_count} clips, {frozen.votes_count} votes, sha256:{frozen.content_sha256}", err=True
    )


@datasets.command("export")
@click.argument("snapshot")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder."
)
@click.option(
    "--format", "forms", multiple=True, type=click.Choice(("csv", "jsonl", "parquet")), help="Default: all."
)
@click.option("--as", "as_email", metavar="EMAIL", help="Who reads it; default: the only active admin.")
def export(snapshot: str, output: Path, forms: tuple[str, ...], as_email: str | None) -> None:
    """Write a snapshot's files, manifest and data card into a folder.

    SNAPSHOT is its id, or the name or id of a dataset, whose newest snapshot is taken. Clips that are in quarantine
    now are left out. Whoever reads a snapshot is no longer asked to judge near-duplicates of its clips.
    """
    from clipjury.cli.clips import find_uploader
    from clipjury.cli.opening import open_deps
    from clipjury.cli.snapshot_export import export_snapshot

    deps = open_deps()
    withheld = export_snapshot(deps, find_frozen_id(snapshot), output, forms, find_uploader(as_email))
    click.echo(f"Written to {output}. Check it anywhere with: clipjury datasets verify {output}")
    if withheld:
        click.echo(f"{withheld} rows are withheld: their clips are in quarantine.", err=True)


@datasets.command("verify")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@click.option(
    "--manifest", type=click.Path(path_type=Path, exists=True), help="Default: manifest.json beside the file."
)
def verify(path: Path, manifest: Path | None) -> None:
    """Recompute the content hash of an exported file or folder and compare it with the manifest. Needs no database.

    Exit status 1 if anything was changed; the rows that were are named.
    """
    from clipjury.cli.snapshot_check import check

    found = check(path, manifest)
    for line in found.remarks:
        click.echo(line)
    for line in found.faults:
        click.echo(line, err=True)
    if found.faults:
        raise SystemExit(1)


@datasets.command("diff")
@click.argument("before")
@click.argument("after")
def diff(before: str, after: str) -> None:
    """List clips added, removed, and labels flipped from BEFORE to AFTER: two exported files, or two snapshots' ids."""
    from clipjury.cli.snapshot_check import compare_files

    if Path(before).exists() and Path(after).exists():
        counts, lines = compare_files(Path(before), Path(after))
    else:
        counts, lines = _compare_stored(before, after)
    for line in lines[:_CHANGES_SHOWN]:
        click.echo(line)
    if sum(counts.values()) > _CHANGES_SHOWN:
        click.echo(f"… and {sum(counts.values()) - _CHANGES_SHOWN} more")
    click.echo(", ".join(f"{number} {change}" for change, number in counts.items()))


def _compare_stored(before: str, after: str) -> tuple[dict[str, int], list[str]]:
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import snapshots

    open_deps()
    pair = find_frozen_id(before), find_frozen_id(after)
    with transaction() as session:
        difference = snapshots.compare(session, *pair, user_id=None)
    lines = [
        f"{row.change:<8} {row.clip_id}  {row.label_before or '-'} → {row.label_after or '-'}"
        for row in difference.changes
    ]
    return difference.counts, lines


def find_dataset_id(name_or_id: str) -> "uuid.UUID":
    """The dataset of that name or id. Raises Refusal."""
    from clipjury.db.queries import datasets as queries
    from clipjury.db.transaction import transaction

    with transaction() as session:
        row = queries.find_by_name(session, name_or_id)
        key = _as_uuid(name_or_id)
        if row is None and key is not None:
            row = queries.find_dataset(session, key)
    if row is None:
        raise Refusal(f"There is no dataset {name_or_id}. List them with: clipjury datasets list")
    return row.id


def find_frozen_id(name_or_id: str) -> "uuid.UUID":
    """The snapshot of that id, or the newest frozen one of the dataset of that name or id. Raises Refusal."""
    from clipjury.db.queries import snapshots as queries
    from clipjury.db.transaction import transaction

    key = _as_uuid(name_or_id)
    if key is not None:
        with transaction() as session:
            if queries.find_snapshot(session, key) is not None:
                return key
    dataset_id = find_dataset_id(name_or_id)
    with transaction() as session:
        frozen = [row for row in queries.list_snapshots(session, dataset_id) if row.state == "frozen"]
    if not frozen:
        raise Refusal(
            f"{name_or_id} has no frozen snapshot. Make one with: clipjury datasets freeze {dataset_id}"
        )
    return frozen[0].id


def _as_uuid(text: str) -> "uuid.UUID | None":
    import uuid

    try:
        return uuid.UUID(text)
    except ValueError:
        return None
