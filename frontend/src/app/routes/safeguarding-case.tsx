import type { ReactElement } from "react";
import { useParams } from "react-router";
import { SafeguardingCaseView } from "@/features/safeguarding/components/safeguarding-case";
import { RequireUser } from "./require-user";

export function SafeguardingCaseRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser roles={["safeguarding"]}>{() => <SafeguardingCaseView key={id} id={id} />}</RequireUser>;
}
