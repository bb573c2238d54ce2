import type { IconName } from "@/components/ui/icon";
import type { User } from "@/lib/models";
import { hasRole } from "@/lib/roles";

export interface NavItem {
  to: string;
  label: string;
  icon: IconName;
}

/** The pages that `user` has something to do on, in the order of their work. */
export function linksFor(user: User | null): NavItem[] {
  if (user === null) return [];
  const links: NavItem[] = [];
  if (hasRole(user, "reviewer")) links.push({ to: "/review", label: "Review", icon: "scale" });
  if (hasRole(user, "moderator")) links.push({ to: "/disputes", label: "Disputes", icon: "people" });
  if (hasRole(user, "safeguarding")) links.push({ to: "/safeguarding", label: "Safeguarding", icon: "lock" });
  if (hasRole(user, "moderator", "admin")) links.push({ to: "/reports", label: "Reports", icon: "flag" });
  links.push({ to: "/clips", label: "Clips", icon: "film" });
  links.push({ to: "/upload", label: "Upload", icon: "upload" });
  if (hasRole(user, "curator", "admin")) links.push({ to: "/datasets", label: "Datasets", icon: "download" });
  if (hasRole(user, "curator", "admin")) links.push({ to: "/gold", label: "Gold", icon: "seal" });
  if (hasRole(user, "moderator", "admin")) links.push({ to: "/reliabilities", label: "Reliabilities", icon: "people" });
  if (hasRole(user, "curator", "admin")) links.push({ to: "/training", label: "Training", icon: "loop" });
  if (hasRole(user, "curator", "admin")) links.push({ to: "/detectors", label: "Detectors", icon: "zoom-in" });
  if (hasRole(user, "admin")) links.push({ to: "/admin", label: "Administration", icon: "gear" });
  if (hasRole(user, "reviewer")) links.push({ to: "/me", label: "My record", icon: "user" });
  return links;
}

/** So many links stand in the bar; the rest waits behind one button. */
const IN_BAR = 5;

/**
 * The links that stand in the bar, and those in its menu. One link too many would make a menu of one, so that is
 * shown instead. The page that one is on always stands in the bar: nobody should have to open a menu to see where they are.
 */
export function splitLinks(links: NavItem[], pathname: string): { bar: NavItem[]; more: NavItem[] } {
  if (links.length <= IN_BAR + 1) return { bar: links, more: [] };
  const isHere = ({ to }: NavItem) => pathname === to || pathname.startsWith(`${to}/`);
  const first = links.slice(0, IN_BAR);
  const here = links.slice(IN_BAR).find(isHere);
  const bar = here === undefined ? first : [...first.slice(0, IN_BAR - 1), here];
  return { bar, more: links.filter((link) => !bar.includes(link)) };
}
