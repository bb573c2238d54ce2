import { describe, expect, it } from "vitest";
import type { User } from "@/lib/models";
import { ROLES } from "@/lib/roles";
import type { NavItem } from "./nav-links";
import { linksFor, splitLinks } from "./nav-links";

const person = (...roles: User["roles"]): User => ({ id: 1, email: "a@example.org", display_name: "A", roles, is_simulated: false });
const links = (count: number): NavItem[] => Array.from({ length: count }, (_, index) => ({ to: `/p${index}`, label: `P${index}`, icon: "film" }));

describe("the links of the header", () => {
  it("shows nothing to nobody and each link once to whoever has every role", () => {
    expect(linksFor(null)).toEqual([]);
    const all = linksFor(person(...ROLES)).map(({ to }) => to);
    expect(new Set(all).size).toBe(all.length);
  });

  it("keeps a few links in the bar, and never a menu of one", () => {
    expect(splitLinks(links(6), "/").more).toEqual([]);
    const { bar, more } = splitLinks(links(9), "/");
    expect(bar).toHaveLength(5);
    expect(more).toHaveLength(4);
  });

  it("puts the page one is on into the bar, and loses none", () => {
    const { bar, more } = splitLinks(links(9), "/p7/inside");
    expect(bar.map(({ to }) => to)).toEqual(["/p0", "/p1", "/p2", "/p3", "/p7"]);
    expect([...bar, ...more]).toHaveLength(9);
  });

  it("does not take a path that only begins alike for the page", () => {
    expect(splitLinks(links(12), "/p1x").bar.map(({ to }) => to)).not.toContain("/p10");
  });
});
