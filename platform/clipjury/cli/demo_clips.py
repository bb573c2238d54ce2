"""The demo's clips: drawn on this machine from a seed, a third of them gold."""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clipjury.cli.additions import Request, check_request
from clipjury.cli.progress import Progress, progress
from clipjury.cli.simulation import KnownClip
from clipjury.cli.storing import Storing, find_progress, store_one
from clipjury.deps import Deps
from clipjury.services.gold import NewGold
from clipjury_ml.synthetic.catalogue import catalogue
from clipjury_ml.synthetic.manifest import LICENCE
from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.rendering import file_segments, render

SEED = 1
_SOURCE = "Drawn for the demo"


@dataclass(frozen=True)
class DemoClip:
    """A recipe with the file it is drawn to, and whether it is gold."""

    recipe: ClipRecipe
    path: Path
    is_gold: bool


def plan_clips(folder: Path, count: int) -> list[DemoClip]:
    """The same clips for the same count; file names say what is to be seen, never whether it is true."""
    recipes = catalogue(SEED, count)
    gold = choose_gold(recipes, count // 3)
    return [
        DemoClip(
            recipe, folder / f"{number:03d}-{_slug(recipe.title)}.{recipe.container}", number - 1 in gold
        )
        for number, recipe in enumerate(recipes, start=1)
    ]


def choose_gold(recipes: Sequence[ClipRecipe], wanted: int) -> set[int]:
    """Places of the gold recipes: both labels alike, and first from groups of one.

    Whoever has voted on one clip of a group is not given another: gold inside a pair would cost a vote.
    """
    members = Counter(recipe.group for recipe in recipes)
    by_label = {
        label: sorted(
            (place for place, recipe in enumerate(recipes) if recipe.label == label),
            key=lambda place: (members[recipes[place].group] > 1, place),
        )
        for label in ("authentic", "manipulated")
    }
    manipulated = by_label["manipulated"][: wanted // 2]
    return {*manipulated, *by_label["authentic"][: wanted - len(manipulated)]}


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def draw_and_add(deps: Deps, clips: Sequence[DemoClip], uploader_id: int) -> list[str]:
    """Draw each clip that is not there yet and add it at once, so that the worker starts on it; their SHA-256.

    A file that is there was drawn whole: rendering writes aside and renames.
    """
    storing = Storing(uploader_id, is_simulated=True)
    sha256s = []
    with progress("drawing clips", len(clips)) as shown:
        for number, clip in enumerate(clips):
            if not clip.path.exists():
                _draw(clip, shown, number)
            request = Request(
                place=str(clip.path),
                path=clip.path,
                source=_SOURCE,
                licence=LICENCE,
                group=f"demo:{clip.recipe.group}",
            )
            addition = check_request(request, deps.settings.upload_limit_bytes)
            gold = NewGold(clip.recipe.label, "serve", _SOURCE, "synthetic") if clip.is_gold else None
            store_one(deps, addition, gold, storing)
            sha256s.append(addition.sha256)
            shown.move_to(number + 1)
    return sha256s


def _draw(clip: DemoClip, shown: Progress, done: int) -> None:
    def tell(frame: int, frames: int) -> None:
        shown.move_to(done, f"frame {frame} of {frames}")

    render(clip.recipe, clip.path, tell)


def known_clips(clips: Sequence[DemoClip], sha256s: Sequence[str]) -> dict[uuid.UUID, KnownClip]:
    """The truth about each clip that is in the database, by its id."""
    ids = {row.sha256: row.id for row in find_progress(sha256s)}
    return {
        ids[sha256]: KnownClip(
            truth=clip.recipe.label,
            is_gold=clip.is_gold,
            kinds=clip.recipe.kinds,
            segments=tuple(
                {"start_frame": segment.start_frame, "end_frame": segment.end_frame}
                for segment in file_segments(clip.recipe)
            ),
        )
        for clip, sha256 in zip(clips, sha256s, strict=True)
    }
