"""Policies: what is in force, what a change would do, and putting a new version in force."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sqlalchemy.orm import Session

from clipjury.db.queries import events, evidence, locks
from clipjury.db.queries import policies as queries
from clipjury.db.queries.evidence import BasisRow, Evidence
from clipjury.db.queries.policies import JudgedClipRow, PolicyRow
from clipjury.domain import policies as rules
from clipjury.domain.dispute import NOT_DRAWN, Finding
from clipjury.domain.errors import ConflictError, InvalidError
from clipjury.domain.events import PolicyChanged
from clipjury.domain.retirement import RetirementDecision
from clipjury.domain.user_changes import reason_faults
from clipjury.services import disputes, jobs
from clipjury.services.consensus import JudgedClip, Judgement, judge

PREVIEW_KIND = "preview_policy"
AT_ONCE = 400  # so many clips are judged within a request; above that it is a job
_BASIS_NAMES = frozenset(each.name for each in fields(BasisRow))


@dataclass(frozen=True)
class Policy:
    """One version; `values` by the names of domain/policies.py."""

    version: int
    values: dict[str, float]
    row: PolicyRow


@dataclass
class Preview:
    """What would change, in counts: nothing here names a clip.

    `retire`: open and closing clips that would close at once, by outcome. `wait`: open clips that would only wait
    for the reviewers who hold them. `dispute`: clips that would come before moderators. `other`, `not_yet`:
    published verdicts whose votes would have given another outcome, or would not have sufficed yet; they stay.
    """

    clips: int = 0
    published: int = 0
    retire: dict[str, int] = field(default_factory=dict)
    wait: int = 0
    reopen: int = 0
    dispute: int = 0
    other: int = 0
    not_yet: int = 0

    def result(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def list_policies(session: Session, *, before: int | None = None, limit: int = 50) -> list[Policy]:
    """Newest first."""
    return [_policy(row) for row in queries.list_policies(session, before=before, limit=limit)]


def get_in_force(session: Session) -> Policy:
    """The highest version."""
    return list_policies(session, limit=1)[0]


def _policy(row: PolicyRow) -> Policy:
    return Policy(row.version, {name: row.row[name] for name in rules.NAMES}, row)


def complete(session: Session, changes: Mapping[str, float]) -> dict[str, float]:
    """The whole policy that these changes make of the one in force. Raises InvalidError."""
    values = {**get_in_force(session).values, **changes}
    faults = rules.policy_faults(values)
    if faults:
        raise InvalidError("These thresholds cannot be used.", faults)
    return values


def save_policy(
    session: Session, changes: Mapping[str, float], *, based_on: int, reason: str, actor_id: int | None
) -> Policy:
    """Put a new version in force; open clips follow one by one.

    Raises InvalidError, ConflictError: policy_changed when another version came between, policy_same when
    nothing differs.
    """
    locks.lock_names(session, ["policies"])
    current = get_in_force(session)
    if current.version != based_on:
        raise ConflictError(
            "policy_changed",
            f"Version {current.version} was put in force meanwhile. Look at it, then preview your change again.",
        )
    values = complete(session, changes)
    faults = reason_faults(reason)
    if faults:
        raise InvalidError("The policy stays as it was.", faults)
    if values == current.values:
        raise ConflictError("policy_same", "Nothing differs from the version in force.")
    version = queries.insert_policy(session, rules.as_stored(values), reason.strip(), actor_id)
    happened = PolicyChanged(version=version)
    events.emit(session, [happened], subject=f"policy:{version}", actor_id=actor_id)
    return get_in_force(session)


def request_preview(session: Session, values: Mapping[str, float], actor_id: int) -> uuid.UUID | None:
    """A job that previews these values where there are many clips; None where it is quicker to do it at once."""
    if queries.count_judged_clips(session) <= AT_ONCE:
        return None
    arguments = {"values": dict(values)}
    return jobs.request_job(
        session, PREVIEW_KIND, subject="policy:next", arguments=arguments, requested_by=actor_id
    )


def preview_batch(
    session: Session, values: Mapping[str, float], preview: Preview, after: uuid.UUID | None, limit: int
) -> uuid.UUID | None:
    """Judge the next `limit` clips under `values` by the rules that would, write nothing, and add to `preview`;
    the last clip looked at, None at the end."""
    clips = queries.list_judged_clips(session, after, limit)
    for clip in clips:
        _count(preview, clip, evidence.get_evidence(session, clip.id), values)
    return clips[-1].id if len(clips) == limit else None


def preview_all(session: Session, values: Mapping[str, float]) -> Preview:
    """The preview over all clips."""
    preview = Preview()
    preview_batch(session, values, preview, None, AT_ONCE + 1)
    return preview


def count_judged(session: Session) -> int:
    """How many clips a preview looks at."""
    return queries.count_judged_clips(session)


def _count(preview: Preview, clip: JudgedClipRow, stored: Evidence, values: Mapping[str, float]) -> None:
    under_new = _under(stored, values)
    if clip.state == "retired":
        preview.published += 1
        ended = replace(clip, state="open", live_leases=0)  # as when its last vote came in
        _count_published(preview, _judge(ended, stored).decision, _judge(ended, under_new).decision)
        return
    preview.clips += 1
    judgement = _judge(clip, under_new)
    decision = judgement.decision
    preview.dispute += bool(_dispute_reasons(clip, judgement, under_new))
    if decision.action == "retire":
        outcome = str(decision.outcome)
        preview.retire[outcome] = preview.retire.get(outcome, 0) + 1
    elif decision.action == "close" and clip.state == "open":
        preview.wait += 1
    elif decision.action == "reopen":
        preview.reopen += 1


def _count_published(preview: Preview, before: RetirementDecision, after: RetirementDecision) -> None:
    """Both are asked of what is known today, so that only the policy makes a difference."""
    if before.action != "retire":
        return
    if after.action != "retire":
        preview.not_yet += 1
    elif after.outcome != before.outcome:
        preview.other += 1


def _under(stored: Evidence, values: Mapping[str, float]) -> Evidence:
    changes: dict[str, Any] = {
        name: value for name, value in rules.as_stored(values).items() if name in _BASIS_NAMES
    }
    return replace(stored, basis=replace(stored.basis, **changes))


def _judge(clip: JudgedClipRow, stored: Evidence) -> Judgement:
    return judge(stored, JudgedClip(clip.id, clip.state, clip.live_leases, clip.votes_cap, clip.is_gold))


def _dispute_reasons(clip: JudgedClipRow, judgement: Judgement, under: Evidence) -> list[Finding]:
    """New reasons for a dispute; the audit's lot is drawn when a clip closes and cannot be foretold."""
    return disputes.find_reasons(
        judgement.ballots,
        judgement.people.p_manipulated,
        under.basis,
        is_served_gold=clip.is_gold,
        retires=judgement.decision.action == "retire",
        lot=NOT_DRAWN,
    )
