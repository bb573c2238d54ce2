"""The data card: what somebody must know before using a snapshot, on one page of Markdown."""

import json
from pathlib import Path
from typing import Any

from clipjury.db.queries.snapshots import Frozen, SnapshotRow
from clipjury.domain.datasets import published
from clipjury.domain.snapshot_rows import FILE_COLUMNS
from clipjury.jobs.snapshot_manifest import LIMITS, MEDIA, PSEUDONYMS, describe_splits, withdrawal


def write_card(snapshot: SnapshotRow, frozen: Frozen, folder: Path) -> Path:
    """Write `card.md`; where it is."""
    path = folder / "card.md"
    path.write_text("\n\n".join(_sections(snapshot, frozen)) + "\n")
    return path


def _sections(snapshot: SnapshotRow, frozen: Frozen) -> list[str]:
    counts = frozen.counts
    return [
        f"# {_plain(snapshot.dataset_name)}, snapshot {snapshot.sequence}",
        _plain(snapshot.dataset_description) or "No description was given.",
        f"{frozen.clips_count:,} clips in {counts['groups']:,} groups of near-duplicates, {frozen.votes_count:,} votes."
        f" Frozen {frozen.frozen_at:%Y-%m-%d %H:%M} UTC. Content hash `{frozen.content_sha256}`.",
        "## What was taken",
        "Retired clips that fit these filters when the snapshot was asked for:",
        f"```json\n{json.dumps(published(snapshot.filters), indent=1, ensure_ascii=False)}\n```",
        "## Labels",
        _table(("label", "clips"), [(label, f"{n:,}") for label, n in counts["by_label"].items()]),
        _table(("outcome", "clips"), [(name, f"{n:,}") for name, n in counts["by_outcome"].items() if n]),
        "## Splits",
        describe_splits(counts),
        _table(
            ("split", "clips", "groups", "manipulated", "authentic", "unlabelled"),
            [tuple(f"{part[key]}" for key in _SPLIT_KEYS) for part in counts["by_split"]],
        ),
        "## Licences, as given at upload",
        _table(
            ("licence", "clips", "open"),
            [(_plain(entry["licence"] or "none given"), f"{entry['clips']:,}", "yes" if entry["is_open"] else "no")
             for entry in counts["licences"]],
        ),
        MEDIA,
        "## People",
        f"Votes are those of volunteers. {PSEUDONYMS} Times are rounded down to the hour.",
        "## Limits",
        "\n".join(f"- {limit}" for limit in (*LIMITS, *withdrawal(snapshot.filters))),
        "## Columns",
        _table(
            ("column", "type", "meaning"),
            [(f"`{column.name}`", column.type, column.meaning) for column in FILE_COLUMNS],
        ),
    ]  # fmt: skip


_SPLIT_KEYS = ("split", "clips", "groups", "manipulated", "authentic", "unlabelled")


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(text: str) -> str:
    """Text of others in a page of ours: on one line, and nothing in it is Markdown or HTML."""
    folded = " ".join(text.split())
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]()#+-.!|<>" else sign for sign in folded)
