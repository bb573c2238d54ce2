import type { ReactElement } from "react";
import { Loading } from "./loading";

export function ClipsRoute(): ReactElement {
  return <Loading />;
}
