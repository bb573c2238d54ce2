"""`clipjury demo …`."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury.cli.main import Refusal

if TYPE_CHECKING:
    import uuid

    from clipjury.cli.demo_accounts import Login
    from clipjury.cli.simulation import KnownClip, Tally
    from clipjury.deps import Deps

CLIPS = 24
REVIEWERS = 13  # and the reviewer who has a log-in
SEED = 7
MEAN_SKILL = 0.82
_RETIRED_SHARE = 0.7  # the rest is left for the person who looks


@click.group()
def demo() -> None:
    """Fill a workspace with made-up clips and simulated reviewers."""


@demo.command("fill")
@click.option("--clips", "count", type=click.IntRange(4, 500), default=CLIPS, show_default=True)
def fill(count: int) -> None:
    """Draw clips, add them, wait until the worker has scored them, and have simulated reviewers vote.

    A second run keeps what is there and goes on where the first one stopped. Needs a running worker. Everything
    is made up, and marked as simulated wherever it is shown.
    """
    from clipjury.cli.demo_accounts import CURATOR, ensure_logins, get_user_id
    from clipjury.cli.demo_clips import draw_and_add, known_clips, plan_clips
    from clipjury.cli.demo_datasets import freeze_demo_labels
    from clipjury.cli.demo_training import train_on_demo_labels
    from clipjury.cli.opening import open_deps
    from clipjury.cli.storing import describe_failures, wait_for_clips

    deps = open_deps()
    state_dir = deps.settings.state_dir
    click.echo("==> Demo: accounts")
    logins = ensure_logins(state_dir)
    click.echo(f"==> Demo: {count} clips, drawn on this machine")
    clips = plan_clips(state_dir / "demo" / "clips", count)
    sha256s = draw_and_add(deps, clips, get_user_id(CURATOR))
    click.echo("==> Demo: previews and detector scores")
    for line in describe_failures(wait_for_clips(sha256s)):
        click.echo(line, err=True)
    click.echo("==> Demo: simulated reviewers")
    known = known_clips(clips, sha256s)
    _review(deps, known)
    _dispute(deps, known)
    click.echo("==> Demo: a frozen dataset")
    freeze_demo_labels(get_user_id(CURATOR))
    click.echo("==> Demo: a training run")
    train_on_demo_labels(get_user_id(CURATOR))
    _show_end(sha256s, logins)


def _review(deps: "Deps", known: "dict[uuid.UUID, KnownClip]") -> None:
    import numpy as np

    from clipjury.cli.demo_accounts import PRACTISED, get_user_id
    from clipjury.cli.progress import progress
    from clipjury.cli.simulation import Crowd, ensure_reviewers, run_reviews
    from clipjury_ml.consensus.simulator import simulated_reviewers

    crowd = simulated_reviewers(SEED, REVIEWERS + 1, mean_skill=MEAN_SKILL)
    members = ensure_reviewers(crowd[1:], "demo")
    members[get_user_id(PRACTISED)] = crowd[0]
    plain = [clip_id for clip_id, clip in known.items() if not clip.is_gold]
    wanted = round(_RETIRED_SHARE * len(plain))
    retired = count_retired(plain)
    with progress("clips decided", wanted) as shown:

        def is_enough(tally: "Tally") -> bool:
            nonlocal retired
            retired = count_retired(plain)
            shown.move_to(min(retired, wanted), f"{tally.votes} votes")
            return retired >= wanted

        if retired < wanted:
            run_reviews(deps, Crowd(members, np.random.default_rng([SEED, 1])), known, is_enough)


def _dispute(deps: "Deps", known: "dict[uuid.UUID, KnownClip]") -> None:
    from clipjury.cli.demo_disputes import ensure_dispute

    waiting = ensure_dispute(deps, known)
    click.echo(
        f"==> Demo: {waiting} {'dispute waits' if waiting == 1 else 'disputes wait'} for the moderator"
    )


def count_retired(clip_ids: "list[uuid.UUID]") -> int:
    """How many of these clips have an outcome."""
    from clipjury.db.queries import clip_progress
    from clipjury.db.transaction import transaction

    with transaction() as session:
        return clip_progress.count_retired(session, clip_ids)


def _show_end(sha256s: list[str], logins: "list[Login]") -> None:
    from collections import Counter

    from clipjury.cli.storing import find_progress

    states = Counter(row.state for row in find_progress(sha256s))
    counted = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    click.echo(
        f"\nThe demo is filled: {len(sha256s)} clips ({counted}). All people and votes are simulated.\n"
    )
    show_logins(logins)


@demo.command("logins")
def logins() -> None:
    """Print the demo's address and log-ins again."""
    from clipjury.cli.demo_accounts import read_logins

    state_dir = Path(os.environ.get("CLIPJURY_STATE_DIR") or ".state").absolute()
    found = read_logins(state_dir)
    if not found:
        raise Refusal(f"There is no demo in {state_dir}. Start one with: ./run demo")
    show_logins(found)


def show_logins(found: "list[Login]") -> None:
    """The address, and e-mail and password of each account."""
    click.echo(f"    http://127.0.0.1:{os.environ.get('CLIPJURY_PORT') or '8000'}\n")
    for login in found:
        click.echo(f"    {login.title:<24}  {login.email:<24}  {login.password}")
    click.echo("")
