import type { ReactElement } from "react";
import { Loading } from "./loading";

export function MeRoute(): ReactElement {
  return <Loading />;
}
