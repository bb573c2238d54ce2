"""What every edit offers, and the edit that changes nothing: the base of the others."""

from dataclasses import dataclass

from clipjury_ml.synthetic.canvas import Field, Pixels
from clipjury_ml.synthetic.recipes import ClipRecipe, Manipulation
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE
from clipjury_ml.synthetic.takes import Take


@dataclass(frozen=True)
class Box:
    """Part of a frame in px: columns ``left`` to ``right`` and rows ``top`` to ``bottom``, ends excluded."""

    left: int
    top: int
    right: int
    bottom: int

    def clipped(self, size: tuple[int, int]) -> "Box":
        """The part inside a frame of ``size`` (width, height)."""
        return Box(max(0, self.left), max(0, self.top), min(size[0], self.right), min(size[1], self.bottom))

    @property
    def empty(self) -> bool:
        """Whether nothing is inside."""
        return self.right <= self.left or self.bottom <= self.top

    @property
    def window(self) -> tuple[slice, slice]:
        """Index of the box in a (height, width) array."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Edit:
    """The original as it was shot; subclasses override what they change."""

    def __init__(self, take: Take, recipe: ClipRecipe) -> None:
        self.take, self.recipe = take, recipe

    def frame(self, index: int) -> Pixels:
        """Picture (height, width, 3) shown at ``index``."""
        return self.take.frame(self.source_frame(index))

    def source_frame(self, index: int) -> int:
        """Number of the original's frame that ``index`` shows (or is made from)."""
        return index

    def sound(self) -> Field:
        """Samples for exactly the recipe's frames."""
        return self.take.sound()[: self.length]

    def region(self, index: int) -> Box | None:
        """Where the picture at ``index`` differs from its source frame; None where it does not."""
        return None

    @property
    def length(self) -> int:
        """Number of sound samples of the clip."""
        return round(self.recipe.frames / self.recipe.fps * SAMPLE_RATE)

    @property
    def manipulation(self) -> Manipulation:
        """The manipulation that this edit carries out.

        Raises ValueError for an authentic recipe.
        """
        if self.recipe.manipulation is None:
            raise ValueError(
                f"recipe {self.recipe.title!r} is authentic: it has no manipulation to carry out"
            )
        return self.recipe.manipulation

    def inside(self, index: int) -> bool:
        """Whether ``index`` lies in a manipulated segment."""
        return any(segment.holds(index) for segment in self.manipulation.segments)

    def sample(self, frame: int) -> int:
        """First sound sample of ``frame``."""
        return round(frame / self.recipe.fps * SAMPLE_RATE)
