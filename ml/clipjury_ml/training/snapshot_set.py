"""The labelled clips of a frozen snapshot, as fine-tuning takes them: soft labels, weights, splits by group."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SPLITS = ("train", "validation", "test")
ROWS = ("items.jsonl", "labels.jsonl", "clips.jsonl", "snapshot.jsonl")
MEDIA = "media"
SOURCE_CAP = 0.25
REVIEWER_CAP = 0.10
FEWEST_OF_A_LABEL = 2


class SnapshotSetError(ValueError):
    """The snapshot cannot be trained on; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class LabelledClip:
    """One clip. `soft_label` is P(manipulated) by the people fit alone; a file that is not there has path None.

    reviewers: whose votes the label rests on, by whatever name the snapshot gives them; identity: who is seen. Both
    are empty where the snapshot does not say.
    """

    id: str
    path: Path | None
    sha256: str
    group: str
    split: str
    soft_label: float
    source: str
    licence: str
    kind: str
    reviewers: tuple[str, ...] = ()
    identity: str = ""

    @property
    def is_manipulated(self) -> bool:
        """Which label the people lean to."""
        return self.soft_label > 0.5

    @property
    def certainty(self) -> float:
        """|2p − 1|: what a soft label is worth; nothing where the people are evenly torn."""
        return abs(2 * self.soft_label - 1)


@dataclass(frozen=True, slots=True)
class SnapshotSet:
    """The clips to train on and to stop by, with how many rows were left out and why."""

    train: tuple[LabelledClip, ...]
    validation: tuple[LabelledClip, ...]
    left_out: Mapping[str, int]


