"""`clipjury detectors lineage`: which versions a reviewer's votes, or a clip, have trained."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import click

from clipjury.cli.main import Refusal

if TYPE_CHECKING:
    from clipjury.services.lineage import Lineage


@click.command("lineage")
@click.option(
    "--reviewer", "reviewers", type=int, multiple=True, help="An account's number; may be repeated."
)
@click.option("--clip", "clip_id", type=click.UUID, help="A clip's id.")
@click.option(
    "--as", "as_email", metavar="EMAIL", help="Who reads of a clip; default: the only active admin."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def lineage(
    reviewers: tuple[int, ...], clip_id: uuid.UUID | None, as_email: str | None, as_json: bool
) -> None:
    """Say which snapshots hold these reviewers' votes, or a clip, and which versions were trained on them.

    A version that was trained from such a version counts too. Whoever reads of a clip is not asked to judge it.
    """
    from clipjury.cli.clips import find_uploader
    from clipjury.cli.opening import open_deps
    from clipjury.db.transaction import transaction
    from clipjury.services import lineage as service

    if bool(reviewers) == (clip_id is not None):
        raise Refusal("Name reviewers or one clip.")
    open_deps()
    reader_id = None if clip_id is None else find_uploader(as_email)
    with transaction() as session:
        traced = (
            service.trace_reviewers(session, reviewers)
            if clip_id is None
            else service.trace_clip(session, clip_id, reader_id)
        )
    click.echo(json.dumps(traced.as_dict(), default=str) if as_json else _as_words(traced, reviewers))


def _as_words(traced: Lineage, reviewers: tuple[int, ...]) -> str:
    if not traced.snapshots:
        return "No frozen snapshot holds them, so no version was trained on them."
    lines = [
        f"{row.snapshot_id}  {row.dataset_name}, snapshot {row.sequence}: {row.clips} clips, {row.learned_from} "
        f"to learn from, {row.decided} decided blind"
        for row in traced.snapshots
    ]
    for row in traced.versions:
        how = "trained on them" if row.generation == 0 else f"trained from such a version ({row.generation})"
        lines.append(f"{row.id:>5}  {row.detector} {row.version}  {row.state}  {how}")
    if not traced.versions:
        lines.append("No version was trained on them.")
    if reviewers:
        numbers = ",".join(str(number) for number in reviewers)
        lines.append(
            f"Without these votes: clipjury datasets create NAME --filter without_reviewers={numbers}"
        )
    return "\n".join(lines)
