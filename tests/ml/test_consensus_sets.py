"""On the vote sets at hand: as right as Dawid and Skene, and far surer of what it knows and does not know."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from clipjury_ml.consensus.consensus import find_consensus
from clipjury_ml.consensus.inputs import read_inputs

HERE = Path(__file__).resolve()
FOLDERS = [parent / "shared" / "data" / "consensus" for parent in HERE.parents[2:5]]
SETS = next((folder for folder in FOLDERS if folder.is_dir()), FOLDERS[0])
# accuracy of crowd-kit's Dawid-Skene, and its log-loss, as measured in the design
PEER = {
    "rte": (0.927, 0.626), "sentiment_d": (0.960, 0.363), "cf_amt": (0.840, 2.018), "gengap": (0.983, 0.230),
    "simdetector": (0.953, 0.173),
}  # fmt: skip


@pytest.mark.parametrize("name", PEER)
def test_never_a_point_under_dawid_and_skene_at_a_fraction_of_its_log_loss(name: str) -> None:
    folder = SETS / name
    if not folder.is_dir():
        pytest.skip(f"the vote set {name} is not here: {folder}")
    inputs = read_inputs(folder / "votes.csv")
    with (folder / "truth.csv").open(encoding="utf-8") as file:
        truth = {row["item"]: row["label"] for row in csv.DictReader(file)}
    result = find_consensus(inputs.votes)
    _, labels, _ = result.answer()
    rows = np.array([i for i, item in enumerate(inputs.votes.items) if item in truth])
    classes = inputs.votes.classes
    codes = np.array([classes.index(truth[inputs.votes.items[i]]) for i in rows])
    accuracy, log_loss = PEER[name]
    assert (labels[rows] == codes).mean() >= accuracy - 0.01
    assert -np.log(result.full[rows, codes]).mean() <= 0.85 * log_loss
