"""Compares a candidate with the version in force on gate gold: scores what is missing, measures, notes the report."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from clipjury.db.queries import clips as clip_queries
from clipjury.db.queries import gate
from clipjury.db.queries.detector_versions import VersionRow
from clipjury.db.queries.gate import GateItemRow, ToScoreRow
from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.conditions import face_band
from clipjury.domain.errors import ConflictError
from clipjury.domain.promotion import MANY_COMPARISONS, GateFigures, SliceFigures, decide
from clipjury.jobs.detector_store import load_version
from clipjury.jobs.scoring import examine_clip
from clipjury.services import detectors, promotions

SEED = 1
_SIZES = ((480, "up to 480 px"), (720, "481 to 720 px"), (10**9, "over 720 px"))  # the shorter side


def compare_detectors(deps: Deps, job: JobRow, report: Callable[[float, str], None]) -> dict[str, Any]:
    """Both versions score every gate item; the report is stored with what the gate says of it.

    Raises ConflictError (no_gate_items).
    """
    candidate_id, incumbent_id = job.arguments["candidate_id"], job.arguments["incumbent_id"]
    with transaction() as session:
        known = gate.find_of_job(session, job.id)
    if known is not None:
        return {"comparison_id": known.id, "outcome": known.outcome}
    for begin, version_id in ((0.0, incumbent_id), (0.48, candidate_id)):
        _score_missing(deps, version_id, _stretch(report, begin))
    with transaction() as session:
        items = gate.list_items(session, incumbent_id, candidate_id)
        counted = gate.count_gate(session)
    if not items:
        raise ConflictError(
            "no_gate_items", "There is no gate gold yet: add clips of known truth with the role gate."
        )
    report(0.97, "Comparing")
    outcome, measured = measure(items, counted.comparisons)
    with transaction() as session:
        row = promotions.record_comparison(session, job, outcome=outcome, report=measured)
    return {"comparison_id": row.id, "outcome": row.outcome}


def _stretch(report: Callable[[float, str], None], begin: float) -> Callable[[int, int], None]:
    def on_item(done: int, total: int) -> None:
        report(begin + 0.48 * done / total, f"Scoring the gate set: item {done + 1} of {total}")

    return on_item


def _score_missing(deps: Deps, version_id: int, on_item: Callable[[int, int], None]) -> None:
    """Store this version's score of every gate item that lacks one."""
    with transaction() as session:
        version = detectors.get_version(session, version_id)
        missing = gate.list_unscored(session, version_id)
    score_each(deps, version, missing, on_item)


def score_each(
    deps: Deps, version: VersionRow, missing: Sequence[ToScoreRow], on_item: Callable[[int, int], None]
) -> None:
    """Store this version's score of each clip; one that fails counts as an abstention."""
    if not missing:
        return
    detector = load_version(deps, version)
    for number, clip in enumerate(missing):
        on_item(number, len(missing))
        (score,) = examine_clip(deps, clip.id, clip.sha256, clip.kind, [(version.id, detector)])
        with transaction() as session:
            clip_queries.lock_clip(session, clip.id)
            detectors.record_score(session, score)


def measure(items: Sequence[GateItemRow], comparisons_before: int) -> tuple[str, dict[str, Any]]:
    """What the gate says of these items, and the whole report as it is stored."""
    from clipjury_ml.evaluation.comparison import PairedItem, compare

    paired = [
        PairedItem(
            key=str(item.id),
            label=int(item.label == "manipulated"),
            group=str(item.group_id),
            incumbent=item.incumbent,
            candidate=item.candidate,
            kind=item.kind,
            slices=slices_of(item),
        )
        for item in items
    ]
    found = compare(paired, seed=SEED)
    decision = decide(
        GateFigures(
            manipulated=found.manipulated,
            authentic=found.authentic,
            difference=found.difference,
            difference_low=found.difference_low,
            incumbent_false_rate=found.incumbent.false_rate,
            candidate_false_rate=found.matched_false_rate,
            slices=[SliceFigures(s.name, s.incumbent, s.candidate, s.is_counted) for s in found.slices],
        )
    )
    names = {str(item.id): item.original_name for item in items}
    report = found.as_dict()
    report["flips"] = [flip | {"name": names[flip["key"]]} for flip in report["flips"]]
    report |= {
        "checks": [asdict(check) for check in decision.checks],
        "missing": {"manipulated": decision.missing_manipulated, "authentic": decision.missing_authentic},
        "number": comparisons_before + 1,
        "is_worn": comparisons_before + 1 > MANY_COMPARISONS,
    }
    return decision.outcome, report


def slices_of(item: GateItemRow) -> tuple[str, ...]:
    """The parts of the set that the item belongs to: kind, source, face size, picture size, strength of compression."""
    found = [f"kind: {item.kind}", f"source: {item.source}"]
    if faces := face_band(item.face_px):
        found.append(f"faces: {faces}")
    if item.width_px and item.height_px:
        shorter = min(item.width_px, item.height_px)
        found.append(f"picture: {next(words for limit, words in _SIZES if shorter <= limit)}")
        bits = item.size_bytes * 8 / (item.width_px * item.height_px * max(1, item.frames or 1))
        limit = 0.05 if item.kind == "video" else 1.0
        found.append(f"compression: {'strong' if bits < limit else 'light'} ({item.kind})")
    return tuple(found)
