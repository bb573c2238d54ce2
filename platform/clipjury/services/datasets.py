"""Datasets: named filters with live counts; and the quick download of every retired clip's labels."""

import uuid
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import datasets as queries
from clipjury.db.queries import events, exposures, selection, snapshots, statistics, users
from clipjury.db.queries import votes as vote_queries
from clipjury.db.queries.datasets import DatasetRow, ListedDatasetRow
from clipjury.db.queries.selection import ChoicesRow
from clipjury.db.queries.snapshots import SnapshotRow
from clipjury.domain.dataset_counts import Counts
from clipjury.domain.datasets import Filters, check_name, parse_filters
from clipjury.domain.errors import ConflictError, FieldError, InvalidError, NotFoundError
from clipjury.domain.snapshot_rows import (
    HARD_LABELS,
    adjudication_of,
    choose_soft_label,
    pseudonym,
)
from clipjury.domain.splits import SplitPlan
from clipjury.services import score_views
from clipjury.services.clip_views import Viewer
from clipjury.services.dataset_tallies import count, list_tallies, plan_for
from clipjury.services.withdrawn_votes import take_out_votes

SAMPLE_ROWS = 8
MOST_LOOKED_AT = 200  # newest clips among which the sample is found where votes are taken out
MOST_LISTED = 200


@dataclass(frozen=True)
class DatasetView:
    """A dataset with what its filters take now, and its snapshots, newest first."""

    dataset: DatasetRow
    filters: Filters
    counts: Counts
    snapshots: list[SnapshotRow]


@dataclass(frozen=True)
class Draft:
    """What a freeze would hold now, and how it would be split."""

    counts: Counts
    plan: SplitPlan | None


def create_dataset(
    session: Session, *, name: str, description: str, filters: Mapping[str, Any], created_by: int
) -> uuid.UUID:
    """A new draft; its id. Raises InvalidError for its name or filters, ConflictError (name_taken)."""
    taken, parsed = check_name(name), _parse(session, filters)
    dataset_id = queries.insert_dataset(
        session, name=taken, description=description.strip(), filters=parsed.to_json(), created_by=created_by
    )
    if dataset_id is None:
        raise _name_taken(taken)
    events.record_audit(session, "dataset_created", subject=f"dataset:{dataset_id}", actor_id=created_by)
    return dataset_id


def _parse(session: Session, given: Mapping[str, Any]) -> Filters:
    """The filters, if every account whose votes are to be taken out is known: a slip would leave them in."""
    filters = parse_filters(given)
    unknown = [
        str(number) for number in filters.without_reviewers if users.find_user(session, number) is None
    ]
    if unknown:
        fault = FieldError("filters.without_reviewers", f"There is no account {', '.join(unknown)}.")
        raise InvalidError("The dataset has one filter that cannot be used.", [fault])
    return filters


def _name_taken(name: str) -> ConflictError:
    return ConflictError("name_taken", f"There is a dataset called {name} already; choose another name.")


def change_dataset(
    session: Session,
    dataset_id: uuid.UUID,
    actor_id: int,
    *,
    name: str | None = None,
    description: str | None = None,
    filters: Mapping[str, Any] | None = None,
) -> None:
    """Write what is given; its snapshots stay as they are. Raises as `create_dataset` does, or NotFoundError."""
    dataset = queries.lock_dataset(session, dataset_id)
    if dataset is None:
        raise _no_dataset()
    new_name = dataset.name if name is None else check_name(name)
    new_filters = dataset.filters if filters is None else _parse(session, filters).to_json()
    new_description = dataset.description if description is None else description.strip()
    if not queries.update_dataset(
        session, dataset_id, name=new_name, description=new_description, filters=new_filters
    ):
        raise _name_taken(new_name)
    events.record_audit(session, "dataset_changed", subject=f"dataset:{dataset_id}", actor_id=actor_id)


def _no_dataset() -> NotFoundError:
    return NotFoundError("There is no such dataset.")


