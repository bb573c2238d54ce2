"""Which order of clips gives most verdicts for the same votes: the queue's value against chance and other orders.

Simulated crowds judge a backlog that they cannot finish, all of it imported at once, and a stream of new clips.
Every clip ends by the platform's own rules.

    ./run bench assignment_order [--clips 1000] [--seeds 3] [--stream] [--camps 1 --matches none "other camp"]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import mean, quantiles

import numpy as np
from bench.detector_weight import EASE_SPREAD
from bench.retirement_shares import known_by_gold

from clipjury.domain.assignment import AGE_EPOCH, RANDOM_SHARE, log_value, queue_bucket
from clipjury.domain.matching import NEAR_TIES, Asking, expected_worth
from clipjury.domain.retirement import DEFAULT_POLICY, decide_retirement
from clipjury_ml.consensus.online import Ballot, Posterior, count_anchored, people_posterior
from clipjury_ml.consensus.simulator import chance_of_manipulated, simulated_reviewers

REVIEWERS = 80
GOLD_PER_CLASS = 10
VOTES_PER_DAY = 400  # of the whole crowd, in the stream
VOTES_PER_ARRIVAL = 6  # fewer than most clips need: the queue grows


@dataclass
class Clip:
    """A simulated clip. bias: sum over its voters of logit(sensitivity) - logit(specificity), as believed.

    camp_ease, camp_votes: how much easier it is for each half of the crowd alone, and how often each has voted.
    """

    is_manipulated: bool
    ease: float
    arrived: int
    ballots: list[Ballot] = field(default_factory=list)
    posterior: Posterior = field(default_factory=lambda: people_posterior([]))
    bias: float = 0.0
    camp_ease: list[float] = field(default_factory=lambda: [0.0, 0.0])
    camp_votes: list[int] = field(default_factory=lambda: [0, 0])
    ended: int | None = None
    reason: str | None = None
    right: bool = False


Value = Callable[[Clip], float]  # higher first


def started_first(clip: Clip) -> float:
    """The random queue: whatever somebody has begun, then the rest."""
    return float(bool(clip.ballots))


def most_uncertain(clip: Clip) -> float:
    """Nearest to one half."""
    return -abs(clip.posterior.log_odds)


def nearest_to_bar(clip: Clip) -> float:
    """Farthest from one half."""
    return abs(clip.posterior.log_odds)


def expected_value(clip: Clip) -> float:
    """The queue's own order, age included."""
    received = AGE_EPOCH + timedelta(days=clip.arrived / VOTES_PER_DAY)
    return -queue_bucket(len(clip.ballots), clip.posterior.p_manipulated, 1, received)


def value_without_age(clip: Clip) -> float:
    """The same, to the last digit and whatever the age."""
    return log_value(len(clip.ballots), clip.posterior.p_manipulated)


ORDERS: dict[str, tuple[Value, float]] = {
    "random, begun ones first": (started_first, 0.0),
    "most uncertain first": (most_uncertain, 0.0),
    "nearest to the bar first": (nearest_to_bar, 0.0),
    "value, no chance, no age": (value_without_age, 0.0),
    "value, no chance": (expected_value, 0.0),
    "value": (expected_value, RANDOM_SHARE),
}
MATCHES = ("none", "finer value", "opposite bias", "own gain", "own gain, from the row", "other camp")


