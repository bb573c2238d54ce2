import type { ReactElement } from "react";
import { Loading } from "./loading";

export function UploadRoute(): ReactElement {
  return <Loading />;
}
