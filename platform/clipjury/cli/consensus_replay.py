"""`clipjury consensus replay`: a past version of the consensus computed once more, and compared bit for bit."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from clipjury.services.replay import Replay


@click.command("replay")
@click.option("--version", type=int, required=True, help="The version of reliabilities to compute again.")
@click.option("--clip", "clip_id", type=click.UUID, help="Replay this clip alone, and not the fit.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def replay(version: int, clip_id: uuid.UUID | None, as_json: bool) -> None:
    """Compute a past version again: reliabilities, posteriors, verdicts.

    Everything comes from the sealed votes, the gold and the scores that the version rested on, and is compared
    with what is stored, bit for bit. Nothing is changed. Exit status 1 where anything differs. (To read a table
    of votes that is called `replay`, write ./replay.)
    """
    from clipjury.cli.opening import open_deps
    from clipjury.cli.progress import progress
    from clipjury.db.transaction import transaction
    from clipjury.services.replay import count_clips, replay_version

    open_deps()
    with transaction() as session:
        # One snapshot: votes that come in meanwhile are not half seen.
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        total = 1 if clip_id else count_clips(session, version)
        with progress("clips", total) as shown:
            found = replay_version(session, version, clip_id, shown.advance)
    click.echo(json.dumps(asdict(found), default=str) if as_json else _in_words(found))
    raise SystemExit(1 if found.n_differences else 0)


def _in_words(found: Replay) -> str:
    counted = (
        f"{found.reliabilities} reliabilities, {found.posteriors} posteriors, {found.verdicts} verdicts "
        f"of version {found.version} (engine {found.engine_version}) computed again"
    )
    lines = [f"{counted}: {f'{found.n_differences} differ' if found.n_differences else 'all the same'}."]
    for each in found.differences:
        lines.append(
            f"  {each.kind}, {each.subject}: {each.field} is {each.stored}, came out as {each.recomputed}"
        )
    if found.n_differences > len(found.differences):
        lines.append(f"  and {found.n_differences - len(found.differences)} more")
    lines += [f"Not replayed, {count} {why}" for why, count in sorted(found.not_replayed.items())]
    return "\n".join(lines)