class Crowd:
    """Reviewers, a queue of clips, and one vote after the other."""

    def __init__(
        self,
        mean_skill: float,
        order: str,
        match: str,
        seed: int,
        *,
        camps: float = 0.0,
        near: int = NEAR_TIES,
    ) -> None:
        self.camps, self.near = camps, near
        self.rng = np.random.default_rng([seed, round(100 * mean_skill)])
        self.people = simulated_reviewers(seed, REVIEWERS, mean_skill=mean_skill)
        self.known = [known_by_gold(person, GOLD_PER_CLASS, self.rng) for person in self.people]
        self.value, self.chance = ORDERS[order]
        self.match = match
        self.clips: list[Clip] = []
        self.values = np.empty(0)  # (clips,); -inf: ended
        self.begun = np.empty(0)  # (clips,)
        self.barred = np.zeros((REVIEWERS, 0), bool)  # (reviewers, clips)
        self.votes = 0
        self.last, self.again = -1, 0

    def receive(self, n: int) -> None:
        """n new clips, half of them manipulated."""
        new = [
            Clip((len(self.clips) + i) % 2 == 1, float(self.rng.normal(0.0, EASE_SPREAD)), self.votes)
            for i in range(n)
        ]
        if self.camps:
            for clip in new:
                clip.camp_ease = self.rng.normal(0.0, self.camps, 2).tolist()
        self.clips += new
        self.values = np.concatenate([self.values, [self.value(clip) for clip in new]])
        self.begun = np.concatenate([self.begun, np.zeros(n)])
        self.barred = np.concatenate([self.barred, np.zeros((REVIEWERS, n), bool)], axis=1)

    def vote(self) -> None:
        """Somebody asks for a clip and votes on it."""
        who = int(self.rng.integers(REVIEWERS))
        self.votes += 1
        at = self._choose(who)
        if at is None:
            return
        self.again += at == self.last
        self.last = at
        clip = self.clips[at]
        self.barred[who, at] = True
        truth = "manipulated" if clip.is_manipulated else "authentic"
        ease = clip.ease + clip.camp_ease[who % 2]
        clip.camp_votes[who % 2] += 1
        yes = self.rng.random() < chance_of_manipulated(self.people[who], truth, ease)
        unsure = self.rng.random() < self.people[who].unsure_rate
        said = "unsure" if unsure else "manipulated" if yes else "authentic"
        clip.ballots.append(Ballot(who, said, self.known[who]))
        clip.posterior = people_posterior(clip.ballots)
        clip.bias += self._bias(who)
        self._settle(at)

    def _choose(self, who: int) -> int | None:
        by_chance = self.chance and self.rng.random() < self.chance
        values = np.where(np.isfinite(self.values), self.begun, -np.inf) if by_chance else self.values
        values = np.where(self.barred[who], -np.inf, values)
        best = values.max(initial=-np.inf)
        if not np.isfinite(best):
            return None
        ties = np.flatnonzero(values == best)
        if self.match == "none" or by_chance or len(ties) == 1:
            return int(self.rng.choice(ties))
        near = self.rng.choice(ties, min(self.near, len(ties)), replace=False)
        return int(max(near, key=lambda at: self._fit(who, self.clips[at])))

    def _bias(self, who: int) -> float:
        known = self.known[who]
        return float(
            np.log(known.sensitivity / (1 - known.sensitivity) * (1 - known.specificity) / known.specificity)
        )

    def _fit(self, who: int, clip: Clip) -> float:
        if self.match == "opposite bias":
            return -clip.bias * self._bias(who)
        if self.match == "finer value":  # tells what matching adds from what a finer order adds
            return log_value(len(clip.ballots), clip.posterior.p_manipulated)
        if self.match == "other camp":
            return float(clip.camp_votes[1 - who % 2] - clip.camp_votes[who % 2])
        if self.match == "own gain, from the row":
            known = self.known[who]
            asking = Asking(0, 0, known.sensitivity, known.specificity)
            seen = clip.posterior
            return expected_worth(len(clip.ballots), seen.n_effective, seen.p_manipulated, asking)
        # How far this reviewer's answer is expected to carry the clip's value.
        p, known, gain = clip.posterior.p_manipulated, self.known[who], 0.0
        for said, chance in (
            ("manipulated", p * known.sensitivity + (1 - p) * (1 - known.specificity)),
            ("authentic", p * (1 - known.sensitivity) + (1 - p) * known.specificity),
        ):
            after = people_posterior([*clip.ballots, Ballot(who, said, known)])
            gain += chance * np.exp(log_value(len(clip.ballots) + 1, after.p_manipulated))
        return gain

    def _settle(self, at: int) -> None:
        clip = self.clips[at]
        p = clip.posterior.p_manipulated
        decision = decide_retirement(
            "open", p, p, len(clip.ballots), 0, *count_anchored(clip.ballots), DEFAULT_POLICY
        )
        self.begun[at] = 1.0
        self.values[at] = self.value(clip)
        if decision.action == "retire":
            clip.ended, clip.reason = self.votes, decision.reason
            clip.right = (decision.outcome == "manipulated") == clip.is_manipulated
            self.values[at] = -np.inf


