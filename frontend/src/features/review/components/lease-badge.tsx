import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { explain } from "@/lib/api-error";
import { countdown } from "@/lib/format";
import { renewAssignment } from "../api/assignment";
import type { TimedLease } from "../api/assignment";
import { OFFER_RENEWAL_S } from "../ballot/lease-clock";
import styles from "./judging.module.css";

interface LeaseBadgeProps {
  lease: TimedLease;
  leftS: number;
  /** The cache entry in which the renewed lease takes the old one's place. */
  queryKey: readonly unknown[];
}

/** Time left with this clip, and more of it when it gets short. */
export function LeaseBadge({ lease, leftS, queryKey }: LeaseBadgeProps): ReactElement {
  const client = useQueryClient();
  const renew = useMutation({
    mutationFn: () => renewAssignment(lease.id),
    onSuccess: (renewed) => client.setQueryData(queryKey, renewed),
  });
  const isShort = leftS <= OFFER_RENEWAL_S;
  return (
    <span className={styles.lease} data-short={isShort}>
      <Icon name="clock" size={16} />
      <span data-testid="lease-left">{countdown(leftS)} left</span>
      {isShort ? (
        <>
          <button type="button" className={styles.more} disabled={renew.isPending} onClick={() => renew.mutate()}>
            More time
          </button>
          <span role="status" className={renew.isError ? styles.leaseNews : "cj-visually-hidden"}>
            {renew.isError ? explain(renew.error) : "Less than three minutes left with this clip."}
          </span>
        </>
      ) : null}
    </span>
  );
}
