"""`clipjury simulate`: how many reviewers, votes and gold clips a plan needs, on simulated crowds."""

from __future__ import annotations

from pathlib import Path

import click

from clipjury.cli.main import Refusal


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no list of numbers such as 3,6,12") from error


@click.command("simulate")
@click.option("--items", type=click.IntRange(2), default=500, show_default=True, help="Clips.")
@click.option("--reviewers", type=click.IntRange(1), default=60, show_default=True)
@click.option("--votes", default="3,6,12", show_default=True, help="Votes a clip, several by commas.")
@click.option("--gold", default="0,20,50,100", show_default=True, help="Gold clips, several by commas.")
@click.option("--classes", type=click.IntRange(2, 20), default=2, show_default=True)
@click.option(
    "--skill", type=click.FloatRange(0.3, 0.97), default=0.65, show_default=True, help="Mean skill."
)
@click.option(
    "--shared-misses",
    type=click.FloatRange(0, 5),
    default=0.7,
    show_default=True,
    help="How much clips differ for all alike.",
)
@click.option(
    "--spam",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of reviewers who do not look.",
)
@click.option(
    "--ring",
    type=click.FloatRange(0, 0.9),
    default=0.0,
    show_default=True,
    help="Share of reviewers who lie together on a tenth of the clips.",
)
@click.option("--ring-knows-gold", is_flag=True, help="The ring has found out which clips are gold.")
@click.option(
    "--detector",
    type=click.FloatRange(0.5, 0.99),
    default=None,
    help="How often a detector is right; none if left out.",
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 50),
    default=3,
    show_default=True,
    help="Crowds that each line is a mean of.",
)
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Write the accuracies as an SVG."
)
def simulate(
    items: int, reviewers: int, votes: str, gold: str, classes: int, skill: float, shared_misses: float,
    spam: float, ring: float, ring_knows_gold: bool, detector: float | None, seeds: int, plot: Path | None,
) -> None:  # fmt: skip
    """Plan: what a crowd of so many reviewers reaches with so many votes and gold clips.

    Prints accuracy, log-loss and the share of clips decided at .95 with the wrong ones among them, on simulated
    honest reviewers, spammers and, if asked for, a ring. No statement about real crowds.
    """
    from clipjury_ml.consensus.planning import plan as plan_crowd
    from clipjury_ml.consensus.simulated_crowd import Crowd
    from clipjury_ml.consensus.simulated_detector import SimulatedDetector, auc_of_accuracy
    from clipjury_ml.consensus.simulated_ring import Ring

    crowd = Crowd(
        n_items=items, n_annotators=reviewers, n_classes=classes, mean_skill=skill, shared_misses=shared_misses,
        spam_share=spam, ring=Ring(ring, knows_gold=ring_knows_gold) if ring else None,
    )  # fmt: skip
    machine = SimulatedDetector(auc_of_accuracy(detector), overconfidence=2.0) if detector else None
    counts = [int(n) for n in _numbers(gold)]
    click.echo(
        f"{'votes':>6} {'gold':>5} {'accuracy':>9} {'log-loss':>9} {'decided':>8} {'wrong of these':>15}"
    )
    rows = []
    try:
        for row in plan_crowd(crowd, _numbers(votes), counts, detector=machine, seeds=seeds):
            wrong = "–" if row.wrong_decided != row.wrong_decided else f"{row.wrong_decided:.1%}"
            click.echo(
                f"{row.votes_per_item:>6g} {row.n_gold:>5} {row.accuracy:>9.3f} {row.log_loss:>9.3f} "
                f"{row.decided:>8.1%} {wrong:>15}"
            )
            rows.append(row)
    except ValueError as error:
        raise Refusal(str(error)) from error
    if plot is not None and rows:
        _draw(plot, [(r.votes_per_item, r.n_gold, r.accuracy) for r in rows])


def _draw(path: Path, rows: list[tuple[float, int, float]]) -> None:
    from clipjury_ml.consensus.line_plot import draw_lines

    lines: dict[str, list[tuple[float, float]]] = {}
    for votes, gold, accuracy in rows:
        lines.setdefault(f"{gold} gold", []).append((votes, accuracy))
    svg = draw_lines(lines, title="Simulated accuracy", x="votes a clip", y="accuracy")
    try:
        path.write_text(svg, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror}") from error
    click.echo(f"plotted in {path}", err=True)
