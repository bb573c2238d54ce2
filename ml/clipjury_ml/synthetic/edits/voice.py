"""Edits of the sound alone: somebody else's voice, or the own voice at the wrong time."""

import numpy as np

from clipjury_ml.synthetic.canvas import Field
from clipjury_ml.synthetic.edits.edit import Edit
from clipjury_ml.synthetic.people.identity import make_identity
from clipjury_ml.synthetic.sound.speech import SAMPLE_RATE, babble

FADE_S = 0.012


def splice_voice(edit: Edit, voice: Field) -> Field:
    """The original's sound with ``voice`` in place of the speaker's inside the manipulated segments."""
    gate = np.zeros(edit.length, np.float32)
    for segment in edit.manipulation.segments:
        gate[edit.sample(segment.start_frame) : edit.sample(segment.end_frame + 1)] = 1.0
    width = int(FADE_S * SAMPLE_RATE)
    # The fade lies inside the segment: outside it not one sample may differ from the original.
    eroded = np.convolve(gate, np.ones(width, np.float32) / width, mode="same") * gate
    own, place = edit.take.voice()[: edit.length], edit.take.place_sound()[: edit.length]
    mixed = own + (voice[: edit.length] - own) * eroded
    return np.asarray(place + mixed, dtype=np.float32)


class VoiceReplace(Edit):
    """Another speaker's words over an unchanged picture."""

    def sound(self) -> Field:
        """The other voice inside the segments."""
        speaker = make_identity(self.manipulation.seed)
        other = babble(
            speaker.pitch_hz, speaker.tract, self.take.frames, self.recipe.fps, self.manipulation.seed
        )
        return splice_voice(self, other.samples)


class VoiceShift(Edit):
    """The speaker's own words, but late."""

    def sound(self) -> Field:
        """The voice delayed inside the segments."""
        late = round((0.18 + 0.4 * self.manipulation.strength) * SAMPLE_RATE)
        own = self.take.voice()
        return splice_voice(self, np.concatenate([np.zeros(late, np.float32), own])[: len(own)])
