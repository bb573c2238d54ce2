"""Turns a clip as the database gives it into a snapshot's row: labels, split, interval, votes under pseudonyms."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clipjury.domain.snapshot_rows import (
    HARD_LABELS,
    adjudication_of,
    choose_soft_label,
    pseudonym,
    row_hash,
    to_hour,
)
from clipjury.domain.splits import SplitPlan
from clipjury.services.withdrawn_votes import ballots_of_votes
from clipjury_ml.consensus import online

_AS_THEY_ARE = (
    "sha256", "kind", "frames", "width_px", "height_px", "container", "codec", "size_bytes", "is_simulated", "outcome",
    "basis", "n_votes", "reliability_version", "policy_version", "engine_version",
)  # fmt: skip


@dataclass(frozen=True)
class Release:
    """Whose splits and whose pseudonyms a row carries."""

    plan: SplitPlan
    key: bytes


def make_row(raw: Mapping[str, Any], release: Release) -> dict[str, Any]:
    """The row as every file holds it, `row_sha256` included."""
    adjudication = adjudication_of(raw["basis"], raw["is_blind"])
    low, high = _people_interval(raw)
    row = {
        **{name: raw[name] for name in _AS_THEY_ARE},
        "clip_id": str(raw["clip_id"]),
        "group_id": str(raw["group_id"]),
        "split": release.plan.split_of(str(raw["group_id"])),
        "duration_s": _number(raw["duration_s"]),
        "source": raw["source"] or None,
        "licence": raw["licence"] or None,
        "uploaded_at": to_hour(raw["created_at"]),
        "retired_at": to_hour(raw["retired_at"]),
        "adjudication": adjudication,
        "hard_label": raw.get("hard_label", HARD_LABELS.get(raw["outcome"])),
        "soft_label": float(choose_soft_label(raw["p_people"], raw["outcome"], adjudication)),
        "p_people": float(raw["p_people"]),
        "p_people_low": low,
        "p_people_high": high,
        "n_effective": float(raw["n_effective"]),
        "votes": [_vote(vote, release.key) for vote in raw["votes"]],
    }
    return {**row, "row_sha256": row_hash(row)}


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _people_interval(raw: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """The people fit's 95 % interval, recomputed from the votes: the stored one has the detectors added.

    Empty where the stored P cannot be recomputed to the last digits, as after a change of the engine.
    """
    posterior = online.people_posterior(ballots_of_votes(raw["votes"]))
    if raw["engine_version"] != online.ENGINE_VERSION:
        return None, None
    if not math.isclose(posterior.p_manipulated, raw["p_people"], abs_tol=1e-9):
        return None, None
    return posterior.low, posterior.high


def _vote(vote: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """A sealed vote. Its id is left out: the same in every release, it would join the pseudonyms of two."""
    return {
        "reviewer": pseudonym(key, vote["reviewer_id"]),
        "label": vote["label"],
        "confidence": _number(vote["confidence"]),
        "lean": vote["lean"],
        "kinds": vote["kinds"],
        "segments": [_segment(segment) for segment in vote["segments"]],
        "regions": [_region(region) for region in vote["regions"]],
        "cues": vote["cues"],
        "rationale": vote["rationale"],
        "cast_at": to_hour(datetime.fromisoformat(vote["cast_at"])),
        "is_simulated": vote["is_simulated"],
    }


def _segment(segment: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "start_frame": int(segment["start_frame"]),
        "end_frame": int(segment["end_frame"]),
        "start_s": _number(segment["start_s"]),
        "end_s": _number(segment["end_s"]),
    }


def _region(region: Mapping[str, Any]) -> dict[str, Any]:
    sides = ("x", "y", "width", "height")
    return {"frame": int(region["frame"]), **{side: float(region[side]) for side in sides}}
