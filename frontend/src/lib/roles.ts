import type { Role, User } from "./models";

export const ROLE_WORDS: Record<Role, string> = {
  reviewer: "Reviewer",
  moderator: "Moderator",
  curator: "Curator",
  admin: "Administrator",
  safeguarding: "Safeguarding officer",
};

/** What each role is there to do, for whoever gives it. */
export const ROLE_HINTS: Record<Role, string> = {
  reviewer: "judges clips",
  moderator: "decides disputes",
  curator: "builds datasets, trains detectors",
  admin: "runs the installation",
  safeguarding: "receives reports of suspected abuse",
};

export const ROLES = Object.keys(ROLE_WORDS) as Role[];

export function hasRole(user: User | null | undefined, ...roles: Role[]): boolean {
  return user?.roles.some((role) => roles.includes(role)) ?? false;
}

/** Roles that see every clip and may read a consensus before the clip is retired. */
export function seesEverything(user: User | null | undefined): boolean {
  return hasRole(user, "moderator", "curator", "admin");
}

/** Where somebody begins: the page of the first thing their role is here to do. */
export function homePathFor(user: User): string {
  if (hasRole(user, "safeguarding")) return "/safeguarding";
  if (hasRole(user, "moderator")) return "/disputes";
  if (hasRole(user, "curator")) return "/datasets";
  if (hasRole(user, "admin")) return "/admin";
  return hasRole(user, "reviewer") ? "/review" : "/upload";
}

/** A path of this site to go to after signing in; anything else (another site, a loop) gives null. */
export function safeNextPath(next: string | null): string | null {
  if (next?.startsWith("/") !== true || next.startsWith("//") || next.includes("\\")) return null;
  return next.startsWith("/sign-in") ? null : next;
}
