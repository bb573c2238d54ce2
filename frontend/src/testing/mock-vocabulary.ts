import type { Kind, SkipIn, Vocabulary } from "@/lib/models";

const item = <Id extends string>(id: Id, name: string, hint: string) => ({ id, name, hint });
const kind = (id: Kind, name: string, hint: string) => ({ id, name, hint });
const reason = (id: SkipIn["reason"], name: string) => ({ id, name });

/** The server's list, as it stood when the mock was made. */
export const mockVocabulary: Vocabulary = {
  version: 2,
  labels: ["authentic", "manipulated", "unsure"],
  kinds: [
    kind("face_swap", "Face swap", "Another person's face is put onto this one."),
    kind("face_reenactment", "Face puppetry", "The right face, but its expression or movement is driven."),
    kind("lip_sync", "Lip sync", "Only the mouth is changed, to fit other words."),
    kind("voice", "Voice", "The voice is cloned, converted or synthetic."),
    kind("generated_scene", "Generated scene", "The whole picture or shot comes from a generator."),
    kind("splice", "Cut or splice", "Parts are removed, joined or reordered to change the meaning."),
    kind("speed", "Speed", "Slowed down or sped up to mislead."),
    kind("overlay", "Overlay", "Text, logos or objects are laid over the picture."),
    kind("context", "False context", "Genuine footage said to be of another place, time or person."),
    kind("other", "Something else", "Say what in your reason."),
  ],
  cues: [
    item("face_boundary", "Edge of the face", "A seam, or another colour or sharpness, along jaw and hairline. Innocent: make-up, low bitrate."),
    item("flicker_on_turn", "Flicker or warp on a turn", "The face slips when it turns or a hand or hair passes before it. Innocent: lost video packets."),
    item("skin_texture", "Skin too smooth or of another age", "Pores or wrinkles that do not fit neck and hands. Innocent: beauty filters, soft focus."),
    item("eyes", "Eyes and reflections", "Gazes that part, catch-lights that differ between the eyes. Innocent: several lamps, contact lenses."),
    item("blinking", "Blinking", "Hardly ever or far too often; a weak sign today. Innocent: reading from a prompter, dry eyes."),
    item("brows_glasses", "Eyebrows and glasses", "Glare that does not follow the head, frames that melt into skin. Innocent: coated lenses."),
    item("teeth_tongue", "Teeth and tongue", "Teeth that merge or change in number, a tongue that is missing. Innocent: motion blur."),
    item("lip_sound", "Lips against sound", "Lips open on p, b or m; sound early or late all through. Innocent: dubbing, a poor stream."),
    item("ears_hair", "Ears, jewellery, hair, moles", "Small things that change shape, side or place between frames. Innocent: heavy compression."),
    item("light_shadow", "Light and shadows", "Light on the face from elsewhere than in the scene, shadows or reflections missing. Innocent: fill lights, screens."),
    item("hands_geometry", "Hands, writing, geometry", "Fingers, lettering, lines or physics of the background that cannot be. Innocent: wide lenses."),
    item("time_consistency", "Consistency in time", "A person who drifts, textures that swim, frames that repeat. Innocent: frame interpolation."),
    item("audio", "Voice and room", "Flat melody, no breathing, room tone that stops, clicks. Innocent: noise suppression."),
    item("compression_differs", "Compression inside and outside the face", "Blocks or noise in the face unlike the rest. Innocent: encoders spend more bits on faces, upscaling."),
    item("context", "Right place, time and person?", "Season, uniforms, weather, language or signs that contradict the claim. Innocent: reposted footage."),
    item("cut_or_jump", "Cuts and jumps", "Words or movement that break off where the meaning changes. Innocent: ordinary editing."),
  ],
  skip_reasons: [
    reason("distressing", "Distressing to watch"),
    reason("cannot_play", "Does not play"),
    reason("know_this_clip", "I know this clip or the people in it"),
    reason("other", "Another reason"),
  ],
  decision_reasons: [
    item("traces_seen", "Traces in the picture", "Edges, light, texture or movement show the manipulation."),
    item("innocent_cause", "Innocent cause", "Compression, filters, lenses or plain editing explain what was seen."),
    item("other", "Something else", "Say what in your rationale."),
  ],
};
