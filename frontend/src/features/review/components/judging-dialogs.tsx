import type { ReactElement } from "react";
import { ReportDialog } from "@/components/clip/report-dialog";
import type { Vocabulary, VoteIn } from "@/lib/models";
import type { Desk } from "../hooks/use-desk-settings";
import type { JudgingDialog } from "../hooks/use-judging-keys";
import { KeysDialog } from "./keys-dialog";
import { SealDialog } from "./seal-dialog";
import { SkipDialog } from "./skip-dialog";

interface JudgingDialogsProps {
  dialog: JudgingDialog;
  vote: VoteIn | null;
  leaseId: string;
  vocabulary: Vocabulary;
  settings: Desk;
  onSeal: () => void;
  onSkipped: () => void;
  onClose: () => void;
}

export function JudgingDialogs(props: JudgingDialogsProps): ReactElement | null {
  const { dialog, vote, settings, vocabulary, onClose } = props;
  if (dialog === "keys") return <KeysDialog desk={settings} onClose={onClose} />;
  if (dialog === "skip") {
    return <SkipDialog leaseId={props.leaseId} reasons={vocabulary.skip_reasons} onSkipped={props.onSkipped} onClose={onClose} />;
  }
  if (dialog === "report") {
    return <ReportDialog target={{ kind: "lease", id: props.leaseId }} onClose={(isSent) => (isSent ? props.onSkipped() : onClose())} />;
  }
  if (dialog !== "seal" || vote === null) return null;
  return (
    <SealDialog
      vote={vote}
      vocabulary={vocabulary}
      confirmNextTime={settings.settings.confirmSeal}
      onConfirmNextTime={(confirmSeal) => settings.change({ confirmSeal })}
      onSeal={props.onSeal}
      onClose={onClose}
    />
  );
}
