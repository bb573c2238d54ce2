import type { ReactElement } from "react";
import { useParams } from "react-router";
import { ClipPage } from "@/features/clips/components/clip-page";
import { RequireUser } from "./require-user";

export function ClipRoute(): ReactElement {
  const { id = "" } = useParams();
  return <RequireUser>{(user) => <ClipPage key={id} id={id} user={user} />}</RequireUser>;
}
