import type { ReactElement } from "react";
import { PosteriorGauge } from "@/components/clip/posterior-gauge";
import { FindingsList } from "@/components/clip/findings-list";
import { ScoresList } from "@/components/clip/scores-list";
import { Card } from "@/components/ui/page";
import { asInterval, count, percent } from "@/lib/format";
import { verdictWords } from "@/lib/ladder";
import type { Clip, Consensus } from "@/lib/models";
import styles from "./clip-page.module.css";
import { HistoryChart } from "./history-chart";
import { VotesTable } from "./votes-table";
import { WherePeoplePoint } from "./where-people-point";

interface ConsensusPanelProps {
  consensus: Consensus;
  clip: Clip;
  onSeek: ((frame: number) => void) | null;
}

function VerdictCard({ consensus }: { consensus: Consensus }): ReactElement {
  const { p_manipulated: p, n_votes: votes } = consensus;
  const words = verdictWords({
    state: consensus.state,
    outcome: consensus.verdict?.outcome ?? null,
    pManipulated: p ?? 0.5,
    interval: asInterval(consensus.interval ?? []),
    nVotes: votes,
    calibrated: consensus.calibrated,
    isAdjudicated: consensus.verdict?.reason === "adjudication",
  });
  return (
    <Card title="Where it stands">
      <p className={styles.headline} data-tone={words.tone} data-testid="verdict">
        {words.headline}
      </p>
      <p className={styles.explanation}>{words.explanation}</p>
      {consensus.scores_withheld ? (
        <p className={styles.quiet}>
          People alone: {percent(consensus.p_manipulated_people ?? 0.5)} manipulated. What detectors say is kept from you until you have sealed a
          provisional verdict on this clip’s dispute.
        </p>
      ) : p === null ? (
        <p className={styles.quiet}>There is no probability yet: nobody has voted and no detector has answered.</p>
      ) : (
        <PosteriorGauge p={p} pPeople={consensus.p_manipulated_people} interval={asInterval(consensus.interval ?? [])} />
      )}
      <p className={styles.quiet}>
        {count(votes, "vote")}, worth {consensus.n_effective.toFixed(1)} independent ones.
        {consensus.version === null ? "" : ` Reliabilities of version ${consensus.version}`}
        {consensus.policy_version === null ? "." : `, rule ${consensus.policy_version}.`}
        {consensus.calibrated ? "" : " Not calibrated yet."}
      </p>
    </Card>
  );
}

/** Everything that led to where a clip stands. */
export function ConsensusPanel({ consensus, clip, onSeek }: ConsensusPanelProps): ReactElement {
  return (
    <>
      <div className={styles.columns}>
        <VerdictCard consensus={consensus} />
        <Card title="Detectors">
          {consensus.scores_withheld ? <p className={styles.none}>Shown once you have sealed a provisional verdict.</p> : <ScoresList scores={consensus.scores} />}
        </Card>
      </div>
      <WherePeoplePoint consensus={consensus} clip={clip} onSeek={onSeek} />
      {consensus.scores.some((score) => score.current && score.findings.length > 0) ? (
        <Card title="What the file shows">
          <FindingsList scores={consensus.scores} onSeek={onSeek} />
        </Card>
      ) : null}
      {consensus.history.length === 0 ? null : (
        <Card title="How it moved">
          <HistoryChart points={consensus.history} />
        </Card>
      )}
      <Card title="Votes">
        <VotesTable votes={consensus.votes} onSeek={onSeek} />
      </Card>
    </>
  );
}
