"""The default rule over the vote models: a mean without gold, with trust by gold mixed in, a stack from 50 on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.abstentions import Abstentions, hear_abstentions, learn_abstentions
from clipjury_ml.consensus.certainty import Expected, expect_certainty, factor_towards
from clipjury_ml.consensus.counting import count_heads
from clipjury_ml.consensus.dawid_skene import DawidSkene
from clipjury_ml.consensus.detector_evidence import add_detectors
from clipjury_ml.consensus.folds import cross_fit, deal_folds
from clipjury_ml.consensus.gold_anchored import GoldAnchored
from clipjury_ml.consensus.one_coin import OneCoin
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.recoding import recode_votes
from clipjury_ml.consensus.scores import Scores
from clipjury_ml.consensus.shares import Shares, share_posteriors
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.stack import MINIMUM_GOLD, Input, Stacked, centred_logs, stack
from clipjury_ml.consensus.table_model import TableModel
from clipjury_ml.consensus.tempering import RHO, raise_to, temper
from clipjury_ml.consensus.two_faced import Suspicion, TwoFaced, suspect_ring
from clipjury_ml.consensus.variational import VariationalDawidSkene
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

FLIP_DISTANCE = 0.5  # the guard counts items on which mean and gold-anchored trust lie further apart
FLIP_SHARE = 0.02  # ... and fires where these are more than this share

# name → inputs of the people's stack.
PEOPLE_STACKS = {
    "all": ("mean", "gold-anchored", "shares"),
    "untempered": ("pooled", "gold-anchored", "shares"),
    "trust": ("gold-anchored", "shares"),
}


class ClipJury(VoteModel):
    """posteriors_: the full answer with gold at its class; people_: the same from votes and gold alone.

    people_holdout_ and full_holdout_: cross-fitted on gold items, the same elsewhere. Changing or removing
    every score changes no byte of people_. Fitted besides: rule_, detector_rule_, models_, guard_, stacks_.
    """

    name = "clipjury"

    def __init__(self, *, seed: int = 0, use_confidence: bool = True, rho: float = RHO) -> None:
        super().__init__()
        self.seed, self.use_confidence, self.rho = seed, use_confidence, rho
        self.stacks_: dict[str, Stacked] = {}
        self.suspicion_: Suspicion | None = None
        self.abstentions_: Abstentions | None = None
        self.expected_: Expected | None = None

    def fit(self, votes: Votes, gold: Mapping[str, str] | None = None, scores: Scores | None = None) -> Self:
        """Fit on votes, gold (item → class) and detectors' scores aligned with the votes' items."""
        return self.fit_codes(votes, votes.gold_codes(gold or {}), scores)

    def fit_codes(self, votes: Votes, fixed: Codes, scores: Scores | None = None) -> Self:
        """Fit, with gold as the class code of each item, -1 where unknown."""
        self.classes_, self.annotators_ = votes.classes, votes.annotators
        self.stacks_ = {}  # nothing of an earlier fit answers for this one
        folds = deal_folds(votes.items, fixed, self.seed)
        self._fit_people(votes, fixed, folds)
        self.people_ = pin_gold(self.people_holdout_, fixed)
        self.detector_rule_, self.full_holdout_ = "none", self.people_holdout_
        self.versions_: dict[str, Any] = {}
        if scores is not None and scores.answered.any():
            self._add_detectors(scores, fixed, folds)
        self.posteriors_ = pin_gold(self.full_holdout_, fixed)
        self.parameters_ = self._describe()
        return self

    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """The people's answer."""
        return self.fit_codes(votes, fixed).people_

    def _fit_people(self, votes: Votes, fixed: Codes, folds: Codes) -> None:
        n_gold = int((fixed >= 0).sum())
        untouched = self._fit_mean(votes)
        mean = self._bring_down(votes, untouched)
        self.abstentions_ = learn_abstentions(votes, mean) if self._is_told else None
        mean = self._hear_abstentions(votes, mean)
        self.rule_, self.people_holdout_, self.guard_, self.suspicion_ = "mean", mean, {}, None
        self._gold_share = n_gold / MINIMUM_GOLD
        if n_gold == 0:
            return
        anchored, apart = cross_fit(GoldAnchored(self.rho), votes, fixed, folds)
        self.models_[anchored.name] = anchored
        self.guard_ = _guard(untouched, apart)
        self._inputs = [
            Input("mean", centred_logs(mean), 0.5),
            Input("gold-anchored", centred_logs(apart), 0.25),
            Input("pooled", centred_logs(self.models_[PooledDawidSkene.name].posteriors_), 0.25),
            Input("shares", centred_logs(self.models_["shares"].posteriors_), 0.25),
        ]
        self._stacks, self._base = dict(PEOPLE_STACKS), mean
        self._add_two_faced(votes, fixed, folds)
        stacked = stack(self._inputs, self._stacks, {"mean": self._base}, fixed, folds)
        self.stacks_["people"] = stacked
        self.rule_, self.people_holdout_ = "stack", stacked.posteriors
        if n_gold < MINIMUM_GOLD:
            self.rule_ = "mean and stack, mixed"
            self.people_holdout_ = self._mix(self._base, stacked.posteriors)

    def _mix(self, base: Floats, stacked: Floats) -> Floats:
        share = min(1.0, self._gold_share)
        return (1.0 - share) * base + share * stacked

    def _add_two_faced(self, votes: Votes, fixed: Codes, folds: Codes) -> None:
        """Where some annotators answer some items in a way of their own: the answer that expects an attack.

        Gold cannot be asked what the others' answers are worth on attacked items: the ring may know the gold.
        So they are asked without the members' votes, members by the votes alone: no gold label speaks for itself.
        """
        peers = self.models_[PooledDawidSkene.name]
        assert isinstance(peers, PooledDawidSkene)
        self.suspicion_ = suspect_ring(votes.heard[0], peers)
        if not self.suspicion_.alert:
            return
        model, self._base = cross_fit(TwoFaced(self.rho, peers, self.suspicion_), votes, fixed, folds)
        self.models_[model.name] = model
        others = votes.keep(~self.suspicion_.members[votes.annotator])
        self._others, anchored = cross_fit(GoldAnchored(self.rho), others, fixed, folds)
        self._inputs = [
            Input(model.name, centred_logs(self._base), 1.0),
            Input("gold-anchored", centred_logs(anchored), 0.25),
            Input("shares", centred_logs(share_posteriors(others)), 0.25),
        ]
        self._stacks = {
            "trust": PEOPLE_STACKS["trust"],
            "two-faced": (model.name,),
            "both": (model.name, "gold-anchored", "shares"),
        }

    def _fit_mean(self, votes: Votes) -> Floats:
        """The linear mean of the vote models, without gold, each tempered but the shares.

        Where no item has a second vote nothing tells one annotator from another, and the models would put every
        item into one class: the shares answer alone.
        """
        unknown = np.full(votes.n_items, -1, np.int32)
        shares = Shares().fit_codes(votes, unknown)
        self.models_: dict[str, VoteModel] = {shares.name: shares}
        parts = [shares.posteriors_]
        self._is_told = bool((np.diff(votes.heard[0].start) > 1).any())
        for kind in (DawidSkene, VariationalDawidSkene, PooledDawidSkene, OneCoin):
            model: TableModel = kind(use_confidence=self.use_confidence)
            self.models_[model.name] = model.fit_codes(votes, unknown)
            if self._is_told:
                parts.append(self._temper(votes, model.posteriors_, model.weights_))
        self.n_iterations_ = sum(m.n_iterations_ for m in self.models_.values())
        self.converged_ = all(m.converged_ for m in self.models_.values())
        return np.asarray(sum(parts) / len(parts))

    def _hear_abstentions(self, votes: Votes, answer: Floats) -> Floats:
        if self.abstentions_ is None:
            return answer
        return hear_abstentions(votes, answer, self.abstentions_, self.rho)

    def _bring_down(self, votes: Votes, mean: Floats) -> Floats:
        """The mean no surer than the spread of the votes over the items bears out; the labels stay."""
        self.expected_, self.factor_ = None, 1.0
        heard, at = votes.heard
        if not self._is_told:
            return mean
        peers = self.models_[PooledDawidSkene.name]
        assert isinstance(peers, PooledDawidSkene)
        self.expected_ = expect_certainty(heard, peers, peers.posteriors_[at], self.rho)
        self.factor_ = factor_towards(mean[at], self.expected_.certainty)
        return raise_to(mean, self.factor_)

    def _temper(self, votes: Votes, answer: Floats, weights: Floats) -> Floats:
        heard, at = votes.heard
        heads = np.zeros(votes.n_items)
        heads[at] = count_heads(heard, weights)
        return temper(answer, heads, self.rho)

    def predict_heard(self, votes: Votes) -> Floats:
        """The people's answer for other votes."""
        return self.predict_proba(votes)

    def predict_proba(self, votes: Votes | None = None) -> Floats:
        """P(class): of the fitted items with all evidence, or of those of other votes by the votes alone.

        As `VoteModel.predict_proba` has it, by the rule that the fit came to. Raises ValueError for a vote for a
        class that was not fitted.
        """
        if votes is None:
            return self.posteriors_
        known = recode_votes(votes, self.annotators_, self.classes_)
        parts = {name: model.predict_proba(votes) for name, model in self.models_.items()}
        tempered = [
            self._temper(known, parts[name], model.weigh_with_stranger())
            for name, model in self.models_.items()
            if isinstance(model, TableModel) and self._is_told
        ]
        base = np.asarray(sum([parts[Shares.name], *tempered]) / (1 + len(tempered)))
        base = self._hear_abstentions(known, raise_to(base, self.factor_))
        if "people" not in self.stacks_:
            return base
        parts["pooled"] = parts[PooledDawidSkene.name]
        parts["mean"] = base
        if TwoFaced.name in self.models_:
            base = parts[TwoFaced.name]
            parts |= self._ask_others(known)
        logs = {name: centred_logs(p) for name, p in parts.items()}
        return self._mix(base, self.stacks_["people"].answer(logs, {"mean": base}))

    def _ask_others(self, known: Votes) -> dict[str, Floats]:
        """What those say who are not suspected."""
        assert self.suspicion_ is not None
        members = np.append(self.suspicion_.members, False)
        others = known.keep(~members[known.annotator])
        return {
            "gold-anchored": self._others.predict_proba(others),
            Shares.name: share_posteriors(others),
        }

    def _add_detectors(self, scores: Scores, fixed: Codes, folds: Codes) -> None:
        stacks = self._stacks if self.rule_ == "stack" else None
        inputs = self._inputs if stacks else []
        found = add_detectors(self.people_holdout_, inputs, stacks, scores, fixed, folds)
        self.detector_rule_, self.full_holdout_ = found.rule, found.posteriors
        self.versions_ = found.versions
        if found.stacked is not None:
            self.stacks_["full"] = found.stacked

    def _describe(self) -> dict[str, Any]:
        return {
            "rho": self.rho,
            "models": {
                name: {"iterations": m.n_iterations_, "converged": m.converged_, **m.parameters_}
                for name, m in self.models_.items()
            },
            "stacks": {
                name: {"shares": s.shares, "weights": s.weights, "gold_log_loss": s.gold_loss}
                for name, s in self.stacks_.items()
            },
            "guard": self.guard_,
            "abstentions": None if self.abstentions_ is None else self.abstentions_.log_ratio.tolist(),
            "expected": None
            if self.expected_ is None
            else {**asdict(self.expected_), "factor": self.factor_},
            "detectors": self.versions_,
        }


def _guard(mean: Floats, anchored: Floats) -> dict[str, Any]:
    """How often the mean and trust by gold are far apart; a wide gap is the signature of a flipped fit."""
    apart = float((np.abs(mean - anchored).max(axis=1) > FLIP_DISTANCE).mean()) if mean.size else 0.0
    return {"far_apart": apart, "fires": apart > FLIP_SHARE}
