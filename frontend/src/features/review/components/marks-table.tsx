import { useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import { timecode } from "@/lib/format";
import type { Region, SegmentIn } from "@/lib/models";
import { clampFrame, lastFrame } from "@/player/frame-index";
import type { PlayerController } from "@/player/player-controller";
import styles from "./marks-table.module.css";

interface FrameFieldProps {
  label: string;
  frame: number;
  player: PlayerController;
  onChange: (frame: number) => void;
}

/** A frame number that may be typed; takes effect on Enter or on leaving, and shows that frame. */
function FrameField({ label, frame, player, onChange }: FrameFieldProps): ReactElement {
  const [typed, setTyped] = useState<string | null>(null);
  const commit = () => {
    if (typed === null) return;
    setTyped(null);
    if (typed.trim() === "" || !Number.isFinite(Number(typed))) return;
    const next = clampFrame(player.timesS, Number(typed));
    player.pause();
    player.seekToFrame(next);
    if (next !== frame) onChange(next);
  };
  return (
    <span className={styles.field}>
      <input
        type="number"
        inputMode="numeric"
        min={0}
        max={lastFrame(player.timesS)}
        aria-label={label}
        value={typed ?? frame}
        onChange={(event) => setTyped(event.currentTarget.value)}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === "Enter") commit();
        }}
      />
      <span className={styles.time}>{timecode(player.timesS[frame] ?? 0)}</span>
    </span>
  );
}

interface MarksTableProps {
  player: PlayerController;
  segments: SegmentIn[];
  regions: Region[];
  selected: number | null;
  isVideo: boolean;
  onSelect: (index: number) => void;
  onChange: (index: number, segment: SegmentIn) => void;
  onRemove: (index: number) => void;
  onRemoveRegion: (index: number) => void;
}

function SegmentRow({ index, segment, ...props }: MarksTableProps & { index: number; segment: SegmentIn }): ReactElement {
  const { player, onChange } = props;
  const name = `range ${index + 1}`;
  const change = (part: Partial<SegmentIn>) => {
    const { start_frame, end_frame } = { ...segment, ...part };
    onChange(index, { start_frame: Math.min(start_frame, end_frame), end_frame: Math.max(start_frame, end_frame) });
  };
  return (
    <tr data-selected={props.selected === index}>
      <th scope="row">
        <button type="button" className={styles.number} aria-label={`Show ${name}`} onClick={() => props.onSelect(index)}>
          {index + 1}
        </button>
      </th>
      <td>
        <FrameField label={`First frame of ${name}`} frame={segment.start_frame} player={player} onChange={(frame) => change({ start_frame: frame })} />
      </td>
      <td>
        <FrameField label={`Last frame of ${name}`} frame={segment.end_frame} player={player} onChange={(frame) => change({ end_frame: frame })} />
      </td>
      <td>
        <button type="button" className={styles.remove} aria-label={`Delete ${name}`} onClick={() => props.onRemove(index)}>
          <Icon name="trash" size={18} />
        </button>
      </td>
    </tr>
  );
}

/** Everything marked, in figures: each mark can also be made, changed and deleted without a pointer. */
export function MarksTable(props: MarksTableProps): ReactElement | null {
  const { segments, regions, isVideo, player } = props;
  if (segments.length + regions.length === 0) return null;
  return (
    <div className={styles.marks}>
      {segments.length === 0 ? null : (
        <table className={styles.table} aria-label="Marked ranges">
          <thead>
            <tr>
              <th scope="col">
                <span className="cj-visually-hidden">Range</span>
              </th>
              <th scope="col">From frame</th>
              <th scope="col">To frame</th>
              <th scope="col">
                <span className="cj-visually-hidden">Delete</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {segments.map((segment, index) => (
              <SegmentRow key={index} {...props} index={index} segment={segment} />
            ))}
          </tbody>
        </table>
      )}
      {regions.length === 0 ? null : (
        <ul className={styles.regions} aria-label="Marked boxes">
          {regions.map((region, index) => (
            <li key={index}>
              {isVideo ? (
                <button type="button" className={styles.goto} onClick={() => player.seekToFrame(region.frame)}>
                  Box on frame {region.frame}
                </button>
              ) : (
                <span className={styles.goto}>Box {index + 1}</span>
              )}
              <button type="button" className={styles.remove} aria-label={`Delete box ${index + 1}`} onClick={() => props.onRemoveRegion(index)}>
                <Icon name="trash" size={18} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
