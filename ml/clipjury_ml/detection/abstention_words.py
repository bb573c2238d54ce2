"""Why a detector gives no score, in sentences for people. Standard library only."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clipjury_ml.detection.protocol import Abstention

ABSTENTIONS: dict[Abstention, str] = {
    "no_face": "No face was found in the sampled frames, so there is nothing this detector can judge.",
    "face_too_small": "The faces are too small to be judged.",
    "too_few_frames_with_a_face": "A face was found in one sampled frame only; that is too little for a video.",
    "too_few_frames": "The clip has fewer frames than the detector looks at together.",
    "still_picture": "This is a still picture, and this detector was made for videos.",
    "facts_only": "This detector reports what it finds, and never gives a score.",
    "no_sound": "The clip has no sound, or next to none.",
    "no_speech": "The sound does not rise and fall as speech does.",
    "no_talking_face": "No face in the clip moves its mouth enough to be talking.",
    "several_talking_faces": "Several faces move their mouths at once, and this detector cannot tell who is heard.",
    "too_short": "A talking face is seen and heard for too short a time.",
    "untrained_kind": "This version has not been trained on labelled clips of this kind, so it says nothing.",
}
