import type { ReactElement } from "react";
import { useParams } from "react-router";
import { PublicClipPage } from "@/features/clips/components/public-clip-page";

export function PublicClipRoute(): ReactElement {
  const { id = "" } = useParams();
  return <PublicClipPage key={id} id={id} />;
}
