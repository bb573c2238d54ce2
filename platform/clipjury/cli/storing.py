"""Puts checked files into the store and the database, and waits until they have been worked on."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import click

from clipjury.adapters.storage import original_key
from clipjury.cli.additions import Addition, BadAddition, stamp_of
from clipjury.cli.progress import Progress, progress
from clipjury.db.queries import clip_progress
from clipjury.db.queries.clip_progress import ClipProgressRow
from clipjury.db.queries.clips import NewClip
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.services import clips

_POLL_S = 0.5
_SILENCE_S = 30.0


@dataclass(frozen=True)
class Storing:
    """On whose behalf files are added, and how."""

    uploader_id: int
    is_simulated: bool = False


def gold_conflicts(additions: Sequence[Addition], gold: dict[str, str]) -> list[str]:
    """Files that are to become gold and are here already as something else; `gold`: label by SHA-256."""
    with transaction() as session:
        known = {row.sha256: row for row in clip_progress.list_by_sha256(session, list(gold))}
    return [
        f"{addition.request.place}: {addition.request.path} is here already and cannot be made gold afterwards"
        for addition in additions
        if addition.sha256 in known and known[addition.sha256].gold_label != gold.get(addition.sha256)
    ]


def store_all(deps: Deps, additions: Sequence[Addition], gold: dict[str, str], storing: Storing) -> int:
    """Store every file and receive its clip; how many were new. `gold`: label by SHA-256."""
    added = 0
    with progress("adding", len(additions)) as shown:
        for addition in additions:
            added += store_one(deps, addition, gold.get(addition.sha256), storing)
            shown.advance()
    return added


def store_one(deps: Deps, addition: Addition, gold_label: str | None, storing: Storing) -> bool:
    """Store the original under its hash, then receive the clip; False for bytes that are here already.

    Raises BadAddition when the file has changed since it was checked: its hash would not be its own.
    """
    path, key = addition.request.path, original_key(addition.sha256)
    if not deps.storage.exists(key):
        deps.storage.put_file(key, path)
        if stamp_of(path) != addition.stamp:
            deps.storage.delete(key)
            raise BadAddition(f"{path} was changed while it was added; add it again")
    new = NewClip(
        sha256=addition.sha256,
        size_bytes=addition.size_bytes,
        container=addition.container,
        original_name=path.name,
        uploader_id=storing.uploader_id,
        source=addition.request.source,
        licence=addition.request.licence,
        group_id=addition.group_id,
        is_simulated=storing.is_simulated,
        is_gold=gold_label is not None,
    )
    with transaction() as session:
        return clips.receive_clip(session, new, gold_label)[1]


def find_progress(sha256s: Sequence[str]) -> list[ClipProgressRow]:
    """Where the clips with these bytes stand."""
    with transaction() as session:
        return clip_progress.list_by_sha256(session, sha256s)


def wait_for_clips(sha256s: Sequence[str]) -> list[ClipProgressRow]:
    """Return once none of the clips is in the making any more; says so when nothing moves for long."""
    with progress("processing", len(sha256s)) as shown:
        moved_s, before = time.monotonic(), Counter[str]()
        while True:
            rows = find_progress(sha256s)
            states = _show(shown, rows)
            if not states["received"] + states["processing"]:
                return rows
            if states != before:
                moved_s, before = time.monotonic(), states
            elif time.monotonic() - moved_s > _SILENCE_S:
                click.echo("    Nothing moves. Is a worker running? (clipjury worker)", err=True)
                moved_s = time.monotonic()
            time.sleep(_POLL_S)


def _show(shown: Progress, rows: Sequence[ClipProgressRow]) -> "Counter[str]":
    states = Counter(row.state for row in rows)
    remark = ", ".join(f"{states[state]} {state}" for state in ("received", "processing") if states[state])
    shown.move_to(len(rows) - states["received"] - states["processing"], remark)
    return states


def describe_failures(rows: Sequence[ClipProgressRow]) -> list[str]:
    """One line for each clip that cannot be judged."""
    failed = sorted((row for row in rows if row.state == "failed"), key=lambda row: row.original_name)
    return [f"{row.original_name}: {row.failure_code}: {row.failure_detail}" for row in failed]
