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
  links.push({ to: "/clips", label: "Clips", icon: "film" });
  links.push({ to: "/upload", label: "Upload", icon: "upload" });
  if (hasRole(user, "curator", "admin")) links.push({ to: "/datasets", label: "Datasets", icon: "download" });
  if (hasRole(user, "reviewer")) links.push({ to: "/me", label: "My record", icon: "user" });
  return links;
}
