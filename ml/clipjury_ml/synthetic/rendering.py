"""From recipe to file: shoot the original, edit it, encode it, and say what is true about it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clipjury_ml.synthetic.canvas import Pixels
from clipjury_ml.synthetic.edits.choice import edit_for
from clipjury_ml.synthetic.edits.edit import Edit
from clipjury_ml.synthetic.encoding import CLOCK, write_image, write_video
from clipjury_ml.synthetic.recipes import ClipRecipe, Label, Segment

Progress = Callable[[int, int], None]  # frames done, frames in all


@dataclass(frozen=True)
class RenderedClip:
    """A file on disk and the truth about it; segments count the frames of the file, both ends inclusive."""

    path: Path
    sha256: str
    label: Label
    kinds: tuple[str, ...]
    segments: tuple[Segment, ...]
    group: str
    title: str
    frames: int


def kept_frames(recipe: ClipRecipe) -> tuple[int, ...]:
    """Frames of the take that reach the file: all; one for an image; fewer for a variable rate.

    A phone that runs short of light drops frames now and then, and stamps the others with their true times.
    """
    if recipe.media == "image":
        return (recipe.frames // 2,)
    if not recipe.variable_rate:
        return tuple(range(recipe.frames))
    rng = np.random.default_rng([recipe.take_seed, 7601])
    steps = rng.choice([1, 2, 3], recipe.frames, p=[0.72, 0.2, 0.08])
    starts = np.concatenate([[0], np.cumsum(steps)])
    return tuple(int(start) for start in starts if start < recipe.frames)


def file_segments(recipe: ClipRecipe) -> tuple[Segment, ...]:
    """The recipe's segments in frames of the file; a segment whose frames were all dropped is left out."""
    kept = np.asarray(kept_frames(recipe))
    out = []
    for segment in recipe.segments:
        inside = np.flatnonzero((kept >= segment.start_frame) & (kept <= segment.end_frame))
        if len(inside):
            out.append(Segment(int(inside[0]), int(inside[-1])))
    return tuple(out)


def _counted(edit: Edit, kept: tuple[int, ...], progress: Progress | None) -> Iterator[Pixels]:
    for done, index in enumerate(kept, start=1):
        yield edit.frame(index)
        if progress is not None:
            progress(done, len(kept))


def render(recipe: ClipRecipe, path: Path, progress: Progress | None = None) -> RenderedClip:
    """Make the clip of ``recipe`` at ``path``, which appears only when complete; equal recipes give equal bytes.

    Raises ValueError when the ending of ``path`` does not fit the recipe's container.
    """
    if path.suffix != f".{recipe.container}":
        raise ValueError(f"{path.name}: this recipe makes a .{recipe.container} file")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    edit, kept = edit_for(recipe), kept_frames(recipe)
    pictures = _counted(edit, kept, progress)
    try:
        if recipe.container == "mp4":
            ticks = [frame * CLOCK // recipe.fps for frame in (*kept, recipe.frames)]
            write_video(pictures, ticks, edit.sound(), partial, recipe.fps)
        else:
            write_image(next(pictures), partial, recipe.container)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return RenderedClip(
        path, digest, recipe.label, recipe.kinds, file_segments(recipe), recipe.group, recipe.title, len(kept)
    )  # fmt: skip
