import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useNavigate } from "react-router";
import { Dialog } from "@/components/ui/dialog";
import { createDataset, datasetQuery, datasetsQuery } from "../api/datasets";
import { NameForm } from "./name-form";

export function NewDatasetDialog({ onClose }: { onClose: () => void }): ReactElement {
  const client = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: ({ name, description }: { name: string; description: string }) => createDataset(name, description, {}),
    onSuccess: async (made) => {
      client.setQueryData(datasetQuery(made.id).queryKey, made);
      await client.invalidateQueries({ queryKey: datasetsQuery.queryKey, exact: true });
      await navigate(`/datasets/${made.id}`);
    },
  });
  return (
    <Dialog title="New dataset" onClose={onClose}>
      <NameForm
        action="Make it"
        isBusy={making.isPending}
        error={making.error}
        onSubmit={(name, description) => making.mutate({ name, description })}
        onCancel={onClose}
      />
    </Dialog>
  );
}
