"""Edits in time: a jump, another scene cut in, frames held and dropped, a stretch played faster or slower."""

from dataclasses import replace

import numpy as np

from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.edits.edit import Box, Edit
from clipjury_ml.synthetic.recipes import ClipRecipe, SceneName
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE
from clipjury_ml.synthetic.takes import SPARE_S, Take

RATES = (0.5, 0.62, 1.5, 1.75)
OTHER_SCENE: dict[SceneName, SceneName] = {
    "newsroom": "street", "street": "podium", "park": "kitchen", "podium": "newsroom", "kitchen": "park",
    "empty_park": "street",
}  # fmt: skip


class Cut(Edit):
    """Leaves a stretch of the original out; the segment is the frame before the jump and the one after."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        self.after = self.manipulation.segments[0].end_frame
        self.left_out = round(recipe.fps * (0.5 + self.manipulation.strength))

    def source_frame(self, index: int) -> int:
        """Frames from the joint on come from later in the original."""
        return index if index < self.after else index + self.left_out

    def sound(self) -> Field:
        """The sound is cut where the picture is."""
        whole, joint = self.take.sound(), self.sample(self.after)
        later = self.sample(self.after + self.left_out)
        return np.concatenate([whole[:joint], whole[later:]])[: self.length]


class Insert(Edit):
    """Shows another scene during the segment."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        seed = self.manipulation.seed
        self.other = Take(
            replace(recipe, scene=OTHER_SCENE[recipe.scene], identity_seed=seed, take_seed=seed)
        )

    def frame(self, index: int) -> Pixels:
        """The other scene inside the segment."""
        return self.other.frame(index) if self.inside(index) else super().frame(index)

    def sound(self) -> Field:
        """The other scene's sound inside the segment."""
        out, other = super().sound().copy(), self.other.sound()
        for segment in self.manipulation.segments:
            span = slice(self.sample(segment.start_frame), self.sample(segment.end_frame + 1))
            out[span] = other[: self.length][span]
        return out

    def region(self, index: int) -> Box | None:
        """The whole frame."""
        return Box(0, 0, self.recipe.width, self.recipe.height) if self.inside(index) else None


class Hold(Edit):
    """Repeats the first frame of each segment throughout it and drops those it hides; the sound runs on."""

    def source_frame(self, index: int) -> int:
        """The held frame inside a segment."""
        for segment in self.manipulation.segments:
            if segment.holds(index):
                return segment.start_frame
        return index


class Speed(Edit):
    """Plays the segment faster or slower, sound and all, then goes on from there."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        super().__init__(take, recipe)
        self.segment = self.manipulation.segments[0]
        span = self.segment.end_frame - self.segment.start_frame + 1
        fastest = 1 + SPARE_S * recipe.fps / span  # no faster than the take has frames to spare
        self.rate = min(RATES[self.manipulation.seed % len(RATES)], fastest)

    def source_frame(self, index: int) -> int:
        """Position in the original."""
        return int(self._source(float(index)))

    def _source(self, index: float) -> float:
        start, end = self.segment.start_frame, self.segment.end_frame + 1
        held = min(max(index - start, 0.0), float(end - start))
        return index + held * (self.rate - 1)

    def sound(self) -> Field:
        """Resampled with the picture, so the pitch moves too."""
        knots = (0, self.segment.start_frame, self.segment.end_frame + 1, self.recipe.frames)
        positions = [self._source(float(knot)) for knot in knots]
        step = SAMPLE_RATE / self.recipe.fps
        at = np.interp(np.arange(self.length), [knot * step for knot in knots], [p * step for p in positions])
        whole = self.take.sound()
        return np.interp(at, np.arange(len(whole)), whole).astype(np.float32)
