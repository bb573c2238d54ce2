import type { ReactElement } from "react";
import { useParams } from "react-router";
import { CasePage } from "@/features/disputes/components/case-page";
import { RequireUser } from "./require-user";

export function DisputeRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser roles={["moderator"]}>{() => <CasePage key={id} id={id} />}</RequireUser>;
}
