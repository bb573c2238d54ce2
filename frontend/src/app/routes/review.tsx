import type { ReactElement } from "react";
import { Loading } from "./loading";

export function ReviewRoute(): ReactElement {
  return <Loading />;
}
