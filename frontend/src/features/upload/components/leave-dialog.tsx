import { Button, Modal } from "@mantine/core";
import type { ReactElement } from "react";
import styles from "./upload-desk.module.css";

interface LeaveDialogProps {
  onStay: () => void;
  onLeave: () => void;
}

export function LeaveDialog({ onStay, onLeave }: LeaveDialogProps): ReactElement {
  return (
    <Modal opened onClose={onStay} title="An upload is under way" centered lockScroll={false} closeButtonProps={{ "aria-label": "Close" }}>
      <p className={styles.small}>Leaving this page stops it. Files that are uploaded already go on by themselves.</p>
      <div className={styles.dialogButtons}>
        <Button variant="default" onClick={onLeave}>
          Leave and stop it
        </Button>
        <Button onClick={onStay} data-autofocus>
          Stay here
        </Button>
      </div>
    </Modal>
  );
}
