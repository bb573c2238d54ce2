import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Dialog } from "@/components/ui/dialog";
import type { Dataset } from "@/lib/models";
import { changeDataset, datasetQuery, datasetsQuery } from "../api/datasets";
import { NameForm } from "./name-form";

export function RenameDialog({ dataset, onClose }: { dataset: Dataset; onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const changing = useMutation({
    mutationFn: (change: { name: string; description: string }) => changeDataset(dataset.id, change),
    onSuccess: async (changed) => {
      client.setQueryData(datasetQuery(dataset.id).queryKey, changed);
      await client.invalidateQueries({ queryKey: datasetsQuery.queryKey, exact: true });
      onClose();
    },
  });
  return (
    <Dialog title="Name and description" onClose={onClose}>
      <NameForm
        name={dataset.name}
        description={dataset.description}
        action="Save"
        isBusy={changing.isPending}
        error={changing.error}
        onSubmit={(name, description) => changing.mutate({ name, description })}
        onCancel={onClose}
      />
    </Dialog>
  );
}
