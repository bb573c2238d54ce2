"""One window of a detector's answers, counted as the rows go by: what is kept does not grow with their number.

Scores are counted in fixed cells of their log-odds. The names of sources and conditions are kept, and a window
holds at most MOST_CLIPS clips, so these are bounded too.
"""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

WINDOW_CLIPS: Final = 500  # a window holds that many, and all of WINDOW_TIME where those are more
WINDOW_TIME: Final = timedelta(days=7)  # a week, so that days of the week do not look like drift
MOST_CLIPS: Final = 20_000  # beyond that chance is far below every floor

CELLS: Final = 280
_FURTHEST: Final = 14.0  # log-odds of p = 1e-6
NOT_STATED: Final = "not stated"


@dataclass(frozen=True, slots=True)
class SeenClip:
    """One clip as the detector met it. `score` None: it gave none; `had_face`: it found one in some frame.

    `face_band`: the band of its size, `no face`, or None where a face was found and its size is not known.
    """

    at: datetime
    score: float | None
    had_face: bool
    source: str | None
    condition: str
    face_band: str | None


@dataclass(frozen=True, slots=True)
class JudgedClip:
    """A closed clip on which people alone are sure, and the detector's side as P(manipulated)."""

    at: datetime
    people_say_manipulated: bool
    p_manipulated: float


@dataclass
class Arrivals:
    """How many clips came from each source (or under each condition), and which of these came on one day only."""

    clips: Counter[str] = field(default_factory=Counter)
    by_day: Counter[date] = field(default_factory=Counter)
    _only_day: dict[str, date | None] = field(default_factory=dict)

    def add(self, name: str, day: date, number: int = 1) -> None:
        """Count clips of one source that came on one day."""
        self.clips[name] += number
        self.by_day[day] += number
        self._only_day[name] = day if self._only_day.get(name, day) == day else None

    def seen_nowhere_else(self) -> Counter[date]:
        """By day, how many of its clips came from what came on no other day."""
        alone: Counter[date] = Counter()
        for name, day in self._only_day.items():
            if day is not None:
                alone[day] += self.clips[name]
        return alone


@dataclass
class Window:
    """When the clips of a window came in, and how many; it says itself when it is full."""

    count: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    _begun_at: datetime | None = None

    def takes(self, at: datetime) -> bool:
        """Whether the next clip still belongs to it, counting from its first clip in either direction of time."""
        if self.count >= MOST_CLIPS:
            return False
        return self.count < WINDOW_CLIPS or (
            self._begun_at is not None and abs(at - self._begun_at) <= WINDOW_TIME
        )

    def _note(self, at: datetime) -> None:
        self.count += 1
        self._begun_at = self._begun_at or at
        self.first_at = at if self.first_at is None else min(at, self.first_at)
        self.last_at = at if self.last_at is None else max(at, self.last_at)


@dataclass
class SeenTally(Window):
    """What came in and how the detector answered. `unmeasured`: clips with faces of unknown size."""

    answered: int = 0
    faceless: int = 0
    unmeasured: int = 0
    cells: list[int] = field(default_factory=lambda: [0] * CELLS)
    sources: Arrivals = field(default_factory=Arrivals)
    conditions: Arrivals = field(default_factory=Arrivals)
    conditions_by_face: Arrivals = field(default_factory=Arrivals)

    def add(self, clip: SeenClip) -> None:
        """Count one clip."""
        self._note(clip.at)
        self.sources.add(clip.source or NOT_STATED, clip.at.date())
        self.conditions.add(clip.condition, clip.at.date())
        self.conditions_by_face.add(f"{clip.condition} / {clip.face_band}", clip.at.date())
        self.unmeasured += clip.face_band is None
        if clip.score is None:
            self.faceless += not clip.had_face
            return
        self.answered += 1
        self.cells[cell_of(clip.score)] += 1


@dataclass
class JudgedTally(Window):
    """How often the detector took the other side of people who are sure."""

    disagreed: int = 0

    def add(self, clip: JudgedClip) -> None:
        """Count one clip."""
        self._note(clip.at)
        self.disagreed += (clip.p_manipulated > 0.5) != clip.people_say_manipulated


def cell_of(score: float) -> int:
    """The cell of a score in [0, 1], a tenth of its log-odds wide; the outermost hold what lies beyond."""
    if score <= 0.0:
        return 0
    if score >= 1.0:
        return CELLS - 1
    place = (math.log(score) - math.log1p(-score) + _FURTHEST) * CELLS / (2.0 * _FURTHEST)
    return max(0, min(CELLS - 1, math.floor(place)))
