import type { Tone } from "@/components/ui/badge";
import type { IconName } from "@/components/ui/icon";
import { count } from "@/lib/format";
import type { Invitation, Job } from "@/lib/models";

interface Words {
  title: string;
  text: string;
  to: string;
  action: string;
}

/** What an admin should look at, by the server's code. */
const CONCERNS: Record<string, (n: number) => Words> = {
  worker_away: () => ({ title: "The worker is away", text: "Uploads are not processed and no job runs. Look at the worker’s log where ./run keeps the installation up.", to: "/admin/jobs", action: "See the work in hand" }),
  outbox_stuck: () => ({ title: "Work is not being handed out", text: "Events wait for more than a minute to reach the worker.", to: "/admin/jobs", action: "See the work in hand" }),
  jobs_failed: (n) => ({ title: `${count(n, "job")} failed`, text: "Each says why; most can be tried again.", to: "/admin/jobs?state=failed", action: "See the failed jobs" }),
  refit_frozen: (n) => ({ title: `${count(n, "refit")} held back`, text: "New figures about the reviewers would turn too many results, or weighing and counting disagree. Look at what the guard counted, then decide.", to: "/reliabilities", action: "To the reliabilities" }),
  detector_drift: (n) => ({ title: `${count(n, "detector")} drifted`, text: "The clips that come in, or the answers to them, are no longer like those the version in force was measured on. Its page says what has moved and what to do.", to: "/detectors", action: "To the detectors" }),
  clips_failed: (n) => ({ title: `${count(n, "clip")} could not be processed`, text: "Most are files that cannot be judged. Those that failed through no fault of the file can be tried again.", to: "/admin/jobs#failed-clips", action: "See the failed clips" }),
  disputes_waiting: (n) => ({ title: `${count(n, "dispute")} wait for a moderator`, text: "Until they are decided, these clips have no verdict that binds.", to: "/disputes", action: "To the disputes" }),
  one_admin: () => ({ title: "You are the only admin", text: "If you lose your password, only the command line helps. Give a second person the role.", to: "/admin/invitations", action: "Invite an admin" }),
  no_moderator: () => ({ title: "Nobody decides disputes", text: "Votes come in, and no active account has the role moderator.", to: "/admin/invitations", action: "Invite a moderator" }),
  no_safeguarding: () => ({ title: "Nobody receives reports of abuse", text: "Reports of suspected child abuse reach the safeguarding officer alone, and there is none.", to: "/admin/invitations", action: "Invite one" }),
  no_gold: () => ({ title: "There are no clips of known truth of both kinds", text: "Without them no reviewer can prove themselves, and no clip closes by evidence.", to: "/gold", action: "To the gold" }),
  nobody_anchored: () => ({ title: "No reviewer has proved themselves yet", text: "Nobody has answered enough clips of known truth. Until somebody has, clips close only at their most votes, as inconclusive.", to: "/admin/users?role=reviewer", action: "See the reviewers" }),
  queue_empty: () => ({ title: "Reviewers have nothing to judge", text: "No clip is waiting in the queue.", to: "/upload", action: "Bring in clips" }),
};

export function concernWords(code: string, n: number): Words {
  return CONCERNS[code]?.(n) ?? { title: code.replaceAll("_", " "), text: "This page has no words for it yet; the documentation has.", to: "/admin", action: "Stay here" };
}

/** The list of a new installation, by the server's code. */
const STEPS: Record<string, Omit<Words, "text">> = {
  worker: { title: "The worker runs", to: "/admin/jobs", action: "Look" },
  detector: { title: "A detector has scored a clip", to: "/detectors", action: "Detectors" },
  clips: { title: "Clips are in", to: "/upload", action: "Upload" },
  gold: { title: "Some clips are of known truth, real ones and fakes", to: "/gold", action: "Gold" },
  reviewer: { title: "There is a reviewer", to: "/admin/invitations", action: "Invite" },
  moderator: { title: "There is a moderator", to: "/admin/invitations", action: "Invite" },
  curator: { title: "There is a curator", to: "/admin/invitations", action: "Invite" },
  safeguarding: { title: "There is a safeguarding officer", to: "/admin/invitations", action: "Invite" },
  second_admin: { title: "There is a second admin", to: "/admin/invitations", action: "Invite" },
  votes: { title: "The first vote is in", to: "/clips", action: "Clips" },
  anchored: { title: "A reviewer has proved themselves on clips of known truth", to: "/admin/users?role=reviewer", action: "Reviewers" },
};

export function stepWords(code: string): Omit<Words, "text"> {
  return STEPS[code] ?? { title: code.replaceAll("_", " "), to: "/admin", action: "Look" };
}

const JOB_KINDS: Record<string, string> = {
  preview_policy: "Preview of a policy",
  freeze_snapshot: "Freeze of a dataset",
  generate_gold: "Drawing of clips of known truth",
  train_detector: "Training run",
  compare_detectors: "Comparison of detectors",
  rescore_clips: "New scores by a detector",
};

/** A job's kind in words; one this page has never heard of is spelled out. */
export function jobKind(kind: string): string {
  const spelled = kind.replaceAll("_", " ");
  return JOB_KINDS[kind] ?? spelled.charAt(0).toUpperCase() + spelled.slice(1);
}

export const JOB_STATES: Record<Job["state"], { word: string; icon: IconName; tone: Tone }> = {
  queued: { word: "Waiting", icon: "clock", tone: "neutral" },
  running: { word: "Running", icon: "play", tone: "accent" },
  done: { word: "Done", icon: "check", tone: "authentic" },
  failed: { word: "Failed", icon: "warn", tone: "danger" },
  cancelled: { word: "Cancelled", icon: "cross", tone: "unsure" },
};

export const INVITATION_STATES: Record<Invitation["state"], { word: string; icon: IconName; tone: Tone }> = {
  open: { word: "Open", icon: "clock", tone: "accent" },
  used: { word: "Used", icon: "check", tone: "authentic" },
  revoked: { word: "Withdrawn", icon: "cross", tone: "unsure" },
  expired: { word: "Ran out", icon: "clock", tone: "neutral" },
};

const PAGES: Record<string, string> = { clip: "/clips/", dispute: "/disputes/", dataset: "/datasets/" };

/** Where the thing that a subject names is shown: `clip:<id>` on its page, a policy with the policies. */
export function subjectPath(subject: string): string | null {
  const [kind = "", id = ""] = subject.split(":", 2);
  if (kind === "policy") return "/admin/policies";
  if (kind === "job") return "/admin/jobs";
  if (kind === "invitation") return "/admin/invitations";
  if (id === "" || !/^[\w-]+$/.test(id)) return null;
  const page = PAGES[kind];
  return page === undefined ? null : page + id;
}

/** `clip:0b0e7a…` as "clip 0b0e7a12". */
export function subjectWords(subject: string): string {
  const [kind = "", id = ""] = subject.split(":", 2);
  return id === "" ? kind : `${kind} ${/^[0-9a-f]{8}-/.test(id) ? id.slice(0, 8) : id}`;
}

/** `user_deactivated` as "user deactivated". */
export function actionWords(action: string): string {
  return action.replaceAll("_", " ");
}
