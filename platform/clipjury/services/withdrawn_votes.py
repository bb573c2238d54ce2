"""Takes given reviewers' votes out of a dataset's row, as if they had never been cast, and asks the filters again."""

from collections.abc import Mapping
from typing import Any, Final

from clipjury.domain.datasets import Filters
from clipjury.domain.snapshot_rows import HARD_LABELS, adjudication_of
from clipjury_ml.consensus import online

# An outcome stays a hard label only while the people who are left are this sure of it.
STANDS_FROM: Final = 0.9


def take_out_votes(raw: Mapping[str, Any], filters: Filters) -> Mapping[str, Any] | None:
    """The row without these reviewers' votes; None where nothing is left of it, or the filters no longer take it.

    The people fit is computed anew from the votes that are left, with the reliabilities of the stored posterior. The
    published outcome stays as it is; `hard_label` is set where the votes that are left no longer carry it.
    """
    gone = set(filters.without_reviewers)
    if not gone:
        return raw
    kept = [vote for vote in raw["votes"] if vote["reviewer_id"] not in gone]
    row = dict(raw) if len(kept) == len(raw["votes"]) else _recomputed(raw, kept)
    return row if _is_taken(row, filters) else None


def _recomputed(raw: Mapping[str, Any], kept: list[Mapping[str, Any]]) -> dict[str, Any]:
    posterior = online.people_posterior(ballots_of_votes(kept))
    row = {
        **raw,
        "votes": kept,
        "n_votes": len(kept),
        "n_effective": posterior.n_effective,
        "p_people": posterior.p_manipulated,
        "engine_version": online.ENGINE_VERSION,
    }
    label = HARD_LABELS.get(raw["outcome"])
    for_label = posterior.p_manipulated if label == "manipulated" else 1.0 - posterior.p_manipulated
    if raw["basis"] != "adjudication" and for_label < STANDS_FROM:
        row["hard_label"] = None
    return row


def ballots_of_votes(votes: list[Mapping[str, Any]]) -> list[online.Ballot]:
    """The votes as the engine reads them, with the reliabilities that they carry."""
    return [
        online.Ballot(
            vote["vote_id"],
            vote["label"],
            online.Reliability(*vote["reliability"]) if vote["reliability"] else online.DEFAULT_RELIABILITY,
        )
        for vote in votes
    ]


def _is_taken(row: Mapping[str, Any], filters: Filters) -> bool:
    """What the filters ask of votes, asked of those that are left."""
    if not row["votes"] and adjudication_of(row["basis"], row["is_blind"]) != "blind":
        return False
    if filters.kinds and not any(set(vote["kinds"]) & set(filters.kinds) for vote in row["votes"]):
        return False
    low = 0.0 if filters.p_people_min is None else filters.p_people_min
    high = 1.0 if filters.p_people_max is None else filters.p_people_max
    return bool(
        low <= row["p_people"] <= high
        and row["n_votes"] >= (filters.min_votes or 0)
        and row["n_effective"] >= (filters.min_effective_votes or 0.0)
    )
