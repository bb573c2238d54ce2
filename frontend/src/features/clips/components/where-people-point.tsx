import type { CSSProperties, ReactElement } from "react";
import { Card } from "@/components/ui/page";
import { count, duration, percent, timecode } from "@/lib/format";
import type { Clip, Consensus } from "@/lib/models";
import { nameIn, useVocabulary } from "@/lib/vocabulary";
import { lanesOf, likeliest, stretchOf, stripWords } from "../marks-scale";
import type { Stretch } from "../marks-scale";
import styles from "./where-people-point.module.css";

interface WherePeoplePointProps {
  consensus: Consensus;
  clip: Clip;
  /** Shows a frame in the player, where there is one. */
  onSeek: ((frame: number) => void) | null;
}

function place({ left, width }: Stretch): CSSProperties {
  return { left: `${left * 100}%`, width: `${width * 100}%` };
}

/** Thin lanes for what each person marked; behind them what they agree on, as high as it is certain. */
function Strip({ consensus, clip }: { consensus: Consensus; clip: Clip }): ReactElement {
  const lanes = lanesOf(consensus.votes, clip);
  return (
    <>
      <div className={styles.strip} role="img" aria-label={stripWords(consensus.segments, lanes.length)}>
        {consensus.segments.map((segment) => (
          <span key={segment.start_frame} className={styles.agreed} style={{ ...place(stretchOf(segment, clip)), height: `${segment.certainty * 100}%` }} />
        ))}
        <div className={styles.lanes}>
          {lanes.map((lane, index) => (
            <div key={index} className={styles.lane}>
              {lane.map((stretch, at) => (
                <span key={at} style={place(stretch)} />
              ))}
            </div>
          ))}
        </div>
      </div>
      <div className={styles.axis} aria-hidden>
        <span>0 s</span>
        <span>{duration(clip.duration_s)}</span>
      </div>
      <p className={styles.key}>
        <span className={styles.keyAgreed}>agreed, as high as it is certain</span>
        <span className={styles.keyLane}>marked by one person</span>
      </p>
    </>
  );
}

interface PlaceButtonProps {
  frame: number;
  title: string;
  words: string;
  onSeek: WherePeoplePointProps["onSeek"];
}

function PlaceButton({ frame, title, words, onSeek }: PlaceButtonProps): ReactElement {
  return (
    <button type="button" className={styles.place} disabled={onSeek === null} title={title} onClick={() => onSeek?.(frame)}>
      {words}
    </button>
  );
}

function AgreedRanges({ consensus, onSeek }: Omit<WherePeoplePointProps, "clip">): ReactElement {
  if (consensus.segments.length === 0) return <p className={styles.quiet}>No two people agree on a range.</p>;
  return (
    <ul className={styles.list} aria-label="Agreed ranges">
      {consensus.segments.map(({ start_frame, end_frame, start_s, end_s, people, certainty }) => (
        <li key={start_frame}>
          <PlaceButton frame={start_frame} title={`Frames ${start_frame} to ${end_frame}`} words={`${timecode(start_s)} – ${timecode(end_s)}`} onSeek={onSeek} />
          <span>
            <strong>{percent(certainty)}</strong> certain, {count(people, "person", "people")}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The picture as an empty frame with the boxes that people agree on. */
function AgreedRegions({ consensus, clip, onSeek }: WherePeoplePointProps): ReactElement {
  const isVideo = clip.kind !== "image";
  return (
    <div className={styles.regions}>
      <div className={styles.frame} style={{ aspectRatio: `${clip.width ?? 16} / ${clip.height ?? 9}` }} aria-hidden>
        {consensus.regions.map(({ frame, x, y, width, height }, index) => (
          <span key={`${frame} ${index}`} style={{ left: `${x * 100}%`, top: `${y * 100}%`, width: `${width * 100}%`, height: `${height * 100}%` }}>
            {index + 1}
          </span>
        ))}
      </div>
      <ol className={styles.list} aria-label="Agreed regions">
        {consensus.regions.map(({ frame, people, certainty }, index) => (
          <li key={`${frame} ${index}`}>
            <span className={styles.number}>{index + 1}</span>
            {isVideo ? <PlaceButton frame={frame} title="Show this frame" words={`Frame ${frame}`} onSeek={onSeek} /> : null}
            <span>
              <strong>{percent(certainty)}</strong> certain, {count(people, "person", "people")}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Words({ title, posteriors, names }: { title: string; posteriors: [string, number][]; names: (id: string) => string }): ReactElement | null {
  if (posteriors.length === 0) return null;
  return (
    <div>
      <h3 className={styles.subtitle}>{title}</h3>
      <ul className={styles.words}>
        {posteriors.map(([id, p]) => (
          <li key={id}>
            <span className={styles.word}>
              {names(id)} <strong>{percent(p)}</strong>
            </span>
            <span className={styles.bar} aria-hidden>
              <span style={{ width: `${p * 100}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Where those who said `manipulated` point, what they call it and by what they know it, weighed by their reliability. */
export function WherePeoplePoint({ consensus, clip, onSeek }: WherePeoplePointProps): ReactElement | null {
  const vocabulary = useVocabulary().data;
  const kinds = likeliest(consensus.kinds, 0.1, 5);
  const cues = likeliest(consensus.cues, 0.3, 5);
  const hasMarks = clip.kind !== "image" && lanesOf(consensus.votes, clip).length > 0;
  if (!hasMarks && consensus.regions.length === 0 && kinds.length + cues.length === 0) return null;
  return (
    <Card title="Where people point">
      <p className={styles.lead}>If the clip is manipulated: what its accusers marked and named, each weighed by how often they have been right.</p>
      <div className={styles.stack}>
        {hasMarks ? (
          <div>
            <Strip consensus={consensus} clip={clip} />
            <AgreedRanges consensus={consensus} onSeek={onSeek} />
          </div>
        ) : null}
        {consensus.regions.length === 0 ? null : <AgreedRegions consensus={consensus} clip={clip} onSeek={onSeek} />}
        <div className={styles.columns}>
          <Words title="Kind" posteriors={kinds} names={(id) => nameIn(vocabulary?.kinds, id)} />
          <Words title="What shows it" posteriors={cues} names={(id) => nameIn(vocabulary?.cues, id)} />
        </div>
      </div>
    </Card>
  );
}
