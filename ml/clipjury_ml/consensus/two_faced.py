"""Items that are attacked: a community answers them in its own way, and honestly everywhere else.

Each class has two states, plain and attacked. In a plain item everybody answers by an own confusion; in an
attacked one the members of one community answer by one confusion that they share. Which items are attacked,
and what the members do there, is learnt by EM; which community it is, by the likelihood, gold at its class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from clipjury_ml.consensus.communities import Communities, find_communities
from clipjury_ml.consensus.counting import count_heads, weigh_annotators
from clipjury_ml.consensus.passes import state_pass
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import RHO, temper
from clipjury_ml.consensus.variational import mean_log_rates
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]

ROUNDS = 60
TOLERANCE = 1e-7  # of the evidence, for each vote
LIE_RATE, LIE_VOTES = 0.95, 20.0  # what members are thought to do on attacked items, worth so many votes
ATTACKED_SHARE = 0.05  # of the items, to begin with


@dataclass(frozen=True)
class _Attack:
    posteriors: Floats
    attacked: Floats
    evidence: float


class TwoFaced(VoteModel):
    """peers, communities: fitted on the same votes already, if so. Fitted besides: communities_, members_
    (annotators), attacked_ (heard items, P(attacked)). Without a community the answer is the pooled model's.
    """

    name = "two-faced"

    def __init__(
        self,
        rho: float = RHO,
        peers: PooledDawidSkene | None = None,
        communities: Communities | None = None,
    ) -> None:
        super().__init__()
        self.rho, self.peers, self.communities = rho, peers, communities

    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """Either side of the factor in turn is taken for the one with two faces."""
        unknown = np.full(votes.n_items, -1, np.int32)
        peers = self.peers or PooledDawidSkene().fit_codes(votes, unknown)
        found = self.communities or find_communities(votes)
        self.communities_, self.n_iterations_ = found, 0
        self.members_, self.attacked_ = np.zeros(len(votes.annotators), bool), np.zeros(votes.n_items)
        heads = count_heads(votes, weigh_annotators(np.diagonal(peers.confusions_, axis1=1, axis2=2)))
        answer = peers.posteriors_
        if found.alert:
            sides = [found.busy & found.side, found.busy & ~found.side]
            attacks = [self._fit_attack(votes, fixed, side, peers) for side in sides]
            chosen = int(attacks[1].evidence > attacks[0].evidence)
            self.members_, self.attacked_ = sides[chosen], attacks[chosen].attacked
            answer = attacks[chosen].posteriors
        return pin_gold(temper(answer, heads, self.rho), fixed)

    def _fit_attack(
        self, votes: Votes, fixed: Codes, members: NDArray[np.bool_], peers: PooledDawidSkene
    ) -> _Attack:
        k, r = votes.n_classes, votes.n_responses
        lies = np.full((r, k), LIE_RATE / max(1, k - 1))
        lies[np.arange(k), np.arange(k)] = 1.0 - LIE_RATE
        own, together = peers.tables_.table, np.log(lies)
        shares = np.exp(peers.tables_.log_prior)
        states = np.concatenate([(1.0 - ATTACKED_SHARE) * shares, ATTACKED_SHARE * shares])
        q, counts = np.zeros((votes.n_items, 2 * k)), np.zeros((len(votes.annotators), r, 2 * k))
        before = -np.inf
        for _ in range(ROUNDS):
            table = np.concatenate([own, own], axis=2)
            table[members, :, k:] = together
            evidence = state_pass(
                votes.start, votes.cell, table.reshape(-1, 2 * k), votes.weight,
                np.log(states / states.sum()), fixed, k, q, counts.reshape(-1, 2 * k),
            )  # fmt: skip
            plain, attacked = counts[:, :, :k], counts[:, :, k:]
            own = mean_log_rates(
                plain + np.where(members[:, None, None], 0.0, attacked) + peers.pooled_.prior
            )
            together = mean_log_rates((attacked[members].sum(axis=0) + LIE_VOTES * lies)[None])[0]
            states = q.sum(axis=0) + 1.0
            self.n_iterations_ += 1
            if evidence - before < TOLERANCE * votes.item.size:
                break
            before = evidence
        return _Attack(q[:, :k] + q[:, k:], q[:, k:].sum(axis=1), evidence)
