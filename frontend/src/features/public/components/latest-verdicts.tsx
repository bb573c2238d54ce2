import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { SimulatedBadge } from "@/components/ui/badge";
import { asInterval, dateAndTime, duration, percentRange } from "@/lib/format";
import { OUTCOME_TONES } from "@/lib/ladder";
import { latestVerdictsQuery } from "../api/public-clips";
import styles from "./public.module.css";

/** The latest published verdicts, in words; no picture of any clip. */
export function LatestVerdicts(): ReactElement | null {
  const latest = useInfiniteQuery(latestVerdictsQuery);
  const items = latest.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="latest-title" className={styles.section}>
      <h2 id="latest-title">Latest verdicts</h2>
      <ul className={styles.latest}>
        {items.map((clip) => (
          <li key={clip.id}>
            <Link to={`/c/${clip.id}`}>
              <strong data-tone={OUTCOME_TONES[clip.outcome]}>{clip.headline}</strong>
              <span>
                {clip.kind === "video" ? `Video of ${duration(clip.duration_s)}` : "Picture"}
                {clip.interval === null ? "" : `; probability of manipulation ${percentRange(asInterval(clip.interval))}`}
              </span>
              <span className={styles.when}>
                {dateAndTime(clip.retired_at)} {clip.simulated ? <SimulatedBadge /> : null}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {latest.hasNextPage ? (
        <Button className={styles.more ?? ""} variant="default" loading={latest.isFetchingNextPage} onClick={() => void latest.fetchNextPage()}>
          Show more
        </Button>
      ) : null}
    </section>
  );
}
