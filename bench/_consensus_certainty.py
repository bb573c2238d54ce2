"""How sure answers are without gold, on crowds that share their misses in several ways; and what intervals hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
from bench._consensus_ask import show
from bench._consensus_measures import measure

from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.simulated_crowd import Crowd, simulate_crowd
from clipjury_ml.consensus.tempering import raise_to
from clipjury_ml.consensus.votes import Votes, votes_from_columns

SEEDS = range(5000, 5003)  # none that a decision was made on
VOTES = (3, 6, 12)
OURS = ("dawid-skene", "shares")
KINDS = {
    "spam, 40 %": {"spam_share": 0.4},
    "skills apart": {"skill_spread": 0.15},
    "drift": {"drift": 1.5},
    "12 people": {"n_annotators": 12},
    "stated confidence": {"confidence": True},
    "90 to 10": {"class_shares": (0.9, 0.1), "lean": 0.08},
    "four classes": {"n_classes": 4},
}


def bench_certainty() -> None:
    """Each kind of crowd: accuracy / log-loss / ECE of peers' rules, of the mean as it is, and of the answer."""
    found: dict[str, dict[str, list[list[float]]]] = {}
    for kind, votes, truth in _crowds():
        model = ClipJury().fit(votes)
        answers = {name: model.models_[name].posteriors_ for name in OURS}
        answers["mean as it is"] = raise_to(model.people_, 1.0 / model.factor_)
        answers["clipjury"] = model.people_
        for name, p in answers.items():
            of = measure(p, truth)
            cell = found.setdefault(kind, {}).setdefault(name, [])
            cell.append([of["accuracy"], of["log-loss"], of["ECE"]])
    rows = [
        {"crowd": kind, "sets": len(cells["clipjury"])}
        | {name: " / ".join(f"{x:.3f}" for x in np.mean(cell, axis=0)) for name, cell in cells.items()}
        for kind, cells in found.items()
    ]
    show("Without gold, 3 to 12 votes an item: accuracy / log-loss / ECE", rows)


def _crowds() -> Iterator[tuple[str, Votes, np.ndarray]]:
    for skill, misses, n_votes, seed in product(
        (0.52, 0.55, 0.57, 0.6, 0.65, 0.75), (0, 0.5, 1, 1.5), VOTES, SEEDS
    ):
        kind = f"skill {skill:.2f}, misses " + ("shared" if misses >= 1 else "hardly shared")
        crowd = Crowd(
            n_items=300, mean_skill=skill, skill_spread=0.05, shared_misses=misses, votes_per_item=n_votes
        )
        drawn = simulate_crowd(crowd, seed)
        yield kind, drawn.votes, drawn.truth
    for (kind, more), skill, n_votes, seed in product(KINDS.items(), (0.57, 0.7, 0.85), VOTES, SEEDS):
        drawn = simulate_crowd(Crowd(n_items=300, mean_skill=skill, votes_per_item=n_votes, **more), seed)  # type: ignore[arg-type]
        yield kind, drawn.votes, drawn.truth
    for skill, misses, seed in product((0.55, 0.6, 0.7), (0.7, 1.5), SEEDS):
        few = Crowd(n_items=60, n_annotators=150, mean_skill=skill, shared_misses=misses, votes_per_item=60)
        drawn = simulate_crowd(few, seed)
        yield "60 items of 60 votes", drawn.votes, drawn.truth
    for share, n_votes, seed in product((0.15, 0.3, 0.45), VOTES, SEEDS):
        yield "items that deceive everybody", *_deceived(share, n_votes, seed)
    for misses, n_votes, seed in product((0.7, 1.5), VOTES, SEEDS):
        yield "three camps", *_in_camps(misses, n_votes, seed)


def _deceived(share: float, n_votes: int, seed: int) -> tuple[Votes, np.ndarray]:
    """On a share of the items everybody is right with .3, elsewhere with .75."""
    rng = np.random.default_rng([seed, 7])
    right = np.where(rng.random(300) < share, 0.3, 0.75)
    return _vote(rng, np.repeat(right[:, None], 60, axis=1), n_votes)


def _in_camps(misses: float, n_votes: int, seed: int) -> tuple[Votes, np.ndarray]:
    """Three camps of annotators, of skill .65, each with an ease of its own for every item."""
    rng = np.random.default_rng([seed, 8])
    ease = rng.normal(0.62, misses, (300, 3))
    return _vote(rng, 1.0 / (1.0 + np.exp(-ease[:, rng.integers(0, 3, 60)])), n_votes)


def _vote(rng: np.random.Generator, right: np.ndarray, n_votes: int) -> tuple[Votes, np.ndarray]:
    """Votes where P(right) is given: items x annotators."""
    truth = rng.integers(0, 2, len(right))
    who = np.array([rng.permutation(right.shape[1])[:n_votes] for _ in right])
    says = np.where(
        rng.random(who.shape) < np.take_along_axis(right, who, axis=1), truth[:, None], 1 - truth[:, None]
    )
    items = [f"i{i:03d}" for i in range(len(right)) for _ in range(n_votes)]
    named = [f"a{w:02d}" for w in who.ravel()]
    return votes_from_columns(items, named, [str(s) for s in says.ravel()], classes=["0", "1"]), truth
