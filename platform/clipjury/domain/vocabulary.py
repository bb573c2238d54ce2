"""The words that ballots and decisions are made of, as one versioned list.

Stored votes and decisions name ids, so an id is never renamed or reused; adding one raises VOCABULARY_VERSION.
"""

from dataclasses import dataclass
from typing import Final

VOCABULARY_VERSION: Final = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """One word: its id for ever, its name on the screen, and a line of help."""

    id: str
    name: str
    hint: str = ""


RESPONSES: Final = (
    Entry("authentic", "Authentic", "As it left the camera, apart from harmless edits such as cropping."),
    Entry("manipulated", "Manipulated", "Made or altered so that it shows or says what did not happen."),
    Entry("unsure", "Unsure", "You looked and cannot tell. It counts as a vote and moves nothing."),
)

KINDS: Final = (
    Entry("face_swap", "Face swap", "Another person's face is put onto this one."),
    Entry("face_reenactment", "Face puppetry", "The right face, but its expression or movement is driven."),
    Entry("lip_sync", "Lip sync", "Only the mouth is changed, to fit other words."),
    Entry("voice", "Voice", "The voice is cloned, converted or synthetic."),
    Entry("generated_scene", "Generated scene", "The whole picture or shot comes from a generator."),
    Entry("splice", "Cut or splice", "Parts are removed, joined or reordered to change the meaning."),
    Entry("speed", "Speed", "Slowed down or sped up to mislead."),
    Entry("overlay", "Overlay", "Text, logos or objects are laid over the picture."),
    Entry("context", "False context", "Genuine footage said to be of another place, time or person."),
    Entry("other", "Something else", "Say what in your reason."),
)

# Each hint: what to look for and where; then a common innocent cause, since most oddities have one.
CUES: Final = (
    Entry(
        "face_boundary",
        "Edge of the face",
        "A seam, or another colour or sharpness, along jaw and hairline. Innocent: make-up, low bitrate.",
    ),
    Entry(
        "flicker_on_turn",
        "Flicker or warp on a turn",
        "The face slips when it turns or a hand or hair passes before it. Innocent: lost video packets.",
    ),
    Entry(
        "skin_texture",
        "Skin too smooth or of another age",
        "Pores or wrinkles that do not fit neck and hands. Innocent: beauty filters, soft focus.",
    ),
    Entry(
        "eyes",
        "Eyes and reflections",
        "Gazes that part, catch-lights that differ between the eyes. Innocent: several lamps, contact lenses.",
    ),
    Entry(
        "blinking",
        "Blinking",
        "Hardly ever or far too often; a weak sign today. Innocent: reading from a prompter, dry eyes.",
    ),
    Entry(
        "brows_glasses",
        "Eyebrows and glasses",
        "Glare that does not follow the head, frames that melt into skin. Innocent: coated lenses.",
    ),
    Entry(
        "teeth_tongue",
        "Teeth and tongue",
        "Teeth that merge or change in number, a tongue that is missing. Innocent: motion blur.",
    ),
    Entry(
        "lip_sound",
        "Lips against sound",
        "Lips open on p, b or m; sound early or late all through. Innocent: dubbing, a poor stream.",
    ),
    Entry(
        "ears_hair",
        "Ears, jewellery, hair, moles",
        "Small things that change shape, side or place between frames. Innocent: heavy compression.",
    ),
    Entry(
        "light_shadow",
        "Light and shadows",
        "Light on the face from elsewhere than in the scene, shadows or reflections missing. "
        "Innocent: fill lights, screens.",
    ),
    Entry(
        "hands_geometry",
        "Hands, writing, geometry",
        "Fingers, lettering, lines or physics of the background that cannot be. Innocent: wide lenses.",
    ),
    Entry(
        "time_consistency",
        "Consistency in time",
        "A person who drifts, textures that swim, frames that repeat. Innocent: frame interpolation.",
    ),
    Entry(
        "audio",
        "Voice and room",
        "Flat melody, no breathing, room tone that stops, clicks. Innocent: noise suppression.",
    ),
    Entry(
        "compression_differs",
        "Compression inside and outside the face",
        "Blocks or noise in the face unlike the rest. Innocent: encoders spend more bits on faces, upscaling.",
    ),
    Entry(
        "context",
        "Right place, time and person?",
        "Season, uniforms, weather, language or signs that contradict the claim. Innocent: reposted footage.",
    ),
    Entry(
        "cut_or_jump",
        "Cuts and jumps",
        "Words or movement that break off where the meaning changes. Innocent: ordinary editing.",
    ),
)

SKIP_REASONS: Final = (
    Entry("distressing", "Distressing to watch"),
    Entry("cannot_play", "Does not play"),
    Entry("know_this_clip", "I know this clip or the people in it"),
    Entry("other", "Another reason"),
)

DECISION_REASONS: Final = (
    Entry("traces_seen", "Traces in the picture", "Edges, light, texture or movement show the manipulation."),
    Entry("traces_heard", "Traces in the sound", "Voice, room or lips against sound show the manipulation."),
    Entry("original_found", "Original found", "An earlier or longer version shows what was changed."),
    Entry("provenance_checked", "Provenance checked", "Where the clip comes from is known and holds."),
    Entry(
        "innocent_cause",
        "Innocent cause",
        "Compression, filters, lenses or plain editing explain what was seen.",
    ),
    Entry("context_wrong", "Right picture, wrong context", "Genuine, but of another place, time or person."),
    Entry(
        "marks_do_not_hold",
        "The marks do not hold",
        "What reviewers pointed to is not there, or means nothing.",
    ),
    Entry(
        "evidence_divided",
        "Evidence on both sides",
        "Good reasons for either answer, and none that settles it.",
    ),
    Entry("quality_too_poor", "Too poor to tell", "Resolution, length or damage leave nothing to judge by."),
    Entry("other", "Something else", "Say what in your rationale."),
)

KIND_IDS: Final = frozenset(entry.id for entry in KINDS)
CUE_IDS: Final = frozenset(entry.id for entry in CUES)
SKIP_REASON_IDS: Final = frozenset(entry.id for entry in SKIP_REASONS)
DECISION_REASON_IDS: Final = frozenset(entry.id for entry in DECISION_REASONS)
