"""`clipjury simulate`: a table to plan by, and a plot."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree  # the plots are our own

import pytest
from tests.factories.command_line import run_cli

from clipjury_ml.consensus.line_plot import draw_lines
from clipjury_ml.consensus.planning import plan
from clipjury_ml.consensus.simulated_crowd import Crowd

SMALL = ("--items", 120, "--reviewers", 15, "--votes", "3,9", "--gold", "0,50", "--seeds", 2)


def test_one_line_for_each_plan_and_more_votes_help(tmp_path: Path) -> None:
    result = run_cli(None, "simulate", *SMALL, "--skill", 0.75, "--plot", tmp_path / "plan.svg")
    assert result.exit_code == 0, result.output
    header, *lines = result.stdout.strip().split("\n")
    assert header.split() == ["votes", "gold", "accuracy", "log-loss", "decided", "wrong", "of", "these"]
    table = [line.split() for line in lines]
    assert [(row[0], row[1]) for row in table] == [("3", "0"), ("3", "50"), ("9", "0"), ("9", "50")]
    assert float(table[2][2]) > float(table[0][2])
    root = ElementTree.parse(tmp_path / "plan.svg").getroot()  # noqa: S314
    assert len(root.findall("{http://www.w3.org/2000/svg}polyline")) == 2


def test_a_detector_and_gold_help_a_weak_crowd() -> None:
    def reach(*more: object) -> float:
        result = run_cli(None, "simulate", *SMALL[:4], "--votes", "6", "--gold", "50", "--skill", 0.55, *more)
        return float(result.stdout.strip().split("\n")[1].split()[2])

    assert reach("--detector", 0.85) > reach() + 0.1


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--items", 50, "--gold", "50"), "more items than gold"),
        (("--votes", "three"), "no list of numbers"),
        (("--skill", 2), "skill"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(arguments: tuple[object, ...], complaint: str) -> None:
    result = run_cli(None, "simulate", *arguments)
    assert result.exit_code == 2 and complaint in result.stderr


def test_the_same_seed_gives_the_same_plan() -> None:
    crowd = Crowd(n_items=60, n_annotators=10, mean_skill=0.85)  # some items are decided: no share of nothing
    assert list(plan(crowd, [3], [5], seeds=1, seed=4)) == list(plan(crowd, [3], [5], seeds=1, seed=4))
    assert list(plan(crowd, [3], [5], seeds=1, seed=4)) != list(plan(crowd, [3], [5], seeds=1, seed=5))


def test_a_plot_of_nothing_is_refused_and_names_are_escaped() -> None:
    with pytest.raises(ValueError, match="nothing"):
        draw_lines({"a": [(1.0, float("nan"))]}, title="t", x="x", y="y")
    svg = draw_lines({"<b> & co": [(1.0, 0.5)]}, title='a "title"', x="x", y="y")
    assert ElementTree.fromstring(svg).get("aria-label") == 'a "title"'  # noqa: S314
