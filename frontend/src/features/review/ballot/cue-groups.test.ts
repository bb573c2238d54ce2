import { describe, expect, it } from "vitest";
import { groupCues } from "./cue-groups";

const cue = (id: string) => ({ id, name: id, hint: "" });

describe("groupCues", () => {
  it("shows every cue exactly once, also those it has never heard of", () => {
    const cues = ["eyes", "audio", "brand_new", "context"].map(cue);
    const groups = groupCues(cues);
    expect(groups.map(({ name }) => name)).toEqual(["Face", "Mouth and sound", "Time and context", "More"]);
    expect(groups.flatMap((group) => group.cues.map(({ id }) => id)).sort()).toEqual(cues.map(({ id }) => id).sort());
  });
});
