"""`clipjury simulate-reviews`."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clipjury.cli.main import Refusal

if TYPE_CHECKING:
    import uuid

    from clipjury.cli.additions import Request
    from clipjury.cli.closing_table import JudgedClip
    from clipjury.cli.simulation import KnownClip, Tally
    from clipjury.db.queries.clip_progress import ClipProgressRow
    from clipjury.deps import Deps


@click.command("simulate-reviews")
@click.option(
    "--manifest", "manifests", multiple=True, required=True, type=click.Path(path_type=Path),
    help="The truth about clips that are here: path,label,…,sha256,group. Repeatable.",
)  # fmt: skip
@click.option("--reviewers", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--mean-skill", type=click.FloatRange(0.5, 0.95), default=0.7, show_default=True,
    help="Mean balanced accuracy of the crowd.",
)  # fmt: skip
@click.option("--spam-share", type=click.FloatRange(0.0, 1.0), default=0.1, show_default=True)
def simulate_reviews(
    manifests: tuple[Path, ...], reviewers: int, seed: int, mean_skill: float, spam_share: float
) -> None:
    """Have simulated reviewers judge the open clips of a manifest until nothing is left for them.

    They answer by skill alone: right with the probability of their sensitivity or specificity. Accounts and
    votes are marked as simulated. They vote on gold too; other clips that no manifest names are skipped. At
    the end: how right people alone, the detector alone and both were on the manifest's clips that are not gold.
    """
    from clipjury.cli.opening import open_deps
    from clipjury.cli.simulation import Crowd, ensure_reviewers
    from clipjury_ml.consensus.simulator import simulated_reviewers

    truths = read_truths(manifests)
    deps = open_deps()
    known = find_known(truths)
    if not known:
        raise Refusal("None of the manifest's clips is here. Add them first: clipjury clips add --manifest …")
    import numpy as np

    crowd = simulated_reviewers(seed, reviewers, mean_skill=mean_skill, spam_share=spam_share)
    members = ensure_reviewers(crowd, f"reviewer-s{seed}")
    tally = _review(deps, Crowd(members, np.random.default_rng([seed, 20_26])), known)
    click.echo(
        f"{tally.votes} votes by {reviewers} simulated reviewers, {tally.gold_votes} of them on gold; "
        f"{tally.left_alone} leases of clips outside the manifest skipped."
    )
    if not tally.gold_votes:
        click.echo(
            "There was no gold to vote on: nobody's skill is known, and nothing can be decided by evidence."
        )
    _report(truths, seed)


def read_truths(manifests: "tuple[Path, ...]") -> "dict[str, Request]":
    """Rows with a label by SHA-256, label in the platform's words. Raises Refusal for bad rows."""
    from clipjury.cli.additions import BadAddition, parse_label
    from clipjury.cli.manifests import ManifestError, read_manifest, require_labels

    truths: dict[str, Request] = {}
    faults: list[str] = []
    for manifest in manifests:
        try:
            requests, bad = read_manifest(manifest)
        except ManifestError as error:
            raise Refusal(str(error)) from error
        faults += [*bad, *require_labels(requests)]
        for request in requests:
            try:
                sha256 = _sha256_of(request)
                truths[sha256] = replace(request, label=parse_label(request.label or ""), sha256=sha256)
            except BadAddition as fault:
                faults.append(f"{request.place}: {fault}")
    if faults:
        raise Refusal("\n".join(["Nothing was simulated.", *faults[:50]]))
    return truths


def _sha256_of(request: "Request") -> str:
    from clipjury.cli.additions import BadAddition

    if request.sha256:
        return request.sha256.lower()
    try:
        with request.path.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except OSError as error:
        raise BadAddition(
            f"{request.path} cannot be read, and the row has no sha256: {error.strerror}"
        ) from error


def find_known(truths: "dict[str, Request]") -> "dict[uuid.UUID, KnownClip]":
    """The clips of the manifest that are here, and all gold, with their truth; none without the former."""
    from clipjury.cli.simulation import KnownClip
    from clipjury.cli.storing import find_progress
    from clipjury.db.queries import clip_progress
    from clipjury.db.transaction import transaction

    rows = find_progress(list(truths))
    if not rows:
        return {}
    with transaction() as session:
        gold = dict(clip_progress.list_served_gold(session))
    labels = {**gold, **{row.id: truths[row.sha256].label for row in rows}}
    return {
        clip_id: KnownClip("manipulated" if label == "manipulated" else "authentic", is_gold=clip_id in gold)
        for clip_id, label in labels.items()
    }


def _review(deps: "Deps", crowd: "object", known: "dict[uuid.UUID, KnownClip]") -> "Tally":
    from clipjury.cli.progress import progress
    from clipjury.cli.simulation import Crowd, run_reviews

    assert isinstance(crowd, Crowd)
    with progress("reviewers with nothing left", len(crowd.members)) as shown:

        def show(tally: "Tally") -> bool:
            shown.move_to(len(crowd.idle), f"{tally.votes} votes")
            return False

        tally = run_reviews(deps, crowd, known, show)
        shown.move_to(len(crowd.members), f"{tally.votes} votes")
    return tally


def _report(truths: "dict[str, Request]", seed: int) -> None:
    from clipjury.cli.closing_table import render_counts, render_table
    from clipjury.cli.storing import find_progress

    rows = find_progress(list(truths))
    judged = [_judged(row, truths[row.sha256]) for row in rows if row.gold_label is None]
    judged = [clip for clip in judged if clip.row.state in ("open", "closing", "retired")]
    gold = sum(row.gold_label is not None for row in rows)
    click.echo(
        f"{len(judged)} clips judged; left out: {gold} gold, {len(rows) - gold - len(judged)} not in the queue."
    )
    if not judged:
        return
    for line in [*render_table(judged, seed), *render_counts(judged)]:
        click.echo(line)
    click.echo("Accuracy with 95 % intervals that resample whole groups (* : single clips, too few groups).")


def _judged(row: "ClipProgressRow", truth: "Request") -> "JudgedClip":
    from clipjury.cli.closing_table import JudgedClip

    return JudgedClip(row=row, truth=str(truth.label), group=truth.group or row.sha256)
