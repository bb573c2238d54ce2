"""Votes, gold and scores in; answers, annotators and the log of how it got there out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.clipjury import ClipJury
from clipjury_ml.consensus.counting import count_effective, entropy
from clipjury_ml.consensus.folds import cross_fit, deal_folds
from clipjury_ml.consensus.intervals import posterior_intervals
from clipjury_ml.consensus.methods import DEFAULT, VOTE_MODELS
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.skill import Skills, rate_annotators
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import RHO
from clipjury_ml.consensus.two_faced import Suspicion
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

ENGINE_VERSION = "batch-4"
TIE = 1e-9  # posteriors closer than this are the same


@dataclass(frozen=True)
class Consensus:
    """people: posteriors from votes and gold alone; full: with detectors; both with gold items at their class.

    The _holdout ones are cross-fitted on gold items. labels: class codes of the full answer, a tie to the class
    that is first by code point; n_ties counts them. log: method, rule, parameters, iterations, seconds.
    """

    votes: Votes
    fixed: Codes
    people: Floats
    full: Floats
    people_holdout: Floats
    full_holdout: Floats
    n_effective: Floats
    skills: Skills
    peers: PooledDawidSkene
    model: VoteModel
    log: dict[str, Any]

    @property
    def suspicion(self) -> Suspicion | None:
        """Of a ring, where the method has looked for one already."""
        return self.model.suspicion_ if isinstance(self.model, ClipJury) else None

    def intervals(self, *, holdout: bool = False) -> tuple[Floats, Floats]:
        """The 95 % interval of each posterior, for what is not known of the annotators."""
        return posterior_intervals(self.votes, self.full_holdout if holdout else self.full, self.peers)

    def answer(self, *, holdout: bool = False) -> tuple[Floats, Codes, Floats]:
        """Posteriors, labels and entropies; on gold items the cross-fitted ones where holdout is set."""
        p = self.full_holdout if holdout else self.full
        return p, choose_labels(p), entropy(p)


def choose_labels(posteriors: Floats) -> Codes:
    """The likeliest class of each row; of those within TIE of it, the first."""
    return np.asarray((posteriors >= posteriors.max(axis=1, keepdims=True) - TIE).argmax(axis=1), np.int32)


def count_ties(posteriors: Floats) -> int:
    """Rows whose two likeliest classes are equally likely."""
    near = posteriors >= posteriors.max(axis=1, keepdims=True) - TIE
    return int((near.sum(axis=1) > 1).sum())


def find_consensus(
    votes: Votes,
    gold: Mapping[str, str] | None = None,
    scores: Scores | None = None,
    *,
    method: str = DEFAULT,
    seed: int = 0,
) -> Consensus:
    """Fit one method. Raises KeyError for gold or a method that is not known here."""
    began = time.perf_counter()
    fixed = votes.gold_codes(gold or {})
    log: dict[str, Any] = {"engine_version": ENGINE_VERSION, "method": method, "seed": seed}
    if method == DEFAULT:
        jury = ClipJury(seed=seed).fit_codes(votes, fixed, scores)
        model: VoteModel = jury
        answers = (jury.people_, jury.posteriors_, jury.people_holdout_, jury.full_holdout_)
        pooled = jury.models_[PooledDawidSkene.name]
        assert isinstance(pooled, PooledDawidSkene)
        peers = pooled
        log |= {"rule": jury.rule_, "detectors": jury.detector_rule_}
    else:
        folds = deal_folds(votes.items, fixed, seed)
        model, apart = cross_fit(VOTE_MODELS[method](), votes, fixed, folds)
        whole = pin_gold(model.posteriors_, fixed)
        answers = (whole, whole, apart, apart)
        peers = PooledDawidSkene().fit_codes(votes, np.full(votes.n_items, -1, np.int32))
        log |= {"rule": method, "detectors": "none" if scores is None else "not read by this method"}
    skills = rate_annotators(votes, fixed, peers)
    log |= {
        "iterations": model.n_iterations_,
        "converged": model.converged_,
        "parameters": model.parameters_,
        "seconds": time.perf_counter() - began,
    }
    return Consensus(
        votes, fixed, *answers, count_effective(votes, skills.weight, RHO), skills, peers, model, log
    )


def with_and_without(
    votes: Votes,
    annotators: Sequence[str],
    gold: Mapping[str, str] | None = None,
    scores: Scores | None = None,
    *,
    seed: int = 0,
) -> tuple[Consensus, Consensus]:
    """The answers with all votes, and without those of some annotators; items and classes are the same."""
    whole = find_consensus(votes, gold, scores, seed=seed)
    return whole, find_consensus(votes.without(annotators), gold, scores, seed=seed)
