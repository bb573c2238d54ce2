import { describe, expect, it } from "vitest";
import type { Role, User } from "./models";
import { homePathFor, safeNextPath, seesEverything } from "./roles";

const user = (...roles: Role[]): User => ({ id: 1, email: "a@example.org", display_name: "A", roles, is_simulated: false });

describe("homePathFor", () => {
  it.each<[Role[], string]>([
    [["reviewer"], "/review"], [["moderator"], "/disputes"], [["curator"], "/datasets"], [["admin"], "/admin"],
    [["reviewer", "moderator"], "/disputes"], [["reviewer", "curator"], "/datasets"], [[], "/upload"],
  ])("sends %j to %s", (roles, path) => expect(homePathFor(user(...roles))).toBe(path));
});

describe("safeNextPath", () => {
  it("goes back to pages of this site only", () => {
    expect(safeNextPath("/clips/7?x=1")).toBe("/clips/7?x=1");
    for (const bad of [null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in?next=/"]) {
      expect(safeNextPath(bad)).toBeNull();
    }
  });
});

describe("seesEverything", () => {
  it("is for staff, not for reviewers", () => {
    expect([user("reviewer"), user("moderator"), user("reviewer", "admin"), null].map(seesEverything)).toEqual([false, true, true, false]);
  });
});
