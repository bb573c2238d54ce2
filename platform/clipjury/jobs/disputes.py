"""The clips at their cap that are worth a moderator's time."""

import logging
from datetime import UTC, datetime

from clipjury.db.transaction import transaction
from clipjury.domain.dispute import ended_day
from clipjury.services import disputes

DAYS_BACK = 7  # a worker that was away for a week still chooses for each of its days

log = logging.getLogger(__name__)


def choose_valuable(now: datetime | None = None) -> int:
    """Dispute the most valuable clips of each ended day that retired at their cap; how many. Safe to run again."""
    opened = 0
    for days_ago in range(DAYS_BACK, 0, -1):
        start, end = ended_day(now or datetime.now(UTC), days_ago)
        with transaction() as session:
            opened += disputes.open_valuable(session, start, end)
    if opened:
        log.info("disputes: %d clips that retired at their cap wait for moderators", opened)
    return opened
