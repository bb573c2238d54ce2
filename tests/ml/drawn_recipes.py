"""Small recipes, so that tests draw in seconds what the demo draws in minutes."""

from __future__ import annotations

from dataclasses import replace

from clipjury_ml.synthetic.recipes import ClipRecipe, Manipulation, Segment, Technique

ORIGINAL = ClipRecipe(
    title="Someone at home",
    scene="kitchen",
    identity_seed=12,
    take_seed=5,
    camera="handheld",
    frames=40,
    fps=25,
    width=320,
    height=180,
    container="mp4",
    variable_rate=False,
    group="g1",
    manipulation=None,
)
SEGMENTS: dict[Technique, tuple[Segment, ...]] = {
    "splice_cut": (Segment(19, 20),),
    "frame_repeat": (Segment(8, 12), Segment(26, 33)),
}


def manipulated(technique: Technique, original: ClipRecipe = ORIGINAL) -> ClipRecipe:
    """The original with ``technique`` done to its middle."""
    segments = SEGMENTS.get(technique, (Segment(12, 27),))
    return replace(original, manipulation=Manipulation(technique, segments, 77, 0.6))
