import type { ReactElement } from "react";
import { useParams } from "react-router";
import { PublicClipPage } from "@/features/public/components/public-clip-page";

export function PublicClipRoute(): ReactElement {
  const { id = "" } = useParams();
  return <PublicClipPage key={id} id={id} />;
}
