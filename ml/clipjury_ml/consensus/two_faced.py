"""Items that are attacked: some of the annotators lie together there, and are honest everywhere else.

Each class has two states, plain and attacked. In a plain item everybody answers by an own confusion; in an
attacked one those who belong answer by one confusion that they share. Which items are attacked, what is said
there, and who belongs is learnt by mean field, gold at its class; the search begins at how alike people vote.
A ring is believed in where it explains the votes better than none does, and better than items that are hard for
everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr, expit, logit

from clipjury_ml.consensus.communities import Communities, find_communities
from clipjury_ml.consensus.counting import count_heads, weigh_annotators
from clipjury_ml.consensus.passes import state_pass
from clipjury_ml.consensus.pooled import PooledDawidSkene
from clipjury_ml.consensus.recoding import with_stranger
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import RHO, temper
from clipjury_ml.consensus.variational import mean_log_rates
from clipjury_ml.consensus.vote_model import VoteModel, pin_gold
from clipjury_ml.consensus.votes import Votes

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ROUNDS = 60
TOLERANCE = 1e-7  # of the evidence, for each vote
LIE_RATE, LIE_VOTES = 0.95, 20.0  # what members are thought to do on attacked items, worth so many votes
ATTACKED_SHARE = 0.05  # of the items, to begin with
ALERT_EVIDENCE = 5.0  # "very strong" on the scale of Kass and Raftery (1995)


@dataclass(frozen=True)
class Suspicion:
    """evidence: logarithm of how much likelier the votes are with a ring than without one and, where that would be
    an alert, than with everybody in it. members: annotators, by the votes alone. alert: whether it is believed in.
    """

    communities: Communities
    evidence: float
    members: Bools

    @property
    def alert(self) -> bool:
        return self.evidence > ALERT_EVIDENCE


@dataclass(frozen=True)
class Attack:
    """posteriors: items x classes; attacked: of each item; belongs: of each annotator; evidence: a lower bound.

    table: annotators x responses x states, log P(response | state), and log_states: what the posteriors rest on;
    together: responses x classes, log-rates that members share.
    """

    posteriors: Floats
    attacked: Floats
    belongs: Floats
    evidence: float
    rounds: int
    table: Floats
    log_states: Floats
    together: Floats


class TwoFaced(VoteModel):
    """peers, suspicion: found on the same votes already, if so. Fitted besides: suspicion_, members_ (annotators),
    attacked_ (heard items, P(attacked)). Without an alert the answer is the pooled model's.
    """

    name = "two-faced"

    def __init__(
        self, rho: float = RHO, peers: PooledDawidSkene | None = None, suspicion: Suspicion | None = None
    ) -> None:
        super().__init__()
        self.rho, self.peers, self.suspicion = rho, peers, suspicion

    def fit_heard(self, votes: Votes, fixed: Codes) -> Floats:
        """The best of the searches that begin where people vote alike."""
        unknown = np.full(votes.n_items, -1, np.int32)
        peers = self.peers or PooledDawidSkene().fit_codes(votes, unknown)
        self.suspicion_ = self.suspicion or suspect_ring(votes, peers)
        self._peers, self._attack = peers, None
        self.members_, self.attacked_ = np.zeros(len(votes.annotators), bool), np.zeros(votes.n_items)
        heads = count_heads(votes, weigh_annotators(np.diagonal(peers.confusions_, axis1=1, axis2=2)))
        answer = peers.posteriors_
        if self.suspicion_.alert:
            attack = _likeliest(votes, fixed, peers, self.suspicion_.communities)
            self.members_, self.attacked_ = attack.belongs > 0.5, attack.attacked
            answer, self.n_iterations_ = attack.posteriors, attack.rounds
            self._attack = attack
        return pin_gold(temper(answer, heads, self.rho), fixed)

    def predict_heard(self, votes: Votes) -> Floats:
        """One pass under the fitted states; one that is not known belongs as often as anybody."""
        answer = self._peers.predict_heard(votes)
        if self._attack is not None:
            answer = _answer_under(votes, self._attack, self._peers.stranger_)
        return temper(answer, count_heads(votes, self._peers.weigh_with_stranger()), self.rho)


def _answer_under(votes: Votes, attack: Attack, stranger: Floats) -> Floats:
    k = votes.n_classes
    z = _share(attack.belongs)
    unknown = np.concatenate([stranger, z * attack.together + (1.0 - z) * stranger], axis=1)
    table = with_stranger(attack.table, unknown).reshape(-1, 2 * k)
    q = np.empty((votes.n_items, 2 * k))
    nobody = np.full(votes.n_items, -1, np.int32)
    state_pass(
        votes.start, votes.cell, table, votes.weight, attack.log_states, nobody, k, q, np.empty_like(table)
    )
    return np.asarray(q[:, :k] + q[:, k:])


def suspect_ring(votes: Votes, peers: PooledDawidSkene) -> Suspicion:
    """Whether a ring explains the votes, from the votes alone: one that knows the gold is seen all the same."""
    found, unknown = find_communities(votes), np.full(votes.n_items, -1, np.int32)
    nobody = np.zeros(len(votes.annotators), bool)
    if not found.ratio:
        return Suspicion(found, 0.0, nobody)
    plain = fit_attack(votes, unknown, nobody, peers, fixed_side=True).evidence
    ring = _likeliest(votes, unknown, peers, found)
    if ring.evidence - plain > ALERT_EVIDENCE:  # else it is no ring, whatever the third explanation is worth
        plain = max(plain, fit_attack(votes, unknown, ~nobody, peers, fixed_side=True).evidence)
    return Suspicion(found, ring.evidence - plain, ring.belongs > 0.5)


def _likeliest(votes: Votes, fixed: Codes, peers: PooledDawidSkene, found: Communities) -> Attack:
    return max(
        (fit_attack(votes, fixed, who, peers) for who in found.starts), key=lambda attack: attack.evidence
    )


def fit_attack(
    votes: Votes, fixed: Codes, side: Bools, peers: PooledDawidSkene, *, fixed_side: bool = False
) -> Attack:
    """Mean field over the items' states and who belongs, who starts out as `side`, or stays so."""
    k, r, n = votes.n_classes, votes.n_responses, len(votes.annotators)
    lies = np.full((r, k), LIE_RATE / max(1, k - 1))
    lies[np.arange(k), np.arange(k)] = 1.0 - LIE_RATE
    own, together = peers.tables_.table, np.log(lies)
    shares = np.exp(peers.tables_.log_prior)
    states = np.concatenate([(1.0 - ATTACKED_SHARE) * shares, ATTACKED_SHARE * shares])
    q, counts = np.zeros((votes.n_items, 2 * k)), np.zeros((n, r, 2 * k))
    belongs, unsure, before = side.astype(np.float64), 0.0, -np.inf
    for rounds in range(1, ROUNDS + 1):  # noqa: B007  # told at the end
        z = belongs[:, None, None]
        table = np.concatenate([own, z * together + (1.0 - z) * own], axis=2)
        log_states, shared = np.log(states / states.sum()), together
        evidence = unsure + state_pass(
            votes.start, votes.cell, table.reshape(-1, 2 * k), votes.weight, log_states, fixed, k, q,
            counts.reshape(-1, 2 * k),
        )  # fmt: skip
        attacked = counts[:, :, k:]
        own = mean_log_rates(counts[:, :, :k] + (1.0 - z) * attacked + peers.pooled_.prior)
        together = mean_log_rates(((z * attacked).sum(axis=0) + LIE_VOTES * lies)[None])[0]
        states = q.sum(axis=0) + 1.0
        if abs(evidence - before) < TOLERANCE * votes.item.size:
            break
        before = evidence
        if not fixed_side:
            belongs, unsure = _weigh_membership(attacked, together - own, belongs)
    answer, attacked_items = q[:, :k] + q[:, k:], q[:, k:].sum(axis=1)
    return Attack(answer, attacked_items, belongs, evidence, rounds, table, log_states, shared)


def _weigh_membership(attacked: Floats, gain: Floats, belongs: Floats) -> tuple[Floats, float]:
    """P(belongs) of each annotator, from what votes on attacked items (annotators x responses x classes) gain by
    it, and what not being sure of it takes from the evidence."""
    share = _share(belongs)
    z = expit(logit(share) + (attacked * gain).sum(axis=(1, 2)))
    return z, float(z.size * np.log1p(-share) + z.sum() * logit(share) + (entr(z) + entr(1.0 - z)).sum())


def _share(belongs: Floats) -> float:
    return float((belongs.sum() + 1.0) / (belongs.size + 2.0))
