import type { Vocabulary } from "@/lib/models";

const item = (id: string, name: string, hint: string) => ({ id, name, hint });

export const mockVocabulary: Vocabulary = {
  version: 1,
  labels: ["authentic", "manipulated", "unsure"],
  kinds: [
    { id: "face_swap", name: "Face swap", hint: "Another person's face on this body" },
    { id: "face_reenactment", name: "Face reenactment", hint: "Expressions or head moves driven by someone else" },
    { id: "lip_sync", name: "Lip sync", hint: "The mouth was changed to fit other words" },
    { id: "voice", name: "Voice", hint: "The voice is cloned or altered" },
    { id: "generated_scene", name: "Generated scene", hint: "The whole picture was made by a model" },
    { id: "splice", name: "Cut or splice", hint: "Parts removed, added or put in another order" },
    { id: "speed", name: "Speed", hint: "Slowed down or sped up" },
    { id: "overlay", name: "Overlay", hint: "Text, logo or objects put on top" },
    { id: "context", name: "Wrong context", hint: "Real, but not from where or when it claims" },
    { id: "other", name: "Other", hint: "Say what in the sentence" },
  ],
  cues: [
    item("teeth", "Teeth", "Blurred, merging or changing teeth"),
    item("hairline", "Hairline", "Hair that melts into skin or background"),
    item("blink", "Blinking", "Too rare, too regular, or one eye only"),
    item("skin", "Skin texture", "Too smooth, or flickering"),
    item("edges", "Edges", "A seam around face or object"),
    item("light", "Light", "Shadows or highlights that disagree"),
    item("sync", "Lip sync", "Mouth and sound do not fit"),
    item("voice_tone", "Voice tone", "Flat, metallic or breathless"),
    item("noise", "Noise", "Grain differs between regions"),
    item("hands", "Hands", "Wrong count or melting fingers"),
    item("text", "Text", "Letters that are not letters"),
    item("physics", "Motion", "Things move as they cannot"),
  ],
  skip_reasons: [
    { id: "distressing", name: "It distresses me" },
    { id: "cannot_play", name: "It does not play" },
    { id: "know_this_clip", name: "I know this clip or somebody in it" },
    { id: "other", name: "Something else" },
  ],
};
