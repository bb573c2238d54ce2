"""Versions of what is known of the reviewers: fitted from gold, put in force, frozen, decided on by an admin."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sqlalchemy.orm import Session

from clipjury.db.queries import events, refits
from clipjury.db.queries import reliabilities as queries
from clipjury.db.queries.refits import GoldChange
from clipjury.db.queries.reliabilities import NewVersion, ReliabilityRow, VersionRow
from clipjury.domain.errors import ConflictError, NotFoundError
from clipjury.domain.events import Event, RefitFrozen, ReliabilitiesActivated
from clipjury.domain.gold_tally import GoldTally, tally_answers
from clipjury.domain.refit_guard import RefitComparison, reason_to_freeze
from clipjury.domain.trust import REFIT_VOTES, is_refit_due
from clipjury_ml.consensus import online


@dataclass(frozen=True)
class Fit:
    """A fit that is not written yet: what it rests on, what it found, and how its gold differs from the last."""

    new: NewVersion
    reliabilities: list[ReliabilityRow]
    gold_changes: list[GoldChange]


def fit_if_due(session: Session) -> Fit | None:
    """Fit all reliabilities anew from the gold answers of this snapshot, if enough has come in. Writes nothing.

    Answers are streamed; memory grows with the reviewers. Reliabilities never change inside a version, so any
    posterior can be recomputed from the version it names.
    """
    progress = refits.get_progress(session, REFIT_VOTES)
    if not is_refit_due(progress.gold_answers - progress.gold_answers_known, progress.new_votes):
        return None
    tallies, digest = tally_answers(refits.stream_answers(session, progress.watermark))
    new = NewVersion(
        engine_version=online.ENGINE_VERSION,
        gold_answers=progress.gold_answers,
        watermark=progress.watermark,
        input_hash=digest,
        votes_missing=refits.list_missing(session, progress.watermark),
        parameters={"model": "gold-anchored"},
    )
    return Fit(new, fit_reliabilities(tallies), refits.list_gold_changes(session))


def fit_reliabilities(tallies: Mapping[int, GoldTally]) -> list[ReliabilityRow]:
    """Every reviewer's reliability, in the order of the tallies."""
    return [_fitted(user_id, tally) for user_id, tally in tallies.items()]


def _fitted(user_id: int, tally: GoldTally) -> ReliabilityRow:
    fitted = online.reliability_from_gold(
        tally.hits_manipulated, tally.n_manipulated, tally.hits_authentic, tally.n_authentic
    )
    return ReliabilityRow(
        user_id=user_id,
        sensitivity=fitted.sensitivity,
        specificity=fitted.specificity,
        sensitivity_sd=fitted.sensitivity_sd,
        specificity_sd=fitted.specificity_sd,
        gold_answers=fitted.gold_answers,
        synthetic_answers=tally.n_synthetic,
        is_anchored=fitted.anchored,
    )


def write_version(session: Session, fit: Fit, found: RefitComparison) -> int:
    """Write the fit as a new, pending version, with what the guard counted; its number."""
    version = queries.insert_version(session, fit.new)
    queries.insert_reliabilities(session, version, fit.reliabilities)
    refits.insert_gold_changes(session, version, fit.gold_changes)
    counts = {**asdict(found), "flipped_share": found.flipped_share, "reason": reason_to_freeze(found)}
    queries.set_guard(session, version, "pending", counts)
    return version


def settle_pending(session: Session) -> list[int]:
    """Activate the pending versions that the guard has nothing against, freeze the others; those now in force.

    What the guard counted is written in the version's own commit, so a refit that broke off leaves nothing here.
    """
    activated = []
    for version in queries.list_pending(session):
        row = _lock(session, version)
        reason = row.guard.get("reason")
        if reason is None:
            queries.set_guard(session, version, "passed", row.guard)
            _activate(session, version, actor_id=None)
            activated.append(version)
        else:
            queries.set_guard(session, version, "frozen", row.guard)
            _emit(session, RefitFrozen(version=version, reason=reason), version, None)
    return activated


def list_versions(session: Session, limit: int) -> list[VersionRow]:
    """Versions, newest first, with what the guard counted and what was decided."""
    return queries.list_versions(session, limit)


def count_outdated(session: Session) -> int:
    """Clips that have not followed the active version yet."""
    return queries.count_outdated(session)


def activate_version(session: Session, version: int, user_id: int, reason: str) -> VersionRow:
    """Put a frozen version in force, or one that was in force before; the reason is recorded.

    Raises NotFoundError, ConflictError (version_active, version_discarded, version_pending).
    """
    row = _lock(session, version)
    _refuse(row, ("discarded", "pending"))
    queries.decide_version(
        session, version, "overruled" if row.guard_state == "frozen" else row.guard_state, user_id, reason
    )
    _activate(session, version, actor_id=user_id)
    _record(session, "reliabilities_overruled", version, user_id, reason)
    return _lock(session, version)


def discard_version(session: Session, version: int, user_id: int, reason: str) -> VersionRow:
    """Lay a frozen version aside for good; raises as `activate_version` does, and version_not_frozen."""
    row = _lock(session, version)
    _refuse(row, ("discarded", "pending"))
    if row.guard_state != "frozen":
        raise ConflictError(
            "version_not_frozen", "Only a frozen version can be discarded; others simply rest."
        )
    queries.decide_version(session, version, "discarded", user_id, reason)
    _record(session, "reliabilities_discarded", version, user_id, reason)
    return _lock(session, version)


def _lock(session: Session, version: int) -> VersionRow:
    row = queries.lock_version(session, version)
    if row is None:
        raise NotFoundError("There is no such version of reliabilities.")
    return row


def _refuse(row: VersionRow, states: tuple[str, ...]) -> None:
    if row.is_active:
        raise ConflictError("version_active", "This version is in force already.")
    if row.guard_state in states:
        raise ConflictError(
            f"version_{row.guard_state}",
            "This version was discarded, which is final."
            if row.guard_state == "discarded"
            else "The guard is still looking at this version; try again in a moment.",
        )


def _activate(session: Session, version: int, actor_id: int | None) -> None:
    queries.activate_version(session, version)
    _emit(session, ReliabilitiesActivated(version=version), version, actor_id)


def _emit(session: Session, event: Event, version: int, actor_id: int | None) -> None:
    events.emit(session, [event], subject=f"reliabilities:{version}", actor_id=actor_id)


def _record(session: Session, action: str, version: int, user_id: int, reason: str) -> None:
    events.record_audit(
        session, action, subject=f"reliabilities:{version}", actor_id=user_id, detail={"reason": reason}
    )
