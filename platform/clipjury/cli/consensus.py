"""`clipjury consensus`: labels out of a table of votes, without the platform."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from clipjury.cli.main import Refusal

# Named here too, so that --help imports nothing that computes; a test compares the two.
METHODS = (
    "clipjury", "dawid-skene", "dawid-skene-pooled", "dawid-skene-variational", "gold-anchored", "majority",
    "one-coin", "shares", "two-faced",
)  # fmt: skip

EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITABLE = click.Path(dir_okay=False, path_type=Path)


class TableOrReplay(click.Command):
    """Reads a table of votes; its first word `replay` stands for the command of that name instead."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that the first word names."""
        if args[:1] == ["replay"]:
            from clipjury.cli.consensus_replay import replay

            return replay.make_context(f"{info_name} replay", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command("consensus", cls=TableOrReplay)
@click.argument("votes", type=EXISTING)
@click.option("--scores", type=EXISTING, help="Detectors' scores: item and one column a class.")
@click.option("--gold", type=EXISTING, help="Items of known class: item,label.")
@click.option("--method", type=click.Choice(METHODS), default="clipjury", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Deals the gold into folds.")
@click.option("--holdout-gold", is_flag=True, help="On gold items print the answer without their own label.")
@click.option(
    "--classes", default="", metavar="A,B", help="Classes that must be there, whoever votes for them."
)
@click.option(
    "--unsure", default="unsure", show_default=True, help="The label that is an abstention, in any case."
)
@click.option("--intervals", is_flag=True, help="Add low_<class> and high_<class>, 95 %, to the labels.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave bad rows out and count them.")
@click.option("-o", "--output", "labels", type=WRITABLE, required=True, help="Where the labels go.")
@click.option("--annotators-out", "annotators", type=WRITABLE, help="Where skills and weights of workers go.")
@click.option("--report", "report_file", type=WRITABLE, help="Where the report goes, as JSON.")
def consensus(
    votes: Path, scores: Path | None, gold: Path | None, method: str, seed: int, holdout_gold: bool,
    intervals: bool,
    classes: str, unsure: str, skip_bad_rows: bool, labels: Path, annotators: Path | None,
    report_file: Path | None,
) -> None:  # fmt: skip
    """Find the label of each item in VOTES, and how sure it is.

    VOTES is a CSV, TSV or Parquet table: item, worker, label, and if you have them confidence and t.

    `clipjury consensus replay --version N` computes a past version of the platform's consensus once more.
    """
    # Before numpy is imported. A second thread of BLAS waits by spinning, and adds in an order of its own.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from clipjury_ml.consensus.consensus import find_consensus
    from clipjury_ml.consensus.inputs import BadRowsError, read_inputs
    from clipjury_ml.consensus.outputs import annotator_rows, label_rows, report
    from clipjury_ml.consensus.tables import TableError

    named = [name.strip() for name in classes.split(",") if name.strip()]
    try:
        inputs = read_inputs(
            votes, scores=scores, gold=gold, classes=named, unsure=unsure, skip_bad_rows=skip_bad_rows
        )
    except BadRowsError as error:
        raise Refusal(f"{error}\nNothing was written. --skip-bad-rows leaves these rows out.") from error
    except TableError as error:
        raise Refusal(str(error)) from error
    result = find_consensus(inputs.votes, inputs.gold, inputs.scores, method=method, seed=seed)
    files: dict[Path, Any] = {labels: label_rows(result, holdout=holdout_gold, intervals=intervals)}
    if annotators is not None:
        files[annotators] = annotator_rows(result)
    if report_file is not None:
        files[report_file] = report(result, inputs)
    _write(files)
    counts = f"{result.votes.n_items} items, {len(result.votes.annotators)} workers"
    click.echo(
        f"{labels}: {counts}; rule: {result.log['rule']}; detectors: {result.log['detectors']}", err=True
    )


def _write(files: dict[Path, Iterable[Any] | dict[str, Any]]) -> None:
    from clipjury_ml.consensus.outputs import write_together

    if len({path.resolve() for path in files}) < len(files):
        raise Refusal("Two of the output files are the same.")
    try:
        write_together(files)
    except OSError as error:
        raise Refusal(f"{error.filename or ''}: {error.strerror}. Nothing was written.") from error
