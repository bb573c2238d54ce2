import { Tooltip } from "@mantine/core";
import type { ReactElement } from "react";
import { Icon } from "@/components/ui/icon";
import type { IconName } from "@/components/ui/icon";
import { cx } from "@/lib/cx";
import styles from "./transport.module.css";

interface DeckButtonProps {
  icon: IconName;
  label: string;
  /** Tooltip: what it does and its key. */
  hint?: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
  large?: boolean;
  /** Words beside the icon, where there is room. */
  text?: string;
}

/** A button of the player's dark deck. */
export function DeckButton({ icon, label, hint, onClick, pressed, disabled = false, large = false, text }: DeckButtonProps): ReactElement {
  return (
    <Tooltip label={hint ?? label} openDelay={500} withArrow>
      <button
        type="button"
        className={cx(styles.button, large && styles.large, pressed === true && styles.pressed)}
        aria-label={label}
        aria-pressed={pressed}
        disabled={disabled}
        onClick={onClick}
      >
        <Icon name={icon} size={large ? 26 : 20} />
        {text === undefined ? null : <span className={styles.text}>{text}</span>}
      </button>
    </Tooltip>
  );
}
