import { useQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";
import { FailureNotice } from "@/components/clip/failure-notice";
import { Icon } from "@/components/ui/icon";
import { Notice } from "@/components/ui/notice";
import { explain } from "@/lib/api-error";
import { clipQuery } from "@/lib/clip-query";
import { dateAndTime } from "@/lib/format";
import type { Clip } from "@/lib/models";
import { seesEverything } from "@/lib/roles";
import { useUser } from "@/lib/session";
import { stateLine } from "../stages";
import { StageList } from "./stage-list";
import styles from "./file-list.module.css";

function ClipLink({ id, children }: { id: string; children: ReactNode }): ReactElement {
  return (
    <Link to={`/clips/${id}`} className={styles.link}>
      {children}
      <Icon name="right" size={16} />
    </Link>
  );
}

/** Somebody else's clip that this person may not see yet: that much can be said, and no more. */
function HiddenClip({ clip }: { clip: Clip }): ReactElement {
  return (
    <Notice title="This very file is here already" live="status">
      <p>Somebody brought it in before. You will not be asked to judge it, since you have seen it elsewhere.</p>
      <p>{clip.state === "retired" ? <ClipLink id={clip.id}>See how it ended</ClipLink> : "You can see it here once it has been judged."}</p>
    </Notice>
  );
}

function AlreadyHere({ clip }: { clip: Clip }): ReactElement {
  return (
    <Notice title="This very file is here already" live="status">
      <p>{`${clip.is_mine ? "You brought it in" : "It came in"} on ${dateAndTime(clip.uploaded_at)}. Nothing was stored twice.`}</p>
    </Notice>
  );
}

interface StoredClipProps {
  stored: { clip: Clip; isNew: boolean };
}

/** What became of a file that the server took: its way into the queue, asked for until it is there. */
export function StoredClip({ stored }: StoredClipProps): ReactElement {
  const user = useUser();
  const mayWatch = stored.clip.is_mine || seesEverything(user);
  const query = useQuery({ ...clipQuery(stored.clip.id), enabled: mayWatch });
  if (!mayWatch) return <HiddenClip clip={stored.clip} />;
  const clip = query.data ?? stored.clip;
  return (
    <>
      {stored.isNew ? null : <AlreadyHere clip={clip} />}
      {clip.state === "failed" ? null : (
        <p className={styles.state} role="status">
          {stateLine(clip)}
        </p>
      )}
      <StageList clip={clip} />
      {clip.has_near_duplicates ? (
        <Notice title="A clip that looks like this one is here already" live="status">
          <p>Both are kept. Nobody is asked about both; the clip’s page shows the other one to those who may see it.</p>
        </Notice>
      ) : null}
      {clip.state === "failed" && clip.failure !== null ? <FailureNotice failure={clip.failure} /> : null}
      {query.isError ? (
        <Notice tone="warn" live="status">
          <p>The file is stored, but how far it has come cannot be told: {explain(query.error)}</p>
        </Notice>
      ) : null}
      <ClipLink id={clip.id}>Open the clip’s page</ClipLink>
    </>
  );
}
