"""How often the drift report alerts where nothing has drifted, and how soon it does where something has.

Streams of clips are simulated and looked at once a day for a year by the platform's own rule and windows. In a
stable stream every clip is drawn from one distribution: scores of a mixture, sources with a long tail, a share of
abstentions, a share of clips on which people and detector differ. The drifted ones change in one way on day 100.

    ./run bench drift_alarms [--streams 100] [--seed 1]
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from clipjury.domain.drift import CHANCE, measure_drift, state_of
from clipjury.domain.drift_tally import CELLS, WINDOW_CLIPS, Arrivals, JudgedTally, SeenTally

DAYS, CHANGE_DAY = 365, 100
CLIPS_A_DAY = (20, 100, 400)
_START = date(2026, 1, 1)


@dataclass(frozen=True)
class World:
    """What a stream is drawn from."""

    shift: float = 0.0  # of the scores' log-odds, in units of their spread (2)
    abstained: float = 0.15
    disagreed: float = 0.2
    from_new_source: float = 0.0
    sources: int = 400  # by Zipf's law
    conditions: int = 20
    batch: int = 1  # clips that come together share a source, and part of what moves their scores


DRIFTS = {
    "scores move by half their spread": World(shift=0.5),
    "scores move by their whole spread": World(shift=1.0),
    "abstains on 30 % in place of 15 %": World(abstained=0.3),
    "disagrees on 40 % in place of 20 %": World(disagreed=0.4),
    "a third of the clips from a new source": World(from_new_source=0.33),
}


class Stream:
    """Clips in order of arrival: a cell (or -1), a source, a condition and whether people and detector differ."""

    def __init__(self, rng: np.random.Generator, worlds: list[tuple[World, int]], a_day: int) -> None:
        self.a_day = a_day
        parts = [self._draw(rng, world, number) for world, number in worlds]
        self.cells, self.sources, self.conditions, self.disagreed, self.is_sure = (
            np.concatenate([part[place] for part in parts]) for place in range(5)
        )

    @staticmethod
    def _draw(rng: np.random.Generator, world: World, number: int) -> tuple[np.ndarray, ...]:
        fake = rng.random(number) < 0.4
        batch = np.arange(number) // world.batch
        common = rng.normal(0.0, 0.6 if world.batch > 1 else 0.0, number // world.batch + 1)[batch]
        logits = rng.normal(np.where(fake, 1.0, -0.7), 1.8) + 2.0 * world.shift + common
        cells = np.clip(np.floor((logits + 14.0) * CELLS / 28.0), 0, CELLS - 1).astype(int)
        cells = np.where(rng.random(number) < world.abstained, -1, cells)
        zipf = 1.0 / np.arange(1, world.sources + 1)
        sources = rng.choice(world.sources, number // world.batch + 1, p=zipf / zipf.sum())[batch]
        sources = np.where(rng.random(number) < world.from_new_source, 10_000, sources)
        tail = 1.0 / np.arange(1, world.conditions + 1) ** 2
        conditions = rng.choice(world.conditions, number, p=tail / tail.sum())
        return cells, sources, conditions, rng.random(number) < world.disagreed, rng.random(number) < 0.6

    def seen(self, low: int, high: int) -> SeenTally:
        """The window of clips [low, high)."""
        tally = SeenTally(count=high - low)
        own = self.cells[low:high]
        answered = own[own >= 0]
        tally.answered = len(answered)
        tally.cells = np.bincount(answered, minlength=CELLS).tolist()
        days = np.arange(low, high) // self.a_day
        tally.sources = _counted(self.sources[low:high], days)
        tally.conditions = _counted(self.conditions[low:high], days)
        return tally

    def judged(self, places: np.ndarray) -> JudgedTally:
        """The clips at these places that people are sure of and the detector answered."""
        return JudgedTally(count=len(places), disagreed=int(self.disagreed[places].sum()))


def _counted(values: np.ndarray, days: np.ndarray) -> Arrivals:
    arrivals = Arrivals()
    found, numbers = np.unique(days * 100_000 + values, return_counts=True)
    for both, number in zip(found.tolist(), numbers.tolist(), strict=True):
        day, value = divmod(both, 100_000)
        arrivals.add(str(value), _START + timedelta(days=day), number)
    return arrivals


def follow(stream: Stream, a_day: int) -> list[set[str]]:
    """The measures that alert on each day; the reference is the window before the first."""
    window = max(WINDOW_CLIPS, 7 * a_day)
    begun = window
    sure = np.flatnonzero(stream.is_sure & (stream.cells >= 0))
    split = int(np.searchsorted(sure, begun))
    reference, judged_before = stream.seen(0, begun), stream.judged(sure[:split][-WINDOW_CLIPS:])
    found = []
    for day in range(1, DAYS + 1):
        end = begun + day * a_day
        until = int(np.searchsorted(sure, end))
        measures = measure_drift(
            reference,
            stream.seen(max(begun, end - window), end),
            judged_before,
            stream.judged(sure[max(split, until - WINDOW_CLIPS) : until]),
        )
        found.append({measure.name for measure in measures if measure.state == "alert"})
        assert (state_of(measures) == "alert") == bool(found[-1])
    return found


def simulate(
    a_day: int, streams: int, rng: np.random.Generator, world: World | None, begin: World = World()
) -> list[list[set[str]]]:
    """Alerts by stream and day; `world` is what the stream changes to on day 100, None for one that stays."""
    window = max(WINDOW_CLIPS, 7 * a_day)
    results = []
    for _ in range(streams):
        before = window + (DAYS if world is None else CHANGE_DAY) * a_day
        worlds = [(begin, before)]
        if world is not None:
            worlds.append((world, (DAYS - CHANGE_DAY) * a_day))
        results.append(follow(Stream(rng, worlds, a_day), a_day))
    return results


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./run bench drift_alarms", description=__doc__.split("\n\n")[0])
    parser.add_argument("--streams", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(options.seed)
    print(f"{options.streams} streams a line, {DAYS} daily looks each; chance {CHANCE} a measure and look")
    for title, begin in (("clip by clip", World()), ("in batches of 10 from one source", World(batch=10))):
        print(f"\nStable, {title}: looks that alert, years with any alert, and years by measure")
        for a_day in CLIPS_A_DAY:
            found = simulate(a_day, options.streams, rng, None, begin)
            looks = np.mean([bool(day) for stream in found for day in stream])
            years = np.mean([any(stream) for stream in found])
            names = Counter(name for stream in found for name in set().union(*stream))
            print(f"{a_day:>5} clips a day: {looks:7.3%} of looks, {years:6.1%} of years  {dict(names)}")
    print("\nDrifted on day 100: share found within 30 days, median days until found")
    few = max(10, options.streams // 5)
    for name, world in DRIFTS.items():
        cells = []
        for a_day in CLIPS_A_DAY:
            found = simulate(a_day, few, rng, world)
            waits = [next((n for n, day in enumerate(s[CHANGE_DAY:], 1) if day), DAYS) for s in found]
            cells.append(f"{np.mean([wait <= 30 for wait in waits]):4.0%} {np.median(waits):5.0f}")
        print(f"{name:<42} {'   '.join(cells)}")


if __name__ == "__main__":
    main(sys.argv[1:])
