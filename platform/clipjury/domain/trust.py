"""When reliabilities are estimated anew, and when a reviewer learns how gold went."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

REFIT_GOLD_ANSWERS: Final = 20
REFIT_VOTES: Final = 10_000
FEEDBACK_DELAY: Final = timedelta(hours=24)


def is_refit_due(new_gold_answers: int, new_votes: int) -> bool:
    """Whether a new version of reliabilities falls due, given what came in since the active one.

    Within a version reliabilities never change: a posterior can be recomputed from its version and its votes.
    """
    return new_gold_answers >= REFIT_GOLD_ANSWERS or new_votes >= REFIT_VOTES


def gold_feedback_at(cast_at: datetime) -> datetime:
    """When a reviewer is told that a clip was gold, and how they did: the midnight (UTC) a day or more later.

    One batch a day, 24 to 48 hours late: told at once, a ring would learn clip by clip which ones were gold.
    cast_at must be UTC-aware; raises ValueError otherwise.
    """
    if cast_at.tzinfo is None:
        raise ValueError("cast_at must carry a time zone")
    earliest = (cast_at + FEEDBACK_DELAY).astimezone(UTC)
    midnight = datetime.combine(earliest.date(), time.min, UTC)
    return midnight if midnight == earliest else midnight + timedelta(days=1)


def is_gold_told(cast_at: datetime, gold_since: datetime, now: datetime) -> bool:
    """Whether a reviewer may be told that a clip was gold. An adjudication makes it gold after the vote."""
    return now >= gold_feedback_at(max(cast_at, gold_since))
