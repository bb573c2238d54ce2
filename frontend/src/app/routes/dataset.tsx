import type { ReactElement } from "react";
import { useParams } from "react-router";
import { DatasetPage } from "@/features/datasets/components/dataset-page";
import { RequireUser } from "./require-user";

export function DatasetRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser roles={["curator", "admin"]}>{() => <DatasetPage key={id} id={id} />}</RequireUser>;
}
