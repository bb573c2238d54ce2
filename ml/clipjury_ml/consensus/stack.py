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
from clipjury_ml.consensus.sorting import Codes
from clipjury_ml.consensus.tempering import softmax

Floats = NDArray[np.float64]

MINIMUM_GOLD = 50
WEIGHT_SPREAD = 0.5  # of the Gaussian prior of each input's weight
BIAS_SPREAD = 0.5  # of each class's bias; next to nothing for a fallback
NO_BIAS_SPREAD = 1e-3
LOG_FLOOR = -12.0  # of an input's log-probability


@dataclass(frozen=True, slots=True)
class Input:
    """One column of the stack: logs (items x classes) and the weight it would get without gold."""

    name: str
    logs: Floats
    usual: float


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
    inputs: Floats, usual: Floats, truth: Codes, bias_spread: float = BIAS_SPREAD
) -> tuple[Floats, Floats]:
    """Weights and biases by Newton's method; inputs: columns x items x classes."""
    n_inputs, n, k = inputs.shape
    design = np.concatenate([inputs, np.broadcast_to(np.eye(k)[:, None, :], (k, n, k))])
    centre = np.concatenate([usual, np.zeros(k)])
    precision = np.concatenate([np.full(n_inputs, WEIGHT_SPREAD**-2), np.full(k, bias_spread**-2)])
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
        if before - after < 1e-10 * max(1.0, abs(after)):
            break
        before = after
    return at[:n_inputs], at[n_inputs:]


def stack(
    inputs: Sequence[Input],
    candidates: Mapping[str, Sequence[str]],
    as_is: Mapping[str, Floats],
    fixed: Codes,
    folds: Codes,
    fallback: str = "",
) -> Stacked:
    """Fit each candidate (name → its inputs) on gold, mix them by how they answer gold that was left out.

    as_is: further candidates, answers (items x classes) that gold has no part in. fallback: the candidate that
    answers as far as gold leaves it open whether the mixture is better; it weighs its inputs and leans to no class.
    """
    gold = np.flatnonzero(fixed >= 0)
    by_name = {each.name: each for each in inputs}
    answers, weights, biases = dict(as_is), {}, {}
    for name, columns in candidates.items():
        chosen = [by_name[column] for column in columns]
        logs = np.stack([each.logs for each in chosen])
        usual = np.array([each.usual for each in chosen])
        spread = NO_BIAS_SPREAD if name == fallback else BIAS_SPREAD
        answers[name], fitted, biases[name] = _answer(logs, usual, fixed, folds, spread)
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
    logs: Floats, usual: Floats, fixed: Codes, folds: Codes, bias_spread: float
) -> tuple[Floats, Floats, Floats]:
    gold = np.flatnonzero(fixed >= 0)
    weights, bias = fit_softmax(logs[:, gold], usual, fixed[gold], bias_spread)
    answer = softmax(np.einsum("f,fik->ik", weights, logs) + bias)
    for fold in range(N_FOLDS):
        held, rest = np.flatnonzero(folds == fold), gold[folds[gold] != fold]
        if held.size:
            w, b = fit_softmax(logs[:, rest], usual, fixed[rest], bias_spread)
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
