import type { ReactElement } from "react";
import { Loading } from "./loading";

export function PublicClipRoute(): ReactElement {
  return <Loading />;
}
