import type { VocabularyItem } from "@/lib/models";

/** Where one would look for a cue. Cues that a newer server adds come under "More". */
const GROUPS: [string, string[]][] = [
  ["Face", ["face_boundary", "flicker_on_turn", "skin_texture", "eyes", "blinking", "brows_glasses", "ears_hair"]],
  ["Mouth and sound", ["teeth_tongue", "lip_sound", "audio"]],
  ["Light, shapes, picture", ["light_shadow", "hands_geometry", "compression_differs"]],
  ["Time and context", ["time_consistency", "cut_or_jump", "context"]],
];

export interface CueGroup {
  name: string;
  cues: VocabularyItem[];
}

export function groupCues(cues: VocabularyItem[]): CueGroup[] {
  const known = new Set(GROUPS.flatMap(([, ids]) => ids));
  const groups = GROUPS.map(([name, ids]) => ({ name, cues: cues.filter(({ id }) => ids.includes(id)) }));
  return [...groups, { name: "More", cues: cues.filter(({ id }) => !known.has(id)) }].filter((group) => group.cues.length > 0);
}
