"""The demo's dataset: its decided clips, frozen once by the worker's own job."""

import click

from clipjury.cli.freezing import wait_for_snapshot
from clipjury.db.queries import datasets as queries
from clipjury.db.queries import snapshots as snapshot_queries
from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.db.transaction import transaction
from clipjury.domain.errors import ConflictError
from clipjury.services import datasets, snapshots

NAME = "Demo labels"
_DESCRIPTION = "Every decided clip of the demo: drawn on this machine, judged by simulated reviewers."


def freeze_demo_labels(curator_id: int) -> None:
    """Make the dataset and freeze it, unless a run before this one has. Raises Refusal where the job fails."""
    try:
        asked = _ask(curator_id)
    except ConflictError as error:  # no clip is decided yet
        click.echo(f"    {error.detail}")
        return
    frozen = asked if asked.state == "frozen" else wait_for_snapshot(asked)
    click.echo(f"    {frozen.clips_count} clips frozen, sha256:{frozen.content_sha256}")


def _ask(curator_id: int) -> SnapshotRow:
    with transaction() as session:
        dataset = queries.find_by_name(session, NAME)
        dataset_id = (
            dataset.id
            if dataset
            else datasets.create_dataset(
                session,
                name=NAME,
                description=_DESCRIPTION,
                filters={"include_simulated": True},
                created_by=curator_id,
            )
        )
        made = snapshot_queries.list_snapshots(session, dataset_id)
        standing = [row for row in made if row.state in ("frozen", "building")]
        return standing[-1] if standing else snapshots.request_freeze(session, dataset_id, curator_id)
