"""Which class carries out which technique."""

from clipjury_ml.synthetic.edits.edit import Edit
from clipjury_ml.synthetic.edits.face_swap import FaceSwap
from clipjury_ml.synthetic.edits.liquify import ExpressionWarp, MouthWarp
from clipjury_ml.synthetic.edits.overlays import PaintOut, PasteOver
from clipjury_ml.synthetic.edits.timeline import Cut, Hold, Insert, Speed
from clipjury_ml.synthetic.edits.voice import VoiceReplace, VoiceShift
from clipjury_ml.synthetic.recipes import ClipRecipe, Technique
from clipjury_ml.synthetic.takes import Take

EDITS: dict[Technique, type[Edit]] = {
    "face_swap": FaceSwap, "mouth_warp": MouthWarp, "expression_warp": ExpressionWarp, "splice_cut": Cut,
    "splice_insert": Insert, "frame_repeat": Hold, "speed": Speed, "overlay_paste": PasteOver,
    "overlay_paint_out": PaintOut, "voice_replace": VoiceReplace, "voice_shift": VoiceShift,
}  # fmt: skip


def edit_for(recipe: ClipRecipe) -> Edit:
    """Shoot the take behind ``recipe`` and hand it to the edit that the recipe asks for."""
    take = Take(recipe)
    if recipe.manipulation is None:
        return Edit(take, recipe)
    return EDITS[recipe.manipulation.technique](take, recipe)
