import type { ReactElement } from "react";
import { Loading } from "./loading";

export function LabelsRoute(): ReactElement {
  return <Loading />;
}
