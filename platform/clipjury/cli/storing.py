"""Puts checked files into the store and the database, and waits until they have been worked on."""

import hashlib
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from clipjury.adapters.storage import CHUNK_BYTES
from clipjury.api.originals import keep_original
from clipjury.cli.additions import Addition
from clipjury.cli.main import Refusal
from clipjury.cli.progress import Progress, progress
from clipjury.db.queries import clip_progress
from clipjury.db.queries.clip_progress import ClipProgressRow
from clipjury.db.queries.clips import NewClip
from clipjury.db.queries.gold import find_group_roles
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.services.gold import NewGold

_POLL_S = 0.5
_SILENCE_S = 30.0


@dataclass(frozen=True)
class Storing:
    """On whose behalf files are added, and how."""

    uploader_id: int
    is_simulated: bool = False
    media_consent: bool = False


def gold_conflicts(additions: Sequence[Addition], gold: Mapping[str, NewGold]) -> list[str]:
    """What keeps files from becoming gold; `gold`: what each is to be gold of, by SHA-256.

    A file that is here already as something else cannot, and all gold of a group has one role.
    """
    wanted = [addition for addition in additions if addition.sha256 in gold]
    with transaction() as session:
        known = {row.sha256: row for row in clip_progress.list_by_sha256(session, list(gold))}
        groups = [addition.group_id for addition in wanted if addition.group_id]
        roles: dict[uuid.UUID, str] = find_group_roles(session, groups)
    faults = []
    for addition in wanted:
        new, row = gold[addition.sha256], known.get(addition.sha256)
        place = f"{addition.request.place}: {addition.request.path}"
        if row is not None and (row.gold_label, row.gold_role) != (new.label, new.role):
            faults.append(f"{place} is here already and cannot be made gold afterwards")
        elif addition.group_id and roles.setdefault(addition.group_id, new.role) != new.role:
            role = roles[addition.group_id]
            faults.append(f"{place} belongs to a group whose gold has the role {role} for life")
    return faults


def store_all(
    deps: Deps, additions: Sequence[Addition], gold: Mapping[str, NewGold], storing: Storing
) -> int:
    """Store every file and receive its clip; how many were new. `gold`: what it is gold of, by SHA-256."""
    added = 0
    with progress("adding", len(additions)) as shown:
        for addition in additions:
            added += store_one(deps, addition, gold.get(addition.sha256), storing)
            shown.advance()
    return added


def store_one(deps: Deps, addition: Addition, gold: NewGold | None, storing: Storing) -> bool:
    """Store the original under its hash and receive the clip; False for bytes that are here already.

    Raises Refusal when the file has changed since it was checked.
    """
    path = addition.request.path
    new = NewClip(
        sha256=addition.sha256,
        size_bytes=addition.size_bytes,
        container=addition.container,
        original_name=plain_name(path.name),
        uploader_id=storing.uploader_id,
        source=addition.request.source,
        licence=addition.request.licence,
        group_id=addition.group_id,
        is_simulated=storing.is_simulated,
        media_consent=storing.media_consent,
    )
    with _snapshot(deps, path) as (copy, sha256):
        if sha256 != addition.sha256:
            raise Refusal(
                f"{path} was changed while it was added; what came before it was added. Add it again."
            )
        return keep_original(deps.storage, copy, new, gold)[1]


@contextmanager
def _snapshot(deps: Deps, path: Path) -> Iterator[tuple[Path, str]]:
    """A copy nobody else writes to, and its SHA-256: what is stored under a hash must have it."""
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=deps.incoming_dir, prefix="upload-") as copy:
        with path.open("rb") as source:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        copy.flush()
        yield Path(copy.name), digest.hexdigest()


def plain_name(name: str) -> str:
    """A file's name without anything that a terminal or a page would act on."""
    return "".join(character for character in name if character.isprintable())[-200:] or "unnamed"


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
