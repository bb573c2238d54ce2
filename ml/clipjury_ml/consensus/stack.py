"""From 50 gold items on: a softmax over the answers of models and detectors, fitted on gold, cross-fitted.

Several such stacks, with and without the models that a wrong crowd misleads, are mixed by how well they answer
on gold that they did not see; so the answer can fall back to whoever is right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from clipjury_ml.consensus.folds import N_FOLDS
from clipjury_ml.consensus.sorting import Codes, Offsets
from clipjury_ml.consensus.tempering import softmax

Floats = NDArray[np.float64]

MINIMUM_GOLD = 50
WEIGHT_SPREAD = 0.5  # of the Gaussian prior of each input's weight
BIAS_SPREAD = 0.5  # of each class's bias; next to nothing for a fallback
NO_BIAS_SPREAD = 1e-3
LOG_FLOOR = -12.0  # of an input's log-probability


@dataclass(frozen=True, slots=True)
class Input:
    """One column of the stack: logs (items x classes) and the weight it would get without gold.

    spread: standard deviation of the Gaussian prior of that weight. varies: whether it does anything is for gold
    to say, for all such columns together.
    """

    name: str
    logs: Floats
    usual: float
    spread: float = WEIGHT_SPREAD
    varies: bool = False


@dataclass(frozen=True)
class Stacked:
    """posteriors: items x classes; on gold cross-fitted. shares: of each candidate; weights: of its inputs;
    biases: of each candidate, for each class."""

    posteriors: Floats
    shares: dict[str, float]
    weights: dict[str, dict[str, float]]
    gold_loss: dict[str, float]
    biases: dict[str, Floats]

    def answer(self, logs: Mapping[str, Floats], as_is: Mapping[str, Floats]) -> Floats:
        """The mixture for other items: centred logs of each input, and the answers that are taken as they are."""
        answers = dict(as_is)
        for name, weights in self.weights.items():
            lean = sum(weight * logs[column] for column, weight in weights.items())
            answers[name] = softmax(np.asarray(lean + self.biases[name]))
        return np.asarray(sum(share * answers[name] for name, share in self.shares.items()))


def centred_logs(p: Floats) -> Floats:
    """Logarithms with mean 0 over the classes."""
    logs = np.maximum(np.log(np.maximum(p, 1e-300)), LOG_FLOOR)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def fit_softmax(
    inputs: Sequence[Input], rows: Offsets, truth: Codes, bias_spread: float = BIAS_SPREAD
) -> tuple[Floats, Floats]:
    """Weights and biases, from the classes (truth) of some rows.

    Whether the columns that vary do anything is not known: the fits with all of them and with none are averaged by
    their evidence, Laplace's approximation of how likely each makes the classes.
    """
    logs = np.stack([each.logs[rows] for each in inputs])
    n_inputs, n, k = logs.shape
    design = np.concatenate([logs, np.broadcast_to(np.eye(k)[:, None, :], (k, n, k))])
    centre = np.concatenate([[each.usual for each in inputs], np.zeros(k)])
    spread = np.concatenate([[each.spread for each in inputs], np.full(k, bias_spread)])
    varies = np.concatenate([[each.varies for each in inputs], np.zeros(k, bool)]).astype(bool)
    every, found = _climb(design, centre, spread**-2, truth)
    if varies.any():
        fixed, without = np.where(varies, 0.0, centre), ~varies
        fixed[without], found_without = _climb(design[without], centre[without], spread[without] ** -2, truth)
        share = 1.0 / (1.0 + np.exp(np.clip(found_without - found, -700.0, 700.0)))
        every = share * every + (1.0 - share) * fixed
    return every[:n_inputs], every[n_inputs:]


def _climb(design: Floats, centre: Floats, precision: Floats, truth: Codes) -> tuple[Floats, float]:
    """The likeliest point of a softmax under a Gaussian prior by Newton's method, and Laplace's log evidence.

    design: columns x items x classes.
    """
    n, k = design.shape[1:]
    said = np.eye(k)[truth]
    at = centre.copy()

    def loss(point: Floats) -> float:
        p = softmax(np.einsum("f,fik->ik", point, design))
        picked = np.maximum(p[np.arange(n), truth], 1e-300)
        return float(-np.log(picked).sum() + 0.5 * (precision * (point - centre) ** 2).sum())

    before = loss(at)
    for _ in range(50):
        p = softmax(np.einsum("f,fik->ik", at, design))
        slope = np.einsum("fik,ik->f", design, p - said) + precision * (at - centre)
        mean = np.einsum("fik,ik->fi", design, p)
        bend = np.einsum("fik,gik,ik->fg", design, design, p) - mean @ mean.T + np.diag(precision)
        step = np.linalg.solve(bend, slope)
        scale = 1.0
        while loss(at - scale * step) > before and scale > 1e-6:
            scale /= 2.0
        at = at - scale * step
        after = loss(at)
        done = before - after < 1e-10 * max(1.0, abs(after))
        before = after
        if done:
            break
    evidence = 0.5 * (np.log(precision).sum() - float(np.linalg.slogdet(bend)[1])) - before
    return at, float(evidence)


def stack(
    inputs: Sequence[Input],
    candidates: Mapping[str, Sequence[str]],
    as_is: Mapping[str, Floats],
    fixed: Codes,
    folds: Codes,
    fallback: str = "",
    judged: NDArray[np.bool_] | None = None,
) -> Stacked:
    """Fit each candidate (name → its inputs) on gold, mix them by how they answer gold that was left out.

    as_is: further candidates, answers (items x classes) that gold has no part in. judged: items whose gold decides
    the mixture, where not all do. fallback: the candidate that answers as far as gold leaves it open whether the
    mixture is better; it weighs its inputs and leans to no class.
    """
    gold = np.flatnonzero((fixed >= 0) & (True if judged is None else judged))
    by_name = {each.name: each for each in inputs}
    answers, weights, biases = dict(as_is), {}, {}
    for name, columns in candidates.items():
        chosen = [by_name[column] for column in columns]
        spread = NO_BIAS_SPREAD if name == fallback else BIAS_SPREAD
        answers[name], fitted, biases[name] = _answer(chosen, fixed, folds, spread)
        weights[name] = {column: float(w) for column, w in zip(columns, fitted, strict=True)}
    likelihood = np.stack([p[gold, fixed[gold]] for p in answers.values()], axis=1)
    safe_one = list(answers).index(fallback) if fallback else None
    shares = cautious_shares(likelihood, safe_one)
    mixed = np.einsum("c,cik->ik", shares, np.stack(list(answers.values())))
    for fold in range(N_FOLDS):  # no gold item's own label has a part in the shares that answer for it
        held = np.flatnonzero(folds == fold)
        if held.size:
            own = cautious_shares(likelihood[folds[gold] != fold], safe_one)
            mixed[held] = np.einsum("c,cik->ik", own, np.stack([p[held] for p in answers.values()]))
    losses = -np.log(np.maximum(likelihood, 1e-300)).mean(axis=0)
    return Stacked(
        mixed,
        {name: float(s) for name, s in zip(answers, shares, strict=True)},
        weights,
        {name: float(loss) for name, loss in zip(answers, losses, strict=True)},
        biases,
    )


def _answer(
    inputs: Sequence[Input], fixed: Codes, folds: Codes, bias_spread: float
) -> tuple[Floats, Floats, Floats]:
    gold = np.flatnonzero(fixed >= 0)
    logs = np.stack([each.logs for each in inputs])
    weights, bias = fit_softmax(inputs, gold, fixed[gold], bias_spread)
    answer = softmax(np.einsum("f,fik->ik", weights, logs) + bias)
    for fold in range(N_FOLDS):
        held, rest = np.flatnonzero(folds == fold), gold[folds[gold] != fold]
        if held.size:
            w, b = fit_softmax(inputs, rest, fixed[rest], bias_spread)
            answer[held] = softmax(np.einsum("f,fik->ik", w, logs[:, held]) + b)
    return answer, weights, bias


def mixing_shares(likelihood: Floats) -> Floats:
    """Shares of the candidates that make their mixture likeliest (items x candidates), one pseudo-item in all."""
    n_candidates = likelihood.shape[1]
    shares = np.full(n_candidates, 1.0 / n_candidates)
    safe = np.maximum(likelihood, 1e-300)
    for _ in range(200):
        parts = shares * safe
        parts /= parts.sum(axis=1, keepdims=True)
        shares = (parts.sum(axis=0) + 1.0 / n_candidates) / (safe.shape[0] + 1.0)
    return shares


def cautious_shares(likelihood: Floats, fallback: int | None) -> Floats:
    """Shares of the candidates; the fallback takes over what the mixture is not known to be better at.

    The mixture keeps P(it is better than the fallback), by the mean and the standard error of the difference of
    log-likelihoods over the items.
    """
    shares = mixing_shares(likelihood)
    if fallback is None or len(likelihood) < 2:
        return shares
    safe = np.maximum(likelihood, 1e-300)
    gain = np.log(safe @ shares) - np.log(safe[:, fallback])
    error = gain.std(ddof=1) / np.sqrt(gain.size)
    better = float(ndtr(gain.mean() / error)) if error > 0 else 1.0
    shares = better * shares
    shares[fallback] += 1.0 - better
    return shares
