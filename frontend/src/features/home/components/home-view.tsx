import { Button } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";
import { Icon } from "@/components/ui/icon";
import type { IconName } from "@/components/ui/icon";
import type { User } from "@/lib/models";
import { hasRole, homePathFor } from "@/lib/roles";
import { HeroArt } from "./hero-art";
import styles from "./home.module.css";
import { StatsStrip } from "./stats-strip";

const STEPS: { icon: IconName; title: string; text: string }[] = [
  { icon: "upload", title: "A clip comes in", text: "It is hashed, prepared and looked at by detectors. No score is shown to anybody who may be asked." },
  { icon: "people", title: "Reviewers judge it blind", text: "Each sees the clip frame by frame, says fake, real or can’t tell, how sure, and where, and seals the vote." },
  { icon: "scale", title: "The evidence is weighed", text: "Each vote counts as much as its reviewer has proved on clips of known truth. The result comes with its doubt." },
];

const LIMITS: { title: string; text: string }[] = [
  { title: "A verdict can be wrong.", text: "Every result shows its interval, its votes and its reasons, so that you can check it." },
  { title: "“No manipulation found” is not “authentic”.", text: "People share blind spots. No count of votes ever makes a clip authentic here." },
  { title: "People alone are right about 57 % of the time on video.", text: "A review of 56 papers could not tell that from tossing a coin (95 % interval 48 to 67 %)." },
  { title: "Detectors lose about half their edge in the wild.", text: "In one test of 95 detectors on phone-quality clips they were right 54 % of the time; people, 78 %." },
  { title: "Together they do better,", text: "because they make different mistakes, and because doubt is measured instead of hidden." },
];

function startWords(user: User): string {
  if (homePathFor(user) === "/review") return "Review the next clip";
  return hasRole(user, "curator") && homePathFor(user) === "/datasets" ? "To the datasets" : "To my work";
}

/** The public start page; `latest` are the latest published verdicts. */
export function HomeView({ user, latest }: { user: User | null; latest: ReactNode }): ReactElement {
  return (
    <div className={styles.home}>
      <title>ClipJury: people and detectors judge clips together</title>
      <section className={styles.hero}>
        <div>
          <h1>Has this clip been manipulated?</h1>
          <p className={styles.lead}>
            ClipJury lets trained volunteers and automatic detectors decide it together: independently, frame by frame, and with the doubt
            stated in figures.
          </p>
          <div className={styles.actions}>
            <Button component={Link} to={user === null ? "/sign-in" : homePathFor(user)} size="lg">
              {user === null ? "Sign in to review" : startWords(user)}
            </Button>
            <a href="#how" className={styles.more}>
              How it works
            </a>
          </div>
        </div>
        <div className={styles.art}>
          <HeroArt />
        </div>
      </section>
      <StatsStrip />
      {latest}
      <section id="how" aria-labelledby="how-title" className={styles.block}>
        <h2 id="how-title">How it works</h2>
        <ol className={styles.steps}>
          {STEPS.map(({ icon, title, text }, index) => (
            <li key={title}>
              <span className={styles.stepIcon}>
                <Icon name={icon} size={24} />
              </span>
              <h3>
                <span aria-hidden>{index + 1} </span>
                {title}
              </h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </section>
      <section aria-labelledby="limits-title" className={styles.block}>
        <h2 id="limits-title">What it cannot do</h2>
        <ul className={styles.limits}>
          {LIMITS.map(({ title, text }) => (
            <li key={title}>
              <strong>{title}</strong> {text}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
