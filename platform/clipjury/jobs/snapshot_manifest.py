"""The manifest of a snapshot: what it holds, how it was made, and the hashes that prove both."""

import json
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from clipjury.db.queries.snapshots import Frozen, SnapshotRow
from clipjury.domain.datasets import published
from clipjury.domain.licences import OPEN_LICENCES
from clipjury.domain.snapshot_rows import FILE_COLUMNS, FORMAT, SHARES

PSEUDONYMS: Final = (
    "HMAC-SHA-256 of the account under a random key of this release, the first 64 bits. The same person has the same "
    "pseudonym throughout this release and another one in every other."
)
SPLITS: Final = {
    "group": "By the SHA-256 of dataset and near-duplicate group: a group stands in one split, and in the same one in "
    "every snapshot of this dataset that goes by group.",
    "source": "By the SHA-256 of dataset, salt and source: all groups with a clip of a source, and all sources that "
    "share a group, stand in one split, and in the same one in every later snapshot of this dataset, unless they "
    "prove to belong together. Clips that state no source go by their group.",
}
CONTENT_HASH: Final = (
    "SHA-256 over one canonical JSON line a row (sorted names, no spaces, UTF-8, row_sha256 left out), in the order of "
    "clip_id, each followed by a line feed; pseudonyms are replaced by the number of their first appearance."
)
LIMITS: Final = (
    "soft_label is not calibrated: it rests on the reviewers' measured reliabilities, and few clips of known truth "
    "stand behind some of them.",
    "hard_label says authentic where no manipulation was found. That is no proof that there is none: people share "
    "misses.",
    "Outcomes, and so hard_label, may rest on detectors too; soft_label never does. Train on soft_label.",
    "source and licence are the uploader's words, unchecked.",
    "Pseudonyms are no promise of anonymity: reasons are in people's own words, and two releases that share clips can "
    "be joined by what was said of them.",
    "Gold, near-duplicates of gold, and clips in quarantine are never inside, so shares are not those of all clips.",
)
MEDIA: Final = (
    "No media. Originals are handed out on request only, where the licence is open and the uploader agreed to "
    "publication."
)


def describe_splits(counts: dict[str, Any]) -> str:
    """By what rule this snapshot's splits were made, and what it means for its figures."""
    rule = counts["split_rule"]
    return f"{SPLITS[rule['by']]} {rule['sentence']}"


def withdrawal(filters: dict[str, Any]) -> list[str]:
    """What a release must say of votes that were taken out; nothing where none were."""
    accounts = len(filters.get("without_reviewers", ()))
    if not accounts:
        return []
    return [
        f"The votes of {accounts} {'account' if accounts == 1 else 'accounts'} were taken out. The people fit is that "
        "of the votes that are left. An outcome stays as it was published; it is a hard label only where the people "
        "who are left are at least .9 sure of it, or a moderator decided."
    ]


def write_manifest(snapshot: SnapshotRow, frozen: Frozen, paths: dict[str, Path], folder: Path) -> Path:
    """Write `manifest.json` over the files that stand already; where it is."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(_manifest(snapshot, frozen, paths), indent=1, ensure_ascii=False) + "\n")
    return path


def _manifest(snapshot: SnapshotRow, frozen: Frozen, paths: dict[str, Path]) -> dict[str, Any]:
    from clipjury.jobs.snapshot_files import sha256_of

    return {
        "format": FORMAT,
        "dataset": {
            "id": str(snapshot.dataset_id),
            "name": snapshot.dataset_name,
            "description": snapshot.dataset_description,
        },
        "snapshot": {
            "id": str(snapshot.id),
            "sequence": snapshot.sequence,
            "asked_for_at": snapshot.created_at.isoformat(),
            "frozen_at": frozen.frozen_at.isoformat(),
        },
        "content_sha256": frozen.content_sha256,
        "content_hash": CONTENT_HASH,
        "files": {
            form: {"name": path.name, "sha256": sha256_of(path), "size_bytes": path.stat().st_size}
            for form, path in paths.items()
        },
        "filters": published(snapshot.filters),
        "counts": frozen.counts,
        "versions": {
            "clipjury": version("clipjury"),
            "reliabilities": frozen.versions.reliability_version,
            "policy": frozen.versions.policy_version,
            "newest_vote": frozen.versions.vote_watermark,
        },
        "columns": [asdict(column) for column in FILE_COLUMNS],
        "splits": {"shares": dict(SHARES), "rule": describe_splits(frozen.counts)},
        "pseudonyms": PSEUDONYMS,
        "times": "Rounded down to the hour, UTC.",
        "media": {"rule": MEDIA, "open_licences": list(OPEN_LICENCES)},
        "limits": [*LIMITS, *withdrawal(snapshot.filters)],
    }
