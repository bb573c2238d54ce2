"""The list of what was made, for ``clipjury clips add --manifest`` and ``clipjury evaluate``."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

from clipjury_ml.synthetic.recipes import ClipRecipe
from clipjury_ml.synthetic.rendering import RenderedClip

COLUMNS = ("path", "label", "source", "kind", "licence", "sha256", "group", "kinds", "segments")
LICENCE = "Apache-2.0, drawn"


def manifest_row(recipe: ClipRecipe, clip: RenderedClip, folder: Path) -> dict[str, str]:
    """One row: path relative to ``folder``, kinds joined by ``;``, segments as JSON."""
    segments = [{"start_frame": s.start_frame, "end_frame": s.end_frame} for s in clip.segments]
    return {
        "path": clip.path.relative_to(folder).as_posix(), "label": clip.label, "source": f"drawn-{recipe.scene}",
        "kind": recipe.media, "licence": LICENCE, "sha256": clip.sha256, "group": clip.group,
        "kinds": ";".join(clip.kinds), "segments": json.dumps(segments),
    }  # fmt: skip


def write_manifest(rows: Sequence[dict[str, str]], path: Path) -> None:
    """Write ``rows`` as CSV with a header; the file appears only when complete."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(path)
