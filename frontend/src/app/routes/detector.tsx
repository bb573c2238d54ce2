import type { ReactElement } from "react";
import { useParams } from "react-router";
import { VersionPage } from "@/features/detectors/components/version-page";
import { RequireUser } from "./require-user";

export function DetectorRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser roles={["curator", "admin"]}>{(user) => <VersionPage key={id} id={Number(id)} user={user} />}</RequireUser>;
}
