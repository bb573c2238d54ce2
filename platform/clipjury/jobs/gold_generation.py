"""Draws gold: clips of known truth, made on this machine, which go the way of every other clip from then on."""

import hashlib
import re
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clipjury.adapters.storage import original_key
from clipjury.db.queries.clips import NewClip
from clipjury.db.queries.jobs import JobRow
from clipjury.db.transaction import transaction
from clipjury.deps import Deps
from clipjury.domain.gold import GoldRole
from clipjury.jobs.originals import scratch_dir
from clipjury.services.clips import receive_clip
from clipjury.services.gold import NewGold
from clipjury_ml.media.containers import HEAD_BYTES, sniff

if TYPE_CHECKING:
    from clipjury_ml.synthetic.recipes import ClipRecipe

SOURCE = "Drawn by this installation"
_GROUPS = uuid.UUID("5c0f4d7e-9d55-4f0a-8a5e-3f3a4c1b7d21")
_SPARE = 3  # recipes drawn up for each clip wanted: one a group is taken, and half of them of either label

Tell = Callable[[float, str], None]


def generate_gold(deps: Deps, job: JobRow, report: Tell) -> dict[str, Any]:
    """The tracked job: `count` drawn clips of the role, balanced over the labels. Clips drawn before a cancellation
    stay; run again, it goes on where it stopped, since the same seed draws the same bytes."""
    arguments = job.arguments
    return draw_gold(
        deps, arguments["count"], arguments["role"], arguments["seed"], arguments["uploader_id"], report
    )


def draw_gold(
    deps: Deps, count: int, role: GoldRole, seed: int, uploader_id: int, tell: Tell
) -> dict[str, Any]:
    """Draw and add `count` clips, telling how far it is; how many there are of each label."""
    from clipjury_ml.synthetic.rendering import render

    chosen = choose_recipes(seed, count)
    root = scratch_dir(deps)
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="gold-") as name:
        for done, recipe in enumerate(chosen):
            path = Path(name) / f"{_slug(recipe.title)}.{recipe.container}"

            def show(frame: int, frames: int, done: int = done) -> None:
                tell((done + frame / frames) / count, f"Drawing clip {done + 1} of {count}")

            render(recipe, path, show)
            _receive(deps, path, recipe, role, uploader_id)
            path.unlink()
    return {"clips": len(chosen), **Counter(recipe.label for recipe in chosen)}


def choose_recipes(seed: int, count: int) -> "list[ClipRecipe]":
    """One recipe a group, both labels alike: whoever has judged a clip is not given another of its group."""
    from clipjury_ml.synthetic.catalogue import catalogue

    chosen: list[ClipRecipe] = []
    groups: set[str] = set()
    wanted = {"manipulated": count // 2, "authentic": count - count // 2}
    for recipe in catalogue(seed, max(8, _SPARE * count)):
        if wanted[recipe.label] and recipe.group not in groups:
            groups.add(recipe.group)
            wanted[recipe.label] -= 1
            chosen.append(recipe)
    return chosen


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _receive(deps: Deps, path: Path, recipe: "ClipRecipe", role: GoldRole, uploader_id: int) -> None:
    from clipjury_ml.synthetic.manifest import LICENCE

    content = path.read_bytes()
    container = sniff(content[:HEAD_BYTES])
    new = NewClip(
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        container=container.name if container else recipe.container,
        original_name=path.name,
        uploader_id=uploader_id,
        source=SOURCE,
        licence=LICENCE,
        group_id=uuid.uuid5(_GROUPS, recipe.group),
        is_simulated=True,
    )
    key = original_key(new.sha256)
    if not deps.storage.exists(key):
        deps.storage.put_file(key, path)
    with transaction() as session:
        receive_clip(session, new, NewGold(recipe.label, role, SOURCE, "synthetic"))
