"""What one consensus step costs: the posterior of a clip from its ballots, in memory.

Single calls in CPU time of this thread, the quietest of five rounds: neighbours on the machine shall not count.

    .venv/bin/python bench/online_step.py
"""

import sys
import time

from clipjury_ml.consensus.online import Ballot, people_posterior, reliability_from_gold

TARGET_P99_US = 20.0
CALLS = 5_000
ROUNDS = 5


def step_us(n_votes: int) -> tuple[float, float]:
    """Median and 99th percentile, CPU microseconds, on a clip with that many votes, two in three of one mind."""
    ballots = [
        Ballot(i, "authentic" if i % 3 == 0 else "manipulated", reliability_from_gold(8, 10, 7, 10 + i))
        for i in range(n_votes)
    ]
    rounds = [sorted(_timed_us(ballots) for _ in range(CALLS)) for _ in range(ROUNDS)]
    return min((times[CALLS // 2], times[int(0.99 * CALLS)]) for times in rounds)


def _timed_us(ballots: list[Ballot]) -> float:
    started_ns = time.thread_time_ns()
    people_posterior(ballots)
    return (time.thread_time_ns() - started_ns) / 1000


def main() -> int:
    """Print both for three sizes; exit 1 when a clip at the cap takes longer than the target."""
    for n_votes in (2, 5, 12):
        median, p99 = step_us(n_votes)
        print(f"{n_votes:2d} votes: median {median:.1f} us, p99 {p99:.1f} us")
    return 0 if p99 <= TARGET_P99_US else 1


if __name__ == "__main__":
    sys.exit(main())
