import type { ReportReason } from "./models";

export interface ReasonWords {
  /** What the reporter chooses. */
  choice: string;
  /** What it comes to for them: said before they send. */
  hint: string;
  /** One or two words for a badge. */
  short: string;
}

/** In the order in which they are offered: what must not wait first. */
export const REPORT_REASONS: Record<ReportReason, ReasonWords> = {
  minor: {
    choice: "It may show the abuse of a child",
    hint: "The clip is taken away from everybody at once and goes to the safeguarding officer alone. Do not download or pass it on.",
    short: "child",
  },
  intimate: {
    choice: "It shows somebody naked or in an intimate moment",
    hint: "The clip is taken away at once, until a moderator has looked at your report.",
    short: "intimate",
  },
  depicted_person: {
    choice: "I am the person shown",
    hint: "A moderator looks at it. Leave a way to reach you, so that they can ask and answer.",
    short: "person shown",
  },
  illegal: {
    choice: "It breaks the law in another way",
    hint: "A moderator looks at it. Say in a sentence what you see and where in the clip.",
    short: "illegal",
  },
  rights: {
    choice: "It is mine, and was used without permission",
    hint: "A moderator looks at it. Say what is yours and how they can tell.",
    short: "rights",
  },
};

export const REASON_ORDER = Object.keys(REPORT_REASONS) as ReportReason[];
