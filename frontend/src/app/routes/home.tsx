import type { ReactElement } from "react";
import { HomeView } from "@/features/home/components/home-view";
import { LatestVerdicts } from "@/features/public/components/latest-verdicts";
import { useUser } from "@/lib/session";

export function HomeRoute(): ReactElement {
  return <HomeView user={useUser()} latest={<LatestVerdicts />} />;
}
