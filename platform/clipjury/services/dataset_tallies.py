"""What a dataset holds, or would hold: clips tallied by what they are alike in, split, and counted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from clipjury.db.queries import selection, snapshots
from clipjury.domain.dataset_counts import Counts
from clipjury.domain.datasets import Filters
from clipjury.domain.snapshot_rows import HARD_LABELS
from clipjury.domain.splits import SplitPlan, SplitTally, plan_splits
from clipjury.services.withdrawn_votes import take_out_votes


@dataclass(frozen=True, slots=True)
class Tally:
    """So many clips that are alike in all of this, with so many votes between them."""

    group_id: str
    source: str | None
    outcome: str
    basis: str
    hard_label: str | None
    licence: str | None
    clips: int
    votes: int


def list_tallies(session: Session, filters: Filters, cutoff: datetime | None = None) -> list[Tally]:
    """Of every clip that a freeze would hold, as things stood at the cutoff.

    Clips that accounts to be left out have voted on are judged one by one; no other clip is read.
    """
    found = [
        Tally(
            group_id=str(row.group_id),
            source=row.source,
            outcome=row.outcome,
            basis=row.reason,
            hard_label=HARD_LABELS.get(row.outcome),
            licence=row.licence,
            clips=row.clips,
            votes=row.votes,
        )
        for row in selection.stream_tallies(session, filters, cutoff)
    ]
    for raw in selection.stream_touched(session, filters, cutoff):
        left = take_out_votes(raw, filters)
        if left is not None:
            found.append(
                Tally(
                    group_id=str(left["group_id"]),
                    source=left["source"],
                    outcome=left["outcome"],
                    basis=left["basis"],
                    hard_label=left.get("hard_label", HARD_LABELS.get(left["outcome"])),
                    licence=left["licence"],
                    clips=1,
                    votes=len(left["votes"]),
                )
            )
    return found


def plan_for(session: Session, dataset_id: uuid.UUID, tallies: Sequence[Tally]) -> SplitPlan:
    """The splits of these clips: as in the dataset's newest snapshot, where that kept sources apart."""
    frozen = (row.counts for row in snapshots.list_snapshots(session, dataset_id) if row.state == "frozen")
    before = (next(frozen, None) or {}).get("split_rule")
    return plan_splits(
        dataset_id,
        (SplitTally(row.group_id, row.source, row.hard_label, row.clips) for row in tallies),
        before,
    )


def count(tallies: Sequence[Tally], plan: SplitPlan | None) -> Counts:
    """Their counts; by split where it is known whose clips they are."""
    counts = Counts(split_rule=plan.rule if plan else None)
    for row in tallies:
        counts.add(
            group_id=row.group_id,
            split=plan.split_of(row.group_id) if plan else None,
            outcome=row.outcome,
            basis=row.basis,
            hard_label=row.hard_label,
            licence=row.licence,
            clips=row.clips,
            votes=row.votes,
        )
    return counts
