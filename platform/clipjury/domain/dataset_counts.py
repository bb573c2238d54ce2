"""Counts of a dataset or a snapshot: clips, votes, labels, splits, groups, licences."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from clipjury.domain.clip_states import OUTCOMES
from clipjury.domain.datasets import BASES
from clipjury.domain.licences import is_open_licence
from clipjury.domain.snapshot_rows import SHARES
from clipjury.domain.splits import SplitRule

UNLABELLED = "none"
_LABELS = ("manipulated", "authentic", UNLABELLED)


@dataclass
class Counts:
    """Fed clip by clip or tally by tally; a group counts once wherever it occurs."""

    split_rule: "SplitRule | None" = None
    clips: int = 0
    votes: int = 0
    by_outcome: "Counter[str]" = field(default_factory=Counter)
    by_basis: "Counter[str]" = field(default_factory=Counter)
    by_label: "Counter[str]" = field(default_factory=Counter)
    licences: "Counter[str | None]" = field(default_factory=Counter)
    _splits: "dict[str, Counter[str]]" = field(default_factory=dict)
    _groups: "dict[str, str | None]" = field(default_factory=dict)

    def add(
        self,
        *,
        group_id: str,
        split: str | None,
        outcome: str,
        basis: str,
        hard_label: str | None,
        licence: str | None,
        clips: int,
        votes: int,
    ) -> None:
        """Take in so many clips that are alike in all of this, with so many votes between them."""
        label = hard_label or UNLABELLED
        self.clips += clips
        self.votes += votes
        self.by_outcome[outcome] += clips
        self.by_basis[basis] += clips
        self.by_label[label] += clips
        self.licences[licence] += clips
        if split is not None:
            self._splits.setdefault(split, Counter())[label] += clips
        self._groups[group_id] = split

    def to_json(self) -> dict[str, Any]:
        """As JSON values. `share_manipulated` is over the labelled clips; `by_split` is None without splits."""
        labelled = self.by_label["manipulated"] + self.by_label["authentic"]
        groups = Counter(self._groups.values())
        return {
            "clips": self.clips,
            "votes": self.votes,
            "groups": len(self._groups),
            "by_outcome": {outcome: self.by_outcome[outcome] for outcome in OUTCOMES},
            "by_basis": {basis: self.by_basis[basis] for basis in BASES},
            "by_label": {label: self.by_label[label] for label in _LABELS},
            "share_manipulated": self.by_label["manipulated"] / labelled if labelled else None,
            "by_split": None
            if None in groups
            else [self._split(split, groups[split]) for split, _ in SHARES],
            "split_rule": asdict(self.split_rule) if self.split_rule else None,
            "licences": [
                {"licence": licence, "clips": clips, "is_open": is_open_licence(licence)}
                for licence, clips in sorted(
                    self.licences.items(), key=lambda item: (-item[1], item[0] or "")
                )
            ],
        }

    def _split(self, split: str, groups: int) -> dict[str, Any]:
        labels = self._splits.get(split, Counter())
        return {
            "split": split,
            "clips": labels.total(),
            "groups": groups,
            **{("unlabelled" if label == UNLABELLED else label): labels[label] for label in _LABELS},
        }
