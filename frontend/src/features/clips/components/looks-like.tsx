import { Button, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { OutcomeBadge, StateBadge } from "@/components/clip/badges";
import { Badge } from "@/components/ui/badge";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { Card } from "@/components/ui/page";
import { explain } from "@/lib/api-error";
import { count } from "@/lib/format";
import { LIKENESS_STATES, likenessSentence } from "@/lib/likeness-words";
import type { NearDuplicate } from "@/lib/models";
import { nearDuplicatesQuery, useLikenessDecision } from "../api/near-duplicates";
import { clipName } from "./clip-grid";
import styles from "./looks-like.module.css";

function Decide({ item }: { item: NearDuplicate }): ReactElement {
  const decision = useLikenessDecision();
  const name = clipName(item.clip);
  const decide = (isConfirmed: boolean) => decision.mutate({ id: item.id, isConfirmed });
  return (
    <>
      <div className={styles.buttons}>
        {item.state === "confirmed" ? null : (
          <Button size="xs" variant="default" loading={decision.isPending} onClick={() => decide(true)} aria-label={`The same: ${name}`}>
            The same
          </Button>
        )}
        {item.state === "rejected" ? null : (
          <Button size="xs" variant="default" loading={decision.isPending} onClick={() => decide(false)} aria-label={`Not the same: ${name}`}>
            Not the same
          </Button>
        )}
      </div>
      {decision.isError ? (
        <Notice tone="warn" live="alert">
          <p>{explain(decision.error)}</p>
        </Notice>
      ) : null}
    </>
  );
}

function Item({ item, mayDecide }: { item: NearDuplicate; mayDecide: boolean }): ReactElement {
  const { clip } = item;
  const { word, hint } = LIKENESS_STATES[item.state];
  return (
    <li className={styles.item}>
      <Link to={`/clips/${clip.id}`} className={styles.frame} tabIndex={-1} aria-hidden>
        {clip.poster_url === null ? <Icon name={clip.kind === "image" ? "image" : "film"} size={26} /> : <img src={clip.poster_url} alt="" loading="lazy" />}
      </Link>
      <div className={styles.words}>
        <Link to={`/clips/${clip.id}`} className={styles.name}>
          {clipName(clip)}
        </Link>
        <span className={styles.badges}>
          <Badge tone={item.in_one_group ? "accent" : "neutral"} title={hint}>
            {word}
          </Badge>
          {clip.outcome === null ? <StateBadge state={clip.state} /> : <OutcomeBadge outcome={clip.outcome} />}
        </span>
        <p className={styles.sentence}>{likenessSentence(item)}</p>
        {item.hindrance === null ? null : (
          <p className={styles.sentence}>They could not be joined: what is known of the two serves different ends. They stay a suggestion.</p>
        )}
        {mayDecide ? <Decide item={item} /> : null}
      </div>
    </li>
  );
}

/** Clips that look like this one: for people to compare. No verdict goes from one to the other. */
export function LooksLike({ clipId }: { clipId: string }): ReactElement | null {
  const query = useQuery(nearDuplicatesQuery(clipId));
  if (query.isError) {
    return (
      <Card title="Looks like">
        <Notice tone="danger" live="alert">
          <p>{explain(query.error)}</p>
        </Notice>
      </Card>
    );
  }
  if (query.data === undefined) return <Skeleton height={120} radius={10} />;
  const { items, hidden, may_decide: mayDecide } = query.data;
  if (items.length === 0 && hidden === 0) return null;
  return (
    <Card title="Looks like">
      <p className={styles.lead}>
        Found by comparing pictures. A changed clip looks like its original too, so what was found about one says nothing about the other.
      </p>
      {items.length === 0 ? null : (
        <ul className={styles.list}>
          {items.map((item) => (
            <Item key={item.id} item={item} mayDecide={mayDecide} />
          ))}
        </ul>
      )}
      {hidden === 0 ? null : <p className={styles.sentence}>{count(hidden, "more clip")} that you cannot see, or not yet.</p>}
    </Card>
  );
}
