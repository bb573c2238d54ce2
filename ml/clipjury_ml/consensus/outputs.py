"""Labels, annotators and the report as files: written aside, then put in place together."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clipjury_ml.consensus.consensus import Consensus, count_ties
from clipjury_ml.consensus.flags import flag_annotators
from clipjury_ml.consensus.inputs import Inputs
from clipjury_ml.consensus.rings import MOST_NAMED, count_named, find_all_pairs, find_pairs
from clipjury_ml.consensus.two_faced import suspect_ring

Row = Sequence[str | int | float]

BAD_ROWS_TOLD = 100
PAIRS_TOLD = 100


def label_rows(result: Consensus, *, holdout: bool = False, intervals: bool = False) -> Iterable[Row]:
    """item, label, p of each class, n_votes, n_effective, entropy, is_gold: one row an item, by code point.

    intervals: and, behind these, low and high of each class.
    """
    votes = result.votes
    header = [
        "item",
        "label",
        *(f"p_{c}" for c in votes.classes),
        "n_votes",
        "n_effective",
        "entropy",
        "is_gold",
    ]
    ends: list[list[float]] = [[] for _ in votes.items]
    if intervals:
        header += [f"{end}_{c}" for c in votes.classes for end in ("low", "high")]
        low, high = result.intervals(holdout=holdout)
        ends = np.stack([low, high], axis=2).reshape(len(ends), -1).round(9).tolist()
    yield header
    p, labels, entropies = result.answer(holdout=holdout)
    rows = zip(
        votes.items, labels.tolist(), p.tolist(), votes.n_votes.tolist(), result.n_effective.tolist(),
        entropies.tolist(), (result.fixed >= 0).tolist(), ends, strict=True,
    )  # fmt: skip
    for item, label, shares, n, n_effective, spread, is_gold, more in rows:
        yield (
            item, votes.classes[label], *shares, n, round(n_effective, 6), round(spread, 9), int(is_gold), *more
        )  # fmt: skip


def annotator_rows(result: Consensus) -> Iterable[Row]:
    """worker, n_votes, skill with its interval, weight, flags: one row an annotator, by code point."""
    yield ("worker", "n_votes", "skill", "skill_low", "skill_high", "weight", "flags")
    skills = result.skills
    rows = zip(
        result.votes.annotators, skills.n_votes.tolist(), skills.skill.tolist(), skills.low.tolist(),
        skills.high.tolist(), skills.weight.tolist(), flag_annotators(result, find_pairs(result.votes)), strict=True,
    )  # fmt: skip
    for name, n, skill, low, high, weight, flags in rows:
        yield (name, n, round(skill, 6), round(low, 6), round(high, 6), round(weight, 6), ";".join(flags))


def report(result: Consensus, inputs: Inputs) -> dict[str, Any]:
    """How it got there, and what was counted on the way."""
    votes = result.votes
    return {
        **result.log,
        "classes": votes.classes,
        "counts": {
            "items": votes.n_items,
            "workers": len(votes.annotators),
            "votes": int(votes.n_votes.sum()),
            "abstentions": int((votes.response >= votes.n_classes).sum()),
            "gold_items": int((result.fixed >= 0).sum()),
            "scored_items": 0 if inputs.scores is None else int(inputs.scores.answered.any(axis=0).sum()),
            "ties": count_ties(result.full),
            "superseded_votes": votes.repeats.superseded,
            "collapsed_votes": votes.repeats.collapsed,
            "shared_votes": votes.repeats.shared,
            "bad_rows": len(inputs.bad_rows),
        },
        "rings": _rings(result),
        "skill_prior": {"mean": result.skills.prior[0], "strength": result.skills.prior[1]},
        "bad_rows": [str(row) for row in inputs.bad_rows[:BAD_ROWS_TOLD]],
        "notes": inputs.notes,
    }


def _rings(result: Consensus) -> dict[str, Any]:
    """Alerts for people: a community that answers some items in a way of its own, pairs that meet beyond chance."""
    votes = result.votes
    found = result.suspicion or suspect_ring(votes.heard[0], result.peers)
    everyone = find_all_pairs(votes)
    pairs = everyone if count_named(everyone) <= MOST_NAMED * len(votes.annotators) else []
    return {
        "community_ratio": found.communities.ratio,
        "community_evidence": found.evidence,
        "community_alert": found.alert,
        "pairs": [
            {
                "workers": [votes.annotators[pair.first], votes.annotators[pair.second]],
                "reason": pair.reason,
                "together": pair.together,
                "expected": pair.expected,
                "near": pair.near,
                "p": pair.p,
            }
            for pair in pairs[:PAIRS_TOLD]
        ],
        "n_pairs": len(pairs),
        "dealt_in_pages": len(everyone) > len(pairs),
    }


def write_together(files: dict[Path, Iterable[Row] | dict[str, Any]]) -> None:
    """Write each file beside its place, then move all into place. Raises OSError; then nothing has moved."""
    aside: dict[Path, Path] = {}
    try:
        for path, content in files.items():
            aside[path] = path.with_name(f".{path.name}.{os.getpid()}.part")
            _write(aside[path], content, "\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
        for path, part in aside.items():
            part.replace(path)
    finally:
        for part in aside.values():
            part.unlink(missing_ok=True)


def _write(path: Path, content: Iterable[Row] | dict[str, Any], delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        if isinstance(content, dict):
            json.dump(content, file, indent=2, ensure_ascii=False, allow_nan=False)
            file.write("\n")
        else:
            csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows(content)
