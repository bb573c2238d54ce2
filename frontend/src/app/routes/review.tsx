import type { ReactElement } from "react";
import { ReviewDesk } from "@/features/review/components/review-desk";
import { RequireUser } from "./require-user";

export function ReviewRoute(): ReactElement {
  return (
    <>
      <title>Review · ClipJury</title>
      <RequireUser roles={["reviewer"]}>{(user) => <ReviewDesk userId={user.id} />}</RequireUser>
    </>
  );
}
