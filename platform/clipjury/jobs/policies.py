"""What a policy would change, looked at over many clips without a transaction that lasts."""

import uuid
from collections.abc import Callable
from typing import Any

from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.services import policies

_BATCH = 100


def preview_policy(_deps: Deps, job: JobRow, report: Callable[[float, str], None]) -> dict[str, Any]:
    """Judge every clip under the job's values by the rules that would, and write nothing; the preview's counts."""
    values = job.arguments["values"]
    preview = policies.Preview()
    with transaction() as session:
        total = policies.count_judged(session)
    after: uuid.UUID | None = None
    while True:
        with transaction() as session:
            after = policies.preview_batch(session, values, preview, after, _BATCH)
        if after is None:
            return preview.result()
        done = preview.clips + preview.published
        report(done / max(1, total), f"{done} of {total} clips judged")
