import type { ReactElement } from "react";
import { useParams } from "react-router";
import { ReportCaseView } from "@/features/reports/components/report-case";
import { RequireUser } from "./require-user";

export function ReportRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser roles={["moderator", "admin"]}>{() => <ReportCaseView key={id} id={id} />}</RequireUser>;
}