def summary(crowds: list[Crowd]) -> str:
    """Verdicts by evidence for 100 votes, errors among them, time to a verdict, what still waits."""
    clips = [clip for crowd in crowds for clip in crowd.clips]
    proven = [clip for clip in clips if clip.reason == "evidence"]
    ended = [clip for clip in clips if clip.ended is not None]
    votes = sum(len(clip.ballots) for clip in clips)
    right = mean(
        (clip.posterior.p_manipulated > 0.5) == clip.is_manipulated for clip in clips if clip.ballots
    )
    wrong = 1 - mean([c.right for c in proven] or [1])
    waits = [(clip.ended or 0) - clip.arrived for clip in proven] or [0, 0]
    again = sum(crowd.again for crowd in crowds) / votes
    loss = mean(
        -np.log(max(1e-9, p if clip.is_manipulated else 1 - p))
        for clip in clips
        for p in (clip.posterior.p_manipulated,)
    )
    return (
        f"{len(proven)} | {100 * len(proven) / votes:.2f} | {wrong:.1%} |"
        f" {len(ended) - len(proven)} | {mean(waits):.0f} / {quantiles(waits, n=10)[-1]:.0f} |"
        f" {loss:.3f} | {right:.1%} | {again:.1%}"
    )


def run(mean_skill: float, order: str, match: str, options: argparse.Namespace, budget: float) -> str:
    """One line of the table, all seeds together."""
    crowds = []
    for seed in range(options.seeds):
        crowd = Crowd(mean_skill, order, match, seed, camps=options.camps, near=options.near)
        crowd.receive(options.clips if not options.stream else 50)
        for vote in range(round(budget * options.clips)):
            if options.stream and vote % VOTES_PER_ARRIVAL == 0:
                crowd.receive(1)
            crowd.vote()
        crowds.append(crowd)
    return summary(crowds)


def main() -> int:
    """Print the tables that ADR 23 quotes."""
    parser = argparse.ArgumentParser(description="orders of the queue, by simulation")
    parser.add_argument("--clips", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--stream", action="store_true", help="clips arrive one by one, not all at once")
    parser.add_argument("--skills", type=float, nargs="+", default=[0.65, 0.70, 0.75, 0.80])
    parser.add_argument("--budgets", type=float, nargs="+", default=[3, 6], help="votes a clip")
    parser.add_argument(
        "--camps",
        type=float,
        default=0.0,
        help="spread of what a clip is harder by for one half of the crowd",
    )
    parser.add_argument("--near", type=int, default=NEAR_TIES, help="clips among which a reviewer is matched")
    parser.add_argument("--matches", nargs="+", choices=MATCHES, help="only the queue's order, matched so")
    options = parser.parse_args()
    print("| skill | votes a clip | order | matched | by evidence | for 100 votes | wrong | at the cap |"
          " votes of the crowd to a verdict, mean / p90 | log-loss of all | right of begun | same clip |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    lines = [(order, "none") for order in ORDERS] + [("value", match) for match in MATCHES[1:]]
    if options.matches:
        lines = [("value", match) for match in options.matches]
    for skill in options.skills:
        for budget in options.budgets:
            for order, match in lines:
                found = run(skill, order, match, options, budget)
                print(f"| {skill:.2f} | {budget:g} | {order} | {match} | {found} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
