"""Which split a near-duplicate group stands in: with its source wherever there are sources enough to keep apart.

A detector learns the look of a source (its cameras, encoders, people) as easily as manipulation, and is then praised
on clips of the same source. So the unit that a split takes is a source: all groups that hold a clip of it, and all
sources that such a group joins. Clips that state no source go by their group alone.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from clipjury.domain.snapshot_rows import SHARES, Split, choose_split

# A held-out split of less tells little; one of more takes too much from training.
LEAST_HELD_OUT: Final = 0.05
MOST_HELD_OUT: Final = 0.2
MOST_SALTS: Final = 256
_MOST_HASHES: Final = 200_000  # about a quarter of a second; where there are many sources the first salt does


@dataclass(frozen=True, slots=True)
class SplitTally:
    """So many clips of one group that state this source and carry this hard label."""

    group_id: str
    source: str | None
    label: str | None
    clips: int


@dataclass(frozen=True, slots=True)
class SplitRule:
    """How a dataset's splits are made. `salt` says which of the hashes by source; it stays with the dataset."""

    by: Literal["source", "group"]
    salt: int | None
    sources: int
    clips_without_source: int
    sentence: str


@dataclass(frozen=True)
class SplitPlan:
    """The splits of a dataset's groups."""

    dataset_id: uuid.UUID
    rule: SplitRule
    _units: Mapping[str, str]

    def split_of(self, group_id: str) -> Split:
        """Where the group stands."""
        if self.rule.salt is None:
            return choose_split(self.dataset_id, group_id)
        return choose_split(self.dataset_id, _salted(self.rule.salt, self._units.get(group_id, group_id)))


def plan_splits(
    dataset_id: uuid.UUID, tallies: Iterable[SplitTally], before: Mapping[str, Any] | None = None
) -> SplitPlan:
    """The plan for these clips; `before`: the rule of the dataset's newest snapshot, as JSON.

    By source if some salt of the hash fills both held-out splits, each with every label that there is. The first such
    salt is kept for later snapshots, so that clips that join move nobody; only groups and sources that prove to belong
    together may move.
    """
    rows = list(tallies)
    units = _units_of(rows)
    sources = len({source for row in rows if (source := _name(row.source))})
    unstated = sum(row.clips for row in rows if not _name(row.source))
    if before and before["by"] == "source":
        salt: int | None = int(before["salt"])
    else:
        salt = _find_salt(dataset_id, rows, units) if sources > 1 else None
    rule = SplitRule(
        "group" if salt is None else "source", salt, sources, unstated, _sentence(salt, sources, unstated)
    )
    return SplitPlan(dataset_id, rule, units)


def _name(source: str | None) -> str:
    """A source as people spell it, so that a capital letter does not make two of one."""
    return " ".join((source or "").split()).casefold()


def _salted(salt: int, unit: str) -> str:
    return f"{salt}:{unit}"


def _units_of(rows: Iterable[SplitTally]) -> dict[str, str]:
    """Each group's unit: the first name of its sources and of those they are joined with, or the group itself."""
    parents: dict[str, str] = {}

    def root(name: str) -> str:
        while parents.setdefault(name, name) != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    sources_of: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        sources_of[row.group_id] |= {name} if (name := _name(row.source)) else set()
    for names in sources_of.values():
        first, *others = sorted(root(name) for name in names) or [""]
        for other in others:
            parents[other] = first  # the smaller name leads, whatever the order of the rows
    return {group: f"source:{root(min(names))}" if names else group for group, names in sources_of.items()}


def _find_salt(dataset_id: uuid.UUID, rows: list[SplitTally], units: Mapping[str, str]) -> int | None:
    clips: dict[str, Counter[str | None]] = defaultdict(Counter)
    for row in rows:
        clips[units[row.group_id]][row.label] += row.clips
    labels = {row.label for row in rows if row.label is not None}
    for salt in range(min(MOST_SALTS, 1 + _MOST_HASHES // len(clips))):
        filled: dict[Split, Counter[str | None]] = {split: Counter() for split, _ in SHARES}
        for unit, counted in clips.items():
            filled[choose_split(dataset_id, _salted(salt, unit))].update(counted)
        if _is_balanced(filled, labels):
            return salt
    return None


def _is_balanced(filled: Mapping[Split, Counter[str | None]], labels: set[str]) -> bool:
    total = sum(counted.total() for counted in filled.values())
    shares = {split: counted.total() / total for split, counted in filled.items()}
    return all(LEAST_HELD_OUT <= shares[split] <= MOST_HELD_OUT for split in ("validation", "test")) and all(
        counted[label] for counted in filled.values() for label in labels
    )


_FLATTERED: Final = (
    "Splits go by near-duplicate group, and figures on the test split may flatter: they say nothing of clips from "
    "elsewhere."
)


def _sentence(salt: int | None, sources: int, unstated: int) -> str:
    if salt is not None:
        rest = (
            f" {unstated:,} clips state no source and go by their near-duplicate group." if unstated else ""
        )
        return f"The clips of each of the {sources:,} sources stand in one split.{rest}"
    if sources == 0:
        return f"No clip states its source. {_FLATTERED}"
    if sources == 1:
        return f"All clips that state a source come from one. {_FLATTERED}"
    return f"The {sources:,} sources are too few, or too uneven, to be kept apart. {_FLATTERED}"
