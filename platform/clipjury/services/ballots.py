"""Stored votes and scores as the consensus engine takes them."""

from collections.abc import Iterable, Mapping
from typing import Any

from clipjury.db.queries.evidence import BallotRow
from clipjury_ml.consensus import online


def _reliability_of(row: BallotRow) -> online.Reliability:
    """The reviewer's reliability in the active version, or the default where none is known."""
    if row.sensitivity is None or row.specificity is None:
        return online.DEFAULT_RELIABILITY
    return online.Reliability(
        sensitivity=row.sensitivity,
        specificity=row.specificity,
        sensitivity_sd=row.sensitivity_sd or 0.0,
        specificity_sd=row.specificity_sd or 0.0,
        gold_answers=row.gold_answers or 0,
        anchored=bool(row.is_anchored),
    )


def ballots_of(rows: Iterable[BallotRow]) -> list[online.Ballot]:
    """The votes as the consensus sees them."""
    return [online.Ballot(row.vote_id, _response(row.label), _reliability_of(row)) for row in rows]


def detectors_of(scores: Iterable[Mapping[str, Any]]) -> list[online.DetectorEvidence]:
    """What detectors said, from the form in which it is stored with a posterior."""
    return [
        online.DetectorEvidence(
            p_manipulated=score["p"], in_domain=score["in_domain"], calibrated=score["calibrated"]
        )
        for score in scores
    ]


def _response(label: str) -> online.Response:
    if label == "manipulated":
        return "manipulated"
    return "authentic" if label == "authentic" else "unsure"
