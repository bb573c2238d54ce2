import type { ReactElement } from "react";
import { Loading } from "./loading";

export function HomeRoute(): ReactElement {
  return <Loading />;
}
