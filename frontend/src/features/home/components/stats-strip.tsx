import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Badge, SimulatedBadge } from "@/components/ui/badge";
import { count, percent } from "@/lib/format";
import { outcomeWord } from "@/lib/ladder";
import type { PublicStats } from "@/lib/models";
import { publicStatsQuery } from "../api/public-stats";
import styles from "./home.module.css";

function Figure({ value, words }: { value: number; words: string }): ReactElement {
  return (
    <div>
      <dd>{value.toLocaleString("en")}</dd>
      <dt>{words}</dt>
    </div>
  );
}

function Outcomes({ outcomes }: { outcomes: PublicStats["outcomes"] }): ReactElement | null {
  const entries = Object.entries(outcomes).filter(([, number]) => number > 0);
  if (entries.length === 0) return null;
  return (
    <p className={styles.outcomes}>
      Outcomes so far: {entries.map(([outcome, number]) => `${outcomeWord(outcome).toLowerCase()} ${number.toLocaleString("en")}`).join(", ")}.
    </p>
  );
}

/** What this installation has done, with how much of it is only demonstration. */
export function StatsStrip(): ReactElement | null {
  const stats = useQuery(publicStatsQuery);
  if (stats.isError) return null;
  if (stats.isPending) return <Skeleton height={108} radius={10} />;
  const { clips_open: open, clips_retired: closed, votes, reviewers, outcomes, simulated_share: share } = stats.data;
  return (
    <section className={styles.stats} aria-label="This installation in figures">
      <dl className={styles.figures}>
        <Figure value={open} words="clips open" />
        <Figure value={closed} words="clips closed" />
        <Figure value={votes} words="votes sealed" />
        <Figure value={reviewers} words="reviewers" />
      </dl>
      <Outcomes outcomes={outcomes} />
      {share > 0 ? (
        <p className={styles.share}>
          <SimulatedBadge /> {percent(share)} of this comes from demonstration accounts and drawn clips, not from people or real cases.
        </p>
      ) : votes > 0 ? (
        <p className={styles.share}>
          <Badge icon="people">people only</Badge> All {count(votes, "vote")} were cast by people.
        </p>
      ) : null}
    </section>
  );
}
