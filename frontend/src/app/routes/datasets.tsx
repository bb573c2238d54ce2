import type { ReactElement } from "react";
import { DatasetsDesk } from "@/features/datasets/components/datasets-desk";
import { RequireUser } from "./require-user";

export function DatasetsRoute(): ReactElement {
  return <RequireUser roles={["curator", "admin"]}>{() => <DatasetsDesk />}</RequireUser>;
}
