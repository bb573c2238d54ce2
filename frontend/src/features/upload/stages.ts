import type { Clip } from "@/lib/models";

export interface Stage {
  name: string;
  status: "done" | "now" | "ahead" | "failed";
}

const IN_QUEUE = ["open", "closing", "retired"];

/** Where a clip is on its way into the queue. The last stage is only called "In the queue" once it is. */
export function stagesOf({ state, steps }: Pick<Clip, "state" | "steps">): Stage[] {
  const isQueued = IN_QUEUE.includes(state);
  const reached: [string, boolean][] = [
    ["Received", true], ["Probed", steps.probed], ["Preview", steps.preview], ["Scored", steps.scored], [isQueued ? "In the queue" : "Queue", isQueued],
  ];
  const current = reached.findIndex(([, isDone]) => !isDone);
  return reached.map(([name, isDone], index) => {
    if (isDone) return { name, status: "done" };
    if (index !== current) return { name, status: "ahead" };
    return { name, status: state === "failed" ? "failed" : "now" };
  });
}

const DOING: Record<string, string> = {
  Probed: "Looking into the file", Preview: "Making the preview", Scored: "Detectors are looking", Queue: "Nearly there",
};

/** One line on how far the clip has come. */
export function stateLine(clip: Pick<Clip, "state" | "steps">): string {
  if (clip.state === "failed") return "Cannot be judged";
  if (clip.state === "retired") return "Judged and closed";
  if (IN_QUEUE.includes(clip.state)) return "Reviewers can judge it now";
  const now = stagesOf(clip).find(({ status }) => status === "now");
  return now === undefined ? "Being prepared" : (DOING[now.name] ?? "Being prepared");
}
