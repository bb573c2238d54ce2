"""What one consensus step costs: the posterior of a clip from its ballots, in memory.

Measured in CPU time of this thread, single calls, so that neighbours on the machine do not count.

    .venv/bin/python bench/online_step.py
"""

import sys
import time

from clipjury_ml.consensus.online import Ballot, people_posterior, reliability_from_gold

TARGET_P99_US = 20.0
CALLS = 20_000


def step_times_us(n_votes: int) -> list[float]:
    """Sorted CPU microseconds of single steps on a clip with that many votes, two in three of one mind."""
    ballots = [
        Ballot(i, "authentic" if i % 3 == 0 else "manipulated", reliability_from_gold(8, 10, 7, 10 + i))
        for i in range(n_votes)
    ]
    times = []
    for _ in range(CALLS):
        started_ns = time.thread_time_ns()
        people_posterior(ballots)
        times.append((time.thread_time_ns() - started_ns) / 1000)
    return sorted(times)


def main() -> int:
    """Print median and 99th percentile; exit 1 when a clip at the cap takes longer than the target."""
    for n_votes in (2, 5, 12):
        times = step_times_us(n_votes)
        p99 = times[int(0.99 * CALLS)]
        print(f"{n_votes:2d} votes: median {times[CALLS // 2]:.1f} us, p99 {p99:.1f} us")
    return 0 if p99 <= TARGET_P99_US else 1


if __name__ == "__main__":
    sys.exit(main())
