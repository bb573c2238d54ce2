import { Modal } from "@mantine/core";
import type { ReactElement, ReactNode } from "react";
import styles from "./dialog.module.css";

interface DialogProps {
  title: string;
  onClose: () => void;
  size?: "md" | "lg";
  children: ReactNode;
}

/**
 * A dialog over the page. Mantine's parts, without its header element (screen readers take it for a second
 * page header) and without its scroll lock (it injects a style, which the content security policy refuses).
 */
export function Dialog({ title, onClose, size = "md", children }: DialogProps): ReactElement {
  return (
    <Modal.Root opened onClose={onClose} size={size} centered lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <div className={styles.head}>
          <Modal.Title component="h2" className={styles.title ?? ""}>
            {title}
          </Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