def read_snapshot(folder: Path) -> SnapshotSet:
    """Read a snapshot's folder: one JSON object a line, media beside it. Raises SnapshotSetError, OSError.

    A row names its file by `path` (relative to the folder); without one the file is media/<sha256>, with or
    without an extension.
    """
    rows_file = find_rows(folder)
    rows = []
    for number, line in enumerate(rows_file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(json.loads(line))
        except ValueError as error:
            raise SnapshotSetError(f"{rows_file.name}, line {number}: not JSON: {error}") from error
    return build_set(rows, folder)


def find_rows(folder: Path) -> Path:
    """The file of rows in a snapshot's folder; raises SnapshotSetError where it cannot be told."""
    named = [folder / name for name in ROWS if (folder / name).is_file()]
    found = named[:1] or sorted(folder.glob("*.jsonl"))
    if len(found) != 1:
        raise SnapshotSetError(
            f"{folder} holds {'no' if not found else 'more than one'} file of rows; name one {ROWS[0]}"
        )
    return found[0]


def build_set(rows: Iterable[Mapping[str, Any]], folder: Path) -> SnapshotSet:
    """Sort the rows into splits; raises SnapshotSetError where a group is in two splits or a row lacks a field."""
    left_out: Counter[str] = Counter()
    clips: list[LabelledClip] = []
    for row in rows:
        reason = _why_left_out(row)
        if reason is not None:
            left_out[reason] += 1
            continue
        clips.append(_clip_of(row, folder))
    _refuse_split_groups(clips)
    by_split = {name: tuple(clip for clip in clips if clip.split == name) for name in SPLITS}
    left_out["test split"] += len(by_split["test"])
    chosen = SnapshotSet(by_split["train"], by_split["validation"], {k: n for k, n in left_out.items() if n})
    _refuse_one_label(chosen.train)
    return chosen


def _why_left_out(row: Mapping[str, Any]) -> str | None:
    if row.get("quarantined") or row.get("quarantined_at"):
        return "quarantined"
    soft = row.get("soft_label")
    if soft is None:
        return "no label of the people"
    if abs(2 * float(soft) - 1) < 1e-6:
        return "people evenly torn"
    return None


def _clip_of(row: Mapping[str, Any], folder: Path) -> LabelledClip:
    try:
        sha256, split = str(row["sha256"]), str(row["split"])
        identity = str(row.get("clip_id") or row.get("id") or sha256)
        group, soft = str(row.get("group_id") or row.get("group") or identity), float(row["soft_label"])
    except (KeyError, TypeError, ValueError) as error:
        raise SnapshotSetError(f"a row has no usable field {error}") from error
    if split not in SPLITS or not 0 <= soft <= 1:
        raise SnapshotSetError(f"clip {identity}: the split {split!r} or the soft label {soft} is unknown")
    return LabelledClip(
        id=identity,
        path=_media_of(row, sha256, folder),
        sha256=sha256,
        group=group,
        split=split,
        soft_label=soft,
        source=str(row.get("source") or "unknown source"),
        licence=str(row.get("licence") or "licence not stated"),
        kind=str(row.get("kind") or "video"),
        reviewers=_reviewers_of(row),
        identity=str(row.get("identity") or ""),
    )


def _reviewers_of(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Everybody who voted on the clip, once; a row without votes names nobody."""
    votes = row.get("votes") or ()
    named = [vote.get("reviewer") for vote in votes if isinstance(vote, Mapping)]
    return tuple(dict.fromkeys(str(name) for name in named if name))


def _media_of(row: Mapping[str, Any], sha256: str, folder: Path) -> Path | None:
    for name in (row.get("path"), row.get("file"), row.get("media")):
        if name and (folder / str(name)).is_file():
            return folder / str(name)
    candidates = [folder / MEDIA / sha256, *sorted((folder / MEDIA).glob(f"{sha256}.*"))]
    return next((path for path in candidates if path.is_file()), None)


def _refuse_split_groups(clips: Sequence[LabelledClip]) -> None:
    """A group holds near-duplicates and pairs; a person, where rows name one, is learned by heart as easily."""
    splits: dict[tuple[str, str], str] = {}
    for clip in clips:
        for word, name in (("group", clip.group), ("identity", clip.identity)):
            if name and splits.setdefault((word, name), clip.split) != clip.split:
                raise SnapshotSetError(
                    f"{word} {name} is in the splits {splits[word, name]} and {clip.split}: near-duplicates of one "
                    "clip, or one person, would be trained on and tested with. Freeze the snapshot again."
                )


def _refuse_one_label(clips: Sequence[LabelledClip]) -> None:
    for word, wanted in (("manipulated", True), ("authentic", False)):
        count = sum(clip.is_manipulated == wanted for clip in clips)
        if count < FEWEST_OF_A_LABEL:
            raise SnapshotSetError(
                f"the training split holds {count} {word} clips; at least {FEWEST_OF_A_LABEL} are needed. "
                "Freeze a snapshot with more clips of that label."
            )


def weigh(
    clips: Sequence[LabelledClip], cap: float = SOURCE_CAP, reviewer_cap: float = REVIEWER_CAP
) -> NDArray[np.float64]:
    """Weights (clips,): |2p − 1|, no reviewer above `reviewer_cap` and no source above `cap` of its label's total,
    both labels worth the same, mean 1.

    A cap is eased to one over the number of reviewers or sources where there are too few to hold it. That of the
    sources comes last and holds exactly.
    """
    weights = np.array([clip.certainty for clip in clips], dtype=np.float64)
    for wanted in (True, False):
        chosen = np.array([clip.is_manipulated == wanted for clip in clips])
        if chosen.any():
            some = [clip for clip in clips if clip.is_manipulated == wanted]
            found = _capped_by_reviewer(weights[chosen], some, reviewer_cap)
            found = _capped(found, [clip.source for clip in some], cap)
            weights[chosen] = found / found.sum()
    return weights * (len(weights) / weights.sum()) if len(weights) else weights


def _capped_by_reviewer(
    weights: NDArray[np.float64], clips: Sequence[LabelledClip], cap: float
) -> NDArray[np.float64]:
    """A clip's weight is credited to its voters in equal parts, the credit of the busiest is scaled down, and the
    clip weighs what is left. So one account that votes on everything does not decide what is learned."""
    if not any(clip.reviewers for clip in clips):
        return weights
    owners = [clip.reviewers or (f"nobody known, {number}",) for number, clip in enumerate(clips)]
    counts = np.array([len(names) for names in owners])
    credit = _capped(np.repeat(weights / counts, counts), [name for names in owners for name in names], cap)
    return np.asarray(np.add.reduceat(credit, np.cumsum(counts) - counts))


def _capped(weights: NDArray[np.float64], owners: Sequence[str], cap: float) -> NDArray[np.float64]:
    """Scale down the largest owners until none holds more than the cap (water-filling, at most once an owner)."""
    names, index = np.unique(np.array(owners), return_inverse=True)
    totals = np.bincount(index, weights=weights)
    limit = max(cap, 1.0 / len(names))
    capped = np.zeros(len(names), dtype=bool)
    for _ in names:
        free = totals[~capped].sum()
        room = 1.0 - limit * capped.sum()
        level = limit * free / room if room > 1e-9 else totals.min()
        over = ~capped & (totals > level + 1e-12)
        if not over.any():
            break
        capped |= over
    if capped.all():
        return np.asarray(weights * (totals.min() / totals)[index])
    level = limit * totals[~capped].sum() / (1.0 - limit * capped.sum()) if capped.any() else np.inf
    return np.asarray(weights * np.minimum(1.0, level / totals)[index])


def licence_lines(clips: Sequence[LabelledClip]) -> list[str]:
    """One line for each source and licence of the clips, with how many there were."""
    counted = Counter((clip.source, clip.licence) for clip in clips)
    return [f"{count} clips from {source}: {licence}" for (source, licence), count in sorted(counted.items())]
