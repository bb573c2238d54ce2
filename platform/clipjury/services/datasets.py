"""Labels for curators: each retired clip with its outcome, its posteriors and every raw vote under pseudonyms."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import exposures, statistics
from clipjury.db.queries import votes as queries

HARD_LABELS = {"manipulated": "manipulated", "no_manipulation_found": "authentic", "authentic": "authentic"}


def pseudonym(key: bytes, user_id: int) -> str:
    """A reviewer's name within one download: HMAC-SHA-256 under that download's own random key."""
    return "r-" + hmac.new(key, str(user_id).encode(), hashlib.sha256).hexdigest()[:12]


def stream_labels(session: Session, since: datetime | None, key: bytes) -> Iterator[dict[str, Any]]:
    """One row a retired clip, oldest first, in constant memory.

    `hard_label` is empty where the outcome is inconclusive. `soft_label` is P(manipulated) by the people fit,
    which no detector touched: the one to train on.
    """
    for row in queries.stream_retired(session, since):
        votes = row.pop("votes")
        row["hard_label"] = HARD_LABELS.get(row["outcome"])
        row["soft_label"] = row["p_people"]
        row["votes"] = [{"reviewer": pseudonym(key, vote.pop("reviewer_id")), **vote} for vote in votes]
        yield row


def note_reader(session: Session, user_id: int, since: datetime | None) -> None:
    """Before a download: whoever reads these labels is not asked about a near-duplicate of those clips."""
    exposures.expose_retired(session, user_id, since)


def get_labels_summary(session: Session) -> dict[str, Any]:
    """Counts of what a download holds."""
    stats = statistics.get_public_stats(session)
    return {"clips_retired": stats.clips_retired, "votes": stats.votes, "by_outcome": stats.outcomes}