def get_dataset(session: Session, dataset_id: uuid.UUID) -> DatasetView:
    """The dataset as its filters stand now; raises NotFoundError."""
    dataset = queries.find_dataset(session, dataset_id)
    if dataset is None:
        raise _no_dataset()
    filters = parse_filters(dataset.filters)
    counts = draft(session, filters, dataset_id).counts
    return DatasetView(dataset, filters, counts, snapshots.list_snapshots(session, dataset_id))


def list_datasets(session: Session) -> list[ListedDatasetRow]:
    """Newest first."""
    return queries.list_datasets(session, MOST_LISTED)


def draft(session: Session, filters: Filters, dataset_id: uuid.UUID | None) -> Draft:
    """Live counts of what a freeze would hold; splits where it is known whose clips they are."""
    tallies = list_tallies(session, filters)
    plan = plan_for(session, dataset_id, tallies) if dataset_id else None
    return Draft(count(tallies, plan), plan)


def is_empty(session: Session, filters: Filters) -> bool:
    """Whether a freeze would hold nothing."""
    if filters.without_reviewers:
        return not list_tallies(session, filters)
    return selection.count_taken(session, filters) == 0


def sample_rows(
    session: Session, user_id: int, filters: Filters, plan: SplitPlan | None
) -> list[dict[str, Any]]:
    """The newest clips that the filters take, with labels and votes. Showing them is an exposure; what belongs to
    a clip under a live lease of the reader is left out."""
    held_group = exposures.find_held_group(session, user_id)
    looked_at = MOST_LOOKED_AT if filters.without_reviewers else SAMPLE_ROWS
    newest = selection.list_sample(session, filters, held_group, looked_at)
    left = (take_out_votes(row, filters) for row in newest)
    rows = [dict(row) for row in left if row is not None][:SAMPLE_ROWS]
    exposures.expose_many(session, user_id, [row["group_id"] for row in rows])
    return [_sample_row(row, plan) for row in rows]


def _sample_row(row: dict[str, Any], plan: SplitPlan | None) -> dict[str, Any]:
    adjudication = adjudication_of(row["basis"], row.pop("is_blind"))
    row.pop("engine_version")
    return {
        "hard_label": HARD_LABELS.get(row["outcome"]),
        **row,
        "votes": [{name: vote[name] for name in ("label", "confidence")} for vote in row["votes"]],
        "split": plan.split_of(str(row["group_id"])) if plan else None,
        "adjudication": adjudication,
        "soft_label": choose_soft_label(row["p_people"], row["outcome"], adjudication),
    }


def get_choices(session: Session) -> ChoicesRow:
    """Containers, codecs, licences and sources that there are to filter by."""
    return selection.get_choices(session)


def stream_labels(
    session: Session, since: datetime | None, key: bytes, withheld: Collection[uuid.UUID] = ()
) -> Iterator[dict[str, Any]]:
    """One row a retired clip, oldest first, in constant memory; `withheld` groups without what detectors moved.

    `hard_label` is empty where the outcome is inconclusive. `soft_label` is P(manipulated) by the people fit,
    which no detector touched: the one to train on.
    """
    for row in vote_queries.stream_retired(session, since):
        votes = row.pop("votes")
        row["hard_label"] = HARD_LABELS.get(row["outcome"])
        row["soft_label"] = row["p_people"]
        if row["group_id"] in withheld:
            row.update(p_full=None, p_low=None, p_high=None)
        row["votes"] = [{"reviewer": pseudonym(key, vote.pop("reviewer_id")), **vote} for vote in votes]
        yield row


def note_reader(session: Session, viewer: Viewer, since: datetime | None) -> frozenset[uuid.UUID]:
    """Before a download: its reader knows these clips, and the figures of all groups but those it returns."""
    withheld = score_views.list_withheld(session, viewer)
    exposures.expose_retired(session, viewer.id, since)
    score_views.note_retired(session, viewer.id, since, withheld)
    return frozenset(withheld)


def get_labels_summary(session: Session) -> dict[str, Any]:
    """Counts of what a download holds."""
    stats = statistics.get_public_stats(session)
    return {"clips_retired": stats.clips_retired, "votes": stats.votes, "by_outcome": stats.outcomes}
