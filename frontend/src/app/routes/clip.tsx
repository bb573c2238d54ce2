import type { ReactElement } from "react";
import { Loading } from "./loading";

export function ClipRoute(): ReactElement {
  return <Loading />;
}
